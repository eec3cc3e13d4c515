/**
 * JSON records over plain HTTP: what curl, scripts, Fluent Bit's `http` and Vector's `http` send.
 * Each record is answered for: how many were taken, and what was wrong with the others.
 */
import { Fault } from '../../../model/faults.ts'
import type { DecodeOutcome } from '../../../model/outcome.ts'
import { retryAfterOf } from '../../../wire/grpc/status.ts'
import type { HttpCall, HttpHead, HttpReply, Receiver } from '../../receiver.ts'
import { defaultsOf } from './defaults.ts'
import { jsonLines, type LineError } from './lines.ts'

const ingest_path = '/ingest/jsonl'

/** Whatever content type it has: senders of JSON name a dozen of them, or none. */
async function answer(call: HttpCall): Promise<HttpReply> {
  if (call.method !== 'POST' && call.method !== 'PUT') {
    throw new Fault('method_unsupported', { expected: 'POST', got: call.method })
  }
  const errors: LineError[] = []
  const decode = jsonLines(defaultsOf(call.query), errors)
  const outcome = await call.take('logs', decode, await call.body())
  return json(statusOf(outcome), { ...countsOf(outcome), errors })
}

function statusOf({ accepted, rejected }: DecodeOutcome): number {
  return accepted === 0 && rejected > 0 ? 400 : 200
}

function countsOf({ accepted, rejected }: DecodeOutcome) {
  return { accepted, rejected }
}

function refused(fault: Fault, _head: HttpHead): HttpReply {
  const { code, message } = fault
  const answered = json(fault.status, { error: { code, message, do: fault.answer().do } })
  const retry_after_s = retryAfterOf(fault)
  if (retry_after_s !== undefined) answered.headers['retry-after'] = String(retry_after_s)
  if (code === 'method_unsupported') answered.headers.allow = 'POST'
  return answered
}

function json(status: number, body: object): HttpReply {
  const headers = { 'content-type': 'application/json' }
  return { status, headers, body: Buffer.from(`${JSON.stringify(body)}\n`) }
}

export const jsonLinesReceiver: Receiver = {
  name: 'json_lines',
  services: [
    {
      mounts: [
        { listener: 'otlp_http', under: '' },
        { listener: 'ui', under: '' },
      ],
      serves: (_method, path) => path === ingest_path,
      answer,
      refused,
    },
  ],
}
