/** Writes a collection of the metrics SDK as OTLP JSON, with exemplars. Pure. */
import type { Attributes, AttributeValue, HrTime } from '@opentelemetry/api'
import {
  type DataPoint,
  DataPointType,
  type ExponentialHistogram,
  type Histogram,
  type MetricData,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics'
import type { Exemplar } from './exemplars.ts'

type ExemplarsOf = (metric: string, point: DataPoint<unknown>) => readonly Exemplar[]

export function metricsRequest(metrics: ResourceMetrics, exemplarsOf: ExemplarsOf): object {
  const { resource, scopeMetrics } = metrics
  return {
    resourceMetrics: [
      {
        resource: { attributes: keyValues(resource.attributes) },
        scopeMetrics: scopeMetrics.map(({ scope, metrics: list }) => ({
          scope: { name: scope.name, version: scope.version },
          metrics: list.map((metric) => metricJson(metric, exemplarsOf)),
        })),
      },
    ],
  }
}

function metricJson(metric: MetricData, exemplarsOf: ExemplarsOf): object {
  const { name, unit, description } = metric.descriptor
  const about = { name, unit, description }
  // The SDK counts delta 0 and cumulative 1; the wire says 1 and 2.
  const aggregationTemporality = metric.aggregationTemporality + 1
  switch (metric.dataPointType) {
    case DataPointType.GAUGE:
      return { ...about, gauge: { dataPoints: metric.dataPoints.map(numberPoint) } }
    case DataPointType.SUM: {
      const dataPoints = metric.dataPoints.map(numberPoint)
      return {
        ...about,
        sum: { dataPoints, aggregationTemporality, isMonotonic: metric.isMonotonic },
      }
    }
    case DataPointType.HISTOGRAM: {
      const dataPoints = metric.dataPoints.map((point) => ({
        ...histogramPoint(point),
        exemplars: exemplarsOf(name, point).map(exemplarJson),
      }))
      return { ...about, histogram: { dataPoints, aggregationTemporality } }
    }
    case DataPointType.EXPONENTIAL_HISTOGRAM: {
      const dataPoints = metric.dataPoints.map((point) => ({
        ...exponentialPoint(point),
        exemplars: exemplarsOf(name, point).map(exemplarJson),
      }))
      return { ...about, exponentialHistogram: { dataPoints, aggregationTemporality } }
    }
  }
}

function pointOf(point: DataPoint<unknown>): object {
  return {
    attributes: keyValues(point.attributes),
    startTimeUnixNano: nanoseconds(point.startTime),
    timeUnixNano: nanoseconds(point.endTime),
  }
}

function numberPoint(point: DataPoint<number>): object {
  return { ...pointOf(point), asDouble: point.value }
}

function histogramPoint(point: DataPoint<Histogram>): object {
  const { count, sum, min, max, buckets } = point.value
  return {
    ...pointOf(point),
    count: String(count),
    ...(sum === undefined ? {} : { sum }),
    ...(min === undefined || count === 0 ? {} : { min }),
    ...(max === undefined || count === 0 ? {} : { max }),
    explicitBounds: buckets.boundaries,
    bucketCounts: buckets.counts.map(String),
  }
}

function exponentialPoint(point: DataPoint<ExponentialHistogram>): object {
  const { count, sum, min, max, scale, zeroCount, positive, negative } = point.value
  const side = ({ offset, bucketCounts }: typeof positive) => ({
    offset,
    bucketCounts: bucketCounts.map(String),
  })
  return {
    ...pointOf(point),
    count: String(count),
    ...(sum === undefined ? {} : { sum }),
    ...(min === undefined || count === 0 ? {} : { min }),
    ...(max === undefined || count === 0 ? {} : { max }),
    scale,
    zeroCount: String(zeroCount),
    positive: side(positive),
    negative: side(negative),
  }
}

function exemplarJson(exemplar: Exemplar): object {
  return {
    timeUnixNano: String(BigInt(Math.round(exemplar.time_ms * 1000)) * 1000n),
    asDouble: exemplar.value,
    traceId: exemplar.traceId,
    spanId: exemplar.spanId,
  }
}

function nanoseconds([seconds, rest]: HrTime): string {
  return String(BigInt(seconds) * 1_000_000_000n + BigInt(rest))
}

function keyValues(attributes: Attributes): object[] {
  const list: object[] = []
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null) list.push({ key, value: anyValue(value) })
  }
  return list
}

function anyValue(value: AttributeValue): object {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number') {
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  }
  return { stringValue: JSON.stringify(value) }
}
