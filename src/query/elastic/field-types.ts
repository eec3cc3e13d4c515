/**
 * What type each field has: columns say it themselves, of attributes the stored values do. Looks at
 * a bounded number of them.
 */
import { type Sql, sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import type { QueryContext } from '../context.ts'
import { all_time } from './condition-sql.ts'
import { columnType, type FieldType } from './field-names.ts'
import { type DocumentTable, type Place, placeOf } from './field-places.ts'
import { anyOf } from './sql-parts.ts'
import type { Target } from './targets.ts'
import type { TimeRange } from './time-range.ts'

const probe_rows_max = 500
const names_at_once = 40

/** Names that no document has are not in the answer. */
export async function fieldTypes(
  names: Iterable<string>,
  targets: readonly Target[],
  range: TimeRange,
  context: QueryContext,
): Promise<Map<string, FieldType>> {
  const types = new Map<string, FieldType>()
  const unknown = new Set<string>()
  for (const name of new Set(names)) {
    const known = targets
      .map(({ table }) => columnType(table, name))
      .find((one) => one !== undefined)
    if (known !== undefined) types.set(name, known)
    else unknown.add(name)
  }
  for (const target of targets) {
    const asked = [...unknown].filter(
      (name) => !types.has(name) && placeOf(target.table, name).tag === 'attribute',
    )
    for (let at = 0; at < asked.length; at += names_at_once) {
      const some = asked.slice(at, at + names_at_once)
      for (const [name, type] of await probe(some, target, range, context)) types.set(name, type)
    }
  }
  return types
}

type Probed = { name: string; n: string; a: string; fraction: string; truth: string; date: string }

async function probe(
  names: readonly string[],
  { table, rows }: Target,
  range: TimeRange,
  context: QueryContext,
): Promise<[string, FieldType][]> {
  if (names.length === 0) return []
  const each = names.map((name) => {
    const place = placeOf(table, name) as Extract<Place, { tag: 'attribute' }>
    return probeSql(name, table, place, sql`${within(table, range, context.scope)} AND ${rows}`)
  })
  const { store, signal, limits } = context
  const told = await store.rows<Probed>(sql.join(each, sql` UNION ALL `), {
    signal,
    timeout_ms: limits.timeout_ms,
  })
  const found = told.flatMap((row): [string, FieldType][] => {
    const type = typeOf(row)
    return type === undefined ? [] : [[row.name, type]]
  })
  const missing = names.filter((name) => !found.some(([one]) => one === name))
  return [...found, ...(await ofResources(missing, table, context))]
}

function probeSql(
  name: string,
  table: DocumentTable,
  place: Extract<Place, { tag: 'attribute' }>,
  condition: Sql,
): Sql {
  const { names, texts, numbers } = place
  const has = (map: string) =>
    anyOf(names.map((one) => sql`mapContains(${sql.identifier(map)}, ${one})`))
  const valueIn = (map: string, otherwise: Sql) => {
    const cases = names.map(
      (one) => sql`mapContains(${sql.identifier(map)}, ${one}), ${sql.identifier(map)}[${one}]`,
    )
    return sql`multiIf(${sql.join(cases)}, ${otherwise})`
  }
  const maps = [texts, numbers].filter((one) => one !== undefined)
  if (maps.length === 0) {
    return sql`SELECT ${name} AS name, 0 AS n, 0 AS a, 0 AS fraction, 0 AS truth, 0 AS date`
  }
  const hasNumber = numbers === undefined ? sql`false` : has(numbers)
  const number = numbers === undefined ? sql`0.` : valueIn(numbers, sql`0.`)
  const hasText = texts === undefined ? sql`false` : has(texts)
  const text = texts === undefined ? sql`''` : valueIn(texts, sql`''`)
  return sql`SELECT ${name} AS name, countIf(h) AS n, countIf(t) AS a,
    countIf(h AND v != round(v)) AS fraction, countIf(t AND s IN ('true', 'false')) AS truth,
    countIf(t AND match(s, ${iso})) AS date
  FROM (SELECT ${hasNumber} AS h, ${hasText} AS t, ${number} AS v, ${text} AS s
    FROM ${sql.identifier(table)} WHERE ${condition} AND ${anyOf(maps.map(has))}
    LIMIT ${probe_rows_max})`
}

/** As dates are found in documents where no mapping says what a field is. */
const iso =
  '^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2}([.][0-9]{1,9})?)?' +
  '(Z|[+-][0-9]{2}:?[0-9]{2})?)?$'

function typeOf({ n, a, fraction, truth, date }: Probed): FieldType | undefined {
  const [numbers, texts] = [Number(n), Number(a)]
  if (numbers + texts === 0) return undefined
  if (numbers >= texts) return Number(fraction) > 0 ? 'double' : 'long'
  if (Number(truth) === texts) return 'boolean'
  return Number(date) === texts ? 'date' : 'keyword'
}

async function ofResources(
  names: readonly string[],
  table: DocumentTable,
  { store, scope, signal, limits }: QueryContext,
): Promise<[string, FieldType][]> {
  const places = names.map((name) => [name, placeOf(table, name)] as const)
  const found: [string, FieldType][] = []
  for (const [name, place] of places) {
    if (place.tag !== 'attribute' || !place.inResource) continue
    const has = anyOf(place.names.map((one) => sql`mapContains(attributes, ${one})`))
    const rows = await store.rows(
      sql`SELECT 1 AS one FROM ${sql.identifier('resources')}
        WHERE ${within('resources', all_time, scope)} AND ${has} LIMIT 1`,
      { signal, timeout_ms: limits.timeout_ms },
    )
    if (rows.length > 0) found.push([name, 'keyword'])
  }
  return found
}

const sample_rows_max = 20_000
const names_max = 2_000

/** Every field that documents have, from a sample of them: for mappings and lists of fields. */
export async function allFields(
  targets: readonly Target[],
  range: TimeRange,
  context: QueryContext,
): Promise<Map<string, FieldType>> {
  const { store, scope, signal, limits } = context
  const types = new Map<string, FieldType>()
  for (const { table, rows } of targets) {
    if (table === 'kubernetes_events' || table === 'network_flows') continue
    const condition = sql`${within(table, range, scope)} AND ${rows}`
    for (const [name, type] of await sampled(table, condition, context)) {
      if (!types.has(name)) types.set(name, type)
    }
  }
  if (targets.some(({ table }) => table === 'logs' || table === 'spans')) {
    const names = await store.rows<{ name: string }>(
      sql`SELECT DISTINCT toString(name) AS name FROM (
        SELECT arrayJoin(mapKeys(attributes)) AS name FROM ${sql.identifier('resources')}
        WHERE ${within('resources', range, scope)} LIMIT ${sample_rows_max * 10})
      LIMIT ${names_max}`,
      { signal, timeout_ms: limits.timeout_ms },
    )
    for (const { name } of names) if (!types.has(name)) types.set(name, 'keyword')
  }
  return types
}

async function sampled(table: DocumentTable, condition: Sql, context: QueryContext) {
  const { store, signal, limits } = context
  const texts =
    table === 'audit_events' ? 'annotations' : table === 'security_events' ? 'fields' : 'attributes'
  const hasNumbers = table === 'logs' || table === 'spans'
  const numbers = hasNumbers ? sql`numbers` : sql`map('', 0.)`
  const told = await store.rows<Probed>(
    sql`SELECT toString(tupleElement(item, 1)) AS name, countIf(tupleElement(item, 4) = 1) AS n,
      countIf(tupleElement(item, 4) = 0) AS a,
      countIf(tupleElement(item, 4) = 1 AND tupleElement(item, 3) != round(tupleElement(item, 3)))
        AS fraction,
      countIf(tupleElement(item, 2) IN ('true', 'false')) AS truth,
      countIf(match(tupleElement(item, 2), ${iso})) AS date
    FROM (SELECT arrayJoin(arrayConcat(
        arrayMap((k, v) -> (toString(k), v, 0., 0), mapKeys(texts), mapValues(texts)),
        arrayMap((k, v) -> (toString(k), '', v, 1), mapKeys(nums), mapValues(nums)))) AS item
      FROM (SELECT ${sql.identifier(texts)} AS texts, ${numbers} AS nums
        FROM ${sql.identifier(table)} WHERE ${condition} LIMIT ${sample_rows_max}))
    WHERE name != '' GROUP BY name ORDER BY name LIMIT ${names_max}`,
    { signal, timeout_ms: limits.timeout_ms },
  )
  return told.flatMap((row): [string, FieldType][] => {
    const type = typeOf(row)
    return type === undefined ? [] : [[row.name, type]]
  })
}
