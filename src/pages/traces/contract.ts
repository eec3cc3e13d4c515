/**
 * The questions of the Traces pages: search and its charts, one trace as a waterfall, one span in
 * full, and what sets a selection apart from the rest.
 */
import { z } from 'zod'
import { question, type RangeAsk, rangeAsk, searchAsk, timeAsk } from '../../model/question.ts'

const traceId = z.string().regex(/^[0-9a-f]{32}$/i)
const spanId = z.string().regex(/^[0-9a-f]{16}$/i)

export type TracesAsk = RangeAsk & { search: string }

/** Matching traces. Spans and errors count all of the trace; duration_ns spans it. */
export type TraceList = {
  trace_id: string[]
  /** The span that matched: the newest or the slowest of the trace, as the order asks. */
  span_id: string[]
  time_ms: number[]
  service: string[]
  name: string[]
  status: ('unset' | 'ok' | 'error')[]
  span_duration_ns: number[]
  duration_ns: number[]
  spans: number[]
  errors: number[]
  root_service: string[]
  root_name: string[]
  /** True when more traces match than are listed. */
  capped: boolean
}
export const traceList = question<TraceList>()(
  'traces.list',
  z.strictObject({
    ...rangeAsk,
    ...searchAsk,
    order: z.enum(['newest', 'slowest']).default('newest'),
    rows_max: z.number().int().min(1).max(500).default(100),
  }),
)

/** Matching spans over time. */
export type TraceHistogram = {
  bucket_ms: number
  time_ms: number[]
  spans: number[]
  errors: number[]
}
export const traceHistogram = question<TraceHistogram>()(
  'traces.histogram',
  z.strictObject({ ...rangeAsk, ...searchAsk }),
)

/** Points of the duration scatter; an even sample when more spans match than can be drawn. */
export type TraceScatter = {
  time_ms: number[]
  duration_ns: number[]
  is_error: boolean[]
  trace_id: string[]
  span_id: string[]
  service: string[]
  name: string[]
  total: number
}
export const traceScatter = question<TraceScatter>()(
  'traces.scatter',
  z.strictObject({ ...rangeAsk, ...searchAsk }),
)

/** All spans of a trace in order of start. Times are ns after the trace's start. */
export type Trace = {
  trace_id: string
  start_ms: number
  duration_ns: number
  span_id: string[]
  parent_span_id: string[]
  service: string[]
  name: string[]
  kind: string[]
  status: ('unset' | 'ok' | 'error')[]
  offset_ns: number[]
  duration_ns_each: number[]
  peer_service: string[]
  peer_kind: string[]
  http_status_code: number[]
  pod: string[]
  events: number[]
  /** How many spans exist; more than are listed when the trace is capped. */
  total: number
  /** Log records that carry this trace id. */
  logs: number
}
export const traceById = question<Trace | null>()(
  'traces.trace',
  z.strictObject({ trace_id: traceId }),
)

export type SpanDetail = {
  trace_id: string
  span_id: string
  parent_span_id: string
  time_ns: string
  duration_ns: number
  service: string
  name: string
  kind: string
  status: 'unset' | 'ok' | 'error'
  status_message: string
  trace_state: string
  scope: string
  resource_id: string
  attributes: Record<string, string | number>
  resource: Record<string, string>
  events: { time_ns: string; name: string; attributes: Record<string, string> }[]
  links: { trace_id: string; span_id: string; attributes: Record<string, string> }[]
}
export const spanById = question<SpanDetail | null>()(
  'traces.span',
  z.strictObject({ trace_id: traceId, span_id: spanId }),
)

/** Log records of a trace, or of one of its spans, in order of time. */
export type TraceLogs = {
  time_ns: string[]
  severity: string[]
  service: string[]
  pod: string[]
  span_id: string[]
  body: string[]
  capped: boolean
}
export const traceLogs = question<TraceLogs>()(
  'traces.logs',
  z.strictObject({ trace_id: traceId, span_id: spanId.optional() }),
)

/**
 * What the selected spans have more often than the rest of what matches the search. The selection
 * is a box on the scatter (duration and time), or the failed spans.
 */
export type TraceDifference = {
  field: string[]
  value: string[]
  /** Share of the selected spans, and of the others, that have this value: 0 to 1. */
  selected_share: number[]
  rest_share: number[]
  selected_count: number[]
  selected: number
  rest: number
  /** True when the shares were read from a sample of the spans. */
  sampled: boolean
}
export const traceDifference = question<TraceDifference>()(
  'traces.difference',
  z.strictObject({
    ...rangeAsk,
    ...searchAsk,
    selection: z.strictObject({
      from_ms: timeAsk.optional(),
      to_ms: timeAsk.optional(),
      duration_ns_min: z.number().nonnegative().optional(),
      duration_ns_max: z.number().nonnegative().optional(),
      errors: z.boolean().optional(),
    }),
  }),
)
