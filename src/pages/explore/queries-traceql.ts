/** Queries in TraceQL: traces with the spans that match, or what is computed of spans. */
import { readTraceql } from '../../query/traceql/check.ts'
import { type MetricSeries, traceMetrics } from '../../query/traceql/metrics.ts'
import { printTraceql } from '../../query/traceql/print.ts'
import { type FoundTrace, searchTraces } from '../../query/traceql/search.ts'
import { type TagScope, tagNames, tagValues } from '../../query/traceql/tags.ts'
import type { AskContext } from '../../store/answer.ts'
import type {
  QueryCheck,
  QueryRun,
  QueryWords,
  RunAsk,
  TracesRun,
  Untimed,
  WordsAsk,
} from './contract.ts'
import { type Line, sampleTable, seriesRun, shownValue } from './queries-series.ts'
import { checkWith, queryContextOf, stepOf, wordsWith } from './queries-steps.ts'

const everySpan = '{}'

export async function runTraceql(ask: RunAsk, context: AskContext): Promise<Untimed<QueryRun>> {
  const own = queryContextOf(ask, context)
  const query = ask.query.trim() === '' ? everySpan : ask.query
  const { from_ms, to_ms, cluster, namespace } = ask
  const range = { from_ms, to_ms, cluster, namespace }
  if (readTraceql(query).metrics === undefined) {
    const found = { query, range, traces_max: ask.rows_max, spans_max: 1 }
    const { traces, capped } = await searchTraces(found, own)
    return tracesRun(traces, capped || traces.length >= ask.rows_max)
  }
  const { step_ms, warnings } = stepOf(ask)
  const isRange = ask.mode === 'range'
  const metrics = { query, range, exemplars_max: 0, ...(isRange ? { step_ms } : {}) }
  const { grid, series, capped } = await traceMetrics(metrics, own)
  const lines = series.map(lineOf)
  const notes = { warnings, infos: [] }
  const samples = lines.map(({ labels, values }) => ({ labels, value: values[0] ?? null }))
  const run = isRange
    ? seriesRun(grid, lines, ask.rows_max, notes)
    : sampleTable(samples, ask.rows_max, notes)
  return { ...run, capped: run.capped || capped }
}

function lineOf({ labels, values }: MetricSeries): Line {
  const named = labels.map(({ name, value }) => [name, value === undefined ? '' : String(value)])
  return {
    labels: Object.fromEntries(named.filter(([, value]) => value !== '')),
    values: Array.from(values, (value) => (Number.isNaN(value) ? null : shownValue(value))),
  }
}

function tracesRun(traces: readonly FoundTrace[], capped: boolean): Untimed<TracesRun> {
  const sums = traces.map(({ services }) => {
    const each = [...services.values()]
    const spans = each.reduce((sum, one) => sum + one.spans, 0)
    return { spans, errors: each.reduce((sum, one) => sum + one.errors, 0) }
  })
  return {
    kind: 'traces',
    warnings: [],
    infos: [],
    capped,
    trace_id: traces.map(({ trace_id }) => trace_id),
    root_service: traces.map(({ root_service }) => root_service),
    root_name: traces.map(({ root_name }) => root_name),
    time_ms: traces.map(({ time_ns }) => Number(time_ns / 1_000_000n)),
    duration_ms: traces.map(({ duration_ns }) => duration_ns / 1_000_000),
    spans: sums.map(({ spans }) => spans),
    errors: sums.map(({ errors }) => errors),
  }
}

export function checkTraceql(query: string): QueryCheck {
  if (query.trim() === '') return { problems: [] }
  return checkWith(query, (text) => printTraceql(readTraceql(text)))
}

const scopes: readonly TagScope[] = ['span', 'resource', 'intrinsic']
const names_max = 1_000

export async function traceqlWords(ask: WordsAsk, context: AskContext): Promise<QueryWords> {
  const own = queryContextOf(ask, context)
  const tags = { range: ask, query: ask.selector, names_max }
  if (ask.of === 'metrics') return wordsWith(ask.prefix, [])
  if (ask.of === 'values') {
    const values = await tagValues(ask.label, tags, own)
    const types = new Map(values.map(({ value, type }) => [value, type as string]))
    return wordsWith(ask.prefix, [...types.keys()], (value) => types.get(value) ?? '')
  }
  const names = await tagNames(scopes, tags, own)
  const words = [...names].flatMap(([scope, list]) =>
    list.map((name) => (scope === 'intrinsic' ? name : `${scope}.${name}`)),
  )
  return wordsWith(ask.prefix, words)
}
