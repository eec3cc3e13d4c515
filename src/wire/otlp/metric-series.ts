/**
 * A metric's series: its identity, a hash of everything that tells series apart, and its row,
 * written once a UTC day. Points of one series share them, in whatever order their attributes
 * come.
 */
import { limits } from '../../model/limits.ts'
import { viewOf } from '../copy-bytes.ts'
import { Hash64, quickHash } from '../hash.ts'
import type { RowBuffer } from '../row-buffer.ts'
import { cutAt } from './any-value.ts'
import { Attributes, pairSeed } from './attributes.ts'
import { day_ms } from './time.ts'
import type { Walk } from './walk.ts'

/** Column kind as stored. */
export const metricKinds = { gauge: 0, sum: 1, histogram: 2, exponential: 3, summary: 4 } as const

/** Column origin: whose labels are the attributes as they are, and whose are made from them. */
export const origins = { otlp: 0, prometheus: 1 } as const

/** The metric whose points are being read. */
export const metric = {
  nameStart: 0,
  nameEnd: 0,
  descriptionStart: 0,
  descriptionEnd: 0,
  unitStart: 0,
  unitEnd: 0,
  kind: 0,
  temporality: 0,
  monotonic: 0,
}

/** The attributes of the point that is being read. */
export const attributes = new Attributes()

/** What a summary adds to its metric: a part of the name, or the attribute quantile. */
export type Variant = { suffix: Uint8Array; quantile: Uint8Array | null; kind: number }

const nothing = new Uint8Array(0)
const plain: Variant = { suffix: nothing, quantile: null, kind: -1 }

const shared = new Hash64()
const pair = new Hash64()
const points = new Hash64()
/** The identity of the current series; its column is series_id. */
export const series = new Hash64()
const quantileKey = new TextEncoder().encode('quantile')
const quantileView = viewOf(quantileKey)

/** Hashes what all points of the metric share. */
export function startMetric(walk: Walk): void {
  const { reader, prefix } = walk
  const { view } = reader
  metric.nameEnd = cutAt(reader.bytes, metric.nameStart, metric.nameEnd, metric_bytes_max)
  metric.unitEnd = cutAt(reader.bytes, metric.unitStart, metric.unitEnd, metric_bytes_max)
  shared.reset(2)
  shared.bytes(view, metric.unitStart, metric.unitEnd)
  shared.number(metric.temporality).number(metric.monotonic)
  shared.number(prefix.resource.idLo).number(prefix.resource.idHi)
  shared.bytes(view, prefix.scopeStart, prefix.scopeEnd)
  shared.bytes(view, metric.nameStart, metric.nameEnd)
}

const metric_bytes_max = limits.attribute_key_bytes_max

/** Hashes the attributes of a point, once for all its series. */
export function hashPoint(walk: Walk): void {
  points.lo = points.hi = 0
  attributes.addTo(points, pair, walk.reader)
}

/** Leaves the identity of the point's series in series; a new one gets its row. */
export function noteSeries(walk: Walk, time_ms: number, variant: Variant = plain): void {
  const kind = variant.kind < 0 ? metric.kind : variant.kind
  const { suffix, quantile } = variant
  series.lo = shared.lo
  series.hi = shared.hi
  series.number(kind)
  if (suffix.length > 0) series.number(quickHash(viewOf(suffix), 0, suffix.length))
  series.number(points.lo).number(points.hi)
  if (quantile !== null) {
    pair.reset(pairSeed).bytes(quantileView, 0, quantileKey.length)
    pair.bytes(viewOf(quantile), 0, quantile.length)
    pair.finish()
    series.number(pair.lo).number(pair.hi)
  }
  series.finish()
  const { context, batch, prefix } = walk
  const day = Math.floor(time_ms / day_ms)
  const { lo, hi } = series
  if (!context.known.has(lo, hi, 'series', day)) {
    if (batch.newIdentities.add(lo, hi, 'series', day))
      writeSeries(walk, day * day_ms, kind, variant)
  }
  if (time_ms < prefix.dayFrom_ms || time_ms >= prefix.dayTo_ms) {
    prefix.note(time_ms, context, batch)
  }
}

function writeSeries(walk: Walk, day_start_ms: number, kind: number, variant: Variant): void {
  const { reader, prefix, batch } = walk
  const out = batch.get('metric_series')
  // The prefix of logs and spans ends with ingested_time, which a series does not have.
  out.copy(prefix.view, 0, prefix.length - 8)
  out.int53(day_start_ms)
  writeMetricName(walk, out, variant)
  out.int64(series.lo, series.hi)
  const isCounter = variant.suffix.length > 0
  out.u8(kind)
  out.u8(isCounter ? 2 : metric.temporality)
  out.u8(isCounter ? 1 : metric.monotonic)
  out.string(reader.view, metric.unitStart, metric.unitEnd)
  const { descriptionStart, descriptionEnd } = metric
  const end = cutAt(reader.bytes, descriptionStart, descriptionEnd, description_bytes_max)
  out.string(reader.view, descriptionStart, end)
  const { quantile } = variant
  if (quantile === null) attributes.writeTextMap(reader, out)
  else attributes.writeTextMapWith(reader, out, quantileKey, quantile)
  out.u8(origins.otlp)
  out.rows++
}

const description_bytes_max = 4096

/** Column metric, with what a variant adds to it. */
export function writeMetricName(walk: Walk, out: RowBuffer, variant: Variant = plain): void {
  const { nameStart, nameEnd } = metric
  if (variant.suffix.length === 0) {
    out.string(walk.reader.view, nameStart, nameEnd)
    return
  }
  out.varint(nameEnd - nameStart + variant.suffix.length)
  out.copy(walk.reader.view, nameStart, nameEnd)
  out.raw(variant.suffix)
}
