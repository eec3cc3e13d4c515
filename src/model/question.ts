/**
 * The contract between a page and the server: a named question, the shape of what is asked and the
 * type of what is answered. Transport, authentication and SQL live elsewhere.
 */
import { z } from 'zod'

/** What the caller may see: the store adds it to every table read. An empty list is nothing. */
export type Scope = { clusters: Places; namespaces: Places; classes: 'all' | readonly DataClass[] }
type Places = 'all' | readonly string[]

/** Kinds of telemetry that a caller may be kept from; each table belongs to one, see within.ts. */
export const dataClasses = ['logs', 'metrics', 'traces', 'kubernetes', 'security'] as const
export type DataClass = (typeof dataClasses)[number]

export const everything: Scope = { clusters: 'all', namespaces: 'all', classes: 'all' }

/** Whether rows may exist that the caller does not see: sums over all rows may then not be told. */
export function isLimited({ clusters, namespaces, classes }: Scope): boolean {
  return clusters !== 'all' || namespaces !== 'all' || classes !== 'all'
}

/** The store counts ns in 64 bits, which end in 2262. */
const time_ms_max = 9_223_000_000_000
export const timeAsk = z.number().int().nonnegative().max(time_ms_max)

/** Every question about telemetry carries a bounded time range and the place in the top bar. */
export const rangeAsk = {
  from_ms: timeAsk,
  to_ms: timeAsk,
  cluster: z.string().max(253).optional(),
  namespace: z.string().max(253).optional(),
}
/** Text in the search language, compiled on the server. */
export const searchAsk = { search: z.string().max(4096).default('') }

export type RangeAsk = {
  from_ms: number
  to_ms: number
  cluster?: string | undefined
  namespace?: string | undefined
}

export type Question<Ask, Answer> = {
  name: string
  ask: z.ZodType<Ask, unknown>
  /** Only its type is used: it carries the answer's shape from contract to page. */
  answer?: Answer
}

/** Columns of equal length: smaller on the wire than rows, and what charts want. */
export type Columns = Record<string, readonly unknown[]>

/** Declares a question. Contracts call it once per question. */
export function question<Answer>() {
  return <Ask>(name: string, ask: z.ZodType<Ask, unknown>): Question<Ask, Answer> => ({ name, ask })
}

export type AskOf<Q> = Q extends Question<infer Ask, unknown> ? Ask : never
export type AnswerOf<Q> = Q extends Question<infer _Ask, infer Answer> ? Answer : never
