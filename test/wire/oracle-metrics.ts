/** The oracle's metrics. */

import type { RejectReason } from '../../src/model/outcome.ts'
import {
  addResource,
  type Bounds,
  bytesOf,
  Expected,
  hexId,
  merged,
  type Place,
  recordsOf,
  textMap,
  timeReason,
} from './oracle.ts'
import type { Plain } from './otlp-proto.ts'
import type { Row } from './row-reader.ts'

const kinds = ['gauge', 'sum', 'histogram', 'exponentialHistogram', 'summary']
const ms = (time_ns: unknown): bigint => BigInt((time_ns ?? 0) as string) / 1_000_000n

type Series = { metric: string; kind: number; temporality: number; monotonic: number; labels: Row }
type Scene = { expected: Expected; place: Place; bounds: Bounds; metric: Plain; point: Plain }

export function expectMetrics(request: Plain, bounds: Bounds): Expected {
  const expected = new Expected()
  const names = ['resourceMetrics', 'scopeMetrics', 'metrics'] as const
  for (const { place, record: metric } of recordsOf(request, names, bounds)) {
    const kind = kinds.findIndex((name) => metric[name])
    for (const point of metric[kinds[kind]!]?.dataPoints ?? []) {
      const reason = reasonOf(kind, metric, point, place, bounds)
      if (reason) expected.reject(reason)
      else {
        expected.accepted++
        store(kind, { expected, place, bounds, metric, point })
      }
    }
  }
  return expected
}

function reasonOf(
  kind: number,
  metric: Plain,
  point: Plain,
  place: Place,
  bounds: Bounds,
): RejectReason | undefined {
  if (!metric.name) return 'name_missing'
  if (place.isTooDeep) return 'nesting_too_deep'
  const hasValue = point.asDouble !== undefined || point.asInt !== undefined
  if (kind < 2 && !hasValue && !isStale(point)) return 'value_missing'
  if (kind === 2 && !isValid(point)) return 'histogram_invalid'
  return timeReason(BigInt(point.timeUnixNano ?? 0), bounds)
}

const isStale = (point: Plain): boolean => ((point.flags ?? 0) & 1) === 1

function isValid(point: Plain): boolean {
  const counts = point.bucketCounts ?? []
  const bounds: number[] = point.explicitBounds ?? []
  if (bounds.some((bound, i) => Number.isNaN(bound) || (i > 0 && bounds[i - 1]! >= bound)))
    return false
  return counts.length === 0 ? bounds.length === 0 : counts.length === bounds.length + 1
}

function store(kind: number, scene: Scene): void {
  const { expected, metric, point } = scene
  const data = metric[kinds[kind]!]
  const given = data.aggregationTemporality ?? 0
  const series: Series = {
    metric: metric.name,
    kind,
    temporality: kind >= 1 && kind <= 3 && given <= 2 ? given : 0,
    monotonic: kind === 1 && data.isMonotonic ? 1 : 0,
    labels: textMap(merged(point.attributes)),
  }
  if (kind === 4) {
    storeSummary(scene, series)
    return
  }
  const row = rowOf(scene, series)
  if (kind < 2) expected.add('metric_samples', { ...row, value: sampleValue(point) })
  else expected.add('metric_histograms', { ...row, ...histogram(kind, point) })
  for (const exemplar of point.exemplars ?? []) storeExemplar(scene, row, exemplar)
}

function sampleValue(point: Plain): unknown {
  if (isStale(point)) return 'stale'
  return point.asDouble ?? Number(point.asInt)
}

/** The columns that begin every metric row; the first of a day brings the series' own row. */
function rowOf({ expected, place, metric, point }: Scene, series: Series): Row {
  const labels = Object.entries(series.labels).sort(([a], [b]) => (a < b ? -1 : 1))
  const id = JSON.stringify([series, metric.unit ?? '', place.id, place.scope, labels])
  const time_ns = BigInt(point.timeUnixNano)
  if (expected.once(`series ${id}`, time_ns)) {
    expected.add('metric_series', {
      ...place.columns,
      scope: place.scope,
      time: (ms(time_ns) / 86_400_000n) * 86_400_000n,
      metric: series.metric,
      series_id: id,
      kind: series.kind,
      temporality: series.temporality,
      monotonic: series.monotonic,
      unit: bytesOf(metric.unit ?? ''),
      description: bytesOf(metric.description ?? ''),
      attributes: series.labels,
      origin: 0,
    })
  }
  addResource(expected, place, time_ns)
  const start_time = ms(point.startTimeUnixNano)
  return { metric: series.metric, series_id: id, time: ms(time_ns), start_time }
}

function storeSummary(scene: Scene, series: Series): void {
  const { expected, point, metric } = scene
  const value = (given: number): unknown => (isStale(point) ? 'stale' : given)
  for (const { quantile = 0, value: at = 0 } of point.quantileValues ?? []) {
    const labels = { ...series.labels, quantile: String(quantile) }
    expected.add('metric_samples', { ...rowOf(scene, { ...series, labels }), value: value(at) })
  }
  const counter = { ...series, kind: 1, temporality: 2, monotonic: 1 }
  const sum = rowOf(scene, { ...counter, metric: `${metric.name}_sum` })
  expected.add('metric_samples', { ...sum, value: value(point.sum ?? 0) })
  const count = rowOf(scene, { ...counter, metric: `${metric.name}_count` })
  expected.add('metric_samples', { ...count, value: value(Number(point.count ?? 0)) })
}

const whole = (values: string[] | undefined): bigint[] =>
  (values ?? []).map((value) => BigInt(value))

function histogram(kind: number, point: Plain): Row {
  const isExplicit = kind === 2
  return {
    stale: isStale(point) ? 1 : 0,
    count: BigInt(point.count ?? 0),
    sum: point.sum ?? Number.NaN,
    minimum: point.min ?? Number.NaN,
    maximum: point.max ?? Number.NaN,
    bounds: isExplicit ? (point.explicitBounds ?? []) : [],
    bucket_counts: isExplicit ? whole(point.bucketCounts) : [],
    scale: point.scale ?? 0,
    zero_count: BigInt(point.zeroCount ?? 0),
    zero_threshold: point.zeroThreshold ?? 0,
    positive_offset: point.positive?.offset ?? 0,
    positive_counts: whole(point.positive?.bucketCounts),
    negative_offset: point.negative?.offset ?? 0,
    negative_counts: whole(point.negative?.bucketCounts),
    reset_hint: 0,
    exact_counts: [],
  }
}

function storeExemplar({ expected, bounds }: Scene, row: Row, exemplar: Plain): void {
  if (exemplar.asDouble === undefined && exemplar.asInt === undefined) return
  const time_ns = BigInt(exemplar.timeUnixNano ?? 0)
  expected.add('metric_exemplars', {
    metric: row.metric,
    series_id: row.series_id,
    time: timeReason(time_ns, bounds) ? row.time : ms(time_ns),
    value: exemplar.asDouble ?? Number(exemplar.asInt),
    trace_id: hexId(exemplar.traceId, 16),
    span_id: hexId(exemplar.spanId, 8),
    attributes: textMap(merged(exemplar.filteredAttributes)),
  })
}
