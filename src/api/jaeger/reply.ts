/** The envelopes of Jaeger's answers and errors: the older API's and the third version's. */
import { Fault } from '../../model/faults.ts'
import { QueryError } from '../../query/series.ts'
import type { ApiReply } from '../api.ts'

function json(body: unknown, status = 200): ApiReply {
  return { status, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }
}

export const plain = json

export function enveloped(data: readonly unknown[]): ApiReply {
  return json({ data, total: data.length, limit: 0, offset: 0, errors: null })
}

export function refused(status: number, message: string, traceID?: string): ApiReply {
  const error = { code: status, msg: message, ...(traceID === undefined ? {} : { traceID }) }
  return json({ data: null, total: 0, limit: 0, offset: 0, errors: [error] }, status)
}

export function refusedV3(status: number, message: string): ApiReply {
  return json({ error: { httpCode: status, message } }, status)
}

const statusOf = {
  bad_data: 400,
  execution: 422,
  timeout: 504,
  canceled: 499,
  internal: 500,
} as const

export function refusal(error: unknown, path: string): ApiReply {
  const refuse = path.startsWith('/api/v3/') ? refusedV3 : refused
  if (error instanceof QueryError) return refuse(statusOf[error.kind], error.message)
  if (error instanceof Fault) return refuse(error.status, error.message)
  return refuse(500, 'internal error')
}
