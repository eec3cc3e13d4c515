/** The envelope around every answer of Prometheus's API, and how its errors sound. */
import { Fault } from '../../model/faults.ts'
import { QueryError } from '../../query/series.ts'
import type { ApiReply } from '../api.ts'

export type Answer = {
  /** JSON text: data is built as text where it is large. */
  data: string
  warnings?: readonly string[]
  infos?: readonly string[]
}

const headers = { 'content-type': 'application/json' }

export function success({ data, warnings = [], infos = [] }: Answer): ApiReply {
  const notes = (name: string, texts: readonly string[]) =>
    texts.length === 0 ? '' : `,"${name}":${JSON.stringify(texts)}`
  const told = notes('warnings', warnings) + notes('infos', infos)
  return { status: 200, headers, body: `{"status":"success","data":${data}${told}}` }
}

export function json(value: unknown): Answer {
  return { data: JSON.stringify(value) }
}

type ErrorType =
  | 'bad_data'
  | 'execution'
  | 'timeout'
  | 'canceled'
  | 'internal'
  | 'unavailable'
  | 'not_found'

const statuses: Readonly<Record<ErrorType, number>> = {
  bad_data: 400,
  execution: 422,
  timeout: 503,
  /** Nobody reads it: the caller has left. */
  canceled: 499,
  internal: 500,
  unavailable: 503,
  not_found: 404,
}

export function failure(error: unknown): ApiReply {
  if (error instanceof QueryError) return failed(error.kind, error.message)
  if (error instanceof Fault) return ofFault(error)
  return failed('internal', 'the server could not answer: its log says why')
}

function ofFault(fault: Fault): ApiReply {
  const types: Partial<Record<string, ErrorType>> = {
    query_timeout: 'timeout',
    query_abandoned: 'canceled',
    query_memory: 'execution',
    store_unavailable: 'unavailable',
  }
  if (fault.code === 'query_timeout') {
    return failed('timeout', 'query timed out in expression evaluation')
  }
  const type = types[fault.code]
  if (type !== undefined) return failed(type, fault.message)
  const { status } = fault
  const byStatus = status === 404 ? 'not_found' : status < 500 ? 'bad_data' : 'internal'
  return { ...failed(byStatus, fault.message), status }
}

export function failed(type: ErrorType, error: string): ApiReply {
  const body = JSON.stringify({ status: 'error', errorType: type, error })
  return { status: statuses[type], headers, body }
}
