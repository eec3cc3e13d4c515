/**
 * Adds attributes to the resources of an OTLP export request where the bytes lie. Records are
 * copied as they are, unread but for their number; what a resource says already is never changed.
 */
import { ProtobufReader } from '../protobuf-reader.ts'
import { ProtobufWriter } from '../protobuf-writer.ts'
import { type ResourceWords, readResourceWords, type Span } from './resource-rewrite-words.ts'

export type RewriteSignal = 'logs' | 'traces' | 'metrics'

/** An attribute with its KeyValue as bytes, ready to be put into a resource. */
export type ReadyAttribute = { key: string; bytes: Uint8Array }

export type Rewritten = { body: Uint8Array; records: number }

/**
 * `attributesFor` is asked once a resource and given what it says; undefined adds nothing. Throws
 * payload_malformed for what is no export request.
 */
export function rewriteResources(
  body: Uint8Array,
  signal: RewriteSignal,
  attributesFor: (resource: ResourceWords) => readonly ReadyAttribute[] | undefined,
): Rewritten {
  const reader = new ProtobufReader()
  reader.open(body, `OTLP ${signal}`)
  const pieces: Uint8Array[] = []
  let records = 0
  let copied = 0
  let at = 0
  while (at < body.length) {
    const start = at
    const tag = reader.varint(at)
    if (tag !== 0x0a) {
      at = reader.skip(tag, reader.after, body.length)
      continue
    }
    const from = reader.enter(reader.after, body.length)
    at = reader.stop
    const part = findParts(reader, from, at, signal)
    records += part.records
    const words = readResourceWords(reader, part.resources)
    const missing = attributesFor(words)?.filter(({ key }) => !words.keys.has(key)) ?? []
    if (missing.length === 0) continue
    pieces.push(body.subarray(copied, start), ...rewritten(body, { from, end: at }, part, missing))
    copied = at
  }
  if (pieces.length === 0) return { body, records }
  pieces.push(body.subarray(copied))
  return { body: Buffer.concat(pieces), records }
}

type Part = { resources: Span[]; records: number }

/** The resources of one ResourceLogs, ResourceSpans or ResourceMetrics, and its record count. */
function findParts(reader: ProtobufReader, from: number, end: number, signal: RewriteSignal): Part {
  const part: Part = { resources: [], records: 0 }
  const path = recordPaths[signal]
  let at = from
  while (at < end) {
    const tag = reader.varint(at)
    const after = reader.after
    if (tag === 0x0a) {
      const inner = reader.enter(after, end)
      part.resources.push([at, inner, reader.stop])
      at = reader.stop
    } else if (tag === 0x12) {
      const inner = reader.enter(after, end)
      at = reader.stop
      part.records += countAt(reader, inner, at, path, 0)
    } else at = reader.skip(tag, after, end)
  }
  return part
}

/** Tags from a scope down to its records. A metric's points are in one of five fields. */
const points = [0x2a, 0x3a, 0x4a, 0x52, 0x5a]
const recordPaths: Readonly<Record<RewriteSignal, readonly (readonly number[])[]>> = {
  logs: [[0x12]],
  traces: [[0x12]],
  metrics: [[0x12], points, [0x0a]],
}

function countAt(
  reader: ProtobufReader,
  from: number,
  end: number,
  path: readonly (readonly number[])[],
  depth: number,
): number {
  const tags = path[depth]!
  let count = 0
  let at = from
  while (at < end) {
    const tag = reader.varint(at)
    const after = reader.after
    if (!tags.includes(tag)) {
      at = reader.skip(tag, after, end)
      continue
    }
    const inner = reader.enter(after, end)
    at = reader.stop
    count += depth === path.length - 1 ? 1 : countAt(reader, inner, at, path, depth + 1)
  }
  return count
}

/** The message anew: its head, one resource with everything, and the rest as it was. */
function rewritten(
  body: Uint8Array,
  { from, end }: { from: number; end: number },
  { resources }: Part,
  missing: readonly ReadyAttribute[],
): Uint8Array[] {
  const kept: Uint8Array[] = []
  let at = from
  for (const [start, , stop] of resources) {
    kept.push(body.subarray(at, start))
    at = stop
  }
  kept.push(body.subarray(at, end))
  const inside = resources.map(([, inner, stop]) => body.subarray(inner, stop))
  const added = missing.map(({ bytes }) => bytes)
  const resource = [...inside, ...added]
  const resourceHead = head(sizeOf(resource))
  const whole = sizeOf(kept) + sizeOf(resource) + resourceHead.length
  return [head(whole), resourceHead, ...resource, ...kept]
}

function sizeOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0)
}

/** Field 1 as a message of this length. */
function head(length: number): Uint8Array {
  const bytes = [0x0a]
  let rest = length
  while (rest >= 0x80) {
    bytes.push((rest & 0x7f) | 0x80)
    rest = Math.floor(rest / 128)
  }
  bytes.push(rest)
  return Uint8Array.from(bytes)
}

/** Text attributes as they go into a resource. */
export function readyAttributes(attributes: Readonly<Record<string, string>>): ReadyAttribute[] {
  return Object.entries(attributes).map(([key, value]) => {
    const writer = new ProtobufWriter(key.length + value.length + 64)
    const keyValue = writer.open(1)
    writer.text(1, key)
    const any = writer.open(2)
    writer.text(1, value)
    writer.close(any)
    writer.close(keyValue)
    return { key, bytes: writer.written().slice() }
  })
}
