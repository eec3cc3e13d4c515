/**
 * The outer levels that all three signals share: request, resource, scope, record. A resource or
 * scope may come after its records, so each level is looked through once before it is walked.
 */
import { Fault } from '../../model/faults.ts'
import type { Batch } from '../batch.ts'
import { ProtobufReader } from '../protobuf-reader.ts'
import { type DecodeContext, Tally } from './context.ts'
import { findResource, RowPrefix } from './resource.ts'

/** One decoder's working memory, used again for every request. */
export class Walk {
  readonly reader = new ProtobufReader()
  readonly prefix = new RowPrefix()
  readonly tally = new Tally()
  context!: DecodeContext
  batch!: Batch
}

/** What storing a record answers when nothing spoke against it. */
export const stored = ''

export type ReadRecord = (walk: Walk, start: number, end: number) => void

/** Walks a request and hands every record (log record, span, metric) to read. */
export function walkRequest(
  walk: Walk,
  format: string,
  body: Uint8Array,
  context: DecodeContext,
  batch: Batch,
  read: ReadRecord,
): void {
  const { reader } = walk
  reader.open(body, format)
  walk.context = context
  walk.batch = batch
  walk.tally.reset()
  try {
    for (let at = 0; at < body.length; ) {
      const tag = reader.varint(at)
      at = reader.after
      if (tag !== 10) at = reader.skip(tag, at, body.length)
      else {
        const start = reader.enter(at, body.length)
        at = reader.stop
        walkResource(walk, start, at, read)
      }
    }
  } catch (error) {
    if (error instanceof RangeError) throw cutOff(format, error)
    throw error
  } finally {
    reader.close()
  }
}

/** The last bound is the DataView's own: a read past the end of the body. */
function cutOff(format: string, error: RangeError): Fault {
  return new Fault('payload_malformed', { format, detail: 'a field is cut off' }, error)
}

function walkResource(walk: Walk, start: number, end: number, read: ReadRecord): void {
  const { reader, prefix } = walk
  let resourceStart = start
  let resourceEnd = start
  let scopes = 0
  for (let at = start; at < end; ) {
    const tag = reader.varint(at)
    at = reader.after
    if (tag === 10) {
      resourceStart = reader.enter(at, end)
      at = resourceEnd = reader.stop
    } else {
      if (tag === 18) scopes++
      at = reader.skip(tag, at, end)
    }
  }
  if (scopes === 0) return
  const resource = findResource(reader, resourceStart, resourceEnd, walk.context.cluster ?? '')
  walk.tally.attributesDropped += resource.attributesDropped
  prefix.setResource(resource)
  for (let at = start; at < end; ) {
    const tag = reader.varint(at)
    at = reader.after
    if (tag === 18) {
      const scope = reader.enter(at, end)
      at = reader.stop
      walkScope(walk, scope, at, read)
    } else at = reader.skip(tag, at, end)
  }
}

function walkScope(walk: Walk, start: number, end: number, read: ReadRecord): void {
  const { reader } = walk
  let nameStart = start
  let nameEnd = start
  for (let at = start; at < end; ) {
    const tag = reader.varint(at)
    at = reader.after
    if (tag === 10) {
      const scope = reader.enter(at, end)
      at = reader.stop
      nameStart = readScopeName(walk, scope, at)
      nameEnd = reader.stop
    } else at = reader.skip(tag, at, end)
  }
  walk.prefix.setScope(reader, nameStart, nameEnd, walk.context.arrived_ms)
  const { bytes } = reader
  for (let at = start; at < end; ) {
    const tag = bytes[at]!
    if (tag === 18) {
      const record = reader.enter(at + 1, end)
      at = reader.stop
      read(walk, record, at)
    } else {
      const other = reader.varint(at)
      at = reader.skip(other, reader.after, end)
    }
  }
}

/** Returns where the scope's name starts and leaves its end in reader.stop. */
function readScopeName(walk: Walk, start: number, end: number): number {
  const { reader } = walk
  let nameStart = start
  let nameEnd = start
  for (let at = start; at < end; ) {
    const tag = reader.varint(at)
    at = reader.after
    if (tag === 10) {
      nameStart = reader.enter(at, end)
      at = nameEnd = reader.stop
    } else at = reader.skip(tag, at, end)
  }
  reader.stop = nameEnd
  return nameStart
}
