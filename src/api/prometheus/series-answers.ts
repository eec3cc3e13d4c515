/** What series, labels and values there are: series, labels, label values, metadata. */

import { childrenOf, type Expression } from '../../query/promql/ast.ts'
import { compareLabels } from '../../query/promql/labels.ts'
import { parse } from '../../query/promql/parse.ts'
import { foundSeries, labelNames, labelValues } from '../../query/promql/source/found-labels.ts'
import { exemplarsOf, metadataOf } from '../../query/promql/source/metadata.ts'
import { type Matcher, QueryError } from '../../query/series.ts'
import type { ApiCall } from '../api.ts'
import type { Answer } from './envelope.ts'
import { unescapedName } from './escaped-name.ts'
import { limitOf, quoted, selectorsOf, spanOf, timeOf, wrong } from './parameters.ts'
import { labelsText, timeText, valueText } from './result-json.ts'

const truncated = 'results truncated due to limit'

/** The first `limit` of them, and a warning when there are more. */
export function cut<Item>(items: readonly Item[], limit: number) {
  if (limit === 0 || items.length <= limit) return { items, warnings: [] }
  return { items: items.slice(0, limit), warnings: [truncated] }
}

export async function answerSeries(call: ApiCall): Promise<Answer> {
  const parameters = await call.parameters()
  const selectors = selectorsOf(parameters)
  if (selectors.length === 0) throw new QueryError('bad_data', 'no match[] parameter provided')
  const limit = limitOf(parameters)
  const found = await foundSeries(call.context, spanOf(parameters), selectors)
  const { items, warnings } = cut(found.sort(compareLabels), limit)
  return { data: `[${items.map(labelsText).join(',')}]`, warnings }
}

export async function answerLabels(call: ApiCall): Promise<Answer> {
  const parameters = await call.parameters()
  const limit = limitOf(parameters)
  const selectors = selectorsOf(parameters)
  const { items, warnings } = cut(
    await labelNames(call.context, spanOf(parameters), selectors),
    limit,
  )
  return { data: JSON.stringify(items), warnings }
}

/** `name` as it stands in the path, decoded. */
export async function answerLabelValues(call: ApiCall, name: string): Promise<Answer> {
  const label = unescapedName(name)
  if (label === '' || !label.isWellFormed()) {
    throw new QueryError('bad_data', `invalid label name: ${quoted(name)}`)
  }
  const parameters = await call.parameters()
  const limit = limitOf(parameters)
  const selectors = selectorsOf(parameters)
  const values = await labelValues(call.context, spanOf(parameters), label, selectors)
  const { items, warnings } = cut(values, limit)
  return { data: JSON.stringify(items), warnings }
}

const day_ms = 86_400_000

export async function answerMetadata(call: ApiCall): Promise<Answer> {
  const parameters = await call.parameters()
  const limit = parameters.has('limit') ? numberOf(parameters, 'limit') : -1
  const each = parameters.has('limit_per_metric') ? numberOf(parameters, 'limit_per_metric') : -1
  const times = { from_ms: call.context.now_ms - day_ms, to_ms: call.context.now_ms }
  const found = await metadataOf(call.context, times, parameters.get('metric') ?? '')
  const entries: [string, unknown[]][] = []
  for (const [metric, known] of found) {
    if (limit >= 0 && entries.length >= limit) break
    const kept = each > 0 ? known.slice(0, each) : known
    entries.push([metric, kept.map(({ type, unit, help }) => ({ type, unit, help }))])
  }
  return { data: JSON.stringify(Object.fromEntries(entries)) }
}

function numberOf(parameters: URLSearchParams, name: string): number {
  const text = parameters.get(name) ?? ''
  if (!/^[+-]?\d{1,15}$/.test(text)) {
    throw new QueryError('bad_data', `${name} must be a number`)
  }
  return Number(text)
}

export async function answerExemplars(call: ApiCall): Promise<Answer> {
  const parameters = await call.parameters()
  const { now_ms } = call.context
  const from_ms = timeOf(parameters, 'start', Math.max(0, now_ms - day_ms))
  const to_ms = timeOf(parameters, 'end', now_ms)
  if (to_ms < from_ms) throw wrong('end', 'end timestamp must not be before start timestamp')
  const times = { from_ms: Math.max(0, from_ms), to_ms: Math.min(9.2e12, to_ms) }
  const series: string[] = []
  for (const matchers of selectorsIn(parsed(parameters))) {
    for (const { labels, exemplars } of await exemplarsOf(call.context, times, matchers)) {
      const points = exemplars.map(
        (one) =>
          `{"labels":${labelsText(one.labels)},"value":"${valueText(one.value)}",` +
          `"timestamp":${timeText(one.time_ms)}}`,
      )
      series.push(`{"seriesLabels":${labelsText(labels)},"exemplars":[${points.join(',')}]}`)
    }
  }
  return { data: `[${series.join(',')}]` }
}

/** Throws in the words of the parameter. */
export function parsed(parameters: URLSearchParams): Expression {
  try {
    return parse(parameters.get('query') ?? '')
  } catch (error) {
    if (error instanceof QueryError && error.kind === 'bad_data')
      throw wrong('query', error.message)
    throw error
  }
}

function selectorsIn(node: Expression): (readonly Matcher[])[] {
  if (node.kind === 'selector') return [node.matchers]
  return childrenOf(node).flatMap(selectorsIn)
}
