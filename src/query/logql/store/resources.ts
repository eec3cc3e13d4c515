/** Attributes of the resources that records come from: all of some, or one of all. */
import { sql } from '../../../store/sql.ts'
import { within } from '../../../store/within.ts'
import type { QueryContext } from '../../context.ts'
import { mayBeOfResource, type ResourceValues } from './label-sql.ts'
import { type KnownNames, resourceKeys, type TimeRange } from './names.ts'

const resources_max = 20_000
const options = { timeout_ms: 10_000, rows_max: resources_max + 1 }

/** Resources are written once a day and after restarts: older ones may stand for younger rows. */
const before_ms = 2 * 86_400_000

function around({ from_ms, to_ms }: TimeRange): TimeRange {
  return { from_ms: Math.max(0, from_ms - before_ms), to_ms }
}

/** For each label that resources may have, its value by resource. Undefined: they are too many. */
export async function resourceValues(
  labels: readonly string[],
  names: KnownNames,
  range: TimeRange,
  { store, scope, signal }: QueryContext,
): Promise<ResourceValues | undefined> {
  const values = new Map<string, [string, string][]>()
  for (const label of labels) {
    if (!mayBeOfResource(label, names)) continue
    const [first, ...others] = resourceKeys(label, names).map((key) => sql`attributes[${key}]`)
    const value = others.reduce((rest, key) => sql`if(${rest} != '', ${rest}, ${key})`, first!)
    const rows = await store.rows<{ id: string; value: string }>(
      sql`SELECT toString(resource_id) AS id, argMax(${value}, time) AS value FROM resources
        WHERE ${within('resources', around(range), scope)} AND ${value} != ''
        GROUP BY resource_id LIMIT ${resources_max + 1}`,
      { ...options, signal },
    )
    if (rows.length > resources_max) return undefined
    values.set(
      label,
      rows.map((row) => [row.id, row.value]),
    )
  }
  return values
}

export type ResourceAttributes = Map<string, readonly (readonly [string, string])[]>

/** All attributes of some resources. */
export async function resourceAttributes(
  ids: readonly string[],
  range: TimeRange,
  { store, scope, signal }: QueryContext,
): Promise<ResourceAttributes> {
  if (ids.length === 0) return new Map()
  const rows = await store.rows<{ id: string; attributes: Record<string, string> }>(
    sql`SELECT toString(resource_id) AS id, argMax(attributes, time) AS attributes FROM resources
      WHERE ${within('resources', around(range), scope)} AND resource_id IN ${ids.map(BigInt)}
      GROUP BY resource_id`,
    { ...options, signal },
  )
  return new Map(rows.map(({ id, attributes }) => [id, Object.entries(attributes)]))
}
