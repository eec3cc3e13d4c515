/**
 * The kubelet's /stats/summary as OpenTelemetry metrics of the node, its pods, containers and
 * volumes. Whose figures they are is answered by the caller.
 */
import type { MetricShape, Resource } from '../../../wire/otlp/encode-metrics.ts'
import type { Rounds } from '../../scrape/rounds.ts'
import {
  type ContainerStats,
  type CpuStats,
  type FsStats,
  type MemoryStats,
  type NetworkStats,
  type NodeStats,
  type PodStats,
  type Summary,
  shapes,
  type UsageShapes,
  type UtilizationShapes,
} from './summary-shapes.ts'

export type Amounts = {
  cpu_request_cores?: number
  cpu_limit_cores?: number
  memory_request_bytes?: number
  memory_limit_bytes?: number
}

export type SummaryPlaces = {
  node: Resource
  podOf(ref: PodStats['podRef']): Resource
  containerOf(ref: PodStats['podRef'], container: string): Resource
  /** What a pod, or one of its containers, asked for; empty when nobody knows. */
  amountsOf(ref: PodStats['podRef'], container?: string): Amounts
  volumeKind(ref: PodStats['podRef'], volume: string): string
}

export function tellSummary(
  summary: Summary,
  places: SummaryPlaces,
  rounds: Rounds,
  now_ms: number,
): void {
  const teller = new Teller(rounds, now_ms)
  if (summary.node !== undefined) teller.node(places.node, summary.node)
  for (const pod of summary.pods ?? []) teller.pod(pod, places)
}

const none = {}

class Teller {
  readonly #rounds: Rounds
  readonly #now_ms: number

  constructor(rounds: Rounds, now_ms: number) {
    this.#rounds = rounds
    this.#now_ms = now_ms
  }

  node(resource: Resource, node: NodeStats): void {
    const start_ms = timeOf(node.startTime)
    this.#usage(resource, shapes.node, node, start_ms)
    this.#files(resource, shapes.node, node.fs)
    this.#network(resource, shapes.node, node.network, start_ms)
    this.#one(resource, shapes.inodes.count, node.fs?.inodes)
    this.#one(resource, shapes.inodes.free, node.fs?.inodesFree)
    this.#one(resource, shapes.processes.limit, node.rlimit?.maxpid)
    this.#one(resource, shapes.processes.usage, node.rlimit?.curproc)
  }

  pod(pod: PodStats, places: SummaryPlaces): void {
    const { podRef } = pod
    const resource = places.podOf(podRef)
    const start_ms = timeOf(pod.startTime)
    this.#usage(resource, shapes.pod, pod, start_ms)
    this.#files(resource, shapes.pod, pod['ephemeral-storage'])
    this.#network(resource, shapes.pod, pod.network, start_ms)
    this.#shares(resource, shapes.podUtilization, pod, places.amountsOf(podRef))
    for (const volume of pod.volume ?? []) {
      const labels: Record<string, string> = { 'k8s.volume.name': volume.name }
      const kind = places.volumeKind(podRef, volume.name)
      if (kind !== '') labels['k8s.volume.type'] = kind
      const claim = volume.pvcRef?.name
      if (claim !== undefined) labels['k8s.persistentvolumeclaim.name'] = claim
      this.#volume(resource, volume, labels)
    }
    for (const container of pod.containers ?? []) this.#container(container, podRef, places)
  }

  #container(container: ContainerStats, ref: PodStats['podRef'], places: SummaryPlaces): void {
    const resource = places.containerOf(ref, container.name)
    this.#usage(resource, shapes.container, container, timeOf(container.startTime))
    this.#files(resource, shapes.container, container.rootfs)
    const amounts = places.amountsOf(ref, container.name)
    this.#shares(resource, shapes.containerUtilization, container, amounts)
  }

  #volume(resource: Resource, volume: FsStats, labels: Record<string, string>): void {
    this.#one(resource, shapes.volume.available, volume.availableBytes, labels)
    this.#one(resource, shapes.volume.capacity, volume.capacityBytes, labels)
    this.#one(resource, shapes.volume.inodes, volume.inodes, labels)
    this.#one(resource, shapes.volume.inodesFree, volume.inodesFree, labels)
    this.#one(resource, shapes.volume.inodesUsed, volume.inodesUsed, labels)
  }

  #usage(
    resource: Resource,
    of: UsageShapes,
    { cpu = none, memory = none }: { cpu?: CpuStats; memory?: MemoryStats },
    start_ms: number,
  ): void {
    this.#one(resource, of.cpuUsage, scaled(cpu.usageNanoCores))
    this.#one(resource, of.cpuTime, scaled(cpu.usageCoreNanoSeconds), none, start_ms)
    this.#one(resource, of.available, memory.availableBytes)
    this.#one(resource, of.usage, memory.usageBytes)
    this.#one(resource, of.workingSet, memory.workingSetBytes)
    this.#one(resource, of.rss, memory.rssBytes)
    this.#one(resource, of.pageFaults, memory.pageFaults)
    this.#one(resource, of.majorPageFaults, memory.majorPageFaults)
    if (start_ms > 0) this.#one(resource, of.uptime, Math.max(0, this.#now_ms - start_ms) / 1000)
  }

  #files(resource: Resource, of: UsageShapes, fs: FsStats = none): void {
    this.#one(resource, of.fsAvailable, fs.availableBytes)
    this.#one(resource, of.fsCapacity, fs.capacityBytes)
    this.#one(resource, of.fsUsage, fs.usedBytes)
  }

  #network(resource: Resource, of: UsageShapes, network: NetworkStats = none, start_ms: number) {
    const { interfaces, name } = network
    const all = interfaces ?? (name === undefined ? [] : [{ ...network, name }])
    for (const one of all) {
      const labels = (direction: string) => ({
        'network.interface.name': one.name,
        'network.io.direction': direction,
      })
      const [receive, transmit] = [labels('receive'), labels('transmit')]
      this.#one(resource, of.io, one.rxBytes, receive, start_ms)
      this.#one(resource, of.io, one.txBytes, transmit, start_ms)
      this.#one(resource, of.errors, one.rxErrors, receive, start_ms)
      this.#one(resource, of.errors, one.txErrors, transmit, start_ms)
    }
  }

  #shares(
    resource: Resource,
    of: UtilizationShapes,
    { cpu = none, memory = none }: { cpu?: CpuStats; memory?: MemoryStats },
    amounts: Amounts,
  ): void {
    const cores = scaled(cpu.usageNanoCores)
    this.#one(resource, of.cpuLimit, share(cores, amounts.cpu_limit_cores))
    this.#one(resource, of.cpuRequest, share(cores, amounts.cpu_request_cores))
    this.#one(resource, of.memoryLimit, share(memory.usageBytes, amounts.memory_limit_bytes))
    this.#one(resource, of.memoryRequest, share(memory.usageBytes, amounts.memory_request_bytes))
  }

  #one(
    resource: Resource,
    shape: MetricShape,
    value: number | undefined,
    labels: Readonly<Record<string, string>> = none,
    start_ms = 0,
  ): void {
    if (typeof value !== 'number' || !Number.isFinite(value)) return
    this.#rounds.number(resource, shape, labels, value, start_ms)
  }
}

function scaled(nano: number | undefined): number | undefined {
  return nano === undefined ? undefined : nano / 1e9
}

function share(used: number | undefined, of: number | undefined): number | undefined {
  return used === undefined || of === undefined || of <= 0 ? undefined : used / of
}

function timeOf(text: string | undefined): number {
  const time_ms = text === undefined ? 0 : Date.parse(text)
  return Number.isNaN(time_ms) ? 0 : time_ms
}
