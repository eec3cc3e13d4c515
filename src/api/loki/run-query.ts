/** `query` and `query_range`: lines as streams, samples as vector or matrix. */
import { type Expr, isLog, type LogExpr, type MetricExpr } from '../../query/logql/ast.ts'
import { parseLogQl } from '../../query/logql/parse.ts'
import { runLog } from '../../query/logql/run-log.ts'
import { runMetric } from '../../query/logql/run-metric.ts'
import type { Steps } from '../../query/series.ts'
import type { ApiCall, ApiReply } from '../api.ts'
import {
  bad,
  isNewestFirst,
  neededQuery,
  readLimit,
  readSpan,
  readStep,
  readTime,
  type Span,
  usualStep,
} from './parameters.ts'
import { json } from './replies.ts'
import { matrixOf, type Order, statsOf, streamsOf, vectorOf } from './results.ts'

export const lines_max = 5_000
const categorise = 'categorize-labels'

export async function answerQuery(call: ApiCall): Promise<ApiReply> {
  const parameters = await call.parameters()
  const { context } = call
  const expr = parseLogQl(neededQuery(parameters))
  // Line queries are for ranges, as Loki says since version 2.
  if (isLog(expr))
    throw bad(
      'log queries are not supported as an instant query type, please change your query to a ' +
        'range query type',
    )
  const timeText = parameters.get('time')
  const time_ns = timeText ? readTime('time', timeText) : BigInt(context.now_ms) * 1_000_000n
  // A time between two milliseconds counts up: a line of that very moment is in its range.
  const time_ms = Number((time_ns + 999_999n) / 1_000_000n)
  limitOf(parameters, context)
  isNewestFirst(parameters)
  const began_ms = performance.now()
  const steps: Steps = { start_ms: time_ms, step_ms: 1, count: 1 }
  const answer = await runMetric(expr, steps, context)
  const took_ms = performance.now() - began_ms
  const stats = statsOf({ ...answer.stats, took_ms }, 0)
  if (answer.kind === 'number') {
    const result = [time_ms / 1000, String(answer.value)]
    return json({ status: 'success', data: { resultType: 'scalar', result, stats } })
  }
  const result = vectorOf(answer.series, time_ms, orderOf(expr))
  return json({ status: 'success', data: { resultType: 'vector', result, stats } })
}

function limitOf(parameters: URLSearchParams, { limits }: ApiCall['context']): number {
  const most = Math.min(lines_max, limits.rows_max)
  return readLimit(parameters, Math.min(100, most), most)
}

/** Values come in order from sorting and ranking alone. */
function orderOf(expr: Expr): Order {
  if (expr.kind !== 'aggregate') return 'labels'
  if (expr.operation === 'sort' || expr.operation === 'bottomk') return 'up'
  return /^(sort_desc|topk|approx_topk)$/.test(expr.operation) ? 'down' : 'labels'
}

export async function answerRange(call: ApiCall): Promise<ApiReply> {
  const parameters = await call.parameters()
  const expr = parseLogQl(neededQuery(parameters))
  const span = readSpan(parameters, call.context.now_ms)
  const limit = limitOf(parameters, call.context)
  const isNewest = isNewestFirst(parameters)
  const stepText = parameters.get('step')
  const step_ms = stepText ? readStep('step', stepText) : usualStep(span)
  if (isLog(expr)) return answerLines(call, expr, span, { limit, isNewest })
  return answerSamples(call, expr, span, step_ms)
}

async function answerLines(
  call: ApiCall,
  expr: LogExpr,
  span: Span,
  { limit, isNewest }: { limit: number; isNewest: boolean },
): Promise<ApiReply> {
  const began_ms = performance.now()
  const answer = await runLog(expr, { span, isNewestFirst: isNewest, limit }, call.context)
  const took_ms = performance.now() - began_ms
  const isCategorised = flagsOf(call).includes(categorise)
  const result = streamsOf(answer.lines, isCategorised)
  const read = { lines: answer.read_lines, bytes: answer.read_bytes, took_ms }
  return json({
    status: 'success',
    data: {
      resultType: 'streams',
      ...(isCategorised ? { encodingFlags: [categorise] } : {}),
      result,
      stats: statsOf(read, answer.lines.length),
    },
    ...(answer.warnings.length === 0 ? {} : { warnings: answer.warnings }),
  })
}

export function flagsOf({ headers }: Pick<ApiCall, 'headers'>): string[] {
  const header = headers['x-loki-response-encoding-flags']
  const text = Array.isArray(header) ? header.join(',') : (header ?? '')
  return text.split(',').map((flag) => flag.trim())
}

async function answerSamples(
  { context }: ApiCall,
  expr: MetricExpr,
  { from_ns, to_ns }: Span,
  step_ms: number,
): Promise<ApiReply> {
  const start_ms = Number(from_ns / 1_000_000n)
  const end_ms = Number(to_ns / 1_000_000n)
  const steps: Steps = { start_ms, step_ms, count: Math.floor((end_ms - start_ms) / step_ms) + 1 }
  const began_ms = performance.now()
  const answer = await runMetric(expr, steps, context)
  const took_ms = performance.now() - began_ms
  const series = answer.kind === 'series' ? answer.series : [constant(answer.value, steps)]
  const result = matrixOf(series, steps)
  const stats = statsOf({ ...answer.stats, took_ms }, 0)
  return json({ status: 'success', data: { resultType: 'matrix', result, stats } })
}

function constant(value: number, { count }: Steps) {
  const has = new Uint8Array(count).fill(1)
  return { labels: [], values: new Float64Array(count).fill(value), has }
}
