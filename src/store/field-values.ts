/**
 * Which fields rows have and which values those take, from a bounded sample of what arrived in a
 * short window. Which windows are due is decided in summaries.ts.
 */
import { type Sql, sql } from './sql.ts'

export type SampledSignal = 'logs' | 'spans'
export const sampledSignals: readonly SampledSignal[] = ['logs', 'spans']

const sampleRowsMax = 20_000
const valueCharactersMax = 128
/** Near-unique fields would otherwise fill the table with values nobody types. */
const valuesMax = 20
/** Rows arrive soon after they happen; older ones are not worth a wide scan for a sample. */
const late_ms = 10 * 60_000

const fields: Record<SampledSignal, readonly string[]> = {
  logs: [
    'cluster',
    'namespace',
    'workload',
    'pod',
    'container',
    'node',
    'service',
    'scope',
    'severity',
    'event_name',
  ],
  spans: [
    'cluster',
    'namespace',
    'workload',
    'pod',
    'container',
    'node',
    'service',
    'scope',
    'name',
    'kind',
    'status',
    'peer_service',
    'peer_kind',
    'peer_system',
  ],
}

export function countArrived(signal: SampledSignal, from_ms: number, to_ms: number): Sql {
  return sql`SELECT count() AS arrived FROM ${sql.identifier(signal)}
    WHERE ${arrivedIn(from_ms, to_ms)}`
}

/** Counts are scaled up to all rows of the window. A value too long to type stands as ''. */
export function sampleValues(
  signal: SampledSignal,
  from_ms: number,
  to_ms: number,
  arrived: number,
): Sql {
  const ratio = Math.max(1, Math.ceil(arrived / sampleRowsMax))
  const names = fields[signal].map(sql.identifier)
  const pairs = fields[signal].map((name) => sql`(${name}, toString(${sql.identifier(name)}))`)
  return sql`INSERT INTO field_values (time, signal, cluster, namespace, field, value, rows)
SELECT toStartOfFifteenMinutes(toDateTime(${Math.floor(from_ms / 1_000)})), ${signal}, cluster,
  namespace, item.1 AS field, if(lengthUTF8(item.2) > ${valueCharactersMax}, '', item.2) AS value,
  count() * ${ratio} AS rows
FROM (
  SELECT cluster, namespace, arrayJoin(arrayConcat([${sql.join(pairs)}],
    arrayMap((k, v) -> (toString(k), v), mapKeys(attributes), mapValues(attributes)),
    arrayMap((k, v) -> (toString(k), toString(v)),
      arrayFilter(k -> NOT mapContains(attributes, k), mapKeys(numbers)) AS own,
      arrayMap(k -> numbers[k], own)))) AS item
  FROM (
    SELECT ${sql.join(names)}, attributes, numbers FROM ${sql.identifier(signal)}
    WHERE ${arrivedIn(from_ms, to_ms)} AND cityHash64(time, span_id) % ${ratio} = 0
    LIMIT ${sampleRowsMax}
  )
)
WHERE item.2 != ''
GROUP BY cluster, namespace, field, value
ORDER BY rows DESC
LIMIT ${valuesMax} BY cluster, namespace, field
SETTINGS max_threads = 1`
}

function arrivedIn(from_ms: number, to_ms: number): Sql {
  const milli = (ms: number) => sql`fromUnixTimestamp64Milli(${BigInt(Math.trunc(ms))})`
  return sql`ingested_time >= ${milli(from_ms)} AND ingested_time < ${milli(to_ms)}
    AND time >= fromUnixTimestamp64Nano(${BigInt(Math.trunc(from_ms - late_ms)) * 1_000_000n})`
}
