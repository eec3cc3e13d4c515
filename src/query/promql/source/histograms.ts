/**
 * Reads rows of metric_histograms and makes series of them: native histograms, or the classic
 * series of buckets, sum and count that an OpenTelemetry histogram with bounds stands for.
 */
import { sql } from '../../../store/sql.ts'
import type { QueryContext } from '../../context.ts'
import type { RawSeries } from '../../series.ts'
import { formatFixed } from '../go-text.ts'
import type { NativeHistogram } from '../histogram.ts'
import { tester } from '../regexp.ts'
import { markStale } from '../stale.ts'
import type { Times } from './catalog.ts'
import { addedUpHistograms, type HistogramPoint, nativeOf, withExact } from './histogram-points.ts'
import { askedBytes } from './reading.ts'
import { RowReader } from './row-reader.ts'
import { countPoints, pointsOf } from './samples.ts'
import { named, type Selection, type StoredSeries } from './selection.ts'

const day_ms = 86_400_000

export async function readHistograms(
  context: QueryContext,
  selection: Selection,
  series: readonly StoredSeries[],
  range: Times,
): Promise<RawSeries[]> {
  const deltas = series.filter(({ temporality }) => temporality === 'delta')
  const others = series.filter(({ temporality }) => temporality !== 'delta')
  const day = { from_ms: Math.floor(range.from_ms / day_ms) * day_ms, to_ms: range.to_ms }
  const found: RawSeries[] = []
  for (const [part, own] of [
    [others, range],
    [deltas, day],
  ] as const) {
    const rows = await readPoints(context, selection, part, own)
    for (const one of part) {
      const read = rows.get(one.series_id)
      if (read === undefined) continue
      const points = part === deltas ? addedUpHistograms(read, range.from_ms) : read
      for (const { part: shown, name } of one.chosen) {
        if (shown === 'native') found.push(nativeSeries(one, name, points))
        else if (shown !== 'value')
          found.push(...classicSeries(selection, one, { name, shown }, points))
      }
    }
  }
  return found
}

async function readPoints(
  context: QueryContext,
  selection: Selection,
  series: readonly StoredSeries[],
  range: Times,
): Promise<Map<bigint, HistogramPoint[]>> {
  const found = new Map<bigint, HistogramPoint[]>()
  if (series.length === 0) return found
  const where = pointsOf(context, selection, series, 'metric_histograms', range)
  await countPoints(context, 'metric_histograms', where)
  const query = sql`SELECT series_id, toUnixTimestamp64Milli(time),
      toUnixTimestamp64Milli(start_time), stale, count, sum, bounds,
      CAST(bucket_counts, 'Array(Float64)'), scale, zero_count, zero_threshold, positive_offset,
      CAST(positive_counts, 'Array(Float64)'), negative_offset,
      CAST(negative_counts, 'Array(Float64)'), toInt8(reset_hint), exact_counts
    FROM metric_histograms WHERE ${where} ORDER BY metric, series_id, time`
  const reader = new RowReader(await askedBytes(context, query))
  while (!reader.isDone) {
    const series_id = reader.u64()
    const point = readPoint(reader)
    const points = found.get(series_id)
    if (points === undefined) found.set(series_id, [point])
    else if (points.at(-1)!.time_ms < point.time_ms) points.push(point)
    else points[points.length - 1] = point
  }
  return found
}

const hints = ['unknown', 'reset', 'not_reset', 'gauge'] as const

function readPoint(reader: RowReader): HistogramPoint {
  const point: HistogramPoint = {
    time_ms: reader.int53(),
    start_ms: reader.int53(),
    isStale: reader.u8() === 1,
    count: reader.int53(),
    sum: reader.f64(),
    bounds: reader.f64Array(),
    bucket_counts: reader.f64Array(),
    scale: reader.i32(),
    zero_count: reader.int53(),
    zero_threshold: reader.f64(),
    positive: { offset: reader.i32(), counts: reader.f64Array() },
    negative: { offset: reader.i32(), counts: reader.f64Array() },
    reset_hint: hints[reader.u8()]!,
  }
  const exact = reader.f64Array()
  return exact.length === 0 ? point : withExact(point, exact)
}

function nativeSeries(
  series: StoredSeries,
  name: string,
  points: readonly HistogramPoint[],
): RawSeries {
  const isGauge = !series.isFromPrometheus && series.temporality === 'unspecified'
  const histograms: (NativeHistogram | undefined)[] = []
  const times: number[] = []
  const values = new Float64Array(points.length)
  for (const point of points) {
    const native = point.isStale ? undefined : nativeOf(point, isGauge ? 'gauge' : point.reset_hint)
    if (native === undefined && !point.isStale) continue
    if (point.isStale) markStale(values, times.length)
    times.push(point.time_ms)
    histograms.push(native)
  }
  return {
    labels: named(series.labels, name),
    times_ms: Float64Array.from(times),
    values: values.subarray(0, times.length),
    histograms,
  }
}

type Shown = { name: string; shown: 'bucket' | 'sum' | 'count' }
type Classic = { times: number[]; values: number[]; stale: Set<number> }

function classicSeries(
  selection: Selection,
  series: StoredSeries,
  { name, shown }: Shown,
  points: readonly HistogramPoint[],
): RawSeries[] {
  const byBound = new Map<string, Classic>()
  const add = (bound: string, time_ms: number, value: number, isStale: boolean) => {
    const one = byBound.get(bound) ?? { times: [], values: [], stale: new Set<number>() }
    byBound.set(bound, one)
    if (isStale) one.stale.add(one.times.length)
    one.times.push(time_ms)
    one.values.push(value)
  }
  for (const point of points) {
    const { time_ms, isStale } = point
    if (isStale) for (const bound of byBound.keys()) add(bound, time_ms, 0, true)
    else if (shown === 'count') add('', time_ms, point.count, false)
    else if (shown === 'sum') {
      if (!Number.isNaN(point.sum)) add('', time_ms, point.sum, false)
    } else addBuckets(point, add)
  }
  const tests = selection.bounds.map(tester)
  return [...byBound].flatMap(([bound, { times, values, stale }]) => {
    if (!tests.every((test) => test(bound))) return []
    const raw = Float64Array.from(values)
    for (const at of stale) markStale(raw, at)
    const labels = named(series.labels, name, shown === 'bucket' ? bound : undefined)
    return { labels, times_ms: Float64Array.from(times), values: raw }
  })
}

function addBuckets(
  { time_ms, bounds, bucket_counts, count }: HistogramPoint,
  add: (bound: string, time_ms: number, value: number, isStale: boolean) => void,
): void {
  let sum = 0
  for (const [i, bound] of bounds.entries()) {
    sum += bucket_counts[i] ?? 0
    if (bound !== Number.POSITIVE_INFINITY) add(formatFixed(bound), time_ms, sum, false)
  }
  add('+Inf', time_ms, count, false)
}
