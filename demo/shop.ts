/** The whole shop: has the past told, opens the pods, lets visitors in, obeys scenario orders. */
import { connect } from 'node:net'
import { Worker } from 'node:worker_threads'
import { Cluster } from './cluster/cluster.ts'
import type { LivePod } from './cluster/live-pod.ts'
import { type KubernetesWish, type NamedCluster, openClusters } from './clusters.ts'
import { isKubernetesScenario } from './kubernetes/scenarios/kubernetes-scenarios.ts'
import { flow } from './load/arrivals.ts'
import { rateAt, type Traffic } from './load/rhythm.ts'
import { Visitors } from './load/visitors.ts'
import type { PastOrder, PastTold } from './past-worker.ts'
import { seeded } from './random.ts'
import { type ScenarioName, type ScenarioOrder, ScenarioSwitch, turnAt } from './scenarios.ts'
import { bad_version } from './services/checkout.ts'
import { services } from './services/services.ts'
import type { Destination } from './telemetry/live-telemetry.ts'
import { wallClock } from './world/clock.ts'

export type ShopOptions = {
  destination: Destination
  requests_per_second: number
  seed: number
  /** How much past is told at the opening; 0 tells none. */
  past_ms: number
  past_budget_ms: number
  scenarios: readonly ScenarioName[]
  all_in_turn: boolean
  /** Runs the shop's pods in simulated Kubernetes clusters. */
  kubernetes?: KubernetesWish
}

export type Shop = {
  switch: ScenarioSwitch
  services: number
  /** Ends when the past is told; undefined where none was. */
  past: Promise<PastTold | undefined>
  requests: () => number
  pods: () => number
  /** The pods themselves. */
  live: () => LivePod[]
  clusters: readonly NamedCluster[]
  close: () => Promise<void>
}

export async function openShop(options: ShopOptions): Promise<Shop> {
  const now_ms = wallClock()
  const random = seeded(options.seed)
  const opened_ms = now_ms()
  const traffic: Traffic = { requests_per_second: options.requests_per_second, opened_ms }
  const busy = (time_ms: number) => rateAt(time_ms, traffic) / options.requests_per_second
  const scenarioSwitch = new ScenarioSwitch()
  const past = options.past_ms > 0 ? tellPast(pastOrder(options, opened_ms)) : undefined
  const cluster = new Cluster({
    services,
    destination: options.destination,
    random,
    now_ms,
    busy,
    trouble: (scenario) => scenarioSwitch.has(scenario),
    started_ms: opened_ms - 6 * 3_600_000,
    is_led: options.kubernetes !== undefined,
  })
  await cluster.open()
  const clusters = await openClusters(options.kubernetes, { shop: cluster, random, now_ms, busy })
  const { version, image } = services.find(({ name }) => name === 'checkout')!
  scenarioSwitch.onChange(({ scenario, on }) => {
    for (const { kubernetes } of clusters) {
      if (isKubernetesScenario(scenario)) kubernetes.scenario(scenario, on)
    }
    if (scenario !== 'bad-deploy') return
    const wanted = on ? bad_version : version
    const [first] = clusters
    if (first === undefined) cluster.rollOut('checkout', wanted)
    else first.kubernetes.setImage('shop/checkout', `${image}:${wanted}`)
  })
  if (clusters.length > 0) await cluster.full()
  for (const scenario of options.scenarios) scenarioSwitch.set({ scenario, on: true })
  const turns = options.all_in_turn ? takeTurns(scenarioSwitch, now_ms, opened_ms) : undefined
  const visitors = new Visitors(random)
  let requests = 0
  const stop = flow({
    now_ms,
    random,
    traffic,
    arrive: () => {
      requests++
      const wire = { protocol: 'http', service: 'storefront', timeout_ms: 30_000 } as const
      // A visitor whose request fails only sees it; the services tell of it.
      cluster.deliver({ ...wire, ...visitors.nextVisit() }).catch(() => {})
    },
  })
  return {
    switch: scenarioSwitch,
    services: services.length,
    past: past?.told ?? Promise.resolve(undefined),
    requests: () => requests,
    pods: () => cluster.pods().length,
    live: () => cluster.pods(),
    clusters,
    async close() {
      stop()
      past?.stop()
      clearInterval(turns)
      await Promise.all(clusters.map(({ kubernetes }) => kubernetes.close()))
      await cluster.close()
    },
  }
}

function pastOrder(options: ShopOptions, opened_ms: number): PastOrder {
  const { destination, seed, requests_per_second, past_ms, past_budget_ms } = options
  const { http_url, json_only = false } = destination
  const bounds = { span_ms: past_ms, budget_ms: past_budget_ms }
  return { http_url, json_only, seed: seed + 1, requests_per_second, opened_ms, ...bounds }
}

const heap_mb_max = 192
const young_mb_max = 8

/** The past in its own thread. Without it the shop is as good, only its charts begin empty. */
function tellPast(order: PastOrder): { told: Promise<PastTold | undefined>; stop: () => void } {
  const resourceLimits = {
    maxOldGenerationSizeMb: heap_mb_max,
    maxYoungGenerationSizeMb: young_mb_max,
  }
  const file = new URL('./past-worker.ts', import.meta.url)
  const worker = new Worker(file, { workerData: order, resourceLimits })
  const told = new Promise<PastTold | undefined>((tell) => {
    worker.once('message', tell)
    worker.once('exit', () => tell(undefined))
    worker.once('error', (error) => {
      console.error(`demo could not tell the past: ${error.message}`)
      tell(undefined)
    })
  })
  return { told, stop: () => worker.terminate() }
}

function takeTurns(scenarios: ScenarioSwitch, now_ms: () => number, opened_ms: number) {
  const turn = () => {
    const now = turnAt(now_ms() - opened_ms)
    const orders: ScenarioOrder[] = scenarios.list().map((scenario) => ({ scenario, on: false }))
    for (const order of orders) if (order.scenario !== now) scenarios.set(order)
    if (now !== undefined) scenarios.set({ scenario: now, on: true })
  }
  turn()
  return setInterval(turn, 5000)
}

/** Waits until something listens at the address, so that the past is not told to nobody. */
export async function whenListening(url: string, patience_ms: number): Promise<boolean> {
  const { hostname, port } = new URL(url)
  const tries = Math.ceil(patience_ms / 250)
  for (let attempt = 0; attempt < tries; attempt++) {
    if (await isListening(hostname, Number(port || 80))) return true
    await new Promise((wake) => setTimeout(wake, 250))
  }
  return false
}

function isListening(host: string, port: number): Promise<boolean> {
  return new Promise((answer) => {
    const socket = connect({ host, port })
    const tell = (listening: boolean) => {
      socket.destroy()
      answer(listening)
    }
    socket.once('connect', () => tell(true))
    socket.once('error', () => tell(false))
  })
}
