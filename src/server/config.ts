/**
 * Reads the configuration: flags over variables over the file over defaults. Unknown keys are
 * refused. What keys there are is said in settings.ts.
 */
import { existsSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { closest } from '../model/closest.ts'
import { Fault } from '../model/faults.ts'
import type { Setting } from './setting.ts'
import { type Config, settings } from './settings.ts'

export type Sources = {
  args: readonly string[]
  env: Readonly<Record<string, string | undefined>>
  /** The text of a file, or undefined when there is none. */
  read?: (path: string) => string | undefined
}

const prefix = 'CROWSNEST_'
const got_chars_max = 200
const defaultFile = 'crowsnest.yaml'

/** Every key with its dotted name, in the order of the reference. */
export const keys: ReadonlyMap<string, Setting> = new Map(
  Object.entries(settings).flatMap(([group, members]): [string, Setting][] =>
    'about' in members
      ? [[group, members as Setting]]
      : Object.entries(members).map(([key, member]) => [`${group}.${key}`, member as Setting]),
  ),
)

/** The whole configuration, or a Fault that names the key and what it expected. */
export function readConfig(sources: Sources): Config {
  const flags = fromFlags(sources.args)
  const variables = fromVariables(sources.env)
  const file = flags.get('config') ?? variables.get('config')
  for (const source of [flags, variables]) source.delete('config')
  const given = new Map([...fromFile(file, sources.read ?? readText), ...variables, ...flags])
  const config: Record<string, unknown> = {}
  for (const [key, setting] of keys) {
    const [group, member] = key.split('.') as [string, string | undefined]
    const value = checked(key, setting, given.get(key))
    if (member === undefined) config[group] = value
    else config[group] = { ...(config[group] as object), [member]: value }
  }
  return config as Config
}

/** The variable of a key: listen.otlp_grpc is CROWSNEST_LISTEN_OTLP_GRPC. */
export function variableOf(key: string): string {
  return prefix + key.replace('.', '_').toUpperCase()
}

function checked(key: string, setting: Setting, given: unknown): unknown {
  const result = setting.safeParse(given)
  if (result.success) return result.data
  const { bound, secret } = setting.about
  const shown = (JSON.stringify(given) ?? 'nothing').slice(0, got_chars_max)
  const got = secret ? 'something else (it is secret)' : shown
  throw new Fault('config_invalid', { key, expected: bound, got })
}

/** --key=value, --key value, or --key alone for what is true or false. */
function fromFlags(args: readonly string[]): Map<string, unknown> {
  const given = new Map<string, unknown>()
  for (let at = 0; at < args.length; at++) {
    const arg = args[at]!
    const [, key, inline] = /^--([^=]+)(?:=(.*))?$/s.exec(arg) ?? []
    if (key === undefined) throw unknown(arg)
    known(key)
    const next = args[at + 1]
    if (inline !== undefined) given.set(key, inline)
    else if (keys.get(key)?.about.isFlag && !/^(true|false)$/.test(next ?? '')) given.set(key, true)
    else if (next === undefined) throw missing(key)
    else given.set(key, args[++at])
  }
  return given
}

/** What Kubernetes sets in every pod for a Service that is called crowsnest; not meant for us. */
const serviceLink = /^CROWSNEST_(.+_)?(SERVICE_HOST|SERVICE_PORT(_.+)?|PORT(_\d+_(TCP|UDP).*)?)$/

function fromVariables(env: Sources['env']): Map<string, unknown> {
  const keyOf = new Map([...keys.keys(), 'config'].map((key) => [variableOf(key), key]))
  const given = new Map<string, unknown>()
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith(prefix) || value === undefined) continue
    const key = keyOf.get(name)
    if (key !== undefined) given.set(key, value)
    else if (!serviceLink.test(name)) throw unknown(name, closest(name, keyOf.keys()))
  }
  return given
}

function fromFile(file: unknown, read: (path: string) => string | undefined) {
  const given = new Map<string, unknown>()
  const path = typeof file === 'string' ? file : defaultFile
  const text = read(path)
  if (text === undefined) {
    if (file === undefined) return given
    throw new Fault('config_invalid', { key: 'config', expected: 'a file', got: path })
  }
  for (const [group, members] of Object.entries(mapping(path, parseYaml(path, text)))) {
    if (keys.has(group) || group.includes('.')) {
      known(group)
      given.set(group, members)
      continue
    }
    if (!Object.hasOwn(settings, group)) throw unknown(group)
    for (const [member, value] of Object.entries(mapping(group, members))) {
      known(`${group}.${member}`)
      given.set(`${group}.${member}`, value)
    }
  }
  return given
}

function parseYaml(path: string, text: string): unknown {
  try {
    return parse(text) ?? {}
  } catch (error) {
    const got = (error as Error).message.split('\n')[0] ?? ''
    throw new Fault('config_invalid', { key: path, expected: 'YAML', got })
  }
}

function mapping(key: string, value: unknown): object {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value
  throw new Fault('config_invalid', {
    key,
    expected: 'keys',
    got: JSON.stringify(value).slice(0, got_chars_max),
  })
}

function known(key: string): void {
  if (!keys.has(key) && key !== 'config') throw unknown(key)
}

function unknown(key: string, suggestion = closest(key, keys.keys())): Fault {
  const did_you_mean = suggestion === undefined ? '' : `Did you mean ${suggestion}? `
  return new Fault('config_unknown', { key, did_you_mean })
}

function missing(key: string): Fault {
  const expected = keys.get(key)?.about.bound ?? 'a path'
  return new Fault('config_invalid', { key, expected, got: 'nothing' })
}

function readText(path: string): string | undefined {
  if (!existsSync(path)) return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const got = `${path} (${(error as NodeJS.ErrnoException).code})`
    throw new Fault('config_invalid', { key: 'config', expected: 'a readable file', got })
  }
}
