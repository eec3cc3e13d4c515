/**
 * What can be drawn of a field, best first: what kind a field is decides which panels make sense of
 * it. Pure.
 */
import type { ExploreTable, SearchShape } from '../../explore/contract.ts'
import type { PanelKind, PanelModel, PanelOptions, PanelQuery } from '../contract.ts'
import { newQuery } from '../edit.ts'

export type Field = {
  name: string
  /** What is told of it: the kind of a metric, or of a column. */
  detail: string
  /** Of a metric; otherwise a field of the table. */
  table: ExploreTable | 'metrics'
}
export type FieldKind = 'counter' | 'gauge' | 'histogram' | 'number' | 'keyword'

export type Suggestion = {
  /** What it answers, as a key of the texts. */
  says: 'rate' | 'now' | 'over_time' | 'top' | 'count_by' | 'p95' | 'spread' | 'average' | 'unique'
  kind: PanelKind
  query: PanelQuery
  options: Partial<PanelOptions>
}

export function fieldKind({ name, detail, table }: Field): FieldKind {
  if (table === 'metrics') {
    if (/histogram/.test(detail) || /_bucket$/.test(name)) return 'histogram'
    const isCounter = /counter|\bsum\b/.test(detail) || /_(total|count|sum)$/.test(name)
    return isCounter ? 'counter' : 'gauge'
  }
  const isNumber =
    /number|int|float|double/i.test(detail) ||
    /(_|\.)(ms|ns|us|seconds?|bytes|size|count|status_code|length|duration)$/.test(name) ||
    name === 'duration_ns'
  return isNumber ? 'number' : 'keyword'
}

export function suggestionsFor(field: Field): Suggestion[] {
  const kind = fieldKind(field)
  if (field.table === 'metrics') return ofMetric(field.name, kind)
  const { name, table } = field
  return kind === 'number' ? ofNumber(name, table) : ofKeyword(name, table)
}

/** `http_requests_total`, or a name that needs quoting: `{"k8s.pod.cpu.usage"}`. */
export function selectorOf(metric: string): string {
  return /^[a-zA-Z_:][a-zA-Z0-9_:]*$/.test(metric) ? metric : `{${JSON.stringify(metric)}}`
}

function ofMetric(metric: string, kind: FieldKind): Suggestion[] {
  const selector = selectorOf(metric)
  const query = (text: string, mode: PanelQuery['mode'] = 'range'): PanelQuery => ({
    ...newQuery('A', 'promql'),
    query: text,
    mode,
  })
  if (kind === 'histogram') {
    const isClassic = metric.endsWith('_bucket')
    const sum = isClassic
      ? `sum by (le) (rate(${selector}[$__rate_interval]))`
      : `sum(rate(${selector}[$__rate_interval]))`
    const quantile = query(`histogram_quantile(0.95, ${sum})`)
    return [
      { says: 'p95', kind: 'time_series', query: quantile, options: {} },
      { says: 'spread', kind: 'heatmap', query: query(sum), options: {} },
      { says: 'now', kind: 'stat', query: quantile, options: {} },
    ]
  }
  if (kind === 'counter') {
    const rate = `sum(rate(${selector}[$__rate_interval]))`
    const each = `topk(10, rate(${selector}[$__rate_interval]))`
    return [
      { says: 'rate', kind: 'time_series', query: query(rate), options: { unit: '/s' } },
      { says: 'now', kind: 'stat', query: query(rate), options: { unit: '/s' } },
      { says: 'top', kind: 'bar', query: query(each, 'instant'), options: { unit: '/s' } },
    ]
  }
  return [
    { says: 'over_time', kind: 'time_series', query: query(selector), options: {} },
    { says: 'now', kind: 'stat', query: query(`sum(${selector})`), options: {} },
    { says: 'top', kind: 'bar', query: query(`topk(10, ${selector})`, 'instant'), options: {} },
    { says: 'count_by', kind: 'waffle', query: query(selector, 'instant'), options: {} },
  ]
}

function asked(shape: SearchShape, mode: PanelQuery['mode']): PanelQuery {
  return { ...newQuery('A', 'search'), mode, shape }
}

function ofNumber(field: string, table: ExploreTable): Suggestion[] {
  const of = (measure: SearchShape['measure'], mode: PanelQuery['mode'] = 'range') =>
    asked({ table, measure, field, group_by: [] }, mode)
  return [
    { says: 'p95', kind: 'time_series', query: of('p95'), options: {} },
    { says: 'average', kind: 'time_series', query: of('avg'), options: {} },
    { says: 'now', kind: 'stat', query: of('p95', 'instant'), options: {} },
  ]
}

function ofKeyword(field: string, table: ExploreTable): Suggestion[] {
  const counted: SearchShape = { table, measure: 'count', group_by: [field] }
  const unique: SearchShape = { table, measure: 'unique', field, group_by: [] }
  const piled: Partial<PanelOptions> = { draw: 'bar', stacking: 'normal' }
  return [
    { says: 'top', kind: 'bar', query: asked(counted, 'instant'), options: {} },
    { says: 'count_by', kind: 'time_series', query: asked(counted, 'range'), options: piled },
    { says: 'unique', kind: 'stat', query: asked(unique, 'instant'), options: {} },
    { says: 'top', kind: 'table', query: asked(counted, 'instant'), options: {} },
  ]
}

/** The panel with the suggestion in place of its first query. */
export function applied(panel: PanelModel, suggestion: Suggestion, field: Field): PanelModel {
  const [, ...others] = panel.queries
  const isNamed = panel.title !== '' && !isKindTitle(panel)
  return {
    ...panel,
    kind: suggestion.kind,
    title: isNamed ? panel.title : field.name,
    queries: [{ ...suggestion.query, ref: panel.queries[0]?.ref ?? 'A' }, ...others],
    options: { ...panel.options, ...suggestion.options },
  }
}

/** A title that nobody gave. */
function isKindTitle({ title, queries }: PanelModel): boolean {
  return queries.length <= 1 && (queries[0]?.query ?? '') === '' && title.length < 24
}
