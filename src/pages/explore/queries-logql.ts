/** Queries in LogQL: lines with their labels, or what is computed of them. */
import { isLog, type LogExpr } from '../../query/logql/ast.ts'
import { labelCounts, labelValues } from '../../query/logql/explore/labels.ts'
import { parseLogOnly, parseLogQl } from '../../query/logql/parse.ts'
import { printLogQl } from '../../query/logql/print.ts'
import { type LogLine, runLog } from '../../query/logql/run-log.ts'
import { runMetric } from '../../query/logql/run-metric.ts'
import { type GridSeries, QueryError, type Steps } from '../../query/series.ts'
import type { AskContext } from '../../store/answer.ts'
import type {
  LogsRun,
  QueryCheck,
  QueryRun,
  QueryWords,
  RunAsk,
  Untimed,
  WordsAsk,
} from './contract.ts'
import { gridLine, sampleTable, seriesRun } from './queries-series.ts'
import { checkWith, queryContextOf, stepsOf, wordsWith } from './queries-steps.ts'

const ms_ns = 1_000_000n

export async function runLogql(ask: RunAsk, context: AskContext): Promise<Untimed<QueryRun>> {
  const own = queryContextOf(ask, context)
  const expr = parseLogQl(ask.query)
  if (isLog(expr)) {
    const span = spanOf(ask)
    // One more tells whether there are more.
    const limit = ask.rows_max + 1
    const { lines, warnings } = await runLog(expr, { span, isNewestFirst: true, limit }, own)
    return linesRun(lines, ask.rows_max, warnings)
  }
  const { steps, warnings } = stepsOf(ask)
  const answer = await runMetric(expr, steps, own)
  const series = answer.kind === 'series' ? answer.series : [constant(answer.value, steps)]
  const lines = series.map(gridLine)
  const notes = { warnings, infos: [] }
  if (ask.mode === 'range') return seriesRun(steps, lines, ask.rows_max, notes)
  const samples = lines.map(({ labels, values }) => ({ labels, value: values[0] ?? null }))
  return sampleTable(samples, ask.rows_max, notes)
}

function constant(value: number, { count }: Steps): GridSeries {
  return {
    labels: [],
    values: new Float64Array(count).fill(value),
    has: new Uint8Array(count).fill(1),
  }
}

function spanOf({ from_ms, to_ms }: { from_ms: number; to_ms: number }) {
  return { from_ns: BigInt(from_ms) * ms_ns, to_ns: BigInt(to_ms) * ms_ns }
}

function linesRun(
  lines: readonly LogLine[],
  rows_max: number,
  warnings: string[],
): Untimed<LogsRun> {
  const shown = lines.slice(0, rows_max)
  return {
    kind: 'logs',
    warnings,
    infos: [],
    capped: lines.length > rows_max || warnings.length > 0,
    time_ns: shown.map(({ time_ns }) => String(time_ns)),
    severity: shown.map(severityOf),
    body: shown.map(({ text }) => text),
    labels: shown.map(({ stream, metadata, parsed }) =>
      Object.fromEntries([...stream, ...metadata, ...parsed]),
    ),
  }
}

const severities = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']

function severityOf({ stream, metadata, parsed }: LogLine): string {
  for (const name of ['detected_level', 'level', 'severity_text']) {
    const word = parsed.get(name) ?? metadata.get(name) ?? stream.get(name)
    const lower = word?.toLowerCase().replace('warning', 'warn').replace('critical', 'fatal')
    if (lower !== undefined && severities.includes(lower)) return lower
  }
  return ''
}

export function checkLogql(query: string): QueryCheck {
  return checkWith(query, (text) => printLogQl(parseLogQl(text)))
}

export async function logqlWords(ask: WordsAsk, context: AskContext): Promise<QueryWords> {
  const own = queryContextOf(ask, context)
  const log = selectorOf(ask.selector)
  if (ask.of === 'metrics') return wordsWith(ask.prefix, [])
  if (ask.of === 'values') {
    return wordsWith(ask.prefix, await labelValues(ask.label, log, spanOf(ask), own))
  }
  const counts = await labelCounts(log, spanOf(ask), own)
  const details = new Map(counts.map(({ label, cardinality }) => [label, String(cardinality)]))
  return wordsWith(ask.prefix, [...details.keys()], (name) => details.get(name) ?? '')
}

/** What is being typed is often no selector yet: it then chooses nothing. */
function selectorOf(text: string): LogExpr | undefined {
  if (text.trim() === '' || text.trim() === '{}') return undefined
  try {
    return parseLogOnly(text)
  } catch (error) {
    if (error instanceof QueryError) return undefined
    throw error
  }
}
