/** Labels, series, volumes, patterns and fields: what Explore and Drilldown ask around logs. */

import { isLog, type LogExpr } from '../../query/logql/ast.ts'
import { detectedFields, detectedFieldValues } from '../../query/logql/explore/detected-fields.ts'
import { indexStats, labelCounts, labelValues, seriesOf } from '../../query/logql/explore/labels.ts'
import { patternsOf } from '../../query/logql/explore/patterns.ts'
import { volumeOf } from '../../query/logql/explore/volume.ts'
import { parseLogOnly, parseLogQl } from '../../query/logql/parse.ts'
import type { Steps } from '../../query/series.ts'
import type { ApiCall, ApiReply } from '../api.ts'
import {
  bad,
  neededQuery,
  readLimit,
  readSpan,
  readStep,
  type Span,
  usualStep,
} from './parameters.ts'
import { json, success } from './replies.ts'
import { matrixOf, objectOf, vectorOf } from './results.ts'

const six_hours_ns = 6n * 3_600_000_000_000n
/** Labels of Loki's own that Grafana hides; none of them exists here. */
const isHidden = (name: string): boolean => name.startsWith('__')

/** `{}` and nothing at all choose everything. */
function optionalLog(text: string | null): LogExpr | undefined {
  if (text === null || /^\s*(?:\{\s*\}\s*)?$/.test(text)) return undefined
  return parseLogOnly(text)
}

export async function answerLabels(call: ApiCall): Promise<ApiReply> {
  const parameters = await call.parameters()
  const span = readSpan(parameters, call.context.now_ms, six_hours_ns)
  const counts = await labelCounts(optionalLog(parameters.get('query')), span, call.context)
  return success(counts.map(({ label }) => label).filter((label) => !isHidden(label)))
}

export async function answerLabelValues(call: ApiCall, name: string): Promise<ApiReply> {
  const parameters = await call.parameters()
  const span = readSpan(parameters, call.context.now_ms, six_hours_ns)
  if (isHidden(name)) return success([])
  const log = optionalLog(parameters.get('query'))
  return success(await labelValues(name, log, span, call.context))
}

export async function answerSeries(call: ApiCall): Promise<ApiReply> {
  const parameters = await call.parameters()
  const span = readSpan(parameters, call.context.now_ms, six_hours_ns)
  const matches = [...parameters.getAll('match[]'), ...parameters.getAll('match')]
  if (matches.length > 50) throw bad('at most 50 matchers are taken at a time')
  const logs = matches.length === 0 ? [undefined] : matches.map(optionalLog)
  const series = await seriesOf(logs, span, call.context)
  return success(series.map(objectOf))
}

export async function answerStats(call: ApiCall): Promise<ApiReply> {
  const parameters = await call.parameters()
  const span = readSpan(parameters, call.context.now_ms, six_hours_ns)
  return json(await indexStats(optionalLog(neededQuery(parameters)), span, call.context))
}

export async function answerVolume(call: ApiCall, isRange: boolean): Promise<ApiReply> {
  const parameters = await call.parameters()
  const { context } = call
  const span = readSpan(parameters, context.now_ms, six_hours_ns)
  const log = optionalLog(neededQuery(parameters))
  const targets = (parameters.get('targetLabels') ?? '').split(',').filter((name) => name !== '')
  const aggregateBy = parameters.get('aggregateBy') || 'series'
  if (aggregateBy !== 'series' && aggregateBy !== 'labels') {
    throw bad('invalid aggregation option')
  }
  const stepText = parameters.get('step')
  const steps = volumeSteps(
    span,
    isRange,
    stepText ? readStep('step', stepText) : undefined,
    context,
  )
  const ask = {
    log: log ?? { kind: 'log' as const, matchers: [], stages: [], from: 0, to: 0 },
    ...{ span, steps, targets, byName: aggregateBy === 'labels' },
    limit: readLimit(parameters, 100, 10_000),
  }
  const series = await volumeOf(ask, context)
  if (isRange) return success({ resultType: 'matrix', result: matrixOf(series, steps) })
  const time_ms = Number(span.to_ns / 1_000_000n)
  return success({ resultType: 'vector', result: vectorOf(series, time_ms, 'down') })
}

function volumeSteps(
  span: Span,
  isRange: boolean,
  step_ms: number | undefined,
  { limits: { points_max } }: ApiCall['context'],
): Steps {
  const start_ms = Number(span.from_ns / 1_000_000n)
  const whole_ms = Math.max(1, Number((span.to_ns - span.from_ns) / 1_000_000n))
  if (!isRange) return { start_ms, step_ms: whole_ms + 1, count: 1 }
  const step = step_ms ?? usualStep(span)
  const count = Math.ceil(whole_ms / step)
  if (count > points_max) {
    const most = points_max.toLocaleString('en-US')
    throw bad(`exceeded maximum resolution of ${most} points per time series`)
  }
  return { start_ms, step_ms: step, count }
}

export async function answerPatterns(call: ApiCall): Promise<ApiReply> {
  const parameters = await call.parameters()
  const span = readSpan(parameters, call.context.now_ms)
  const log = optionalLog(neededQuery(parameters))
  if (log === undefined) throw bad('parse error : queries require at least one matcher')
  const stepText = parameters.get('step')
  const step_ms = stepText ? readStep('step', stepText) : usualStep(span)
  const step_s = Math.max(10, Math.round(step_ms / 1000))
  return success(await patternsOf(log, span, step_s, call.context))
}

async function detection(call: ApiCall) {
  const parameters = await call.parameters()
  const text = neededQuery(parameters)
  const expr = parseLogQl(text)
  if (!isLog(expr)) throw bad('only log selector is supported')
  const span = readSpan(parameters, call.context.now_ms)
  const lines = readLimit(parameters, 1_000, 5_000, 'line_limit')
  return { expr, span, lines, limit: readLimit(parameters, 1_000, 5_000) }
}

export async function answerFields(call: ApiCall): Promise<ApiReply> {
  const { expr, span, lines, limit } = await detection(call)
  const fields = await detectedFields(expr, span, lines, limit, call.context)
  return json({ fields, limit })
}

export async function answerFieldValues(call: ApiCall, name: string): Promise<ApiReply> {
  const { expr, span, lines, limit } = await detection(call)
  const values = await detectedFieldValues(name, expr, span, lines, limit, call.context)
  return json({ values, limit })
}

export async function answerDetectedLabels(call: ApiCall): Promise<ApiReply> {
  const parameters = await call.parameters()
  const span = readSpan(parameters, call.context.now_ms)
  const log = optionalLog(parameters.get('query'))
  const counts = await labelCounts(log, span, call.context)
  return json({ detectedLabels: counts.filter(({ label }) => !isHidden(label)) })
}
