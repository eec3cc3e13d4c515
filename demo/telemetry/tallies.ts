/**
 * Metrics about the past: the metrics SDK stamps a collection with the present, so what is recorded
 * about earlier minutes is summed here and handed on as the SDK's own ResourceMetrics.
 */
import type { Attributes } from '@opentelemetry/api'
import { ValueType } from '@opentelemetry/api'
import type { Resource } from '@opentelemetry/resources'
import {
  AggregationTemporality,
  type DataPoint,
  type DataPointType,
  type ExponentialHistogram,
  type Histogram,
  type MetricData,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics'
import { hrTime } from '../world/clock.ts'
import type { Exemplar } from './exemplars.ts'
import { instruments, type MetricName } from './instruments.ts'
import { type Observe, type Occasion, seriesKey } from './telemetry.ts'

export const minute_ms = 60_000
/** 2^(1/8) between buckets: about 9 % wide, which is what an SDK would choose for such a range. */
const exponential_scale = 3

type Tally = {
  count: number
  sum: number
  min: number
  max: number
  buckets: Map<number, number>
  exemplar?: Exemplar
}
type Series = { metric: MetricName; attributes: Attributes; minutes: Map<number, Tally> }
type TalliedPoint<Value> = DataPoint<Value> & { exemplars?: readonly Exemplar[] }

export class Tallies {
  readonly #series = new Map<string, Series>()

  record(metric: MetricName, value: number, attributes: Attributes, occasion: Occasion): void {
    const key = seriesKey(metric, attributes)
    let series = this.#series.get(key)
    if (series === undefined) {
      series = { metric, attributes, minutes: new Map() }
      this.#series.set(key, series)
    }
    const minute = Math.floor(occasion.time_ms / minute_ms)
    let tally = series.minutes.get(minute)
    if (tally === undefined) {
      tally = emptyTally()
      series.minutes.set(minute, tally)
    }
    tally.count++
    tally.sum += value
    tally.min = Math.min(tally.min, value)
    tally.max = Math.max(tally.max, value)
    const bucket = bucketOf(metric, value)
    if (bucket === undefined) return
    tally.buckets.set(bucket, (tally.buckets.get(bucket) ?? 0) + 1)
    const { span, time_ms } = occasion
    if (span !== undefined) {
      tally.exemplar = { value, time_ms, traceId: span.traceId, spanId: span.spanId }
    }
  }

  /** Everything recorded in [from, to), one point a minute and series, and all observed then. */
  collect(about: About): ResourceMetrics {
    const metrics = new Map<string, MetricData>()
    for (const series of this.#series.values()) tell(series, about, metrics)
    observeMinutes(about, metrics)
    const scopeMetrics = [{ scope: about.scope, metrics: [...metrics.values()] }]
    return { resource: about.resource, scopeMetrics }
  }
}

export type About = {
  resource: Resource
  scope: { name: string; version: string }
  delta: boolean
  from_ms: number
  to_ms: number
  observe: Observe
}

function emptyTally(): Tally {
  return { count: 0, sum: 0, min: Infinity, max: -Infinity, buckets: new Map() }
}

function bucketOf(metric: MetricName, value: number): number | undefined {
  const { kind, bounds } = instruments[metric]
  if (kind === 'exponential') {
    if (value <= 0) return undefined
    return Math.ceil(Math.log2(value) * 2 ** exponential_scale) - 1
  }
  if (bounds === undefined) return undefined
  const at = bounds.findIndex((bound) => value <= bound)
  return at === -1 ? bounds.length : at
}

function tell(series: Series, about: About, metrics: Map<string, MetricData>): void {
  const data = metricData(series.metric, about.delta, metrics)
  const total = emptyTally()
  const last = Math.ceil(about.to_ms / minute_ms)
  for (let minute = Math.floor(about.from_ms / minute_ms); minute < last; minute++) {
    const tally = series.minutes.get(minute)
    const start_ms = about.delta ? minute * minute_ms : about.from_ms
    if (tally === undefined && (about.delta || total.count === 0)) continue
    if (tally !== undefined) add(total, tally)
    const told = about.delta ? tally! : total
    const point: TalliedPoint<unknown> = {
      startTime: hrTime(Math.min(start_ms, (minute + 1) * minute_ms)),
      endTime: hrTime(Math.min((minute + 1) * minute_ms, about.to_ms)),
      attributes: series.attributes,
      value: numberOf(series.metric, told),
      exemplars: tally?.exemplar === undefined ? [] : [tally.exemplar],
    }
    data.dataPoints.push(point as never)
  }
}

function add(total: Tally, tally: Tally): void {
  total.count += tally.count
  total.sum += tally.sum
  total.min = Math.min(total.min, tally.min)
  total.max = Math.max(total.max, tally.max)
  for (const [bucket, count] of tally.buckets) {
    total.buckets.set(bucket, (total.buckets.get(bucket) ?? 0) + count)
  }
}

function numberOf(metric: MetricName, tally: Tally): number | Histogram | ExponentialHistogram {
  const { kind, bounds = [] } = instruments[metric]
  const { count, sum, min, max, buckets } = tally
  if (kind === 'histogram') {
    const counts = Array.from({ length: bounds.length + 1 }, (_, at) => buckets.get(at) ?? 0)
    return { count, sum, min, max, buckets: { boundaries: [...bounds], counts } }
  }
  if (kind !== 'exponential') return sum
  const indexes = [...buckets.keys()]
  const offset = indexes.length === 0 ? 0 : Math.min(...indexes)
  const length = indexes.length === 0 ? 0 : Math.max(...indexes) - offset + 1
  const bucketCounts = Array.from({ length }, (_, at) => buckets.get(offset + at) ?? 0)
  const zeroCount = count - bucketCounts.reduce((all, one) => all + one, 0)
  const negative = { offset: 0, bucketCounts: [] }
  const scale = exponential_scale
  return { count, sum, min, max, scale, zeroCount, positive: { offset, bucketCounts }, negative }
}

function metricData(
  name: keyof typeof instruments,
  delta: boolean,
  metrics: Map<string, MetricData>,
): MetricData {
  const known = metrics.get(name)
  if (known !== undefined) return known
  const { kind, unit, description } = instruments[name]
  const descriptor = { name, unit, description, valueType: ValueType.DOUBLE }
  const { DELTA, CUMULATIVE } = AggregationTemporality
  const aggregationTemporality = delta && kind !== 'up_down_counter' ? DELTA : CUMULATIVE
  const kindOf = { gauge: 2, counter: 3, up_down_counter: 3, histogram: 0, exponential: 1 } as const
  const made = {
    descriptor,
    aggregationTemporality,
    dataPointType: kindOf[kind] as DataPointType,
    isMonotonic: kind === 'counter',
    dataPoints: [],
  } as MetricData
  metrics.set(name, made)
  return made
}

function observeMinutes(about: About, metrics: Map<string, MetricData>): void {
  const before = new Map<string, number>()
  for (let at_ms = about.from_ms; at_ms <= about.to_ms; at_ms += minute_ms) {
    for (const { metric, value, attributes } of about.observe(at_ms)) {
      const asDelta = about.delta && instruments[metric].kind === 'counter'
      const key = seriesKey(metric, attributes)
      const previous = before.get(key)
      before.set(key, value)
      if (previous === undefined) continue
      const start_ms = asDelta ? at_ms - minute_ms : about.from_ms
      const told = asDelta ? value - previous : value
      const data = metricData(metric, asDelta, metrics)
      const startTime = hrTime(start_ms)
      data.dataPoints.push({ startTime, endTime: hrTime(at_ms), attributes, value: told } as never)
    }
  }
}
