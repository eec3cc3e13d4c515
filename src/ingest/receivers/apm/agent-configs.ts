/**
 * Settings that agents fetch: which ones a service gets, and which agents have them. Kept as named
 * objects; who may change them is the server's business.
 */
import { createHash } from 'node:crypto'
import type { NamedObject } from '../../../model/named-objects.ts'
import type { NamedObjects } from '../../parts.ts'

export type AgentConfig = {
  /** Empty is any. */
  service: string
  environment: string
  /** For people: of which agent the settings are. */
  agent_name: string
  settings: Readonly<Record<string, string>>
}

export type StoredConfig = AgentConfig & {
  name: string
  etag: string
  updated_ms: number
  updated_by: string
}

/** A service that asked, and what it has by now. */
export type AskingService = {
  service: string
  environment: string
  /** The configuration it was given, '' when there is none for it. */
  config: string
  asked_ms: number
  /** When it last said that it has the settings of now; 0 is not yet. */
  applied_ms: number
}

const asking_max = 1000
const kind = 'apm_agent_config'

export function configName(service: string, environment: string): string {
  return `${service}|${environment}`
}

export function etagOf(settings: Readonly<Record<string, string>>): string {
  const sorted = Object.entries(settings).sort(([a], [b]) => (a < b ? -1 : 1))
  return createHash('md5').update(JSON.stringify(sorted)).digest('hex')
}

/** The object as a configuration; undefined when it is none. */
export function configOf(object: NamedObject): StoredConfig | undefined {
  const { name, body, updated_ms, updated_by } = object
  if (typeof body !== 'object' || body === null) return undefined
  const { service, environment, agent_name, settings } = body as Record<string, unknown>
  if (typeof settings !== 'object' || settings === null) return undefined
  const texts = Object.entries(settings).filter(([, value]) => typeof value === 'string')
  const own = Object.fromEntries(texts) as Record<string, string>
  const word = (value: unknown) => (typeof value === 'string' ? value : '')
  return {
    name,
    service: word(service),
    environment: word(environment),
    agent_name: word(agent_name),
    settings: own,
    etag: etagOf(own),
    updated_ms,
    updated_by,
  }
}

/** The configurations of one server's objects, in memory: agents ask twice a minute each. */
export class AgentConfigs {
  readonly #objects: NamedObjects
  #known: Promise<ReadonlyMap<string, StoredConfig>> | undefined
  readonly #asking = new Map<string, AskingService>()

  constructor(objects: NamedObjects) {
    this.#objects = objects
    objects.onChanged(kind, () => {
      this.#known = undefined
    })
  }

  async list(): Promise<StoredConfig[]> {
    return [...(await this.#all()).values()]
  }

  /** Name and environment, then the name, then the environment, then what is for all. */
  async find(service: string, environment: string): Promise<StoredConfig | undefined> {
    const known = await this.#all()
    for (const name of [
      configName(service, environment),
      configName(service, ''),
      configName('', environment),
      configName('', ''),
    ]) {
      const found = known.get(name)
      if (found !== undefined) return found
    }
    return undefined
  }

  asked(
    service: string,
    environment: string,
    given: StoredConfig | undefined,
    etag: string,
    now_ms: number,
  ): void {
    const key = configName(service, environment)
    const before = this.#asking.get(key)
    const config = given?.name ?? ''
    const isApplied = given !== undefined && given.etag === etag
    const kept = before?.config === config && etag === '' ? before.applied_ms : 0
    const applied_ms = isApplied ? now_ms : kept
    this.#asking.delete(key)
    this.#asking.set(key, { service, environment, config, asked_ms: now_ms, applied_ms })
    if (this.#asking.size > asking_max) this.#asking.delete(this.#asking.keys().next().value!)
  }

  asking(): AskingService[] {
    return [...this.#asking.values()]
  }

  #all(): Promise<ReadonlyMap<string, StoredConfig>> {
    if (this.#known !== undefined) return this.#known
    const reading = this.#objects.list(kind).then((objects) => {
      const configs = objects.map(configOf).filter((one) => one !== undefined)
      return new Map(configs.map((one) => [configName(one.service, one.environment), one]))
    })
    reading.catch(() => {
      if (this.#known === reading) this.#known = undefined
    })
    this.#known = reading
    return reading
  }
}

const opened = new WeakMap<NamedObjects, AgentConfigs>()

/** The same for the receiver and for the screens. */
export function agentConfigs(objects: NamedObjects): AgentConfigs {
  const known = opened.get(objects) ?? new AgentConfigs(objects)
  opened.set(objects, known)
  return known
}
