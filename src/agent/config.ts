/**
 * Reads the agent's settings: flags over variables over defaults. Unknown ones are refused, except
 * the variables that Kubernetes gives every pod. What there is is said in agent-settings.ts.
 */
import { hostname } from 'node:os'
import { closest } from '../model/closest.ts'
import { Fault } from '../model/faults.ts'
import { type AgentSetting, agentSettings } from './agent-settings.ts'

type Settings = typeof agentSettings
export type AgentConfig = {
  [Key in keyof Settings]: Settings[Key] extends AgentSetting<infer Value> ? Value : never
}

const prefix = 'CROWSNEST_AGENT_'
/** What Kubernetes sets in every pod for a Service that is called crowsnest-agent. */
const serviceLink = /^(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_\d+_(TCP|UDP).*)?)$/

/** state_dir is CROWSNEST_AGENT_STATE_DIR. */
export function agentVariableOf(key: string): string {
  return prefix + key.toUpperCase()
}

/** state_dir is --state-dir. */
export function agentFlagOf(key: string): string {
  return `--${key.replaceAll('_', '-')}`
}

/** Throws config_invalid and config_unknown. */
export function readAgentConfig(
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): AgentConfig {
  const given = new Map([...fromVariables(env), ...fromFlags(args)])
  const config: Record<string, unknown> = {}
  for (const [key, setting] of Object.entries(agentSettings)) {
    const value = given.get(key) ?? setting.default
    const checked = setting.schema.safeParse(value)
    if (!checked.success) {
      const got = 'secret' in setting ? 'something else (it is secret)' : value.slice(0, 200)
      throw new Fault('config_invalid', { key, expected: setting.bound, got })
    }
    config[key] = checked.data
  }
  const read = config as AgentConfig
  return { ...read, host: read.host || hostname() }
}

function fromVariables(env: Readonly<Record<string, string | undefined>>): Map<string, string> {
  const given = new Map<string, string>()
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith(prefix) || value === undefined) continue
    const word = name.slice(prefix.length)
    const key = word.toLowerCase()
    if (Object.hasOwn(agentSettings, key)) given.set(key, value)
    else if (!serviceLink.test(word)) throw unknown(name, keys().map(agentVariableOf))
  }
  return given
}

function fromFlags(args: readonly string[]): Map<string, string> {
  const given = new Map<string, string>()
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!
    const [, flag, inline] = /^(--[^=]+)(?:=(.*))?$/s.exec(arg) ?? []
    const key = flag?.slice(2).replaceAll('-', '_') ?? ''
    if (flag === undefined || !Object.hasOwn(agentSettings, key)) {
      throw unknown(arg, keys().map(agentFlagOf))
    }
    const value = inline ?? args[++at]
    if (value === undefined) {
      const { bound } = agentSettings[key as keyof Settings]
      throw new Fault('config_invalid', { key: flag, expected: bound, got: 'nothing' })
    }
    given.set(key, value)
  }
  return given
}

function keys(): string[] {
  return Object.keys(agentSettings)
}

function unknown(key: string, known: Iterable<string>): Fault {
  const suggestion = closest(key, known)
  const did_you_mean = suggestion === undefined ? '' : `Did you mean ${suggestion}? `
  return new Fault('config_unknown', { key, did_you_mean })
}
