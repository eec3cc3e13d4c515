/**
 * The questions of Explore, and of every panel that shows a query of any language: run it, check
 * it, complete it, and what a table's fields hold.
 */
import { z } from 'zod'
import { type AskOf, question, rangeAsk, searchAsk } from '../../model/question.ts'

export const queryLanguages = ['search', 'promql', 'logql', 'traceql', 'esql'] as const
export type QueryLanguage = (typeof queryLanguages)[number]

/** Tables that people explore, by the names of the search language's tables. */
export const exploreTables = [
  'logs',
  'spans',
  'metric_series',
  'kubernetes_events',
  'audit_events',
  'security_events',
  'network_flows',
] as const
export type ExploreTable = (typeof exploreTables)[number]

/** The columns of a table's rows that tell most, in the order in which people read. */
export const tellingColumns: Readonly<Record<ExploreTable, readonly string[]>> = {
  logs: ['time', 'severity', 'service', 'body'],
  spans: ['time', 'service', 'name', 'kind', 'status', 'duration', 'trace_id'],
  metric_series: ['metric', 'kind', 'unit', 'service', 'namespace', 'attributes', 'description'],
  kubernetes_events: ['time', 'type', 'reason', 'kind', 'name', 'namespace', 'count', 'message'],
  audit_events: [
    ...['time', 'user', 'verb', 'resource', 'object_name', 'namespace', 'outcome', 'source_ip'],
    'sentence',
  ],
  security_events: [
    ...['time', 'severity', 'rule', 'process_name', 'user', 'namespace', 'pod', 'sentence'],
  ],
  network_flows: [
    ...['time', 'verdict', 'source_name', 'source_ip', 'destination_name', 'destination_ip'],
    ...['destination_port', 'protocol', 'l7_protocol', 'sentence'],
  ],
}

export const measures = [
  'count',
  'unique',
  'sum',
  'avg',
  'min',
  'max',
  'p50',
  'p95',
  'p99',
] as const

/** What a query of the search language computes; without measure it answers rows. */
const shape = z.strictObject({
  table: z.enum(exploreTables).default('logs'),
  measure: z.enum(measures).optional(),
  /** What is measured; needed by all but count. */
  field: z.string().min(1).max(1024).optional(),
  group_by: z.array(z.string().min(1).max(1024)).max(4).default([]),
  /** Of rows: the fields that are told, `*` for all; without it those that tell most. */
  columns: z.array(z.string().min(1).max(1024)).max(100).optional(),
})
export type SearchShape = z.infer<typeof shape>

export const runAsk = {
  ...rangeAsk,
  language: z.enum(queryLanguages),
  query: z.string().max(16_384).default(''),
  /** range: values over time. instant: one value each, at to_ms or over the whole range. */
  mode: z.enum(['range', 'instant']).default('range'),
  /** Chosen from the range and points_max when absent. */
  step_ms: z.number().int().min(1).max(31_536_000_000).optional(),
  points_max: z.number().int().min(1).max(11_000).default(300),
  /** Lines, rows, traces or series. */
  rows_max: z.number().int().min(1).max(10_000).default(500),
  shape: shape.optional(),
}

export type ColumnType = 'string' | 'number' | 'time_ms' | 'boolean' | 'json'
type Told = {
  /** What the language warns of, and what it only remarks. */
  warnings: string[]
  infos: string[]
  /** More exist than are answered. */
  capped: boolean
  took_ms: number
}
export type SeriesRun = Told & {
  kind: 'series'
  step_ms: number
  time_ms: number[]
  labels: Record<string, string>[]
  /** Per series, per time; null where there is no value. Not-a-number and infinities are text. */
  values: (number | null | 'NaN' | '+Inf' | '-Inf')[][]
}
export type TableRun = Told & {
  kind: 'table'
  columns: { name: string; type: ColumnType }[]
  /** One list a column. */
  values: unknown[][]
}
export type LogsRun = Told & {
  kind: 'logs'
  time_ns: string[]
  severity: string[]
  body: string[]
  labels: Record<string, string>[]
}
export type TracesRun = Told & {
  kind: 'traces'
  trace_id: string[]
  root_service: string[]
  root_name: string[]
  time_ms: number[]
  duration_ms: number[]
  spans: number[]
  errors: number[]
}
export type QueryRun = SeriesRun | TableRun | LogsRun | TracesRun
/** An answer before it is known how long it took. */
export type Untimed<Run> = Run extends unknown ? Omit<Run, 'took_ms'> : never
export const queryRun = question<QueryRun>()('query.run', z.strictObject(runAsk))
export type RunAsk = AskOf<typeof queryRun>

/** Whether the text can be run; `from` and `to` are offsets in it. */
export type QueryCheck = {
  problems: { message: string; from: number; to: number; severity: 'error' | 'warning' | 'info' }[]
  /** The same query as the language's own printer writes it; absent when it cannot be read. */
  formatted?: string
}
export const queryCheck = question<QueryCheck>()(
  'query.check',
  z.strictObject({ language: z.enum(queryLanguages), query: z.string().max(16_384) }),
)

/** Names for completion: labels, values of a label, metrics with kind and description. */
export type QueryWords = { word: string[]; detail: string[]; capped: boolean }
export const queryWords = question<QueryWords>()(
  'query.words',
  z.strictObject({
    ...rangeAsk,
    language: z.enum(queryLanguages),
    of: z.enum(['metrics', 'labels', 'values']),
    /** Of the search language: whose fields and values. */
    table: z.enum(exploreTables).default('logs'),
    /** The label whose values are asked. */
    label: z.string().max(1024).default(''),
    /** The selector around the cursor, so that only labels of its series are offered; a search. */
    selector: z.string().max(4096).default(''),
    prefix: z.string().max(256).default(''),
  }),
)
export type WordsAsk = AskOf<typeof queryWords>

/**
 * Fields that rows of a search have, their most frequent values and in how many rows they are: from
 * a sample where there are many rows.
 */
export type ExploreFields = {
  field: string[]
  kind: ('word' | 'number' | 'time')[]
  present: number[]
  values: string[][]
  counts: number[][]
  sampled: number
  total: number
}
export const exploreFields = question<ExploreFields>()(
  'explore.fields',
  z.strictObject({ ...rangeAsk, ...searchAsk, table: z.enum(exploreTables) }),
)

/** What is known of where a row comes from: the attributes of its resource. */
export type ExploreResource = { name: string[]; value: string[] }
export const exploreResource = question<ExploreResource>()(
  'explore.resource',
  z.strictObject({ ...rangeAsk, resource_id: z.string().regex(/^\d{1,20}$/) }),
)

/** What GET /api/saved-searches answers: the part of an address that shows the same search. */
export type SavedSearch = { name: string; query: string; saved_ms: number; saved_by: string }
