/**
 * Range functions and aggregations computed by the engine, in one pass over the samples of each
 * series: what is brought is a value a step, or a value a step of a whole group.
 */
import { type Sql, sql } from '../../../store/sql.ts'
import type { QueryContext } from '../../context.ts'
import type { AggregateCall, GridSeries, Grouping, Labels, Window } from '../../series.ts'
import type { Times } from './catalog.ts'
import { labelsKey } from './merge.ts'
import { askedBytes, tooManySamples } from './reading.ts'
import { RowReader } from './row-reader.ts'
import { areFew, pointsAtMost, pointsOf } from './samples.ts'
import { labelIn, named, type Selection, type StoredSeries, tooManySeries } from './selection.ts'

/** The engine's aggregate of each function; those that differ from Prometheus's are not here. */
const functions: ReadonlyMap<string, string> = new Map([
  ['', 'timeSeriesLastToGrid'],
  ['last_over_time', 'timeSeriesLastToGrid'],
  ['rate', 'timeSeriesRateToGrid'],
  ['increase', 'timeSeriesIncreaseToGrid'],
  ['delta', 'timeSeriesDeltaToGrid'],
  ['irate', 'timeSeriesInstantRateToGrid'],
  ['idelta', 'timeSeriesInstantDeltaToGrid'],
  ['resets', 'timeSeriesResetsToGrid'],
])

const stale = sql`9218868437227405314`
/** Not in the table's order, though that holds less: merging the parts doubles the CPU. */
const withTimeSeries = sql`SETTINGS allow_experimental_time_series_aggregate_functions = 1`

export function isComputed(name: string): boolean {
  return functions.has(name)
}

export type PushedCall = {
  function: string
  window: Window
  /** Samples that the engine reads at once: it holds 60 bytes of each until a series is done. */
  chunk_samples_max: number
}

/** The aggregate over (time, value) of the samples of one series. */
function gridOf({ function: name, window }: PushedCall): Sql {
  const { steps, range_ms, offset_ms } = window
  const start_ms = steps.start_ms - offset_ms
  const end_ms = start_ms + (steps.count - 1) * steps.step_ms
  const moment = (ms: number) => sql`fromUnixTimestamp64Milli(${BigInt(ms)})`
  const span = (ms: number) => sql`toDecimal64(${`${ms / 1_000}`}, 3)`
  const parameters = [
    moment(start_ms),
    moment(end_ms),
    span(Math.max(1, steps.step_ms)),
    span(range_ms),
  ]
  return sql`${sql.identifier(functions.get(name)!)}(${sql.join(parameters)})(time, value)`
}

/** Whole milliseconds, and no time before 1970: other windows are computed where they are asked. */
export function isWhole({ steps, range_ms, offset_ms }: Window): boolean {
  const numbers = [steps.start_ms, steps.step_ms, range_ms, offset_ms]
  const from_ms = steps.start_ms - offset_ms - range_ms
  return numbers.every(Number.isSafeInteger) && from_ms >= 0 && range_ms > 0
}

/** Stale markers end a series for the instant selector, and are no samples to all others. */
function samplesFor(call: PushedCall, where: Sql): Sql {
  if (call.function === '') return where
  return sql`${where} AND reinterpretAsUInt64(value) != ${stale}`
}

export async function gridSeries(
  context: QueryContext,
  selection: Selection,
  series: readonly StoredSeries[],
  call: PushedCall,
): Promise<GridSeries[]> {
  const { count } = call.window.steps
  if (series.length * count > context.limits.samples_max) throw tooManySamples()
  const byId = new Map(series.map((one) => [one.series_id, one]))
  const found: GridSeries[] = []
  const where = samplesFor(
    call,
    pointsOf(context, selection, series, 'metric_samples', rangeOf(selection)),
  )
  const { chunk_samples_max } = call
  const isFew = areFew(series, selection.times, chunk_samples_max)
  for (const own of isFew ? [sql`true`] : await chunksOf(context, where, call)) {
    const query = sql`SELECT series_id, ${gridOf(call)} FROM metric_samples
      WHERE ${where} AND ${own} GROUP BY series_id ${withTimeSeries}`
    const reader = new RowReader(await askedBytes(context, query))
    while (!reader.isDone) {
      const one = byId.get(reader.u64())
      const grid = reader.nullableGrid(count)
      if (one === undefined || !grid.has.includes(1)) continue
      for (const { name } of one.chosen) found.push({ labels: named(one.labels, name), ...grid })
    }
  }
  return found
}

function rangeOf({ times }: Selection): Times {
  return { from_ms: times.from_ms, to_ms: times.to_ms + 1 }
}

/**
 * Identities are hashes, so equal parts of their range hold about as many series each; both tables
 * lie in their order, so that a part reads nothing of the others.
 */
async function chunksOf(
  context: QueryContext,
  where: Sql,
  { chunk_samples_max }: Pick<PushedCall, 'chunk_samples_max'>,
): Promise<Sql[]> {
  const samples = await pointsAtMost(context, 'metric_samples', where)
  const chunks = Math.ceil(samples / chunk_samples_max)
  if (chunks <= 1) return [sql`true`]
  const start = (i: number) => (2n ** 64n * BigInt(i)) / BigInt(chunks)
  return Array.from(
    { length: chunks },
    (_, i) => sql`series_id >= ${start(i)} AND series_id <= ${start(i + 1) - 1n}`,
  )
}

const operators: ReadonlySet<string> = new Set(['sum', 'avg', 'count', 'group', 'min', 'max'])

export function isAggregated({ operator, grouping }: AggregateCall): boolean {
  return operators.has(operator) && !grouping.labels.includes('__name__')
}

/** Undefined when two stored series have the same labels: their samples have to be merged first. */
export async function aggregated(
  context: QueryContext,
  selection: Selection,
  call: AggregateCall & PushedCall,
): Promise<GridSeries[] | undefined> {
  if (!(await areApart(context, selection))) return undefined
  const points = pointsOf(context, selection, undefined, 'metric_samples', rangeOf(selection))
  const where = samplesFor(call, points)
  const found = new Map<string, Portion & { labels: Labels }>()
  for (const own of await chunksOf(context, where, call)) {
    const query = aggregateQuery(selection, call, { where, own })
    const reader = new RowReader(await askedBytes(context, query))
    while (!reader.isDone) {
      const labels = readKey(reader, call.grouping)
      const part = readPartial(reader, call)
      const key = labelsKey(labels)
      const known = found.get(key)
      if (known === undefined) found.set(key, { labels, ...part })
      else join(known, part, call.operator)
    }
  }
  return [...found.values()].flatMap((one) => {
    const grid = finished(one, call.operator)
    return grid.has.includes(1) ? [{ labels: one.labels, ...grid }] : []
  })
}

function aggregateQuery(
  selection: Selection,
  call: AggregateCall & PushedCall,
  { where, own }: { where: Sql; own: Sql },
): Sql {
  const groups = sql`SELECT series_id, any(${groupKey(selection, call.grouping)}) AS key
    FROM ${selection.from} WHERE ${selection.where} AND ${own} GROUP BY series_id`
  const grids = sql`SELECT series_id, ${gridOf(call)} AS raw FROM metric_samples
    WHERE ${where} AND ${own} GROUP BY series_id`
  const isStale = sql`reinterpretAsUInt64(assumeNotNull(x)) = ${stale}`
  const shown = sql`arrayMap(x -> if(${isStale}, NULL, x), raw)`
  return sql`SELECT key, ${aggregateOf(call.operator)} FROM
    (SELECT series_id, ${call.function === '' ? shown : sql`raw`} AS grid FROM (${grids})) AS grids
    INNER JOIN (${groups}) AS groups USING (series_id) GROUP BY key ${withTimeSeries}`
}

async function areApart(context: QueryContext, selection: Selection): Promise<boolean> {
  const { series_max } = context.limits
  const query = sql`SELECT uniqExact(series_id), uniqExact(cityHash64(${selection.labels}))
    FROM ${selection.from} WHERE ${selection.where}`
  const reader = new RowReader(await askedBytes(context, query))
  const series = reader.int53()
  if (series > series_max) throw tooManySeries(series_max)
  return series === reader.int53()
}

/** Values in the order of the labels, or pairs of all labels that are left. */
function groupKey(selection: Selection, { isWithout, labels }: Grouping): Sql {
  if (isWithout) {
    const gone = ['__name__', ...labels]
    return sql`arraySort(arrayFilter(pair -> pair.2 != '' AND pair.1 NOT IN ${gone},
      arrayZip(mapKeys(${selection.labels}), mapValues(${selection.labels}))))`
  }
  const values = labels.map((label) => labelIn(selection, label))
  return sql`CAST([${sql.join(values)}], 'Array(String)')`
}

function readKey(reader: RowReader, { isWithout, labels }: Grouping): Labels {
  const pairs: [string, string][] = []
  const length = reader.varint()
  for (let i = 0; i < length; i++) {
    pairs.push(isWithout ? [reader.string(), reader.string()] : [labels[i]!, reader.string()])
  }
  const filled = pairs.filter(([, value]) => value !== '')
  return filled.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
}

/** Not-a-number is a value that sums take over and that the least and the greatest pass by. */
function aggregateOf(operator: string): Sql {
  const count = sql`countForEach(grid)`
  const numbers = sql`arrayMap(x -> if(isNaN(x), NULL, x), grid)`
  if (operator === 'count' || operator === 'group') return count
  if (operator === 'min') return sql`${count}, minForEach(${numbers})`
  if (operator === 'max') return sql`${count}, maxForEach(${numbers})`
  return sql`${count}, sumKahanForEach(grid)`
}

/** Of a group in one part: how many have a value at each step, and their sum, least or greatest. */
type Portion = { counts: Float64Array; values: Float64Array; has: Uint8Array }

function readPartial(reader: RowReader, call: AggregateCall): Portion {
  const { count } = call.window.steps
  const counts = new Float64Array(count)
  counts.set(reader.int53Array().subarray(0, count))
  if (call.operator === 'count' || call.operator === 'group') {
    return { counts, values: counts, has: new Uint8Array(0) }
  }
  return { counts, ...reader.nullableGrid(count) }
}

function join(into: Portion, part: Portion, operator: string): void {
  const { values, has } = into
  for (let i = 0; i < has.length; i++) {
    if (part.has[i] !== 1) continue
    const [one, other] = [values[i]!, part.values[i]!]
    if (has[i] !== 1) values[i] = other
    else if (operator === 'min') values[i] = Math.min(one, other)
    else if (operator === 'max') values[i] = Math.max(one, other)
    else values[i] = one + other
    has[i] = 1
  }
  for (const [i, count] of part.counts.entries()) into.counts[i]! += count
}

function finished({ counts, values: computed, has: known }: Portion, operator: string) {
  const has = Uint8Array.from(counts, (count) => (count > 0 ? 1 : 0))
  if (operator === 'count') return { has, values: counts }
  if (operator === 'group') return { has, values: Float64Array.from(has) }
  const values = computed.slice()
  for (let i = 0; i < values.length; i++) {
    if (has[i] !== 1) continue
    if (known[i] !== 1) values[i] = Number.NaN
    if (operator === 'avg') values[i]! /= counts[i]!
  }
  return { has, values }
}
