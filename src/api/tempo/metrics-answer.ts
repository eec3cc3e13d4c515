/** Metrics of traces in the shape of Tempo's query_range and query. */
import { QueryError } from '../../query/series.ts'
import { type MetricSeries, type MetricsAnswer, traceMetrics } from '../../query/traceql/metrics.ts'
import { anyValue, doubleOf } from '../../query/traceql/otlp-json.ts'
import type { ApiCall, ApiReply } from '../api.ts'
import { durationOf, readCount, readRange } from './ask.ts'
import { json } from './reply.ts'

const exemplars_max = 1_000

export async function answerMetrics(call: ApiCall, isRange: boolean): Promise<ApiReply> {
  const parameters = await call.parameters()
  const query = parameters.get('q') || parameters.get('query') || ''
  const range = readRange(parameters, call.context.now_ms)
  const step = parameters.get('step') || ''
  const span_ms = range.to_ms - range.from_ms
  const step_ms = step === '' ? usualStep(span_ms) : durationOf(step, 'step') / 1e6
  if (!(step_ms >= 1)) throw new QueryError('bad_data', 'invalid step: at least 1ms')
  const answer = await traceMetrics(
    {
      query,
      range,
      ...(isRange ? { step_ms: Math.round(step_ms) } : {}),
      exemplars_max: readCount(parameters, 'exemplars', { usual: 0, most: exemplars_max }),
    },
    call.context,
  )
  const series = answer.series.map((one) => (isRange ? rangeJson(one, answer) : instantJson(one)))
  const partial = answer.capped
    ? { status: 'PARTIAL', message: 'further traces exist that were not looked at' }
    : {}
  return json({ series, metrics: {}, ...partial })
}

/** As Tempo chooses it: 240 points, whole 5 s or else whole seconds. */
function usualStep(span_ms: number): number {
  const wanted = span_ms / 240
  const step = Math.floor(wanted / 5_000) * 5_000
  return Math.max(1_000, step > 0 ? step : Math.floor(wanted / 1_000) * 1_000)
}

function labelsJson({ labels }: MetricSeries) {
  return labels.map(({ name, value }) => ({ key: name, value: anyValue(value ?? 'nil') }))
}

function rangeJson(series: MetricSeries, { grid }: MetricsAnswer) {
  const samples = [...series.values].flatMap((value, at) =>
    Number.isNaN(value)
      ? []
      : [{ timestampMs: `${grid.start_ms + at * grid.step_ms}`, value: doubleOf(value) }],
  )
  return {
    labels: labelsJson(series),
    samples,
    exemplars: series.exemplars.map(({ trace_id, time_ms, value }) => ({
      labels: [{ key: 'trace:id', value: { stringValue: trace_id } }],
      value: doubleOf(value),
      timestampMs: `${time_ms}`,
    })),
  }
}

function instantJson(series: MetricSeries) {
  return { labels: labelsJson(series), value: doubleOf(series.values[0] ?? Number.NaN) }
}
