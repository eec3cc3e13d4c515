/**
 * Answers of a made-up store to the questions of Explore, for journeys through dashboards: each
 * `by (label)` gives some values of the label, and waves over time.
 */

import type { z } from 'zod'
import type { QueryRun, QueryWords, runAsk } from '../../src/pages/explore/contract.ts'

type Ask = z.infer<z.ZodObject<typeof runAsk>>

const told = { warnings: [], infos: [], capped: false, took_ms: 3 }
const known: Record<string, string[]> = {
  namespace: ['shop', 'payment', 'kube-system'],
  workload: ['checkout', 'catalog', 'payment'],
  pod: ['checkout-7d9f8-x2x', 'catalog-5fd8k-8kl'],
  node: ['worker-a', 'worker-b'],
  service: ['checkout', 'catalog'],
  le: ['0.1', '1', '+Inf'],
}
const valuesOf = (label: string) => known[label] ?? ['one', 'two']

/** Undefined for questions that are not about queries. */
export function answerQuery(question: string, ask: Ask & { of?: string; label?: string }) {
  if (question === 'query.run') return answerRun(ask)
  if (question === 'query.check') return { problems: [] }
  return question === 'query.words' ? wordsOf(ask) : undefined
}

function wordsOf({ of, label = '' }: { of?: string; label?: string }): QueryWords {
  if (of === 'values') return { word: valuesOf(label), detail: [], capped: false }
  const word = of === 'metrics' ? ['http_requests_total'] : ['service', 'severity', 'duration_ns']
  return { word, detail: word.map(() => ''), capped: false }
}

function answerRun(ask: Ask): QueryRun {
  const { language, query, shape } = ask
  if (language === 'search' && shape?.measure === undefined) return lines(ask.to_ms)
  const grouped = [...query.matchAll(/by\s*\(([^)]*)\)/g)].flatMap((match) =>
    (match[1] ?? '').split(',').map((name) => name.trim()),
  )
  const names = language === 'search' ? (shape?.group_by ?? []) : [...new Set(grouped)]
  const labels = names.reduce<Record<string, string>[]>(
    (all, name) => all.flatMap((one) => valuesOf(name).map((value) => ({ ...one, [name]: value }))),
    [{}],
  )
  const time_ms = timesOf(ask)
  const values = labels.map((_, series) =>
    time_ms.map((_time, at) => 0.3 + 0.1 * series + 0.2 * Math.sin(at / 9 + series)),
  )
  if (language === 'search' && ask.mode === 'instant') {
    const texts = names.map((name) => ({ name, type: 'string' as const }))
    const columns = [...texts, { name: 'count', type: 'number' as const }]
    const counts = values.map((own) => Math.round((own[0] ?? 0) * 100))
    const rows = names.map((name) => labels.map((one) => one[name]))
    return { ...told, kind: 'table', columns, values: [...rows, counts] }
  }
  return { ...told, kind: 'series', step_ms: ask.step_ms ?? 15_000, time_ms, labels, values }
}

function timesOf({ from_ms, to_ms, step_ms = 15_000, mode }: Ask): number[] {
  if (mode === 'instant') return [to_ms]
  const count = Math.floor((to_ms - from_ms) / step_ms) + 1
  return Array.from({ length: count }, (_, at) => from_ms + at * step_ms)
}

function lines(to_ms: number): QueryRun {
  const at = [0, 1, 2]
  return {
    ...{ ...told, kind: 'logs' },
    time_ns: at.map((index) => `${Math.round(to_ms) - index * 1000}000000`),
    severity: at.map(() => 'error'),
    body: at.map((index) => `payment ${index} was refused`),
    labels: at.map(() => ({ service: 'checkout', namespace: 'shop' })),
  }
}
