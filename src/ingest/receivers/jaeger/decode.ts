/** Jaeger's batches to rows: thrift over HTTP, protobuf over gRPC. */
import { ProtobufReader } from '../../../wire/protobuf-reader.ts'
import { ThriftBinaryReader } from '../../../wire/thrift/binary.ts'
import { ThriftCompactReader } from '../../../wire/thrift/compact.ts'
import type { ThriftReader } from '../../../wire/thrift/reader.ts'
import type { Decode } from '../../receiver.ts'
import { SpanRows } from '../../records/span-rows.ts'
import * as protobuf from './read-protobuf.ts'
import { readBatch, readSpan } from './read-thrift.ts'
import type { Process } from './span.ts'
import { resourceOf, writeSpan } from './write-span.ts'

const rows = new SpanRows()
const reader = new ProtobufReader()

/** A batch begins with its process, a struct: the compact protocol says so in one byte. */
function readerOf(body: Uint8Array): ThriftReader {
  const first = body[0] ?? 0
  const isCompact = first === 0x1c || first === 0x29
  const Reader = isCompact ? ThriftCompactReader : ThriftBinaryReader
  return new Reader(body, isCompact ? 'Jaeger thrift (compact)' : 'Jaeger thrift')
}

export const decodeJaegerThrift: Decode = (body, context, batch) => {
  rows.open(context, batch)
  const from = readerOf(body)
  let resource: Uint8Array | undefined
  readBatch(from, (process, left) => {
    if (rows.isFull) {
      rows.refuseRest(left)
      return false
    }
    resource ??= resourceOf(process)
    writeSpan(rows.encoder, readSpan(from), resource)
    rows.added()
    return true
  })
  if (from.at < body.length) from.fail('expected the end after the batch')
  return rows.outcome()
}

export const decodeJaegerProtobuf: Decode = (body, context, batch) => {
  rows.open(context, batch)
  reader.open(body, 'Jaeger protobuf')
  try {
    const { spans, process } = protobuf.readRequest(reader, body.length)
    const resources = new Resources(process)
    for (const [i, range] of spans.entries()) {
      if (rows.isFull) {
        rows.refuseRest(spans.length - i)
        break
      }
      const { span, process: own } = protobuf.readSpan(reader, range)
      writeSpan(rows.encoder, span, resources.of(own))
      rows.added()
    }
    return rows.outcome()
  } finally {
    reader.close()
  }
}

/** A resource for each process, made once: collectors write the same one into every span. */
class Resources {
  readonly #shared: Uint8Array
  #last: Process | undefined
  #lastText = ''
  #resource: Uint8Array

  constructor(process: Process) {
    this.#shared = this.#resource = resourceOf(process)
  }

  of(process: Process | undefined): Uint8Array {
    if (process === undefined) return this.#shared
    const text = textOf(process)
    if (this.#last === undefined || text !== this.#lastText) {
      this.#resource = resourceOf(process)
      this.#last = process
      this.#lastText = text
    }
    return this.#resource
  }
}

function textOf({ service, tags }: Process): string {
  return JSON.stringify([service, tags.map(({ key, value }) => [key, typeof value, `${value}`])])
}
