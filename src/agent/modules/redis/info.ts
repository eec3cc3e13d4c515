/** What INFO of Redis says, from its text to measures. Pure; asking is redis.ts's work. */
import { type MeasureAttributes, Measures } from '../measures.ts'
import {
  cpuStates,
  infoDurations,
  infoNumbers,
  infoWords,
  type RedisMetric,
  redisMetrics,
} from './metrics.ts'

/** `name:value` lines; a value may hold colons. */
export function infoFields(text: string): Map<string, string> {
  const fields = new Map<string, string>()
  for (const line of text.split(/\r?\n/)) {
    const colon = line.indexOf(':')
    if (colon > 0 && !line.startsWith('#')) {
      fields.set(line.slice(0, colon), line.slice(colon + 1).trim())
    }
  }
  return fields
}

const numberOf = (text: string | undefined): number | undefined =>
  text !== undefined && /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined

export type InfoParts = { info: boolean; keyspace: boolean }

export function redisMeasures(
  fields: ReadonlyMap<string, string>,
  parts: InfoParts,
  now_ms: number,
): Measures<RedisMetric> {
  const uptime_s = numberOf(fields.get('uptime_in_seconds'))
  const start_ms = uptime_s === undefined ? 0 : now_ms - uptime_s * 1000
  const measures = new Measures<RedisMetric>(redisMetrics, start_ms)
  if (parts.info) addInfo(measures, fields)
  if (parts.keyspace) {
    for (const [name, value] of fields) if (/^db\d+$/.test(name)) addDatabase(measures, name, value)
  }
  return measures
}

function addInfo(measures: Measures<RedisMetric>, fields: ReadonlyMap<string, string>): void {
  const said = new Set<RedisMetric>()
  for (const [field, metric] of infoNumbers) {
    const value = numberOf(fields.get(field))
    // Old and new versions name some fields differently; nothing is said twice.
    if (value === undefined || said.has(metric)) continue
    said.add(metric)
    measures.add(metric, value)
  }
  for (const [field, metric] of infoDurations) {
    const value = numberOf(fields.get(field))
    if (value !== undefined && value >= 0) measures.add(metric, value)
  }
  for (const [field, metric, good] of infoWords) {
    const word = fields.get(field)
    if (word !== undefined) measures.add(metric, word === good ? 1 : 0)
  }
  for (const state of cpuStates) {
    measures.add('redis.cpu.time', numberOf(fields.get(`used_cpu_${state}`)), { state })
  }
  for (const outcome of ['ok', 'err']) {
    measures.add('redis.sync.partial', numberOf(fields.get(`sync_partial_${outcome}`)), {
      outcome,
    })
  }
  const role = fields.get('role')
  if (role !== undefined) {
    measures.add('redis.role', 1, { role: role === 'master' ? 'primary' : 'replica' })
  }
}

const databaseFields: Readonly<Record<string, RedisMetric>> = {
  keys: 'redis.db.keys',
  expires: 'redis.db.expires',
  avg_ttl: 'redis.db.avg_ttl',
  subexpiry: 'redis.db.subexpiry',
}

/** `keys=1,expires=0,avg_ttl=0,subexpiry=0`: newer servers say more, and more may come. */
function addDatabase(measures: Measures<RedisMetric>, name: string, text: string): void {
  const db = name.slice(2)
  for (const pair of text.split(',')) {
    const [field = '', value] = pair.split('=')
    if (!Object.hasOwn(databaseFields, field)) continue
    measures.add(databaseFields[field]!, numberOf(value), { db })
  }
}

/** What stays the same while the server runs. */
export function redisResource(fields: ReadonlyMap<string, string>): MeasureAttributes {
  const attributes: Record<string, string | number> = {}
  const say = (name: string, field: string) => {
    const value = fields.get(field)
    if (value !== undefined && value !== '') attributes[name] = value
  }
  say('redis.version', 'valkey_version')
  if (attributes['redis.version'] === undefined) say('redis.version', 'redis_version')
  say('redis.mode', 'redis_mode')
  say('redis.maxmemory.policy', 'maxmemory_policy')
  say('redis.memory.allocator', 'mem_allocator')
  say('os.description', 'os')
  return attributes
}
