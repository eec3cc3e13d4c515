/** Points that are one number (gauge, sum) or a few (summary), as rows of metric_samples. */
import type { RejectReason } from '../../model/outcome.ts'
import type { ProtobufReader } from '../protobuf-reader.ts'
import { Exemplars } from './exemplars.ts'
import {
  attributes,
  hashPoint,
  metricKinds,
  noteSeries,
  series,
  type Variant,
  writeMetricName,
} from './metric-series.ts'
import { msAt } from './time.ts'
import { stored, type Walk } from './walk.ts'

const exemplars = new Exemplars()
const quantiles = new Float64Array(512)

/** The current point; 0 is a time that was not sent. */
const point = { startAt: 0, timeAt: 0, value: 0, has: 0, flags: 0, count: 0, sum: 0, quantiles: 0 }

function clearPoint(): void {
  attributes.clear()
  exemplars.clear()
  point.startAt = point.timeAt = point.value = point.has = point.flags = 0
  point.count = point.sum = point.quantiles = 0
}

/** The double of the fixed64 or sfixed64 at a place. */
export function fixed64(view: DataView, at: number, isSigned: boolean): number {
  const hi = isSigned ? view.getInt32(at + 4, true) : view.getUint32(at + 4, true)
  return hi * 0x1_0000_0000 + view.getUint32(at, true)
}

function scanNumber(reader: ProtobufReader, start: number, end: number): void {
  const { bytes, view } = reader
  clearPoint()
  for (let at = start; at < end; ) {
    const tag = bytes[at++]!
    if (tag === 58 || tag === 42) {
      const from = reader.enter(at, end)
      at = reader.stop
      if (tag === 58) attributes.add(reader, from, at)
      else exemplars.add(from, at)
    } else if (tag === 25 || tag === 17 || tag === 33 || tag === 49) {
      at = reader.within(at + 8, end)
      if (tag === 25) point.timeAt = at - 8
      else if (tag === 17) point.startAt = at - 8
      else {
        point.has = 1
        point.value = tag === 33 ? view.getFloat64(at - 8, true) : fixed64(view, at - 8, true)
      }
    } else if (tag === 64) {
      point.flags = reader.varint(at)
      at = reader.within(reader.after, end)
    } else at = reader.skip(reader.varint(at - 1), reader.after, end)
  }
}

/** Why a point at this time is not stored, or stored. */
export function timeReason(walk: Walk, time_ms: number): RejectReason | typeof stored {
  if (time_ms < walk.context.time_ms_min) return 'time_too_old'
  if (time_ms > walk.context.time_ms_max) return 'time_in_future'
  return stored
}

export function storeNumber(walk: Walk, start: number, end: number): RejectReason | typeof stored {
  const { reader, batch } = walk
  scanNumber(reader, start, end)
  const isStale = (point.flags & 1) === 1
  if (point.has === 0 && !isStale) return 'value_missing'
  if (point.timeAt === 0) return 'time_too_old'
  const time_ms = msAt(reader.view, point.timeAt)
  const reason = timeReason(walk, time_ms)
  if (reason !== stored) return reason
  if (batch.isFull()) return 'record_too_large'
  hashPoint(walk)
  if (attributes.isTooDeep) return 'nesting_too_deep'
  noteSeries(walk, time_ms)
  writeSample(walk, time_ms, point.value, isStale)
  if (exemplars.count > 0) exemplars.write(walk, series, time_ms)
  walk.tally.attributesDropped += attributes.dropped
  return stored
}

function writeSample(
  walk: Walk,
  time_ms: number,
  value: number,
  isStale: boolean,
  variant?: Variant,
): void {
  const out = walk.batch.get('metric_samples')
  writeMetricName(walk, out, variant)
  out.int64(series.lo, series.hi)
  out.int53(time_ms)
  out.int53(point.startAt === 0 ? 0 : msAt(walk.reader.view, point.startAt))
  // The stale marker is a NaN with these very bits: it must not pass through a JavaScript number.
  if (isStale) out.int64(2, 0x7ff00000)
  else out.float64(value)
  out.rows++
}

const encoder = new TextEncoder()
const sumVariant: Variant = {
  suffix: encoder.encode('_sum'),
  quantile: null,
  kind: metricKinds.sum,
}
const countVariant: Variant = { ...sumVariant, suffix: encoder.encode('_count') }

function scanSummary(reader: ProtobufReader, start: number, end: number): void {
  const { view } = reader
  clearPoint()
  for (let at = start; at < end; ) {
    const tag = reader.varint(at)
    at = reader.after
    if (tag === 58 || tag === 50) {
      const from = reader.enter(at, end)
      at = reader.stop
      if (tag === 58) attributes.add(reader, from, at)
      else scanQuantile(reader, from, at)
    } else if (tag === 25 || tag === 17 || tag === 33 || tag === 41) {
      at = reader.within(at + 8, end)
      if (tag === 25) point.timeAt = at - 8
      else if (tag === 17) point.startAt = at - 8
      else if (tag === 33) point.count = fixed64(view, at - 8, false)
      else point.sum = view.getFloat64(at - 8, true)
    } else if (tag === 64) {
      point.flags = reader.varint(at)
      at = reader.within(reader.after, end)
    } else at = reader.skip(tag, at, end)
  }
}

function scanQuantile(reader: ProtobufReader, start: number, end: number): void {
  let quantile = 0
  let value = 0
  for (let at = start; at < end; ) {
    const tag = reader.varint(at)
    at = reader.after
    if (tag === 9 || tag === 17) {
      at = reader.within(at + 8, end)
      const number = reader.view.getFloat64(at - 8, true)
      if (tag === 9) quantile = number
      else value = number
    } else at = reader.skip(tag, at, end)
  }
  // More quantiles than anyone draws are left out.
  if (point.quantiles * 2 === quantiles.length) return
  quantiles[point.quantiles * 2] = quantile
  quantiles[point.quantiles++ * 2 + 1] = value
}

/** A summary becomes one series a quantile and the counters <name>_sum and <name>_count. */
export function storeSummary(walk: Walk, start: number, end: number): RejectReason | typeof stored {
  const { reader, batch } = walk
  scanSummary(reader, start, end)
  if (point.timeAt === 0) return 'time_too_old'
  const time_ms = msAt(reader.view, point.timeAt)
  const reason = timeReason(walk, time_ms)
  if (reason !== stored) return reason
  if (batch.isFull()) return 'record_too_large'
  hashPoint(walk)
  if (attributes.isTooDeep) return 'nesting_too_deep'
  const isStale = (point.flags & 1) === 1
  for (let i = 0; i < point.quantiles; i++) {
    const quantile = encoder.encode(String(quantiles[i * 2]))
    const variant = { suffix: new Uint8Array(0), quantile, kind: metricKinds.summary }
    noteSeries(walk, time_ms, variant)
    writeSample(walk, time_ms, quantiles[i * 2 + 1]!, isStale)
  }
  noteSeries(walk, time_ms, sumVariant)
  writeSample(walk, time_ms, point.sum, isStale, sumVariant)
  noteSeries(walk, time_ms, countVariant)
  writeSample(walk, time_ms, point.count, isStale, countVariant)
  walk.tally.attributesDropped += attributes.dropped
  return stored
}
