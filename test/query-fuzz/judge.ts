/** What may never be answered: failures, the engine's words, more than the limits, others' rows. */
import type { Scope } from '../../src/model/question.ts'
import type { QueryLimits } from '../../src/query/context.ts'
import type { Ask, Asked } from './ask.ts'
import { hiddenMarks, marksIn } from './places.ts'

const engineWords =
  /DB::|Code: \d+|ClickHouse|chdb|\b[A-Z]+_[A-Z_]+\)$|\bIn scope SELECT|SELECT [\s\S]{3,200} FROM `/

/** Statuses by which a server says that it is busy or was too slow. */
export const isPatient = (status: number) => status === 503 || status === 504

export function faultsOf(
  ask: Ask,
  answer: Asked,
  { scope, limits, refused }: { scope: Scope; limits: QueryLimits; refused: readonly string[] },
): string[] {
  const { status, text } = answer
  const faults: string[] = []
  if (status >= 500 && !isPatient(status)) faults.push(`status ${status}: ${text.slice(0, 300)}`)
  if (status >= 400 && engineWords.test(text.replaceAll(ask.query, ''))) {
    faults.push(`the engine's own words: ${text.slice(0, 300)}`)
  }
  for (const one of new Set(refused)) faults.push(`the engine refused: ${shortened(one)}`)
  const hidden = hiddenMarks(scope)
  const named = marksIn(ask.sent)
  const leaked = [...marksIn(text)].filter((mark) => hidden.has(mark) && !named.has(mark))
  if (leaked.length > 0) faults.push(`LEAK ${leaked.join(' ')}: ${around(text, leaked[0]!)}`)
  if (status === 200) faults.push(...overLimits(ask, text, limits))
  return faults
}

function shortened(text: string): string {
  return text.length < 700 ? text : `${text.slice(0, 500)} … ${text.slice(-200)}`
}

function around(text: string, mark: string): string {
  const at = text.toLowerCase().indexOf(mark)
  return text.slice(Math.max(0, at - 120), at + 80)
}

function overLimits(ask: Ask, text: string, limits: QueryLimits): string[] {
  if (!text.startsWith('{')) return []
  const body = JSON.parse(text)
  switch (ask.language) {
    case 'promql':
      return ofMatrix(body.data, limits)
    case 'logql':
      return body.data?.resultType === 'streams'
        ? ofRows(ask, linesOf(body.data.result), limits)
        : ofMatrix(body.data, limits)
    case 'traceql':
      return [
        ...ofRows(ask, listAt(body, 'traces'), limits),
        ...over('series', listAt(body, 'series'), limits.series_max),
      ]
    case 'elastic':
      return ofRows(ask, listAt(body.hits ?? {}, 'hits'), limits)
    case 'esql':
      return ofRows(ask, listAt(body, 'values'), limits)
    case 'search':
      return ofRows(ask, listAt(body, 'rows'), limits)
  }
}

function linesOf(streams: { values: unknown[] }[]): number {
  return streams.reduce((sum, { values }) => sum + values.length, 0)
}

function listAt(body: Record<string, unknown>, name: string): number {
  const list = body[name]
  return Array.isArray(list) ? list.length : 0
}

function over(what: string, count: number, most: number): string[] {
  return count > most ? [`${count} ${what}, and ${most} are the most`] : []
}

function ofRows(ask: Ask, count: number, { rows_max }: QueryLimits): string[] {
  return over('rows', count, Math.min(rows_max, ask.rows_asked ?? rows_max))
}

type Data = { resultType?: string; result?: { values?: unknown[]; histograms?: unknown[] }[] }

function ofMatrix(data: Data, { samples_max, points_max }: QueryLimits): string[] {
  if (data?.resultType !== 'matrix' && data?.resultType !== 'vector') return []
  const points = (data.result ?? []).map(
    ({ values = [], histograms = [] }) => values.length + histograms.length,
  )
  const sum = points.reduce((all, one) => all + Math.max(1, one), 0)
  return [
    ...over('points of a series', Math.max(0, ...points), points_max + 1),
    ...over('samples', sum, samples_max),
  ]
}
