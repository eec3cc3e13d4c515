/** How Loki answers: JSON with and without its envelope, and errors as plain text. */
import { Fault } from '../../model/faults.ts'
import { QueryError } from '../../query/series.ts'
import type { ApiReply } from '../api.ts'

export function json(value: unknown, status = 200): ApiReply {
  const headers = { 'content-type': 'application/json; charset=UTF-8' }
  return { status, headers, body: JSON.stringify(value) }
}

export function success(data: unknown): ApiReply {
  return json({ status: 'success', data })
}

export function text(status: number, body: string): ApiReply {
  return { status, headers: { 'content-type': 'text/plain; charset=utf-8' }, body }
}

const statuses: Record<QueryError['kind'], number> = {
  bad_data: 400,
  execution: 400,
  timeout: 504,
  canceled: 499,
  internal: 500,
}

export function refusal(error: unknown): ApiReply {
  if (error instanceof QueryError) return text(statuses[error.kind], error.message)
  if (!(error instanceof Fault)) return text(500, 'the query failed')
  const { status, message } = error
  const reply = text(status, `${message} ${error.answer().do}`)
  if (error.code === 'method_unsupported') reply.headers.allow = String(error.details.expected)
  return reply
}
