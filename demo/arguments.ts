/** The demo's command line: run the shop, or order a scenario of a shop that runs. */
import { tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'
import { parseArgs } from 'node:util'
import {
  isScenario,
  parseScenario,
  type ScenarioName,
  type ScenarioOrder,
  scenarioNames,
} from './scenarios.ts'

export type Command =
  | ({ does: 'run' } & Running)
  | { does: 'order'; order: ScenarioOrder; control: string }
  | { does: 'list'; control: string }
  | { does: 'refuse'; says: string }

export type Running = {
  http_url: string
  grpc_address: string | undefined
  control: string
  rate: number
  past_minutes: number
  scenarios: ScenarioName[]
  all_in_turn: boolean
  /** Simulated Kubernetes clusters; 0: the shop's pods only, over OTLP. */
  clusters: number
  /** What the clusters keep on disk is here. */
  dir: string
  /** Whether the shop's lines go to the clusters' log files, for agents to read. */
  logs: 'otlp' | 'files'
  /** Where agents of the clusters enrol; empty: none are started. */
  server: string
}

const past_minutes_max = 60
const rate_max = 50
const clusters_max = 3

/** One socket a user, so that the command finds the shop without being told where. */
export function controlPath(): string {
  return join(tmpdir(), `crowsnest-demo-${userInfo().uid}`, 'control.sock')
}

export function parseCommand(words: readonly string[]): Command {
  try {
    return read(words)
  } catch (error) {
    return { does: 'refuse', says: error instanceof Error ? error.message : String(error) }
  }
}

function read(words: readonly string[]): Command {
  const { values, positionals } = parseArgs({
    args: [...words],
    allowPositionals: true,
    options: {
      otlp: { type: 'string', default: 'http://127.0.0.1:4318' },
      grpc: { type: 'string' },
      control: { type: 'string', default: controlPath() },
      rate: { type: 'string', default: '1' },
      past: { type: 'string', default: '40' },
      scenario: { type: 'string', multiple: true, default: [] },
      clusters: { type: 'string', default: '0' },
      dir: { type: 'string', default: join(dirname(controlPath()), 'clusters') },
      logs: { type: 'string', default: 'otlp' },
      server: { type: 'string', default: '' },
    },
  })
  const { control } = values
  const [command, ...rest] = positionals
  if (command === 'scenario') {
    if (rest.length === 0) return { does: 'list', control }
    const order = parseScenario(rest)
    return typeof order === 'string'
      ? { does: 'refuse', says: order }
      : { does: 'order', order, control }
  }
  if (command !== undefined) return { does: 'refuse', says: `unknown command "${command}"` }
  const scenarios = values.scenario.filter(isScenario)
  const strange = values.scenario.find((name) => !isScenario(name) && name !== 'all-in-turn')
  if (strange !== undefined) {
    const known = [...scenarioNames, 'all-in-turn'].join(', ')
    return { does: 'refuse', says: `there is no scenario "${strange}"; there are: ${known}` }
  }
  return {
    does: 'run',
    http_url: new URL(values.otlp).href.replace(/\/$/, ''),
    grpc_address: values.grpc,
    control,
    rate: within('rate', values.rate, 0.05, rate_max),
    past_minutes: within('past', values.past, 0, past_minutes_max),
    scenarios,
    all_in_turn: values.scenario.includes('all-in-turn'),
    clusters: Math.round(within('clusters', values.clusters, 0, clusters_max)),
    dir: values.dir,
    logs: logsOf(values.logs),
    server: values.server,
  }
}

function logsOf(word: string): Running['logs'] {
  if (word === 'otlp' || word === 'files') return word
  throw new Error(`--logs must be otlp or files, not "${word}"`)
}

function within(name: string, text: string, least: number, most: number): number {
  const value = Number(text)
  if (text !== '' && value >= least && value <= most) return value
  throw new Error(`--${name} must be a number from ${least} to ${most}, not "${text}"`)
}
