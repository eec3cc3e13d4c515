/** Zipkin's bodies to rows: version 2 in JSON and protobuf, version 1 in JSON. */
import { ProtobufReader } from '../../../wire/protobuf-reader.ts'
import type { Decode } from '../../receiver.ts'
import { SpanRows } from '../../records/span-rows.ts'
import { jsonItems } from './json-items.ts'
import { spanOfJson } from './read-json.ts'
import { spansOfJsonV1 } from './read-json-v1.ts'
import { eachSpan, spanOfProtobuf } from './read-protobuf.ts'
import { BadSpan, type ZipkinSpan } from './span.ts'
import { SharedSpans, writeSpan } from './write-span.ts'

const rows = new SpanRows()
const reader = new ProtobufReader()
const decoder = new TextDecoder()
/** A larger span would be dropped by its own sender. */
const span_bytes_max = 4 * 1024 * 1024

export const decodeZipkinJson: Decode = fromJson('Zipkin JSON', (value) => [spanOfJson(value)])
export const decodeZipkinJsonV1: Decode = fromJson('Zipkin JSON version 1', spansOfJsonV1)

function fromJson(format: string, read: (value: unknown) => ZipkinSpan[]): Decode {
  return (body, context, batch) => {
    rows.open(context, batch)
    const spans: ZipkinSpan[] = []
    let left = 0
    for (const { start, end, isTooDeep } of jsonItems(body, format)) {
      if (spans.length >= 1000) write(spans)
      if (rows.isFull) {
        left++
        continue
      }
      const sent = body.subarray(start, end)
      if (isTooDeep) rows.refuse('nesting_too_deep', 'the span is nested too deep', sent)
      else if (sent.length > span_bytes_max) {
        rows.refuse('record_too_large', `a span has ${sent.length} bytes`, sent)
      } else readInto(spans, sent, read)
    }
    write(spans)
    rows.refuseRest(left)
    return rows.outcome()
  }
}

function readInto(spans: ZipkinSpan[], sent: Uint8Array, read: (value: unknown) => ZipkinSpan[]) {
  try {
    spans.push(...read(JSON.parse(decoder.decode(sent))))
  } catch (error) {
    if (error instanceof BadSpan) rows.refuse('id_invalid', error.message, sent)
    else if (error instanceof SyntaxError) rows.refuse('document_malformed', error.message, sent)
    else throw error
  }
}

export const decodeZipkinProtobuf: Decode = (body, context, batch) => {
  rows.open(context, batch)
  reader.open(body, 'Zipkin protobuf')
  try {
    const spans: ZipkinSpan[] = []
    let left = 0
    eachSpan(reader, body.length, (start, end) => {
      if (spans.length >= 1000) write(spans)
      if (rows.isFull) left++
      else spans.push(spanOfProtobuf(reader, start, end))
    })
    write(spans)
    rows.refuseRest(left)
    return rows.outcome()
  } finally {
    reader.close()
  }
}

/** Writes the spans and empties the list. */
function write(spans: ZipkinSpan[]): void {
  const shared = new SharedSpans(spans)
  for (const span of spans) {
    writeSpan(rows.encoder, span, shared, rows.arrived_ms)
    rows.added()
  }
  spans.length = 0
}
