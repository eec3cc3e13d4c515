/**
 * What a pod's process would report of itself. All pods share one real process, so heap, CPU and
 * event loop are functions of the time, the pod and its load; the same function tells the past.
 */
import { hash } from '../random.ts'
import type { Pod } from '../world/pod.ts'
import { mebibyte } from '../world/service-definition.ts'
import type { Observation, Observe } from './telemetry.ts'

const collection_ms = 210_000
const native_bytes = 38 * mebibyte

/** A heap grows until it is collected: a sawtooth, and what leaks lies under it. */
export function heapBytes(pod: Pod, time_ms: number): number {
  const { heap_bytes } = pod.service
  const phase = (hash(pod.identity.name) % 1000) / 1000
  const tooth = (time_ms / collection_ms + phase) % 1
  return heap_bytes * (0.8 + 0.35 * tooth) + pod.load.leaked_bytes
}

/** The share of the memory limit that heap and native memory fill. */
export function heapShare(pod: Pod): number {
  const base_bytes = pod.service.heap_bytes + native_bytes + pod.load.leaked_bytes
  return Math.min(1, base_bytes / pod.service.memory_limit_bytes)
}

export function isOutOfMemory(pod: Pod): boolean {
  return heapShare(pod) >= 1
}

/** `busy` is the shop's traffic as a share of the full rate. */
export type Surroundings = {
  busy: (time_ms: number) => number
  slowDatabase: (time_ms: number) => boolean
  lag: (topic: string, group: string, time_ms: number) => number
}

export function observerOf(pod: Pod, around: Surroundings): Observe {
  const phase = (hash(pod.identity.uid) % 628) / 100
  return (time_ms) => {
    const minutes = time_ms / 60_000
    const pressure = heapShare(pod) ** 8
    const wave = 0.02 * Math.sin(minutes * 0.9 + phase) + 0.01 * Math.sin(minutes * 3.1 + phase)
    const cpu = Math.max(0.005, 0.03 + 0.12 * around.busy(time_ms) + wave + 0.6 * pressure)
    const heap = heapBytes(pod, time_ms)
    // The integral of a wavy share: rises always, as processor time must.
    const up_s = Math.max(0, time_ms - pod.load.started_ms) / 1000
    const cpu_s = up_s * 0.08 + 1.2 * Math.sin(minutes * 0.9 + phase) + 1.2
    const seen: Observation[] = [
      { metric: 'process.cpu.time', value: cpu_s * 0.8, attributes: { 'cpu.mode': 'user' } },
      { metric: 'process.cpu.time', value: cpu_s * 0.2, attributes: { 'cpu.mode': 'system' } },
      { metric: 'process.cpu.utilization', value: cpu, attributes: {} },
      { metric: 'process.memory.usage', value: Math.round(heap + native_bytes), attributes: {} },
      { metric: 'v8js.memory.heap.used', value: Math.round(heap), attributes: {} },
      {
        metric: 'v8js.memory.heap.limit',
        value: pod.service.memory_limit_bytes - native_bytes,
        attributes: {},
      },
      {
        metric: 'nodejs.eventloop.delay.p99',
        value: 0.0105 + 0.02 * cpu + 0.4 * pressure,
        attributes: {},
      },
      { metric: 'nodejs.eventloop.utilization', value: Math.min(1, cpu * 1.3), attributes: {} },
    ]
    return [...seen, ...poolOf(pod, around, time_ms), ...lagOf(pod, around, time_ms)]
  }
}

function poolOf(pod: Pod, around: Surroundings, time_ms: number): Observation[] {
  const { pool } = pod.service
  if (pool === undefined) return []
  const troubled = pool.troubled_by !== undefined && around.slowDatabase(time_ms)
  const usual = Math.round(1 + 3 * around.busy(time_ms) + Math.sin(time_ms / 71_000))
  const wanted = troubled ? pool.size + 7 : Math.max(usual, pod.load.queries)
  const used = Math.min(pool.size, Math.max(0, wanted))
  const name = { 'db.client.connection.pool.name': pool.name }
  const state = (value: string) => ({ ...name, 'db.client.connection.state': value })
  return [
    { metric: 'db.client.connection.count', value: used, attributes: state('used') },
    { metric: 'db.client.connection.count', value: pool.size - used, attributes: state('idle') },
    {
      metric: 'db.client.connection.pending_requests',
      value: Math.max(0, wanted - pool.size),
      attributes: name,
    },
  ]
}

function lagOf(pod: Pod, around: Surroundings, time_ms: number): Observation[] {
  return (pod.service.consumes ?? []).map(({ topic, group }) => ({
    metric: 'messaging.kafka.consumer.lag',
    value: around.lag(topic, group, time_ms),
    attributes: {
      'messaging.destination.name': topic,
      'messaging.consumer.group.name': group,
    },
  }))
}
