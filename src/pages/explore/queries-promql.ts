/** Queries in PromQL: what its evaluator finds, as series over time or one value each. */
import { parse, parseSelector } from '../../query/promql/parse.ts'
import { pretty } from '../../query/promql/print.ts'
import {
  type MatrixSeries,
  type QueryResult,
  queryInstant,
  queryRange,
} from '../../query/promql/query.ts'
import { EngineSource } from '../../query/promql/source/engine-source.ts'
import { labelNames, labelValues, type Selectors } from '../../query/promql/source/found-labels.ts'
import { metadataOf } from '../../query/promql/source/metadata.ts'
import { QueryError, type Steps } from '../../query/series.ts'
import type { AskContext } from '../../store/answer.ts'
import type { QueryCheck, QueryRun, QueryWords, RunAsk, Untimed, WordsAsk } from './contract.ts'
import {
  type Line,
  type Notes,
  recordOf,
  type ShownValue,
  sampleTable,
  seriesRun,
  shownValue,
} from './queries-series.ts'
import { checkWith, queryContextOf, stepsOf, wordsWith } from './queries-steps.ts'

export async function runPromql(ask: RunAsk, context: AskContext): Promise<Untimed<QueryRun>> {
  const own = queryContextOf(ask, context)
  const source = new EngineSource(own)
  if (ask.mode === 'instant') {
    const result = await queryInstant({ query: ask.query, time_ms: ask.to_ms }, source, own)
    return instantRun(result, ask.rows_max)
  }
  const { steps, warnings } = stepsOf(ask)
  const { start_ms, step_ms, count } = steps
  const end_ms = start_ms + (count - 1) * step_ms
  const range = { query: ask.query, start_ms, end_ms, step_ms }
  const result = await queryRange(range, source, own)
  const notes = notesOf(result, warnings)
  if (result.type !== 'matrix') return instantRun(result, ask.rows_max)
  const lines = result.series.map((series) => lineOf(series, steps))
  return seriesRun(steps, lines, ask.rows_max, notes)
}

function lineOf({ labels, times_ms, values, histograms }: MatrixSeries, steps: Steps): Line {
  const line: ShownValue[] = new Array(steps.count).fill(null)
  times_ms.forEach((time_ms, at) => {
    // A histogram is no point of a line: what it tells is asked with a function.
    if (histograms?.[at] !== undefined) return
    line[Math.round((time_ms - steps.start_ms) / steps.step_ms)] = shownValue(values[at] ?? 0)
  })
  return { labels: recordOf(labels), values: line }
}

function instantRun(result: QueryResult, rows_max: number): Untimed<QueryRun> {
  const notes = notesOf(result, [])
  switch (result.type) {
    case 'matrix':
      return sampleTable(
        result.series.flatMap(({ labels, times_ms, values, histograms }) =>
          Array.from(times_ms, (time_ms, at) => {
            const value = histograms?.[at] === undefined ? shownValue(values[at] ?? 0) : null
            return { labels: recordOf(labels), time_ms, value }
          }),
        ),
        rows_max,
        notes,
      )
    case 'vector':
      return sampleTable(
        result.samples.map(({ labels, value, histogram }) => ({
          labels: recordOf(labels),
          value: histogram === undefined ? shownValue(value) : null,
        })),
        rows_max,
        notes,
      )
    case 'scalar':
      return sampleTable([{ labels: {}, value: shownValue(result.value) }], rows_max, notes)
    case 'string':
      return sampleTable([{ labels: {}, value: result.value }], rows_max, notes)
  }
}

const ofHistograms =
  'some results are histograms and not drawn: use histogram_quantile, histogram_count or _sum'

function notesOf(result: QueryResult, more: readonly string[]): Notes {
  const some: readonly { histogram?: unknown; histograms?: unknown }[] =
    result.type === 'matrix' ? result.series : result.type === 'vector' ? result.samples : []
  const has = some.some((one) => one.histogram !== undefined || one.histograms !== undefined)
  const infos = has ? [...result.infos, ofHistograms] : result.infos
  return { warnings: [...more, ...result.warnings], infos }
}

export function checkPromql(query: string): QueryCheck {
  return checkWith(query, (text) => pretty(parse(text)))
}

export async function promqlWords(ask: WordsAsk, context: AskContext): Promise<QueryWords> {
  const own = queryContextOf(ask, context)
  const times = { from_ms: ask.from_ms, to_ms: ask.to_ms }
  const selectors = selectorsOf(ask.selector)
  if (ask.of === 'labels') return wordsWith(ask.prefix, await labelNames(own, times, selectors))
  const label = ask.of === 'metrics' ? '__name__' : ask.label
  const values = await labelValues(own, times, label, selectors)
  if (label !== '__name__') return wordsWith(ask.prefix, values)
  const known = await metadataOf(own, times, '')
  return wordsWith(ask.prefix, values, (name) => {
    const [one] = known.get(name) ?? known.get(name.replace(/_(bucket|sum|count)$/, '')) ?? []
    return one === undefined ? '' : [one.type, one.help].filter(Boolean).join(' · ')
  })
}

/** What is being typed is often no selector yet: it then chooses nothing. */
function selectorsOf(text: string): Selectors {
  if (text.trim() === '') return []
  try {
    return [parseSelector(text)]
  } catch (error) {
    if (error instanceof QueryError) return []
    throw error
  }
}
