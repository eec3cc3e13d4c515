/** Faults as google.rpc.Status in bytes, JSON and trailers; only those worth a retry say so. */
import { expect, test } from 'vitest'
import { Fault } from '../../model/faults.ts'
import { bytesField, grpcTrailers, statusJson, statusMessage, varintField } from './status.ts'

const busy = new Fault('ingest_busy', { buffered_bytes: 9, retry_after_s: 3 })
const large = new Fault('body_too_large', { limit_bytes: 10 })
const malformed = new Fault('payload_malformed', { format: 'OTLP logs', detail: 'it ends early' })

test('a fault worth a retry carries RetryInfo', () => {
  expect(JSON.parse(statusJson(busy))).toEqual({
    code: 14,
    message: expect.stringContaining('The write buffer is full (9 bytes wait to be stored).'),
    details: [{ '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '3s' }],
  })
  const bytes = Buffer.from(grpcTrailers(busy)['grpc-status-details-bin']!, 'base64')
  expect(bytes).toEqual(Buffer.from(statusMessage(busy)))
  // RetryInfo { retry_delay { seconds: 3 } } as the value of Any, at the very end.
  expect(bytes.subarray(-6).toString('hex')).toBe('12040a020803')
})

test('a fault that would come again carries none', () => {
  expect(JSON.parse(statusJson(large))).toEqual({ code: 8, message: expect.any(String) })
  expect(grpcTrailers(large)).toEqual({ 'grpc-status': '8', 'grpc-message': expect.any(String) })
})

test('malformed data carries BadRequest', () => {
  expect(JSON.parse(statusJson(malformed)).details).toEqual([
    {
      '@type': 'type.googleapis.com/google.rpc.BadRequest',
      fieldViolations: [{ description: expect.stringContaining('it ends early') }],
    },
  ])
})

test('grpc-message is printable ASCII', () => {
  const fault = new Fault('payload_malformed', { format: 'OTLP', detail: '100 %\n日本' })
  const message = grpcTrailers(fault)['grpc-message']!
  expect(message).toMatch(/^[\x20-\x7e]+$/)
  expect(message).toContain('100 %25%0A%E6%97%A5%E6%9C%AC')
  expect(decodeURIComponent(message)).toContain('100 %\n日本')
})

test('an error of our own is INTERNAL, which senders do not repeat', () => {
  const internal = new Fault('internal', { request_id: 'r1' })
  expect(grpcTrailers(internal)['grpc-status']).toBe('13')
})

test('numbers above 32 bits', () => {
  expect(Buffer.from(varintField(1, 2 ** 40)).toString('hex')).toBe('08808080808020')
  expect(
    Buffer.from(bytesField(2, Buffer.alloc(200)))
      .subarray(0, 3)
      .toString('hex'),
  ).toBe('12c801')
})
