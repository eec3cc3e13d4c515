/**
 * Prometheus remote write over HTTP. A part that could not be stored makes the answer 400, which
 * senders do not retry; what 2.0 stored is told in headers, of every answer.
 */
import { Fault } from '../../../model/faults.ts'
import { limits } from '../../../model/limits.ts'
import { retryAfterOf } from '../../../wire/grpc/status.ts'
import { decodeRemoteWrite1 } from '../../../wire/remote-write/version-1.ts'
import { decodeRemoteWrite2 } from '../../../wire/remote-write/version-2.ts'
import type { RemoteWriteOutcome } from '../../../wire/remote-write/writing.ts'
import { snappyDecode } from '../../../wire/snappy/decode.ts'
import type { HttpCall, HttpHead, HttpReply } from '../../receiver.ts'
import { isOfFirst, negotiated, versionOf } from './negotiate.ts'

const decoders = { 1: decodeRemoteWrite1, 2: decodeRemoteWrite2 } as const
const text = 'text/plain; charset=utf-8'
const nothing = new Uint8Array(0)
/** Requests of the usual size come out here, one after the other: a decoder keeps nothing of it. */
const usual = new Uint8Array(2 * 1024 * 1024)

export async function answerRemoteWrite(call: HttpCall): Promise<HttpReply> {
  if (call.method !== 'POST') {
    throw new Fault('method_unsupported', { expected: 'POST', got: call.method })
  }
  const version = negotiated(call)
  let outcome: RemoteWriteOutcome | undefined
  await call.take(
    'metrics',
    (body, context, batch) => {
      // Decompressed only now, when nothing is waited for any more: one body at a time.
      const plain = snappyDecode(body, limits.body_bytes_max, usual)
      outcome = decoders[version](plain, context, batch)
      return outcome
    },
    await call.body(),
  )
  const written = version === 2 ? writtenHeaders(outcome) : {}
  if (outcome === undefined || outcome.rejected === 0) {
    return { status: 204, headers: written, body: nothing }
  }
  const headers = { ...written, 'content-type': text }
  return { status: 400, headers, body: Buffer.from(`${outcome.message}\n`) }
}

export function refuseRemoteWrite(fault: Fault, head: HttpHead): HttpReply {
  const headers: Record<string, string> = { 'content-type': text }
  if (versionOf(head) === 2) Object.assign(headers, writtenHeaders(undefined))
  if (fault.status === 405) headers.allow = 'POST'
  const retry_after_s = retryAfterOf(fault)
  if (retry_after_s !== undefined) headers['retry-after'] = String(retry_after_s)
  const body = Buffer.from(`${fault.message} ${fault.answer().do}\n`)
  return { status: statusOf(fault, head), headers, body }
}

/** Senders drop what is answered with 429 unless they are told otherwise, and retry after 503. */
function statusOf({ status }: Fault, head: HttpHead): number {
  if (status === 429) return 503
  return status === 415 && isOfFirst(head) ? 400 : status
}

function writtenHeaders(outcome: RemoteWriteOutcome | undefined): Record<string, string> {
  const { samples = 0, histograms = 0, exemplars = 0 } = outcome ?? {}
  return {
    'x-prometheus-remote-write-samples-written': String(samples),
    'x-prometheus-remote-write-histograms-written': String(histograms),
    'x-prometheus-remote-write-exemplars-written': String(exemplars),
  }
}
