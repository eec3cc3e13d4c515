/** The troubles that can be switched on while the shop runs, and when they are on. */
import { kubernetesScenarios } from './kubernetes/scenarios/kubernetes-scenarios.ts'

/** Troubles of the shop itself; those of its cluster are beside the cluster. */
const shopScenarios = {
  'slow-database': 'catalog queries take 20 times as long: catalog and everything above it is slow',
  'failing-payment': '40 % of charges fail with an exception; checkout answers 502',
  'memory-leak': 'recommendation grows to its memory limit, is killed (OOM) and restarts',
  'bad-deploy': 'checkout 2.3.1 is rolled out and fails for orders with a coupon',
  'retry-storm': 'shipping times out; its callers retry and multiply the calls',
} as const
export const scenarios = { ...shopScenarios, ...kubernetesScenarios }

export type ScenarioName = keyof typeof scenarios
const shopScenarioNames = Object.keys(shopScenarios) as ScenarioName[]
export const scenarioNames = Object.keys(scenarios) as ScenarioName[]

export function isScenario(name: string): name is ScenarioName {
  return Object.hasOwn(scenarios, name)
}

export type ScenarioOrder = { scenario: ScenarioName; on: boolean }

/** Reads `slow-database on`; answers a sentence where that cannot be understood. */
export function parseScenario(words: readonly string[]): ScenarioOrder | string {
  const [name = '', state = 'on', ...rest] = words
  if (!isScenario(name)) {
    return `there is no scenario "${name}"; there are: ${scenarioNames.join(', ')}`
  }
  if (state !== 'on' && state !== 'off') return `say on or off after ${name}, not "${state}"`
  if (rest.length > 0) return `nothing may follow ${name} ${state}: "${rest.join(' ')}"`
  return { scenario: name, on: state === 'on' }
}

/** Which scenarios are on. Listeners hear of changes only. */
export class ScenarioSwitch {
  readonly #on = new Set<ScenarioName>()
  readonly #listeners: ((order: ScenarioOrder) => void)[] = []

  set(order: ScenarioOrder): boolean {
    if (this.#on.has(order.scenario) === order.on) return false
    if (order.on) this.#on.add(order.scenario)
    else this.#on.delete(order.scenario)
    for (const hear of this.#listeners) hear(order)
    return true
  }

  has(scenario: ScenarioName): boolean {
    return this.#on.has(scenario)
  }

  list(): ScenarioName[] {
    return [...this.#on]
  }

  onChange(hear: (order: ScenarioOrder) => void): void {
    this.#listeners.push(hear)
  }
}

const turn_ms = 600_000

/** `all-in-turn`: every ten minutes another scenario, on for the first half of its turn. */
export function turnAt(since_open_ms: number): ScenarioName | undefined {
  const turn = Math.floor(since_open_ms / turn_ms)
  if (since_open_ms % turn_ms >= turn_ms / 2) return undefined
  return shopScenarioNames[turn % shopScenarioNames.length]
}

const hiccup_from_ms = 23 * 60_000
const hiccup_to_ms = 17 * 60_000

/** The past holds one payment hiccup of six minutes, so that there is something to find. */
export function troubleInPast(scenario: ScenarioName, before_open_ms: number): boolean {
  return (
    scenario === 'failing-payment' &&
    before_open_ms <= hiccup_from_ms &&
    before_open_ms > hiccup_to_ms
  )
}
