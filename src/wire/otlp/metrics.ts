/**
 * OTLP metrics from protobuf bytes to rows of metric_samples, metric_histograms, metric_exemplars
 * and metric_series. This file walks metrics and their points; samples.ts and histograms.ts store
 * them.
 */
import type { DecodeOutcome, RejectReason } from '../../model/outcome.ts'
import type { Batch } from '../batch.ts'
import type { DecodeContext } from './context.ts'
import { storeExponential, storeHistogram } from './histograms.ts'
import { metric, metricKinds, startMetric } from './metric-series.ts'
import { storeNumber, storeSummary } from './samples.ts'
import { stored, Walk, walkRequest } from './walk.ts'

const walk = new Walk()

export function decodeOtlpMetrics(
  body: Uint8Array,
  context: DecodeContext,
  batch: Batch,
): DecodeOutcome {
  walkRequest(walk, 'OTLP metrics', body, context, batch, readMetric)
  return walk.tally.outcome('data points')
}

const data = { field: 0, start: 0, end: 0 }

function readMetric(_walk: Walk, start: number, end: number): void {
  scanMetric(start, end)
  if (data.field === 0) return
  scanData()
  startMetric(walk)
  const { reader, prefix } = walk
  for (let at = data.start; at < data.end; ) {
    const tag = reader.varint(at)
    at = reader.after
    if (tag !== 10) {
      at = reader.skip(tag, at, data.end)
      continue
    }
    const point = reader.enter(at, data.end)
    at = reader.stop
    let reason: RejectReason | typeof stored
    if (metric.nameEnd === metric.nameStart) reason = 'name_missing'
    else if (prefix.resource.isTooDeep) reason = 'nesting_too_deep'
    else reason = storePoint(point, at)
    if (reason === stored) walk.tally.accepted++
    else walk.tally.reject(reason)
  }
}

function storePoint(start: number, end: number): RejectReason | typeof stored {
  switch (metric.kind) {
    case metricKinds.histogram:
      return storeHistogram(walk, start, end)
    case metricKinds.exponential:
      return storeExponential(walk, start, end)
    case metricKinds.summary:
      return storeSummary(walk, start, end)
    default:
      return storeNumber(walk, start, end)
  }
}

/** The kind that each field of Metric's oneof stands for. */
const kindOfField: Record<number, number> = {
  5: metricKinds.gauge,
  7: metricKinds.sum,
  9: metricKinds.histogram,
  10: metricKinds.exponential,
  11: metricKinds.summary,
}

function scanMetric(start: number, end: number): void {
  const { reader } = walk
  data.field = 0
  metric.nameStart = metric.nameEnd = metric.descriptionStart = metric.descriptionEnd = 0
  metric.unitStart = metric.unitEnd = 0
  for (let at = start; at < end; ) {
    const tag = reader.varint(at)
    at = reader.after
    if ((tag & 7) !== 2 || tag < 8) {
      at = reader.skip(tag, at, end)
      continue
    }
    const from = reader.enter(at, end)
    at = reader.stop
    const field = tag >> 3
    if (field === 1) {
      metric.nameStart = from
      metric.nameEnd = at
    } else if (field === 2) {
      metric.descriptionStart = from
      metric.descriptionEnd = at
    } else if (field === 3) {
      metric.unitStart = from
      metric.unitEnd = at
    } else if (kindOfField[field] !== undefined) {
      data.field = field
      data.start = from
      data.end = at
    }
  }
}

/** What Sum, Histogram and ExponentialHistogram say beside their points. */
function scanData(): void {
  const { reader } = walk
  metric.kind = kindOfField[data.field]!
  metric.temporality = 0
  metric.monotonic = 0
  for (let at = data.start; at < data.end; ) {
    const tag = reader.varint(at)
    at = reader.after
    if (tag === 16 || tag === 24) {
      const value = reader.varint(at)
      if (tag === 16) metric.temporality = value <= 2 ? value : 0
      else metric.monotonic = (value | reader.hi) === 0 ? 0 : 1
      at = reader.within(reader.after, data.end)
    } else at = reader.skip(tag, at, data.end)
  }
  const { kind } = metric
  if (kind === metricKinds.gauge || kind === metricKinds.summary) metric.temporality = 0
  if (kind !== metricKinds.sum) metric.monotonic = 0
}
