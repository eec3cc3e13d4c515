/**
 * A fault as google.rpc.Status: the message in bytes and in JSON, and as gRPC trailers. Knows which
 * faults a sender should retry; leaves the HTTP status to the catalogue of faults.
 */
import type { Fault, FaultCode } from '../../model/faults.ts'

/** What a sender is told to wait when the fault does not say. */
const retry_after_s = 5

const codes = {
  invalid_argument: 3,
  deadline_exceeded: 4,
  resource_exhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const

const codeOf: Partial<Record<FaultCode, keyof typeof codes>> = {
  // Without RetryInfo: the same body would be too large again.
  body_too_large: 'resource_exhausted',
  compression_excessive: 'resource_exhausted',
  body_too_slow: 'deadline_exceeded',
  deadline_passed: 'deadline_exceeded',
  content_type_unsupported: 'invalid_argument',
  encoding_unsupported: 'unimplemented',
  payload_malformed: 'invalid_argument',
  ingest_busy: 'unavailable',
  ingest_unavailable: 'unavailable',
  ingest_unauthenticated: 'unauthenticated',
  method_unsupported: 'unimplemented',
  not_found: 'unimplemented',
}

export function rpcCode(fault: Fault): number {
  return codes[codeOf[fault.code] ?? 'internal']
}

/** Seconds after which the same request may work; undefined when it never will. */
export function retryAfterOf(fault: Fault): number | undefined {
  if (fault.status !== 429 && fault.status !== 503) return undefined
  return Number(fault.details.retry_after_s ?? retry_after_s)
}

const typeUrl = 'type.googleapis.com/google.rpc.'

export function statusMessage(fault: Fault): Uint8Array {
  const parts = [varintField(1, rpcCode(fault)), bytesField(2, Buffer.from(textOf(fault)))]
  const retry = retryAfterOf(fault)
  if (retry !== undefined) {
    // RetryInfo { retry_delay = 1: Duration { seconds = 1 } }
    parts.push(bytesField(3, any('RetryInfo', bytesField(1, varintField(1, retry)))))
  }
  if (fault.code === 'payload_malformed') {
    // BadRequest { field_violations = 1: { description = 2 } }
    const violation = bytesField(2, Buffer.from(fault.message))
    parts.push(bytesField(3, any('BadRequest', bytesField(1, violation))))
  }
  return Buffer.concat(parts)
}

export function statusJson(fault: Fault): string {
  const details: object[] = []
  const retry = retryAfterOf(fault)
  if (retry !== undefined) details.push({ '@type': `${typeUrl}RetryInfo`, retryDelay: `${retry}s` })
  if (fault.code === 'payload_malformed') {
    const fieldViolations = [{ description: fault.message }]
    details.push({ '@type': `${typeUrl}BadRequest`, fieldViolations })
  }
  const status = { code: rpcCode(fault), message: textOf(fault) }
  return JSON.stringify(details.length > 0 ? { ...status, details } : status)
}

export function grpcTrailers(fault: Fault): Record<string, string> {
  const trailers: Record<string, string> = {
    'grpc-status': String(rpcCode(fault)),
    'grpc-message': percentEncode(textOf(fault)),
  }
  const hasDetails = retryAfterOf(fault) !== undefined || fault.code === 'payload_malformed'
  if (hasDetails) {
    const bytes = Buffer.from(statusMessage(fault))
    trailers['grpc-status-details-bin'] = bytes.toString('base64').replace(/=+$/, '')
  }
  return trailers
}

function textOf(fault: Fault): string {
  return `${fault.message} ${fault.answer().do}`
}

/** grpc-message allows printable ASCII; everything else and % travel as %XX of UTF-8. */
function percentEncode(text: string): string {
  return text.replace(/[^\x20-\x24\x26-\x7e]+/gu, (run) =>
    Array.from(Buffer.from(run), (byte) => `%${byte.toString(16).padStart(2, '0')}`)
      .join('')
      .toUpperCase(),
  )
}

function any(name: string, value: Uint8Array): Uint8Array {
  return Buffer.concat([bytesField(1, Buffer.from(typeUrl + name)), bytesField(2, value)])
}

/** Protobuf fields of the small answers we send; requests are read in wire/. */
export function varintField(field: number, value: number): Uint8Array {
  return Buffer.from([...varint(field * 8), ...varint(value)])
}

export function bytesField(field: number, value: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from([...varint(field * 8 + 2), ...varint(value.length)]), value])
}

function varint(value: number): number[] {
  const bytes: number[] = []
  let rest = value
  while (rest > 127) {
    bytes.push((rest % 128) + 128)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
  return bytes
}
