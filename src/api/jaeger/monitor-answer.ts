/** Metrics for Jaeger's Monitor tab, in the shape of its metrics query API. */
import {
  type JaegerMetric,
  type JaegerMetricsAsk,
  jaegerSeries,
} from '../../query/jaeger/metrics.ts'
import type { ApiCall, ApiReply } from '../api.ts'
import { lookbackRange, malformed, msOr } from './ask.ts'
import { plain } from './reply.ts'

const hour_ms = 3_600_000
const names = { latencies: 'latencies', calls: 'call_rate', errors: 'error_rate' } as const
const tells = {
  latencies: 'latency in ms',
  calls: 'calls per second',
  errors: 'share of calls that failed',
} as const

export async function answerMonitor(call: ApiCall, metric: JaegerMetric): Promise<ApiReply> {
  const parameters = await call.parameters()
  const range = lookbackRange(parameters, call.context.now_ms, hour_ms)
  const services = parameters.getAll('service').filter((name) => name !== '')
  if (services.length === 0) throw malformed('service', 'please provide at least one service name')
  const quantile = Number(parameters.get('quantile') || (metric === 'latencies' ? 'none' : '0.95'))
  if (!(quantile >= 0 && quantile <= 1))
    throw malformed('quantile', parameters.get('quantile') ?? '')
  const kinds = parameters
    .getAll('spanKind')
    .map((kind) => kind.toLowerCase().replace(/^span_kind_/, ''))
  const ask: JaegerMetricsAsk = {
    metric,
    services,
    byOperation: parameters.get('groupByOperation') === 'true',
    kinds: kinds.length === 0 ? ['server'] : kinds,
    quantile,
    end_ms: range.to_ms,
    lookback_ms: range.to_ms - range.from_ms,
    step_ms: msOr(parameters, 'step', 5_000),
    rate_ms: msOr(parameters, 'ratePer', 600_000),
  }
  const series = await jaegerSeries(ask, call.context)
  const start = ask.byOperation ? 'service_operation' : 'service'
  return plain({
    name: `${start}_${names[metric]}`,
    type: 'GAUGE',
    help: `${tells[metric]}, grouped by service${ask.byOperation ? ' & operation' : ''}`,
    metrics: series.map(({ service, operation, points }) => ({
      labels: [
        ...(operation === undefined ? [] : [{ name: 'operation', value: operation }]),
        { name: 'service_name', value: service },
      ],
      metricPoints: points.map(({ time_ms, value }) => ({
        gaugeValue: { doubleValue: value },
        timestamp: new Date(time_ms).toISOString(),
      })),
    })),
  })
}
