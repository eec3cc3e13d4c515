/** Explicit and exponential histograms as rows of metric_histograms. */
import { limits } from '../../model/limits.ts'
import type { RejectReason } from '../../model/outcome.ts'
import type { ProtobufReader } from '../protobuf-reader.ts'
import { RowBuffer } from '../row-buffer.ts'
import { Exemplars } from './exemplars.ts'
import { attributes, hashPoint, noteSeries, series, writeMetricName } from './metric-series.ts'
import { timeReason } from './samples.ts'
import { msAt } from './time.ts'
import { stored, type Walk } from './walk.ts'

const buckets_max = limits.histogram_buckets_max
const exemplars = new Exemplars()
/** Collected 64-bit values, as the engine's arrays hold them. */
const bounds = new RowBuffer(1024)
const counts = new RowBuffer(1024)
const positive = new RowBuffer(1024)
const negative = new RowBuffer(1024)

/** The current point; 0 is a place that was not sent. */
const point = {
  startAt: 0,
  timeAt: 0,
  countAt: 0,
  zeroCountAt: 0,
  sum: Number.NaN,
  minimum: Number.NaN,
  maximum: Number.NaN,
  zeroThreshold: 0,
  scale: 0,
  flags: 0,
  positiveOffset: 0,
  negativeOffset: 0,
}

function clearPoint(): void {
  attributes.clear()
  exemplars.clear()
  for (const values of [bounds, counts, positive, negative]) values.length = 0
  point.startAt = point.timeAt = point.countAt = point.zeroCountAt = 0
  point.sum = point.minimum = point.maximum = Number.NaN
  point.zeroThreshold = point.scale = point.flags = 0
  point.positiveOffset = point.negativeOffset = 0
}

export function storeHistogram(
  walk: Walk,
  start: number,
  end: number,
): RejectReason | typeof stored {
  clearPoint()
  scanHistogram(walk.reader, start, end)
  const buckets = counts.length / 8
  const isValid =
    buckets <= buckets_max && isSorted() && (buckets === 0 || buckets === bounds.length / 8 + 1)
  // Bounds without counts say nothing, and the specification has them come together.
  if (!isValid || (buckets === 0 && bounds.length > 0)) return 'histogram_invalid'
  return storePoint(walk)
}

export function storeExponential(
  walk: Walk,
  start: number,
  end: number,
): RejectReason | typeof stored {
  clearPoint()
  scanExponential(walk.reader, start, end)
  const isValid = positive.length <= buckets_max * 8 && negative.length <= buckets_max * 8
  return isValid ? storePoint(walk) : 'histogram_invalid'
}

function isSorted(): boolean {
  const { view, length } = bounds
  if (length >= 8 && Number.isNaN(view.getFloat64(0, true))) return false
  for (let at = 8; at < length; at += 8) {
    if (!(view.getFloat64(at - 8, true) < view.getFloat64(at, true))) return false
  }
  return true
}

/** Reads one or many 64-bit values, packed or not, into values; returns the place after them. */
function collect(
  reader: ProtobufReader,
  isPacked: boolean,
  at: number,
  end: number,
  values: RowBuffer,
): number {
  const start = isPacked ? reader.enter(at, end) : at
  const stop = isPacked ? reader.stop : reader.within(at + 8, end)
  if ((stop - start) % 8 !== 0) reader.fail(start, 'a packed field is cut off')
  // One past the limit is enough to know that there are too many.
  if (values.length <= buckets_max * 8) {
    values.copy(reader.view, start, Math.min(stop, start + (buckets_max + 1) * 8))
  }
  return stop
}

function scanHistogram(reader: ProtobufReader, start: number, end: number): void {
  const { view } = reader
  for (let at = start; at < end; ) {
    const tag = reader.varint(at)
    at = reader.after
    if (tag === 74 || tag === 66) {
      const from = reader.enter(at, end)
      at = reader.stop
      if (tag === 74) attributes.add(reader, from, at)
      else exemplars.add(from, at)
    } else if (tag === 50 || tag === 49) at = collect(reader, tag === 50, at, end, counts)
    else if (tag === 58 || tag === 57) at = collect(reader, tag === 58, at, end, bounds)
    else if (tag === 80) {
      point.flags = reader.varint(at)
      at = reader.within(reader.after, end)
    } else if ((tag & 7) === 1 && tag >= 8) {
      at = reader.within(at + 8, end)
      const from = at - 8
      if (tag === 17) point.startAt = from
      else if (tag === 25) point.timeAt = from
      else if (tag === 33) point.countAt = from
      else if (tag === 41) point.sum = view.getFloat64(from, true)
      else if (tag === 89) point.minimum = view.getFloat64(from, true)
      else if (tag === 97) point.maximum = view.getFloat64(from, true)
    } else at = reader.skip(tag, at, end)
  }
}

function scanExponential(reader: ProtobufReader, start: number, end: number): void {
  for (let at = start; at < end; ) {
    const tag = reader.varint(at)
    at = reader.after
    if (tag === 10 || tag === 90 || tag === 66 || tag === 74) {
      const from = reader.enter(at, end)
      at = reader.stop
      if (tag === 10) attributes.add(reader, from, at)
      else if (tag === 90) exemplars.add(from, at)
      else if (tag === 66) point.positiveOffset = scanBuckets(reader, from, at, positive)
      else point.negativeOffset = scanBuckets(reader, from, at, negative)
    } else if (tag === 48 || tag === 80) {
      const value = reader.varint(at)
      if (tag === 48) point.scale = zigzag(value)
      else point.flags = value
      at = reader.within(reader.after, end)
    } else if ((tag & 7) === 1 && tag >= 8) {
      at = reader.within(at + 8, end)
      scanExponentialFixed(reader.view, tag, at - 8)
    } else at = reader.skip(tag, at, end)
  }
}

function scanExponentialFixed(view: DataView, tag: number, at: number): void {
  if (tag === 17) point.startAt = at
  else if (tag === 25) point.timeAt = at
  else if (tag === 33) point.countAt = at
  else if (tag === 41) point.sum = view.getFloat64(at, true)
  else if (tag === 57) point.zeroCountAt = at
  else if (tag === 97) point.minimum = view.getFloat64(at, true)
  else if (tag === 105) point.maximum = view.getFloat64(at, true)
  else if (tag === 113) point.zeroThreshold = view.getFloat64(at, true)
}

function zigzag(value: number): number {
  return (value >>> 1) ^ -(value & 1)
}

/** Returns the offset and leaves the counts in values. */
function scanBuckets(
  reader: ProtobufReader,
  start: number,
  end: number,
  values: RowBuffer,
): number {
  let offset = 0
  values.length = 0
  for (let at = start; at < end; ) {
    const tag = reader.varint(at)
    at = reader.after
    if (tag === 8) {
      offset = zigzag(reader.varint(at))
      at = reader.within(reader.after, end)
    } else if (tag === 18 || tag === 16) {
      const from = tag === 18 ? reader.enter(at, end) : at
      let stop = tag === 18 ? reader.stop : from + 1
      at = from
      do {
        if (at >= stop) break
        const lo = reader.varint(at)
        at = reader.within(reader.after, end)
        if (values.length <= buckets_max * 8) values.int64(lo, reader.hi)
        if (tag === 16) stop = at
      } while (at < stop)
      if (at > stop) reader.fail(at, 'a packed field is cut off')
    } else at = reader.skip(tag, at, end)
  }
  return offset
}

/** Writes one row of either kind: what the other kind has is empty. */
function storePoint(walk: Walk): RejectReason | typeof stored {
  const { reader, batch } = walk
  if (point.timeAt === 0) return 'time_too_old'
  const time_ms = msAt(reader.view, point.timeAt)
  const reason = timeReason(walk, time_ms)
  if (reason !== stored) return reason
  const out = batch.get('metric_histograms')
  if (batch.isFull()) return 'record_too_large'
  hashPoint(walk)
  if (attributes.isTooDeep) return 'nesting_too_deep'
  noteSeries(walk, time_ms)
  writeMetricName(walk, out)
  out.int64(series.lo, series.hi)
  out.int53(time_ms)
  out.int53(point.startAt === 0 ? 0 : msAt(reader.view, point.startAt))
  out.u8(point.flags & 1)
  writeFixed(reader, point.countAt, out)
  out.float64(point.sum)
  out.float64(point.minimum)
  out.float64(point.maximum)
  writeArray(bounds, out)
  writeArray(counts, out)
  out.int32(point.scale)
  writeFixed(reader, point.zeroCountAt, out)
  out.float64(point.zeroThreshold)
  out.int32(point.positiveOffset)
  writeArray(positive, out)
  out.int32(point.negativeOffset)
  writeArray(negative, out)
  // No reset_hint, and no exact_counts: all are whole.
  out.zeros(2)
  out.rows++
  if (exemplars.count > 0) exemplars.write(walk, series, time_ms)
  walk.tally.attributesDropped += attributes.dropped
  return stored
}

function writeFixed(reader: ProtobufReader, at: number, out: RowBuffer): void {
  if (at === 0) out.zeros(8)
  else out.copy(reader.view, at, at + 8)
}

function writeArray(values: RowBuffer, out: RowBuffer): void {
  out.varint(values.length / 8)
  out.copy(values.view, 0, values.length)
}
