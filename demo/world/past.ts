/**
 * The past: the services' own code on a clock that sleeping moves, with direct calls instead of
 * sockets. It exists so that charts are not empty when somebody first opens the product.
 * Bounded three ways: traffic is a fifth of the usual or less, fewer requests are told as the time
 * budget runs out, and three exports at most are under way. The newest minutes are told first.
 */

import { ROOT_CONTEXT } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import {
  LoggerProvider,
  type LogRecordExporter,
  type ReadableLogRecord,
} from '@opentelemetry/sdk-logs'
import { type ReadableSpan, type SpanExporter, TracerProvider } from '@opentelemetry/sdk-trace'
import { type PodIdentity, podEnvironment, podIdentity } from '../cluster/pod-identity.ts'
import { arrivals } from '../load/arrivals.ts'
import { rateAt, type Traffic } from '../load/rhythm.ts'
import { Visitors } from '../load/visitors.ts'
import { pick, type Random } from '../random.ts'
import { troubleInPast } from '../scenarios.ts'
import { resourceFrom } from '../telemetry/environment.ts'
import { postJson } from '../telemetry/exemplars.ts'
import { metricsRequest } from '../telemetry/otlp-json.ts'
import { Tallies } from '../telemetry/tallies.ts'
import { observerOf, type Surroundings } from '../telemetry/vitals.ts'
import { Call, type World } from './call.ts'
import { chatter } from './chatter.ts'
import { PastClock } from './clock.ts'
import { WireFailure } from './failures.ts'
import { consume, receive } from './incoming.ts'
import type { Pod } from './pod.ts'
import type { Message, Service } from './service-definition.ts'

export type PastOptions = {
  services: readonly Service[]
  random: Random
  traffic: Traffic
  http_url: string
  exporters: { spans: SpanExporter; logs: LogRecordExporter }
  now_ms: () => number
  span_ms: number
  budget_ms: number
  surroundings: Surroundings
}

type PastPod = Pod & { tallies: Tallies; resource: Resource }
const batch_max = 1500
const sending_max = 3
const minute_ms = 60_000

/** The share of requests to tell so that those left fit into the time left. */
export function keptShare(progress: Progress): number {
  const { requests, spent_ms, requests_left, left_ms } = progress
  if (requests < requests_known) return 1
  const needed_ms = (spent_ms / requests) * requests_left
  return Math.min(1, Math.max(kept_min, left_ms / Math.max(1, needed_ms)))
}
type Progress = { requests: number; spent_ms: number; requests_left: number; left_ms: number }
const requests_known = 50
const kept_min = 0.05

export class Past {
  readonly #options: PastOptions
  readonly #pods = new Map<string, PastPod[]>()
  readonly #visitors: Visitors
  #spans: ReadableSpan[] = []
  #logs: ReadableLogRecord[] = []
  #offset = 100_000
  readonly #sending = new Set<Promise<void>>()
  spans_sent = 0
  logs_sent = 0

  constructor(options: PastOptions) {
    this.#options = options
    this.#visitors = new Visitors(options.random)
    for (const service of options.services) {
      const pods = Array.from({ length: service.replicas }, (_, ordinal) => {
        const place = { ordinal, version: service.version, restart_count: 0 }
        return this.#pod(service, podIdentity(service, place))
      })
      this.#pods.set(service.name, pods)
    }
  }

  /** Tells the minutes before the opening, newest first. */
  async tell(): Promise<void> {
    const { now_ms, traffic, span_ms, budget_ms } = this.#options
    const { opened_ms } = traffic
    const began_ms = now_ms()
    const oldest_ms = Math.ceil((opened_ms - span_ms) / minute_ms) * minute_ms
    let told_ms = opened_ms
    let requests = 0
    while (told_ms > oldest_ms && now_ms() - began_ms < budget_ms) {
      const from_ms = Math.max(oldest_ms, told_ms - minute_ms)
      const spent_ms = now_ms() - began_ms
      const requests_left = (rateAt(told_ms, traffic) * (told_ms - oldest_ms)) / 1000
      const left_ms = budget_ms - spent_ms
      const kept = keptShare({ requests, spent_ms, requests_left, left_ms })
      requests += await this.#stretch(from_ms, told_ms, kept)
      told_ms = from_ms
    }
    await this.#flush(0)
    await Promise.all(this.#sending)
    await this.#metrics(Math.ceil(told_ms / minute_ms) * minute_ms, opened_ms)
    await Promise.all(this.#sending)
  }

  async #stretch(from_ms: number, to_ms: number, kept: number): Promise<number> {
    const { random, traffic } = this.#options
    let requests = 0
    for (const at_ms of arrivals(from_ms, to_ms, random, traffic)) {
      if (random() >= kept) continue
      requests++
      await this.#visit(at_ms)
      await this.#flush(batch_max)
    }
    this.#chatter(from_ms, to_ms)
    return requests
  }

  #chatter(from_ms: number, to_ms: number): void {
    const { random } = this.#options
    for (const pod of this.#allPods()) {
      const world = this.#world(new PastClock(from_ms), [])
      for (const { at_ms, line } of chatter(pod.service, random, from_ms, to_ms)) {
        const call = new Call(pod, { ...world, clock: new PastClock(at_ms) }, ROOT_CONTEXT)
        call.log(line.severity, line.message, line.fields)
      }
    }
  }

  async #visit(at_ms: number): Promise<void> {
    const clock = new PastClock(at_ms)
    const published: Message[] = []
    const world = this.#world(clock, published)
    const { method, path, headers, body } = this.#visitors.nextVisit()
    const wire = { service: 'storefront', method, path, headers, body, timeout_ms: 30_000 }
    await world.deliver({ protocol: 'http', ...wire })
    for (const message of published) await this.#consumeAll(message, clock.now_ms())
  }

  async #consumeAll(message: Message, at_ms: number): Promise<void> {
    for (const { name, consumes = [] } of this.#options.services) {
      for (const consumer of consumes) {
        if (consumer.topic !== message.topic) continue
        const clock = new PastClock(at_ms + 20 + this.#options.random() * 180)
        const pod = pick(this.#options.random, this.#pods.get(name)!)
        await consume(pod, this.#world(clock, []), consumer, message)
      }
    }
  }

  #world(clock: PastClock, published: Message[]): World {
    const { random, traffic } = this.#options
    const world: World = {
      clock,
      random,
      trouble: (scenario) => troubleInPast(scenario, traffic.opened_ms - clock.now_ms()),
      publish: (message) => published.push(message),
      offsetOf: () => this.#offset++,
      deliver: async (request) => {
        await clock.sleep(0.3 + random() * 0.5)
        const pod = pick(random, this.#pods.get(request.service)!)
        const reply = await clock.within(request.timeout_ms, () => receive(pod, world, request))
        if (reply !== undefined) return reply
        throw new WireFailure('timeout', `${request.service}: no answer in ${request.timeout_ms}ms`)
      },
    }
    return world
  }

  #pod(service: Service, identity: PodIdentity): PastPod {
    const resource = resourceFrom(podEnvironment(identity))
    const nothing = async () => {}
    const spans = new TracerProvider({
      resource,
      spanProcessors: [
        {
          onStart: () => {},
          onEnd: (span) => this.#spans.push(span),
          forceFlush: nothing,
          shutdown: nothing,
        },
      ],
    })
    const logs = new LoggerProvider({
      resource,
      processors: [
        { onEmit: (record) => this.#logs.push(record), forceFlush: nothing, shutdown: nothing },
      ],
    })
    const tallies = new Tallies()
    const scope = { name: `@shop/${service.name}`, version: service.version }
    const telemetry = {
      tracer: spans.getTracer(scope.name, scope.version),
      logger: logs.getLogger(scope.name, scope.version),
      record: tallies.record.bind(tallies),
      close: nothing,
    }
    const started_ms = this.#options.traffic.opened_ms - 6 * 3_600_000
    const load = { started_ms, leaked_bytes: 0, queries: 0 }
    return { service, identity, telemetry, load, tallies, resource }
  }

  #allPods(): PastPod[] {
    return [...this.#pods.values()].flat()
  }

  /** Hands on what has gathered, when it is more than `least`. */
  async #flush(least: number): Promise<void> {
    const { spans, logs } = this.#options.exporters
    if (this.#spans.length > least) {
      const batch = this.#spans
      this.#spans = []
      this.spans_sent += batch.length
      await this.#send(() => new Promise((done) => spans.export(batch, () => done())))
    }
    if (this.#logs.length > least) {
      const batch = this.#logs
      this.#logs = []
      this.logs_sent += batch.length
      await this.#send(() => new Promise((done) => logs.export(batch, () => done())))
    }
  }

  /** Sends while the next is being told; waits only when enough is under way. */
  async #send(send: () => Promise<void>): Promise<void> {
    while (this.#sending.size >= sending_max) await Promise.race(this.#sending)
    const sending = send().finally(() => this.#sending.delete(sending))
    this.#sending.add(sending)
  }

  async #metrics(from_ms: number, to_ms: number): Promise<void> {
    const { http_url, surroundings } = this.#options
    for (const pod of this.#allPods()) {
      const { name, version, delta = false } = pod.service
      const scope = { name: `@shop/${name}`, version }
      const observe = observerOf(pod, surroundings)
      const about = { resource: pod.resource, scope, delta, from_ms, to_ms, observe }
      const body = metricsRequest(pod.tallies.collect(about), (_, point) =>
        pod.service.exemplars === true && 'exemplars' in point ? (point.exemplars as never) : [],
      )
      await this.#send(async () => {
        await postJson(`${http_url}/v1/metrics`, body)
      })
    }
  }
}
