/**
 * The resource and scope that records share. A resource is decoded once and kept by its raw bytes;
 * it yields the first columns of every row as ready bytes, an identity, and its own row once a UTC
 * day.
 */
import { type EventLines, eventLinesOf } from '../../model/event-lines.ts'
import type { Batch } from '../batch.ts'
import { copyBytes, copyOf, viewOf } from '../copy-bytes.ts'
import { Hash64, quickHash, sameBytes } from '../hash.ts'
import { ProtobufReader } from '../protobuf-reader.ts'
import { putVarint, RowBuffer } from '../row-buffer.ts'
import { cutWord, kinds, scratch, word_bytes_max } from './any-value.ts'
import { Attributes } from './attributes.ts'
import type { DecodeContext } from './context.ts'
import { day_ms } from './time.ts'

const resources_max = 2048
/** A larger one is decoded every time, which keeps the cache below 25 MB whatever is sent. */
const cached_resource_bytes_max = 4 * 1024

/** The first columns of a row and the attributes that fill them, best first. */
const hotWords: readonly (readonly string[])[] = [
  ['k8s.cluster.name'],
  ['k8s.namespace.name'],
  [
    'k8s.deployment.name',
    'k8s.statefulset.name',
    'k8s.daemonset.name',
    'k8s.cronjob.name',
    'k8s.job.name',
    'k8s.replicaset.name',
  ],
  ['k8s.pod.name'],
  ['k8s.container.name'],
  ['k8s.node.name'],
  ['service.name'],
]

export type Resource = {
  raw: Uint8Array
  cluster: string
  idLo: number
  idHi: number
  /** Columns cluster to resource_id as row bytes. */
  columns: Uint8Array
  /** Column attributes of table resources as row bytes. */
  attributes: Uint8Array
  /** Whether its lines may be events of other kinds. */
  lines: EventLines
  isTooDeep: boolean
  attributesDropped: number
}

const cache = new Map<number, Resource>()
const own = new ProtobufReader()
const attributes = new Attributes()
const identity = new Hash64()
const pair = new Hash64()
const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** The resource whose message lies at [start, end); equal bytes are decoded once. */
export function findResource(
  reader: ProtobufReader,
  start: number,
  end: number,
  cluster: string,
): Resource {
  const key = quickHash(reader.view, start, end)
  const cached = cache.get(key)
  if (cached !== undefined && cached.cluster === cluster) {
    const { raw } = cached
    if (raw.length === end - start && sameBytes(raw, 0, reader.bytes, start, raw.length)) {
      return cached
    }
  }
  const resource = decodeResource(reader, start, end, cluster)
  if (end - start <= cached_resource_bytes_max) {
    cache.delete(key)
    cache.set(key, resource)
    if (cache.size > resources_max) cache.delete(cache.keys().next().value!)
  }
  return resource
}

function decodeResource(
  reader: ProtobufReader,
  start: number,
  end: number,
  cluster: string,
): Resource {
  const raw = copyOf(reader.bytes, start, end)
  readAttributes(reader, raw, start, cluster)
  const columns = new RowBuffer(512)
  for (const keys of hotWords) writeHotWord(columns, keys)
  identity.reset(1)
  attributes.addTo(identity, pair, own)
  identity.finish()
  columns.int64(identity.lo, identity.hi)
  const map = new RowBuffer(1024)
  attributes.writeTextMap(own, map)
  const { isTooDeep, dropped: attributesDropped } = attributes
  const lines = eventLinesOf(textAttribute)
  own.close()
  return {
    raw,
    cluster,
    idLo: identity.lo,
    idHi: identity.hi,
    columns: columns.written().slice(),
    attributes: map.written().slice(),
    lines,
    isTooDeep,
    attributesDropped,
  }
}

function textAttribute(key: string): string {
  for (let i = attributes.count - 1; i >= 0; i--) {
    if (attributes.kindOf(i) !== kinds.string) continue
    const name = own.bytes.subarray(attributes.keyStart(i), attributes.keyEnd(i))
    if (name.length !== key.length || decoder.decode(name) !== key) continue
    return decoder.decode(own.bytes.subarray(attributes.valueStart(i), attributes.valueEnd(i)))
  }
  return ''
}

/** The token's cluster goes before the sender's attributes, for a place, and after them, to win. */
function readAttributes(
  reader: ProtobufReader,
  raw: Uint8Array,
  start: number,
  cluster: string,
): void {
  attributes.clear()
  const bound = cluster === '' ? new Uint8Array(0) : clusterAttribute(cluster)
  const bytes = new Uint8Array(raw.length + 2 * bound.length)
  bytes.set(bound)
  bytes.set(raw, bound.length)
  bytes.set(bound, bound.length + raw.length)
  own.open(bytes, reader.format)
  own.origin = start - bound.length
  for (let at = 0; at < bytes.length; ) {
    const tag = own.varint(at)
    at = own.after
    if (tag === 10) {
      const from = own.enter(at, bytes.length)
      at = own.stop
      attributes.add(own, from, at)
    } else at = own.skip(tag, at, bytes.length)
  }
}

function clusterAttribute(cluster: string): Uint8Array {
  const key = encoder.encode('k8s.cluster.name')
  const value = encoder.encode(cluster).subarray(0, word_bytes_max)
  return message(10, [message(10, [key]), message(18, [message(10, [value])])])
}

function message(tag: number, parts: Uint8Array[]): Uint8Array {
  const length = parts.reduce((sum, part) => sum + part.length, 0)
  const out = new RowBuffer(length + 10)
  out.u8(tag)
  out.varint(length)
  for (const part of parts) out.raw(part)
  return out.written()
}

function writeHotWord(columns: RowBuffer, keys: readonly string[]): void {
  for (const key of keys) {
    for (let i = 0; i < attributes.count; i++) {
      const name = own.bytes.subarray(attributes.keyStart(i), attributes.keyEnd(i))
      if (decoder.decode(name) === key && writeWord(columns, i)) return
    }
  }
  columns.text(keys[0] === 'service.name' ? 'unknown_service' : '')
}

/** False for an empty value, so that the next attribute in line is tried. */
function writeWord(columns: RowBuffer, index: number): boolean {
  if (attributes.kindOf(index) === kinds.string) {
    const start = attributes.valueStart(index)
    const end = cutWord(own.bytes, start, attributes.valueEnd(index))
    if (end > start) columns.string(own.view, start, end)
    return end > start
  }
  attributes.render(index, own)
  const end = cutWord(scratch.bytes, 0, scratch.length)
  if (end > 0) columns.string(scratch.view, 0, end)
  return end > 0
}

/** The columns that rows of one scope share, and the days on which its resource's row was noted. */
export class RowPrefix {
  /** Columns cluster to ingested_time. */
  view: DataView = viewOf(new Uint8Array(64))
  length = 0
  resource!: Resource
  scopeStart = 0
  scopeEnd = 0
  /** Records of this half-open span of time need no look at the day. */
  dayFrom_ms = 0
  dayTo_ms = -1

  setResource(resource: Resource): void {
    this.resource = resource
    this.dayTo_ms = -1
  }

  /** Builds the prefix for the scope whose name lies at [start, end). */
  setScope(reader: ProtobufReader, start: number, end: number, arrived_ms: number): void {
    end = cutWord(reader.bytes, start, end)
    const { columns } = this.resource
    const bytes = new Uint8Array(columns.length + end - start + 5 + 8 + 16)
    bytes.set(columns)
    this.view = viewOf(bytes)
    const at = putVarint(bytes, columns.length, end - start)
    const after = copyBytes(reader.view, start, end, this.view, at)
    this.view.setBigInt64(after, BigInt(Math.floor(arrived_ms)), true)
    this.length = after + 8
    this.scopeStart = start
    this.scopeEnd = end
  }

  /** Notes that a record of this time is stored: the first of its day brings the resource's row. */
  note(time_ms: number, context: DecodeContext, batch: Batch): void {
    const day = Math.floor(time_ms / day_ms)
    this.dayFrom_ms = day * day_ms
    this.dayTo_ms = this.dayFrom_ms + day_ms
    const { idLo, idHi, columns, attributes } = this.resource
    if (context.known.has(idLo, idHi, 'resource', day)) return
    if (!batch.newIdentities.add(idLo, idHi, 'resource', day)) return
    const out = batch.get('resources')
    out.raw(columns)
    out.int53(Math.floor(time_ms))
    out.raw(attributes)
    out.rows++
  }
}
