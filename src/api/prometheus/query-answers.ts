/** Queries: at one moment, over a range, and as text: query, query_range, format and parse. */
import type { QueryContext } from '../../query/context.ts'
import { toJson } from '../../query/promql/ast-json.ts'
import { parseDuration } from '../../query/promql/go-text.ts'
import { pretty } from '../../query/promql/print.ts'
import {
  type MatrixSeries,
  type QueryResult,
  type QueryValue,
  queryInstant,
  queryRange,
  type VectorSample,
} from '../../query/promql/query.ts'
import { EngineSource } from '../../query/promql/source/engine-source.ts'
import { QueryError } from '../../query/series.ts'
import type { ApiCall } from '../api.ts'
import { type Answer, json } from './envelope.ts'
import { durationOf, limitOf, timeOf, wrong } from './parameters.ts'
import { histogramPointText, labelsText, pointText, timeText } from './result-json.ts'
import { cut, parsed } from './series-answers.ts'

const lookback_ms_default = 300_000

export async function answerQuery(call: ApiCall): Promise<Answer> {
  const parameters = await call.parameters()
  const limit = limitOf(parameters)
  const time_ms = finite('time', timeOf(parameters, 'time', call.context.now_ms))
  const context = limited(call.context, parameters)
  const ask = { query: checked(parameters), time_ms, lookback_ms: lookbackOf(parameters) }
  return told(parameters, limit, () => queryInstant(ask, new EngineSource(context), context))
}

export async function answerQueryRange(call: ApiCall): Promise<Answer> {
  const parameters = await call.parameters()
  const limit = limitOf(parameters)
  const start_ms = finite('start', timeOf(parameters, 'start', Number.NaN))
  const end_ms = finite('end', timeOf(parameters, 'end', Number.NaN))
  if (end_ms < start_ms) throw wrong('end', 'end timestamp must not be before start time')
  const step_ms = Math.trunc(durationOf(parameters, 'step') ?? Number.NaN)
  if (Number.isNaN(step_ms)) throw wrong('step', 'cannot parse "" to a valid duration')
  if (step_ms <= 0) {
    const says = 'zero or negative query resolution step widths are not accepted.'
    throw wrong('step', `${says} Try a positive integer`)
  }
  const { points_max } = call.context.limits
  if ((end_ms - start_ms) / step_ms > points_max) {
    throw new QueryError(
      'bad_data',
      `exceeded maximum resolution of ${points_max.toLocaleString('en-US')} points per ` +
        'timeseries. Try decreasing the query resolution (?step=XX)',
    )
  }
  const context = limited(call.context, parameters)
  const times = { start_ms, end_ms, step_ms }
  const ask = { query: checked(parameters), ...times, lookback_ms: lookbackOf(parameters) }
  return told(parameters, limit, () => queryRange(ask, new EngineSource(context), context))
}

async function told(
  parameters: URLSearchParams,
  limit: number,
  evaluate: () => Promise<QueryResult>,
): Promise<Answer> {
  const began = performance.now()
  const result = await evaluate()
  const stats = statsText(parameters, result, performance.now() - began)
  const { text, warnings } = resultText(result, limit)
  const data = `{"resultType":"${result.type}","result":${text}${stats}}`
  return { data, warnings: [...result.warnings, ...warnings], infos: result.infos }
}

function resultText(
  result: QueryValue,
  limit: number,
): { text: string; warnings: readonly string[] } {
  switch (result.type) {
    case 'scalar':
      return { text: pointText(result.time_ms, result.value), warnings: [] }
    case 'string': {
      const text = `[${timeText(result.time_ms)},${JSON.stringify(result.value)}]`
      return { text, warnings: [] }
    }
    case 'vector': {
      const { items, warnings } = cut(result.samples, limit)
      return { text: `[${items.map((one) => sampleText(one, result.time_ms))}]`, warnings }
    }
    case 'matrix': {
      const { items, warnings } = cut(result.series, limit)
      return { text: `[${items.map(seriesText)}]`, warnings }
    }
  }
}

function sampleText({ labels, value, histogram }: VectorSample, time_ms: number): string {
  const sample =
    histogram === undefined
      ? `"value":${pointText(time_ms, value)}`
      : `"histogram":${histogramPointText(time_ms, histogram)}`
  return `{"metric":${labelsText(labels)},${sample}}`
}

function seriesText({ labels, times_ms, values, histograms }: MatrixSeries): string {
  const floats: string[] = []
  const others: string[] = []
  for (let i = 0; i < times_ms.length; i++) {
    const histogram = histograms?.[i]
    if (histogram === undefined) floats.push(pointText(times_ms[i]!, values[i]!))
    else others.push(histogramPointText(times_ms[i]!, histogram))
  }
  const parts = [`"metric":${labelsText(labels)}`]
  if (floats.length > 0) parts.push(`"values":[${floats.join(',')}]`)
  if (others.length > 0) parts.push(`"histograms":[${others.join(',')}]`)
  return `{${parts.join(',')}}`
}

function finite(name: string, time_ms: number): number {
  if (Number.isNaN(time_ms)) throw wrong(name, 'cannot parse "" to a valid timestamp')
  if (!Number.isFinite(time_ms)) throw wrong(name, 'the time is too far away')
  return time_ms
}

/** Whether it can be read, before anything is done for it. */
function checked(parameters: URLSearchParams): string {
  parsed(parameters)
  return parameters.get('query') ?? ''
}

/** A caller may want less time than there is, and not more. */
function limited(context: QueryContext, parameters: URLSearchParams): QueryContext {
  const timeout_ms = durationOf(parameters, 'timeout')
  if (timeout_ms === undefined) return context
  const { limits } = context
  const least_ms = Math.max(1, Math.min(limits.timeout_ms, timeout_ms))
  return { ...context, limits: { ...limits, timeout_ms: least_ms } }
}

function lookbackOf(parameters: URLSearchParams): number {
  const text = parameters.get('lookback_delta')
  if (text === null || text === '') return lookback_ms_default
  const ms = /^[\d.]+$/.test(text) ? Number(text) * 1_000 : parseDuration(text)
  if (ms === undefined || !Number.isFinite(ms)) {
    throw wrong('lookback_delta', `cannot parse ${JSON.stringify(text)} to a valid duration`)
  }
  return ms <= 0 ? lookback_ms_default : ms
}

/** Part of the data when stats were asked for. What the engine read itself is not counted. */
function statsText(parameters: URLSearchParams, result: QueryResult, took_ms: number): string {
  const wanted = parameters.get('stats') ?? ''
  if (wanted === '') return ''
  const took_s = took_ms / 1_000
  const read = result.stats.reduce((sum, { samples }) => sum + samples, 0)
  const stats = {
    timings: {
      evalTotalTime: took_s,
      resultSortTime: 0,
      queryPreparationTime: 0,
      innerEvalTime: took_s,
      execQueueTime: 0,
      execTotalTime: took_s,
    },
    samples: { totalQueryableSamples: read, peakSamples: result.peak_samples },
    ...(wanted === 'all' ? { nodes: result.stats } : {}),
  }
  return `,"stats":${JSON.stringify(stats)}`
}

export async function answerFormat(call: ApiCall): Promise<Answer> {
  return json(pretty(parsed(await call.parameters())))
}

export async function answerParse(call: ApiCall): Promise<Answer> {
  return json(toJson(parsed(await call.parameters())))
}
