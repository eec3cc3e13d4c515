/** How Tempo answers: JSON, protobuf, and errors as plain text. */
import { Fault } from '../../model/faults.ts'
import { QueryError } from '../../query/series.ts'
import type { ApiReply } from '../api.ts'

export function json(body: unknown): ApiReply {
  return {
    status: 200,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  }
}

export function protobuf(body: Uint8Array): ApiReply {
  return { status: 200, headers: { 'Content-Type': 'application/protobuf' }, body }
}

export function text(body: string, status = 200): ApiReply {
  return { status, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body }
}

const statusOf = {
  bad_data: 400,
  execution: 422,
  timeout: 504,
  canceled: 499,
  internal: 500,
} as const

export function refusal(error: unknown): ApiReply {
  if (error instanceof QueryError) {
    const isQuery = error.from !== undefined
    return text(`${isQuery ? 'invalid TraceQL query: ' : ''}${error.message}`, statusOf[error.kind])
  }
  if (error instanceof Fault) return text(error.message, error.status)
  return text('internal error', 500)
}
