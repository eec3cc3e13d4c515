/**
 * Which attributes stand behind a label's name: Loki writes dots as underscores, records keep them.
 * Names are known from the summary of fields and from resources; a name that is too new for the
 * summary is found as it is written and with dots.
 */
import type { Scope } from '../../../model/question.ts'
import { sql } from '../../../store/sql.ts'
import type { Store } from '../../../store/store.ts'
import { within } from '../../../store/within.ts'
import type { QueryContext } from '../../context.ts'
import { sanitized } from '../names.ts'

export type TimeRange = { from_ms: number; to_ms: number }

export type KnownNames = {
  /** Attributes of records by the label they make. */
  record: ReadonlyMap<string, readonly string[]>
  /** Attributes of resources by the label they make. */
  resource: ReadonlyMap<string, readonly string[]>
}

const names_max = 5_000
const fresh_ms = 20_000
const day_ms = 86_400_000
const caches = new WeakMap<Store, Map<string, { at_ms: number; names: Promise<KnownNames> }>>()

/** Remembered for seconds: a dashboard asks the same many times at once. */
export function knownNames(range: TimeRange, context: QueryContext): Promise<KnownNames> {
  const cache = caches.get(context.store) ?? new Map()
  caches.set(context.store, cache)
  const days = [Math.floor(range.from_ms / day_ms), Math.ceil(range.to_ms / day_ms)]
  const key = JSON.stringify([scopeKey(context.scope), days])
  const found = cache.get(key)
  if (found !== undefined && Math.abs(Date.now() - found.at_ms) < fresh_ms) return found.names
  const names = loadNames({ from_ms: days[0]! * day_ms, to_ms: days[1]! * day_ms }, context)
  if (cache.size > 200) cache.clear()
  cache.set(key, { at_ms: Date.now(), names })
  names.catch(() => cache.delete(key))
  return names
}

function scopeKey({ clusters, namespaces, classes }: Scope): unknown {
  return [clusters, namespaces, classes]
}

async function loadNames(range: TimeRange, context: QueryContext): Promise<KnownNames> {
  const { store, scope } = context
  // Names of fields are of no class: who may not see logs is not told what they hold.
  const mayRead = scope.classes === 'all' || scope.classes.includes('logs')
  if (!mayRead) return { record: new Map(), resource: new Map() }
  // Without the caller's signal: the answer is shared with others.
  const options = { timeout_ms: 10_000, rows_max: names_max }
  const [fields, resources] = await Promise.all([
    store.rows<{ name: string }>(
      sql`SELECT DISTINCT toString(field) AS name FROM field_values
        WHERE ${within('field_values', range, scope)} AND signal = 'logs' LIMIT ${names_max}`,
      options,
    ),
    store.rows<{ name: string }>(
      sql`SELECT DISTINCT toString(arrayJoin(mapKeys(attributes))) AS name FROM resources
        WHERE ${within('resources', range, scope)} LIMIT ${names_max}`,
      options,
    ),
  ])
  return { record: byLabel(fields), resource: byLabel(resources) }
}

function byLabel(rows: readonly { name: string }[]): Map<string, string[]> {
  const labels = new Map<string, string[]>()
  for (const { name } of rows) {
    const label = sanitized(name)
    labels.set(label, [...(labels.get(label) ?? []), name])
  }
  return labels
}

const candidates_max = 8

/** Keys under which a record may have the label, the name itself first. */
export function recordKeys(label: string, known: KnownNames): string[] {
  const dotted = label.replaceAll('_', '.')
  const found = known.record.get(label) ?? []
  return [...new Set([label, ...found, dotted])].slice(0, candidates_max)
}

export function resourceKeys(label: string, known: KnownNames): string[] {
  return [...(known.resource.get(label) ?? [])].slice(0, candidates_max)
}
