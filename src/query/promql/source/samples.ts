/**
 * Samples of numbers: counted before they are read, brought as arrays a series, and deltas added
 * up to what a counter would have shown.
 */
import { type Sql, sql } from '../../../store/sql.ts'
import { within } from '../../../store/within.ts'
import type { QueryContext } from '../../context.ts'
import type { Times } from './catalog.ts'
import { askedBytes, tooManySamples } from './reading.ts'
import { RowReader } from './row-reader.ts'
import type { Selection, StoredSeries } from './selection.ts'

export type Samples = { times_ms: Float64Array; values: Float64Array }

const literals_max = 5_000
/** An answer holds 256 MiB, and a sample 16 bytes. */
const answer_samples_max = 12_000_000
const day_ms = 86_400_000
const rollup_ms = 300_000

/** Holds for rows of a table of points in [from_ms, to_ms) of these series. */
export function pointsOf(
  context: QueryContext,
  selection: Selection,
  series: readonly StoredSeries[] | undefined,
  table: 'metric_samples' | 'metric_samples_5m' | 'metric_histograms' | 'metric_exemplars',
  range: Times,
): Sql {
  const conditions = [within(table, range, context.scope)]
  if (!selection.isEverything) conditions.push(sql`metric IN ${selection.metrics}`)
  if (series !== undefined && series.length <= literals_max) {
    conditions.push(sql`series_id IN ${series.map(({ series_id }) => series_id)}`)
  } else if (!selection.isWhole) {
    conditions.push(sql`series_id IN (SELECT series_id FROM ${selection.from}
      WHERE ${selection.where})`)
  }
  return sql.all(conditions)
}

export async function countPoints(
  context: QueryContext,
  table: 'metric_samples' | 'metric_histograms',
  where: Sql,
): Promise<number> {
  const points = await countedPoints(context, table, where)
  if (points > context.limits.samples_max) throw tooManySamples()
  return points
}

async function countedPoints(
  context: QueryContext,
  table: 'metric_samples' | 'metric_histograms',
  where: Sql,
): Promise<number> {
  const query = sql`SELECT count() FROM ${sql.identifier(table)} WHERE ${where}`
  return new RowReader(await askedBytes(context, query)).int53()
}

/**
 * How many points there are at most: the engine knows the size of the granules that it would read.
 * Counting costs as much as half of the query itself.
 */
export async function pointsAtMost(
  context: QueryContext,
  table: 'metric_samples' | 'metric_histograms',
  where: Sql,
): Promise<number> {
  const query = sql`EXPLAIN ESTIMATE SELECT count() FROM ${sql.identifier(table)} WHERE ${where}`
  const reader = new RowReader(await askedBytes(context, query))
  let rows = 0
  let isTold = false
  while (!reader.isDone) {
    const [, from] = [reader.string(), reader.string()]
    const [, own] = [reader.int53(), reader.int53(), reader.int53()]
    isTold ||= from === table
    rows += own
  }
  // Of tables on other machines, and of no granule at all, nothing is told.
  return isTold ? rows : countedPoints(context, table, where)
}

/** Not worth a question: they are fewer even with a sample in every second. */
export function areFew(
  series: readonly StoredSeries[],
  { from_ms, to_ms }: Times,
  samples_max: number,
): boolean {
  return (series.length * (to_ms - from_ms)) / 1_000 <= samples_max
}

/** Throws when there are more than a query may hold: few enough are not counted. */
async function pointsWithin(context: QueryContext, where: Sql): Promise<number> {
  const points = await pointsAtMost(context, 'metric_samples', where)
  const isFew = points <= Math.min(answer_samples_max, context.limits.samples_max)
  return isFew ? points : countPoints(context, 'metric_samples', where)
}

/** By series, oldest first. `range` is [from_ms, to_ms). */
export async function readSamples(
  context: QueryContext,
  selection: Selection,
  series: readonly StoredSeries[],
  range: Times,
): Promise<Map<bigint, Samples>> {
  const found = new Map<bigint, Samples>()
  if (series.length === 0) return found
  const where = pointsOf(context, selection, series, 'metric_samples', range)
  const isFew = areFew(series, range, Math.min(context.limits.samples_max, answer_samples_max))
  const points = isFew ? 0 : await pointsWithin(context, where)
  const answers = Math.max(1, Math.ceil(points / answer_samples_max))
  const isShort = range.to_ms - range.from_ms < 2 ** 32
  const time = isShort
    ? sql`toUInt32(toUnixTimestamp64Milli(time) - ${range.from_ms})`
    : sql`toUnixTimestamp64Milli(time)`
  for (let part = 0; part < answers; part++) {
    const own = answers === 1 ? sql`true` : sql`series_id % ${answers} = ${part}`
    const query = sql`SELECT series_id, groupArray(${time}), groupArray(value)
      FROM metric_samples WHERE ${where} AND ${own} GROUP BY series_id`
    const reader = new RowReader(await askedBytes(context, query))
    while (!reader.isDone) {
      const series_id = reader.u64()
      const times_ms = isShort ? reader.u32Array(range.from_ms) : reader.int53Array()
      found.set(series_id, inOrder({ times_ms, values: reader.f64Array() }))
    }
  }
  return found
}

/**
 * Oldest first; of two samples of one moment the last. Values move as two words, so that the bits
 * of a stale marker stay.
 */
export function inOrder(samples: Samples): Samples {
  const { times_ms, values } = samples
  let isSorted = true
  for (let i = 1; i < times_ms.length && isSorted; i++) isSorted = times_ms[i - 1]! < times_ms[i]!
  if (isSorted) return samples
  const order = Uint32Array.from(times_ms, (_, i) => i)
  order.sort((a, b) => times_ms[a]! - times_ms[b]! || a - b)
  const kept = order.filter((at, i) => times_ms[at] !== times_ms[order[i + 1] ?? -1])
  const bits = new BigUint64Array(values.buffer, values.byteOffset, values.length)
  const moved = new Float64Array(kept.length)
  new BigUint64Array(moved.buffer).set(BigUint64Array.from(kept, (at) => bits[at]!))
  return { times_ms: Float64Array.from(kept, (at) => times_ms[at]!), values: moved }
}

/**
 * Deltas as a counter that begins with every UTC day: the same wherever the reading begins. What
 * came before the range is known from the five-minute sums.
 */
export async function readDeltas(
  context: QueryContext,
  selection: Selection,
  series: readonly StoredSeries[],
  range: Times,
): Promise<Map<bigint, Samples>> {
  const found = new Map<bigint, Samples>()
  if (series.length === 0) return found
  const from_ms = Math.floor(range.from_ms / rollup_ms) * rollup_ms
  const own = { from_ms, to_ms: range.to_ms }
  const before = { from_ms: Math.floor(range.from_ms / day_ms) * day_ms, to_ms: from_ms }
  const sums = new Map<bigint, number>()
  if (before.to_ms > before.from_ms) {
    const where = pointsOf(context, selection, series, 'metric_samples_5m', before)
    const query = sql`SELECT series_id, sum(value_sum) FROM metric_samples_5m
      WHERE ${where} GROUP BY series_id`
    const reader = new RowReader(await askedBytes(context, query))
    while (!reader.isDone) sums.set(reader.u64(), reader.f64())
  }
  const where = pointsOf(context, selection, series, 'metric_samples', own)
  await countPoints(context, 'metric_samples', where)
  const query = sql`SELECT series_id, arraySort(groupArray((toUnixTimestamp64Milli(time),
      toUnixTimestamp64Milli(start_time), value))) AS points
    FROM metric_samples WHERE ${where} GROUP BY series_id`
  const reader = new RowReader(await askedBytes(context, query))
  while (!reader.isDone) {
    const series_id = reader.u64()
    const points: DeltaPoint[] = []
    for (let left = reader.varint(); left > 0; left--) {
      points.push({ time_ms: reader.int53(), start_ms: reader.int53(), value: reader.f64() })
    }
    found.set(series_id, addedUp(points, sums.get(series_id) ?? 0, range.from_ms))
  }
  return found
}

export type DeltaPoint = { time_ms: number; start_ms: number; value: number }

/**
 * Where a delta begins behind the one before, the counter's height is known there too: one delta
 * alone is then a growth.
 */
export function addedUp(points: readonly DeltaPoint[], before: number, from_ms: number): Samples {
  const times: number[] = []
  const values: number[] = []
  let sum = before
  let last_ms = Number.NEGATIVE_INFINITY
  for (const { time_ms, start_ms, value } of points) {
    const isNewDay = Math.floor(last_ms / day_ms) < Math.floor(time_ms / day_ms)
    if (isNewDay && last_ms > 0) sum = 0
    if (start_ms > last_ms && start_ms < time_ms && start_ms >= from_ms) {
      times.push(start_ms)
      values.push(sum)
    }
    if (!Number.isNaN(value)) sum += value
    if (time_ms >= from_ms && time_ms > (times.at(-1) ?? -1)) {
      times.push(time_ms)
      values.push(Number.isNaN(value) ? value : sum)
    }
    last_ms = time_ms
  }
  return { times_ms: Float64Array.from(times), values: Float64Array.from(values) }
}
