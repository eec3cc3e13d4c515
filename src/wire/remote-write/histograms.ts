/**
 * Native histograms as rows of metric_histograms. Buckets come as runs of used ones (spans) and
 * counts, whole ones as differences; they are stored as runs without gaps. Counts that are no whole
 * numbers, as recording rules make them, are stored rounded, and once more as they were sent.
 */
import { limits } from '../../model/limits.ts'
import { RowBuffer } from '../row-buffer.ts'
import { type HistogramFields, readHistogram, type Side } from './histogram-fields.ts'
import { histogramsOf, noteSeries, seriesHi, seriesLo, shapes } from './series.ts'
import { refuseTime, timeReason, usableStart } from './times.ts'
import type { Writing } from './writing.ts'

const buckets_max = limits.histogram_buckets_max
/** Bounds of its own instead of powers. */
const custom_schema = -53
/** Coarser than the first and finer than the last nobody writes. */
const schema_min = -9
const schema_max = 52
const hints = { reset: 1, gauge: 3 } as const

type Counts = { whole: RowBuffer; exact: RowBuffer }
const positive: Counts = { whole: new RowBuffer(1024), exact: new RowBuffer(1024) }
const negative: Counts = { whole: new RowBuffer(1024), exact: new RowBuffer(1024) }
/** What expand() found. */
const expanded = { offset: 0, total: 0, isWhole: true }

export function storeHistogram(writing: Writing, start: number, end: number): void {
  const { batch, series, reader } = writing
  const fields = readHistogram(reader, start, end)
  const { time_ms } = fields
  const reason = timeReason(writing, time_ms)
  if (reason !== '') {
    refuseTime(writing, reason, time_ms)
    return
  }
  const wrong = problemOf(fields)
  if (wrong !== '') {
    writing.refuse('histogram_invalid', 1, wrong)
    return
  }
  if (batch.isFull()) {
    writing.refuse('record_too_large', 1)
    return
  }
  const isCustom = fields.schema === custom_schema
  const isGauge = fields.hint === hints.gauge
  const shape = isCustom ? shapes.custom : shapes.exponential
  noteSeries(writing, series, shape, histogramsOf(writing, isCustom, isGauge), time_ms)
  series.lastShape = shape
  const out = batch.get('metric_histograms')
  out.copy(series.nameView, 0, series.nameLength)
  out.int64(seriesLo(series, shape), seriesHi(series, shape))
  out.int53(time_ms)
  out.int53(startOf(fields, writing.start_ms))
  out.u8(fields.isStale ? 1 : 0)
  out.int53(rounded(fields.count))
  if (fields.sumAt < 0) out.zeros(8)
  else out.copy(reader.view, fields.sumAt, fields.sumAt + 8)
  out.float64(Number.NaN)
  out.float64(Number.NaN)
  if (isCustom) writeCustom(fields, out)
  else writeExponential(fields, out)
  out.u8(fields.hint <= hints.gauge ? fields.hint : 0)
  writeExact(fields, isCustom, out)
  out.rows++
  writing.accept('histograms')
}

/** Between the point before and one that began anew lies the start: no later than the point. */
function startOf({ start_ms, time_ms, hint }: HistogramFields, series_start_ms: number): number {
  const start = usableStart(start_ms === 0 ? series_start_ms : start_ms, time_ms)
  return start === 0 && hint === hints.reset ? time_ms : start
}

/** Why it is no histogram, in words, or ''. Leaves the buckets in positive and negative. */
function problemOf(fields: HistogramFields): string {
  const { schema, count, zeroCount } = fields
  const isCustom = schema === custom_schema
  if (!isCustom && (schema < schema_min || schema > schema_max)) return `its schema is ${schema}`
  if (fields.isTooLarge) return `it has more than ${buckets_max} buckets`
  const mayShrink = fields.hint === hints.gauge
  if (!mayShrink && (count < 0 || zeroCount < 0)) return 'it counts less than nothing'
  expanded.isWhole = isWhole(count) && isWhole(zeroCount)
  const wrong = expand(fields, fields.positive, isCustom ? 0 : 1, positive)
  if (wrong !== '') return wrong
  fields.positive.offset = expanded.offset
  let { total } = expanded
  const wrongBelow = expand(fields, fields.negative, 1, negative)
  if (wrongBelow !== '') return wrongBelow
  fields.negative.offset = expanded.offset
  total += expanded.total + zeroCount
  // Observations of NaN are in no bucket, so there may be more of them than the buckets hold.
  // Sums of fractions are not exact.
  if (!fields.isFloat && !fields.isStale && count < total) {
    return `its buckets hold ${total} of ${count} observations`
  }
  return isCustom ? customProblem(fields) : ''
}

function isWhole(count: number): boolean {
  return count >= 0 && count <= Number.MAX_SAFE_INTEGER && Math.floor(count) === count
}

/** What is less than nothing, or no number, is nothing. */
function rounded(count: number): number {
  return count > 0 ? Math.min(Math.round(count), Number.MAX_SAFE_INTEGER) : 0
}

/** Writes the counts of all buckets from the first used to the last, with zeros in the gaps. */
function expand(fields: HistogramFields, side: Side, below: number, out: Counts): string {
  const { isFloat, hint } = fields
  const { whole, exact } = out
  whole.clear()
  exact.clear()
  const { spans, counts } = side
  let index = 0
  let used = 0
  let total = 0
  let running = 0
  for (let i = 0; i < side.spansLength; i += 2) {
    const gap = spans[i]!
    const length = spans[i + 1]!
    if (i === 0) expanded.offset = gap - below
    else if (gap < 0) return 'its spans overlap'
    const gapLength = i === 0 ? 0 : gap
    index += gapLength + length
    if (index > buckets_max) return `it has more than ${buckets_max} buckets`
    whole.zeros(gapLength * 8)
    exact.zeros(gapLength * 8)
    for (let k = 0; k < length; k++, used++) {
      if (used >= side.countsLength) return 'it has fewer counts than its spans have buckets'
      running = isFloat ? counts[used]! : running + counts[used]!
      if (running < 0 && hint !== hints.gauge) return 'a bucket counts less than nothing'
      if (!isWhole(running)) expanded.isWhole = false
      total += running
      whole.int53(rounded(running))
      exact.float64(running)
    }
  }
  if (side.spansLength === 0) expanded.offset = 0
  expanded.total = total
  return used === side.countsLength ? '' : 'it has more counts than its spans have buckets'
}

function customProblem(fields: HistogramFields): string {
  const { bounds, boundsLength, zeroCount, positive: side, negative: other } = fields
  for (let i = 0; i < boundsLength; i++) {
    if (Number.isNaN(bounds[i]!)) return 'a bound is no number'
    if (i > 0 && !(bounds[i - 1]! < bounds[i]!)) return 'its bounds do not ascend'
  }
  if (other.spansLength > 0) return 'it has bounds of its own and negative buckets'
  if (zeroCount !== 0) return 'it has bounds of its own and a bucket of zeros'
  if (side.spansLength > 0 && side.offset < 0) return 'it has a bucket before the first'
  const last = side.offset + positive.whole.length / 8
  return last > boundsLength + 1 ? 'it has more buckets than bounds' : ''
}

function writeCustom(fields: HistogramFields, out: RowBuffer): void {
  const { bounds, boundsLength } = fields
  out.varint(boundsLength)
  for (let i = 0; i < boundsLength; i++) out.float64(bounds[i]!)
  out.varint(boundsLength + 1)
  padded(fields, positive.whole, out)
  // scale, zero_count, zero_threshold, and both sides' offsets with no counts.
  out.zeros(4 + 8 + 8 + 4 + 1 + 4 + 1)
}

/** A count for every bound and one above, of which the sender names those in use. */
function padded(fields: HistogramFields, counts: RowBuffer, out: RowBuffer): void {
  const before = counts.length === 0 ? 0 : fields.positive.offset
  out.zeros(before * 8)
  out.copy(counts.view, 0, counts.length)
  out.zeros((fields.boundsLength + 1 - before) * 8 - counts.length)
}

/** exact_counts: all counts of the row in the order of its columns, unless they are whole. */
function writeExact(fields: HistogramFields, isCustom: boolean, out: RowBuffer): void {
  if (expanded.isWhole) {
    out.varint(0)
    return
  }
  const above = isCustom ? fields.boundsLength + 1 : positive.exact.length / 8
  out.varint(2 + above + negative.exact.length / 8)
  out.float64(fields.count)
  out.float64(fields.zeroCount)
  if (isCustom) padded(fields, positive.exact, out)
  else out.copy(positive.exact.view, 0, positive.exact.length)
  out.copy(negative.exact.view, 0, negative.exact.length)
}

function writeExponential(fields: HistogramFields, out: RowBuffer): void {
  out.zeros(2)
  out.int32(fields.schema)
  out.int53(rounded(fields.zeroCount))
  out.float64(fields.zeroThreshold)
  out.int32(fields.positive.offset)
  writeArray(positive.whole, out)
  out.int32(fields.negative.offset)
  writeArray(negative.whole, out)
}

function writeArray(values: RowBuffer, out: RowBuffer): void {
  out.varint(values.length / 8)
  out.copy(values.view, 0, values.length)
}
