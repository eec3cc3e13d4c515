/** What all languages share: steps of a range, whose rows are seen, and how errors are told. */
import { Fault } from '../../model/faults.ts'
import type { RangeAsk, Scope } from '../../model/question.ts'
import { type QueryContext, queryLimits } from '../../query/context.ts'
import { QueryError, type Steps } from '../../query/series.ts'
import type { AskContext } from '../../store/answer.ts'
import { bucketFor } from '../../store/bucket.ts'
import type { QueryCheck, QueryWords, RunAsk } from './contract.ts'
import { timeout_ms } from './queries-matching.ts'

export const points_max = 11_000

/** The step that was asked for, or one that cuts the range into no more points than are drawn. */
export function stepOf(ask: RunAsk): { step_ms: number; warnings: string[] } {
  const { from_ms, to_ms } = ask
  const of = (points: number) => bucketFor(from_ms, to_ms, points).seconds * 1_000
  if (ask.step_ms === undefined) return { step_ms: of(ask.points_max), warnings: [] }
  if (ask.step_ms >= (to_ms - from_ms) / points_max) return { step_ms: ask.step_ms, warnings: [] }
  const step_ms = of(points_max)
  return { step_ms, warnings: [`${ask.step_ms} ms are too short a step: ${step_ms} ms are used`] }
}

/** Steps at whole multiples, so that a range that moves on keeps its points. */
export function stepsOf(ask: RunAsk): { steps: Steps; warnings: string[] } {
  if (ask.mode === 'instant') {
    return { steps: { start_ms: ask.to_ms, step_ms: 1, count: 1 }, warnings: [] }
  }
  const { step_ms, warnings } = stepOf(ask)
  const start_ms = Math.ceil(ask.from_ms / step_ms) * step_ms
  const count = Math.max(0, Math.floor((ask.to_ms - start_ms) / step_ms) + 1)
  return { steps: { start_ms, step_ms, count }, warnings }
}

/** The place of the top bar narrows what a language sees as the caller's own scope does. */
export function queryContextOf(range: RangeAsk, context: AskContext): QueryContext {
  const { scope } = context
  const clusters = narrowed(scope.clusters, range.cluster)
  const namespaces = narrowed(scope.namespaces, range.namespace)
  const limits = { ...queryLimits, timeout_ms }
  return { ...context, scope: { ...scope, clusters, namespaces }, limits }
}

function narrowed(places: Scope['clusters'], place: string | undefined): Scope['clusters'] {
  if (place === undefined) return places
  return places === 'all' || places.includes(place) ? [place] : []
}

type Placed = { message: string; from?: number | undefined; to?: number | undefined }

/** Languages have errors of their own: their words are kept, and where in the text they are. */
export function faultOf(error: unknown, placed: (error: unknown) => Placed | undefined): unknown {
  if (error instanceof QueryError && error.kind === 'timeout') {
    return new Fault('query_timeout', { timeout_ms }, error)
  }
  if (error instanceof QueryError && error.kind === 'canceled') {
    return new Fault('query_abandoned', {}, error)
  }
  const told = placed(error)
  if (told === undefined) return error
  const { message, from, to } = told
  return new Fault('query_refused', {
    detail: message,
    ...(from === undefined ? {} : { from, to: to ?? from + 1 }),
  })
}

export function placedError(error: unknown): Placed | undefined {
  if (!(error instanceof QueryError) || error.kind === 'internal') return undefined
  const { message, from, to } = error
  return { message, from, to }
}

/** Reads the text and prints it again; what cannot be read is told with its place. */
export function checkWith(
  query: string,
  printed: (query: string) => string,
  placed: (error: unknown) => Placed | undefined = placedError,
): QueryCheck {
  try {
    return { problems: [], formatted: printed(query) }
  } catch (error) {
    const told = placed(error)
    if (told === undefined) throw error
    const from = Math.min(told.from ?? 0, query.length)
    const to = Math.min(Math.max(told.to ?? query.length, from + 1), query.length)
    // What is missing at the end is marked at the last character.
    const at = { from: Math.max(0, Math.min(from, to - 1)), to }
    return { problems: [{ message: told.message, ...at, severity: 'error' }] }
  }
}

const words_max = 500

/** Those in which what is typed occurs, those that begin with it first. */
export function wordsWith(
  prefix: string,
  words: readonly string[],
  detailOf: (word: string) => string = () => '',
): QueryWords {
  const typed = prefix.toLowerCase()
  const fits = words.filter((word) => word.toLowerCase().includes(typed))
  const begins = (word: string) => word.toLowerCase().startsWith(typed)
  const ordered = [...fits.filter(begins), ...fits.filter((word) => !begins(word))]
  const word = ordered.slice(0, words_max)
  return { word, detail: word.map(detailOf), capped: ordered.length > words_max }
}
