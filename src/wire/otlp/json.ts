/**
 * OTLP/JSON: parsed, written as protobuf, then read by the one-pass decoders, so that both
 * encodings give equal rows by construction. Ids are hexadecimal, 64-bit numbers text or numbers.
 */
import { Fault } from '../../model/faults.ts'
import type { DecodeOutcome } from '../../model/outcome.ts'
import type { Batch } from '../batch.ts'
import { ProtobufWriter } from '../protobuf-writer.ts'
import type { DecodeContext } from './context.ts'
import {
  type Field,
  type FieldKind,
  logsRequest,
  type Message,
  metricsRequest,
  tracesRequest,
} from './json-schema.ts'
import { decodeOtlpLogs } from './logs.ts'
import { decodeOtlpMetrics } from './metrics.ts'
import { decodeOtlpTraces } from './traces.ts'

/** An AnyValue takes up to five levels of JSON: this leaves room for far more than are stored. */
const json_depth_max = 512

type Decode = (body: Uint8Array, context: DecodeContext, batch: Batch) => DecodeOutcome

export const decodeOtlpLogsJson: Decode = (body, context, batch) =>
  decodeOtlpLogs(otlpJsonToProtobuf(body, logsRequest, 'OTLP/JSON logs'), context, batch)

export const decodeOtlpTracesJson: Decode = (body, context, batch) =>
  decodeOtlpTraces(otlpJsonToProtobuf(body, tracesRequest, 'OTLP/JSON traces'), context, batch)

export const decodeOtlpMetricsJson: Decode = (body, context, batch) =>
  decodeOtlpMetrics(otlpJsonToProtobuf(body, metricsRequest, 'OTLP/JSON metrics'), context, batch)

export function otlpJsonToProtobuf(body: Uint8Array, message: Message, format: string): Uint8Array {
  guardDepth(body, format)
  const writer = new ProtobufWriter(body.length + 64)
  try {
    const request: unknown = JSON.parse(decoder.decode(body))
    writeMessage(writer, message, request, '$')
  } catch (error) {
    if (!(error instanceof SyntaxError || error instanceof Unfit)) throw error
    throw new Fault('payload_malformed', { format, detail: error.message }, error)
  }
  return writer.written()
}

/** Strips a byte order mark and replaces invalid UTF-8, which JSON does not allow. */
const decoder = new TextDecoder()

class Unfit extends Error {}

/** Nesting is counted before parsing: parsers and walkers recurse. */
function guardDepth(body: Uint8Array, format: string): void {
  let depth = 0
  let isText = false
  for (let at = 0; at < body.length; at++) {
    const byte = body[at]!
    if (isText) {
      if (byte === 0x5c) at++
      else if (byte === 0x22) isText = false
    } else if (byte === 0x22) isText = true
    else if (byte === 0x7b || byte === 0x5b) {
      if (++depth > json_depth_max) {
        const detail = `it is nested deeper than ${json_depth_max}, at byte ${at}`
        throw new Fault('payload_malformed', { format, detail })
      }
    } else if (byte === 0x7d || byte === 0x5d) depth--
  }
}

function writeMessage(
  writer: ProtobufWriter,
  message: Message,
  value: unknown,
  path: string,
): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Unfit(`expected an object at ${path}`)
  }
  const given = value as Record<string, unknown>
  for (const key in message) {
    const member = given[key]
    if (member !== undefined && member !== null) {
      writeField(writer, message[key]!, member, `${path}.${key}`)
    }
  }
}

function writeField(writer: ProtobufWriter, field: Field, value: unknown, path: string): void {
  const { number, kind, isList } = field
  if (isList) {
    for (const member of listAt(value, path)) writeField(writer, { number, kind }, member, path)
    return
  }
  if (typeof kind === 'string') {
    writeScalar(writer, number, kind, value, path)
    return
  }
  const start = writer.open(number)
  writeMessage(writer, typeof kind === 'function' ? kind() : kind, value, path)
  writer.close(start)
}

function listAt(value: unknown, path: string): unknown[] {
  if (!Array.isArray(value)) throw new Unfit(`expected a list at ${path}`)
  return value
}

function writeScalar(
  writer: ProtobufWriter,
  number: number,
  kind: FieldKind,
  value: unknown,
  path: string,
): void {
  switch (kind) {
    case 'text':
      writer.text(number, textAt(value, path))
      break
    case 'id':
      writer.bytes(number, idOf(textAt(value, path)))
      break
    case 'bytes':
      writer.bytes(number, Buffer.from(textAt(value, path), 'base64'))
      break
    case 'bool':
      if (typeof value !== 'boolean') throw new Unfit(`expected true or false at ${path}`)
      writer.varint(number, value ? 1n : 0n)
      break
    case 'varint':
      writer.varint(number, wholeAt(value, path))
      break
    case 'sint': {
      const whole = BigInt.asIntN(32, wholeAt(value, path))
      writer.varint(number, BigInt.asUintN(32, (whole << 1n) ^ (whole >> 31n)))
      break
    }
    case 'fixed32':
      writer.fixed32(number, Number(BigInt.asIntN(32, wholeAt(value, path))))
      break
    case 'fixed64':
      writer.fixed64(number, wholeAt(value, path))
      break
    case 'double':
      writer.double(number, doubleAt(value, path))
      break
    default:
      writePacked(writer, number, kind, listAt(value, path), path)
  }
}

function writePacked(
  writer: ProtobufWriter,
  number: number,
  kind: FieldKind,
  values: unknown[],
  path: string,
): void {
  const start = writer.open(number)
  for (const value of values) {
    if (kind === 'packed_double') writer.packedDouble(doubleAt(value, path))
    else if (kind === 'packed_fixed64') writer.packedFixed64(wholeAt(value, path))
    else writer.packedVarint(wholeAt(value, path))
  }
  writer.close(start)
}

function textAt(value: unknown, path: string): string {
  if (typeof value !== 'string') throw new Unfit(`expected text at ${path}`)
  return value
}

/** An id that is not hexadecimal becomes empty, which decoders treat as any bad id. */
function idOf(text: string): Uint8Array {
  return /^(?:[0-9a-fA-F]{2})*$/.test(text) ? Buffer.from(text, 'hex') : new Uint8Array(0)
}

function wholeAt(value: unknown, path: string): bigint {
  if (typeof value === 'number' && Number.isInteger(value)) return BigInt(value)
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) return BigInt(value)
  throw new Unfit(`expected a whole number at ${path}`)
}

function doubleAt(value: unknown, path: string): number {
  if (typeof value === 'number') return value
  if (typeof value === 'string' && value.trim() !== '') {
    const number = Number(value)
    if (value === 'NaN' || !Number.isNaN(number)) return number
  }
  throw new Unfit(`expected a number at ${path}`)
}
