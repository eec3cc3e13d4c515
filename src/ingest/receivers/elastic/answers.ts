/**
 * What the answers of this protocol are made of: a status, and JSON or text; errors in
 * Elasticsearch's envelope. Leaves headers, compression and filters to render.ts.
 */
import type { Fault } from '../../../model/faults.ts'

export type ElasticAnswer = {
  status: number
  /** What `filter_path` works on. Ready text goes out as it is. */
  json?: unknown
  /** JSON that was put together by hand, already filtered. */
  ready?: string
  /** The tables of `_cat`. */
  text?: string
  headers?: Readonly<Record<string, string>>
}

export type ElasticCause = { type: string; reason: string } & Readonly<Record<string, unknown>>

/** Thrown by handlers: said in the envelope that clients read the type from. */
export class ElasticError extends Error {
  readonly status: number
  readonly told: ElasticCause

  constructor(status: number, type: string, reason: string, more: object = {}) {
    super(reason)
    this.status = status
    this.told = { type, reason, ...more }
  }
}

export function errorAnswer(status: number, cause: ElasticCause): ElasticAnswer {
  return { status, json: { error: { root_cause: [cause], ...cause }, status } }
}

/** Faults that have a name of their own in Elasticsearch; the others by their status. */
const typeOfCode: Readonly<Record<string, string>> = {
  ingest_unauthenticated: 'security_exception',
  forbidden: 'security_exception',
  origin_refused: 'security_exception',
  payload_malformed: 'parse_exception',
  body_too_large: 'content_too_large_exception',
  records_too_many: 'content_too_large_exception',
  compression_excessive: 'content_too_large_exception',
  encoding_unsupported: 'illegal_argument_exception',
  content_type_unsupported: 'media_type_header_exception',
  objects_full: 'illegal_state_exception',
}

const typeOfStatus: Readonly<Record<number, string>> = {
  400: 'illegal_argument_exception',
  404: 'resource_not_found_exception',
  408: 'receive_timeout_transport_exception',
  429: 'es_rejected_execution_exception',
  503: 'unavailable_shards_exception',
}

/** Back-pressure is told for the whole request: clients give up on items that say so. */
export function faultAnswer(fault: Fault): ElasticAnswer {
  const type = typeOfCode[fault.code] ?? typeOfStatus[fault.status] ?? 'exception'
  return errorAnswer(fault.status, { type, reason: fault.message })
}

export const acknowledged: ElasticAnswer = { status: 200, json: { acknowledged: true } }
