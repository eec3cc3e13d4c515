/** A Zipkin span as both of its encodings carry it, and how its ids are written. */

export type Endpoint = { service: string; ip: string; port: number }

export type ZipkinSpan = {
  trace_id: Uint8Array
  id: Uint8Array
  parent_id: Uint8Array | undefined
  /** As OTLP numbers it. */
  kind: number
  name: string
  /** 0 when it was not sent. */
  timestamp_us: number
  duration_us: number
  local: Endpoint
  remote: Endpoint
  annotations: readonly { timestamp_us: number; value: string }[]
  tags: ReadonlyMap<string, string>
  isDebug: boolean
  /** The server's half of a span whose other half, with the same id, is the client's. */
  isShared: boolean
}

export const noEndpoint: Endpoint = { service: '', ip: '', port: 0 }

/** Why a span cannot be taken. */
export class BadSpan extends Error {}

/** The bytes of an id in hexadecimal digits, padded in front. Throws BadSpan. */
export function idOf(text: unknown, name: string, bytes: number): Uint8Array {
  if (typeof text !== 'string' || !/^[0-9a-fA-F]{1,32}$/.test(text)) {
    throw new BadSpan(`expected ${name} to be hexadecimal digits`)
  }
  const digits = text.padStart(bytes * 2, '0').slice(-bytes * 2)
  return Uint8Array.from(Buffer.from(digits, 'hex'))
}

/** The same of bytes: 64-bit trace ids are the lower half of one of 128. */
export function paddedId(sent: Uint8Array, bytes: number): Uint8Array<ArrayBuffer> {
  if (sent.length === bytes) return Uint8Array.from(sent)
  const id = new Uint8Array(bytes)
  if (sent.length > 0 && sent.length < bytes) id.set(sent, bytes - sent.length)
  return id
}
