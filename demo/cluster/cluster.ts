/** The pods that run now: carries requests to them, restarts what dies, rolls out versions. */
import { pick, type Random } from '../random.ts'
import type { ScenarioName } from '../scenarios.ts'
import type { PodEnvironment } from '../telemetry/environment.ts'
import type { Destination } from '../telemetry/live-telemetry.ts'
import { isOutOfMemory, type Surroundings } from '../telemetry/vitals.ts'
import type { WireReply, WireRequest, World } from '../world/call.ts'
import { LiveClock } from '../world/clock.ts'
import { WireFailure } from '../world/failures.ts'
import { consume } from '../world/incoming.ts'
import type { Service } from '../world/service-definition.ts'
import { GrpcClients } from './grpc-wire.ts'
import { HttpClients } from './http-wire.ts'
import { LivePod } from './live-pod.ts'
import { type PodIdentity, type PodPlace, podIdentity } from './pod-identity.ts'
import { Queue } from './queue.ts'

export type ClusterOptions = {
  services: readonly Service[]
  destination: Destination
  random: Random
  now_ms: () => number
  trouble: (scenario: ScenarioName) => boolean
  busy: (time_ms: number) => number
  started_ms: number
  /** Pods are started and ended by somebody else, who calls `start` and `end`. */
  is_led?: boolean
  /** How fast Kubernetes acts; tests are in a hurry. */
  pace?: Pace
}
type Pace = { restart_ms: number; rollout_step_ms: number }

export type LedPod = {
  service: Service
  identity: PodIdentity
  started_ms: number
  write?: ((text: string) => void) | undefined
  environment?: PodEnvironment | undefined
  /** Where it sends to, when that is not where all send to. */
  destination?: Destination | undefined
}
type Slot = { service: Service; place: PodPlace; pod: LivePod | undefined }

const watch_ms = 1000
const usual: Pace = { restart_ms: 4000, rollout_step_ms: 6000 }
const grace_ms = 3000

export class Cluster {
  readonly #options: ClusterOptions
  readonly #slots: Slot[] = []
  readonly #http = new HttpClients()
  readonly #grpc = new GrpcClients()
  readonly #queue = new Queue()
  readonly #world: World
  readonly #closing = new Set<Promise<void>>()
  #watch: NodeJS.Timeout | undefined
  #rollout: Promise<void> = Promise.resolve()
  #closed = false

  constructor(options: ClusterOptions) {
    const { random, now_ms, trouble } = options
    this.#options = options
    this.#world = {
      clock: new LiveClock(now_ms),
      random,
      trouble,
      deliver: (request) => this.deliver(request),
      publish: (message) => this.#queue.publish(message),
      offsetOf: () => this.#queue.nextOffset(),
    }
    if (options.is_led === true) return
    for (const service of options.services) {
      for (let ordinal = 0; ordinal < service.replicas; ordinal++) {
        const place = { ordinal, version: service.version, restart_count: 0 }
        this.#slots.push({ service, place, pod: undefined })
      }
    }
  }

  async open(): Promise<void> {
    for (const slot of this.#slots) await this.#start(slot, this.#options.started_ms)
    for (const service of this.#options.services) {
      for (const consumer of service.consumes ?? []) {
        const { topic, group } = consumer
        this.#queue.subscribe({
          topic,
          group,
          process: async (message) => {
            const pod = this.#pick(service.name)
            if (pod !== undefined) await consume(pod, this.#world, consumer, message)
          },
        })
      }
    }
    if (this.#options.is_led === true) return
    this.#watch = setInterval(() => this.#watchMemory(), watch_ms)
  }

  async close(): Promise<void> {
    this.#closed = true
    clearInterval(this.#watch)
    this.#queue.close()
    await Promise.all(this.#slots.map(({ pod }) => pod?.close(200)))
    await Promise.all(this.#closing)
    this.#http.close()
    this.#grpc.close()
  }

  /** Resolves when every service has all of its pods, or after a while without. */
  async full(): Promise<void> {
    const wanted = this.#options.services.reduce((sum, { replicas }) => sum + replicas, 0)
    for (let tries = 0; tries < 200 && this.pods().length < wanted; tries++) {
      await this.#world.clock.sleep(25)
    }
  }

  pods(): LivePod[] {
    return this.#slots.flatMap(({ pod }) => pod ?? [])
  }

  deliver(request: WireRequest): Promise<WireReply> {
    const pod = this.#pick(request.service)
    if (pod === undefined) {
      const says = `connect ECONNREFUSED ${request.service}: no pod is ready`
      return Promise.reject(new WireFailure('ECONNREFUSED', says))
    }
    return request.protocol === 'grpc'
      ? this.#grpc.call(pod.grpc_port, request)
      : this.#http.call(pod.http_port, request)
  }

  /** Replaces the pods of a deployment one by one, as a rolling update does. */
  rollOut(name: string, version: string): Promise<void> {
    this.#rollout = this.#rollout.then(async () => {
      for (const slot of this.#slots) {
        if (this.#closed || slot.service.name !== name || slot.place.version === version) continue
        const { ordinal } = slot.place
        const old = slot.pod
        slot.place = { ordinal, version, restart_count: 0 }
        await this.#start(slot, this.#options.now_ms())
        slot.pod?.call().log('info', `${name} ${version} is listening on :${slot.service.port}`)
        if (old !== undefined) {
          old.call().log('info', 'received SIGTERM, draining connections')
          this.#end(old)
        }
        await this.#world.clock.sleep((this.#options.pace ?? usual).rollout_step_ms)
      }
    })
    return this.#rollout
  }

  #pick(service: string): LivePod | undefined {
    const ready = this.pods().filter((pod) => pod.service.name === service)
    return ready.length === 0 ? undefined : pick(this.#options.random, ready)
  }

  /** Starts a pod that somebody else has placed. */
  async start(led: LedPod): Promise<LivePod> {
    const { service, ...about } = led
    const { identity } = led
    const place = { ordinal: 0, version: identity.version, restart_count: identity.restart_count }
    const slot: Slot = { service, place, pod: undefined }
    await this.#open(slot, about)
    this.#slots.push(slot)
    return slot.pod!
  }

  /** Ends a pod that was started so; what is under way gets its grace. */
  end(pod: LivePod, within_ms = grace_ms): void {
    const at = this.#slots.findIndex((slot) => slot.pod === pod)
    if (at < 0) return
    this.#slots.splice(at, 1)
    this.#end(pod, within_ms)
  }

  #start(slot: Slot, started_ms: number): Promise<void> {
    const identity = podIdentity(slot.service, slot.place)
    return this.#open(slot, { identity, started_ms })
  }

  async #open(slot: Slot, led: Omit<LedPod, 'service'>): Promise<void> {
    const { service } = slot
    const { destination = this.#options.destination } = led
    const surroundings: Surroundings = {
      busy: this.#options.busy,
      slowDatabase: () => this.#options.trouble('slow-database'),
      lag: (topic, group) => this.#queue.lag(topic, group),
    }
    const world = () => this.#world
    const about = { service, ...led, destination, surroundings, world }
    const pod = new LivePod(about)
    await pod.open()
    slot.pod = pod
  }

  #end(pod: LivePod, within_ms = grace_ms): void {
    const closing = pod.close(within_ms).finally(() => this.#closing.delete(closing))
    this.#closing.add(closing)
  }

  #watchMemory(): void {
    for (const slot of this.#slots) {
      const { pod } = slot
      if (pod !== undefined && isOutOfMemory(pod)) this.#kill(slot, pod)
    }
  }

  /** The kernel kills the container; the kubelet starts it again in the same pod. */
  #kill(slot: Slot, pod: LivePod): void {
    sayOutOfMemory(pod)
    slot.pod = undefined
    this.#end(pod, 0)
    slot.place = { ...slot.place, restart_count: slot.place.restart_count + 1 }
    const { pace = usual } = this.#options
    const restart = setTimeout(async () => {
      if (this.#closed) return
      await this.#start(slot, this.#options.now_ms())
      const { restart_count } = slot.place
      slot.pod?.call().log('warn', `started after OOMKilled (restart ${restart_count})`)
    }, pace.restart_ms)
    restart.unref()
  }
}

/** What Node writes as its last words. */
export function sayOutOfMemory(pod: LivePod): void {
  const limit_mb = Math.round(pod.service.memory_limit_bytes / 1024 / 1024)
  const says = 'Reached heap limit Allocation failed - JavaScript heap out of memory'
  pod.call().log('fatal', `FATAL ERROR: ${says}\n${lastCollections(limit_mb)}`)
}

function lastCollections(limit_mb: number): string {
  const line = (at: number) =>
    `[1:0x5f3a40] ${at} ms: Mark-Compact ${limit_mb - 2}.1 (${limit_mb}.4) -> ${limit_mb - 3}.7 ` +
    `(${limit_mb}.6) MB, 812.3 / 0.0 ms  (average mu = 0.091) allocation failure`
  return ['<--- Last few GCs --->', line(184_201), line(185_117), '<--- JS stacktrace --->'].join(
    '\n',
  )
}
