/** /federate: the newest sample of the series that match, as the text that Prometheus scrapes. */

import { formatFixed } from '../../query/promql/go-text.ts'
import { compareLabels, keyOf, labelOf } from '../../query/promql/labels.ts'
import { EngineSource } from '../../query/promql/source/engine-source.ts'
import { metadataOf } from '../../query/promql/source/metadata.ts'
import { isStale, wordsOf } from '../../query/promql/stale.ts'
import { type Labels, QueryError } from '../../query/series.ts'
import type { ApiCall, ApiReply } from '../api.ts'
import { selectorsOf } from './parameters.ts'

const lookback_ms = 300_000
const day_ms = 86_400_000
const legacy = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/

export async function answerFederate(call: ApiCall): Promise<ApiReply> {
  const selectors = selectorsOf(call.query)
  const { context } = call
  const { now_ms } = context
  if (selectors.length === 0) throw new QueryError('bad_data', 'no match[] parameter provided')
  const source = new EngineSource(context)
  const found = new Map<string, { labels: Labels; value: number; time_ms: number }>()
  for (const matchers of selectors) {
    for (const series of await source.raw(matchers, now_ms - lookback_ms, now_ms)) {
      const last = series.times_ms.length - 1
      const isNumber = series.histograms?.[last] === undefined
      if (last < 0 || !isNumber || isStale(wordsOf(series.values), last)) continue
      const [value, time_ms] = [series.values[last]!, series.times_ms[last]!]
      found.set(keyOf(series.labels), { labels: series.labels, value, time_ms })
    }
  }
  const times = { from_ms: now_ms - day_ms, to_ms: now_ms }
  const types = await metadataOf(context, times, '')
  let body = ''
  let family = ''
  for (const one of [...found.values()].sort((a, b) => compareLabels(a.labels, b.labels))) {
    const name = labelOf(one.labels, '__name__')
    if (name !== family) {
      family = name
      body += `# TYPE ${spelledName(name)} ${types.get(name)?.[0]?.type ?? 'untyped'}\n`
    }
    body += `${spelled(name, one.labels)} ${formatFixed(one.value)} ${one.time_ms}\n`
  }
  const type = 'text/plain; version=0.0.4; charset=utf-8; escaping=allow-utf-8'
  return { status: 200, headers: { 'content-type': type }, body }
}

function spelledName(name: string): string {
  return legacy.test(name) ? name : `"${escaped(name)}"`
}

function spelled(name: string, labels: Labels): string {
  const pairs = labels
    .filter(([label]) => label !== '__name__')
    .map(([label, value]) => `${spelledName(label)}="${escaped(value)}"`)
  if (!legacy.test(name)) return `{${[spelledName(name), ...pairs].join(',')}}`
  return pairs.length === 0 ? name : `${name}{${pairs.join(',')}}`
}

function escaped(text: string): string {
  return text.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`))
}
