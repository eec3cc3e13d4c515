/** How this protocol's answers look and sound, good and bad. */
import type { Fault, FaultCode } from '../../../model/faults.ts'
import { retryAfterOf } from '../../../wire/grpc/status.ts'
import type { HttpReply } from '../../receiver.ts'
import type { EventFailure } from './decode-events.ts'

const noToken =
  'authentication failed: missing or improperly formatted Authorization header: expected ' +
  "'Authorization: Bearer secret_token' or 'Authorization: ApiKey base64(API key ID:API key)'"

const texts: Partial<Record<FaultCode, string>> = {
  ingest_busy: 'queue is full',
  server_stopping: 'server is shutting down',
}

export function textOf(fault: Fault): string {
  if (fault.code === 'ingest_unauthenticated') {
    return fault.details.got === 'no token' ? noToken : 'authentication failed'
  }
  return texts[fault.code] ?? fault.message
}

export function json(status: number, said: unknown, headers = {}): HttpReply {
  const type = { 'content-type': 'application/json' }
  return { status, headers: { ...type, ...headers }, body: Buffer.from(JSON.stringify(said)) }
}

const nothing = new Uint8Array(0)

export function empty(status: number, headers = {}): HttpReply {
  return { status, headers: { ...headers }, body: nothing }
}

export function unknownPath(): HttpReply {
  const headers = { 'content-type': 'text/plain; charset=utf-8' }
  return { status: 404, headers, body: Buffer.from('404 page not found\n') }
}

/** What became of a stream of events; the status is the highest of what went wrong. */
export type IntakeVerdict = {
  status: number
  accepted: number
  failures: readonly EventFailure[]
  retry_after_s?: number | undefined
}

export function intakeReply(verdict: IntakeVerdict, isVerbose: boolean): HttpReply {
  const { status, accepted, failures, retry_after_s } = verdict
  if (status === 202) return isVerbose ? json(202, { accepted }) : empty(202)
  const errors = failures.map(({ message, document }) =>
    document === '' ? { message } : { message, document },
  )
  const headers: Record<string, string> = { connection: 'close' }
  if (retry_after_s !== undefined) headers['retry-after'] = String(retry_after_s)
  return json(status, { accepted, errors }, headers)
}

/** A request that was refused before any of its events was read. */
export function refusedReply(fault: Fault, isIntake: boolean, expected: string): HttpReply {
  const message = textOf(fault)
  const { status } = fault
  const headers: Record<string, string> = {}
  if (status === 401) headers['www-authenticate'] = 'Bearer'
  if (status === 405) headers.allow = expected
  const retry_after_s = retryAfterOf(fault)
  if (retry_after_s !== undefined) headers['retry-after'] = String(retry_after_s)
  if (!isIntake || status === 401) return json(status, { error: message }, headers)
  return json(status, { accepted: 0, errors: [{ message }] }, headers)
}
