/**
 * The other side of an exit span: which database, queue or host it went to. The one place that
 * knows both generations of semantic conventions; maps and edges read only what is decided here.
 */
import { viewOf } from '../copy-bytes.ts'
import { quickHash, sameBytes } from '../hash.ts'
import type { ProtobufReader } from '../protobuf-reader.ts'
import type { RowBuffer } from '../row-buffer.ts'
import { cutWord, kinds } from './any-value.ts'
import type { Attributes } from './attributes.ts'

/** Attributes with a meaning here, newest name first in each group. */
const groups = {
  dbSystem: ['db.system.name', 'db.system'],
  dbName: ['db.namespace', 'db.name'],
  messagingSystem: ['messaging.system'],
  destination: [
    'messaging.destination.name',
    'messaging.destination',
    'message_bus.destination',
    'messaging.destination.template',
  ],
  rpcSystem: ['rpc.system.name', 'rpc.system'],
  httpMethod: ['http.request.method', 'http.method'],
  peerName: ['service.peer.name', 'peer.service'],
  address: ['server.address', 'net.peer.name'],
  host: ['http.host', 'url.full', 'http.url'],
  rawAddress: ['network.peer.address', 'net.sock.peer.addr', 'net.peer.ip'],
  status: ['http.response.status_code', 'http.status_code'],
} as const
type Group = keyof typeof groups

const encoder = new TextEncoder()
const keys = Object.values(groups).flat()
const keyBytes = keys.map((key) => encoder.encode(key))
const keyHashes = Int32Array.from(keyBytes, (bytes) => quickHash(viewOf(bytes), 0, bytes.length))
const slots = 256
/** Open addressing from a key's hash to its number + 1. */
const table = new Uint8Array(slots)
for (let i = 0; i < keys.length; i++) {
  let slot = slotOf(keyHashes[i]!)
  while (table[slot] !== 0) slot = (slot + 1) & (slots - 1)
  table[slot] = i + 1
}
const firstOf = {} as Record<Group, number>
const lastOf = {} as Record<Group, number>
let next = 0
for (const [group, names] of Object.entries(groups)) {
  firstOf[group as Group] = next
  next += names.length
  lastOf[group as Group] = next
}

function slotOf(hash: number): number {
  return (hash ^ (hash >>> 8) ^ (hash >>> 16)) & (slots - 1)
}

/** For each known key the attribute's index + 1 in the current span, or 0. */
const present = new Int32Array(keys.length)

export function clearPeer(): void {
  present.fill(0)
}

/** To be told of every attribute of a span while it is scanned. */
export function noteAttribute(reader: ProtobufReader, attributes: Attributes, index: number): void {
  const hash = attributes.keyHash(index)
  for (let slot = slotOf(hash); table[slot] !== 0; slot = (slot + 1) & (slots - 1)) {
    const key = table[slot]! - 1
    if (keyHashes[key] !== hash) continue
    const bytes = keyBytes[key]!
    const start = attributes.keyStart(index)
    if (attributes.keyEnd(index) - start !== bytes.length) continue
    if (!sameBytes(reader.bytes, start, bytes, 0, bytes.length)) continue
    present[key] = index + 1
    return
  }
}

const word = { start: 0, end: 0 }

/** Leaves the first text of a group in word; false when the span has none. */
function take(group: Group, reader: ProtobufReader, attributes: Attributes): boolean {
  for (let key = firstOf[group]; key < lastOf[group]; key++) {
    const index = present[key]! - 1
    if (index < 0 || attributes.kindOf(index) !== kinds.string) continue
    word.start = attributes.valueStart(index)
    word.end = attributes.valueEnd(index)
    if (group === 'host') takeHost(reader.bytes, word.start, word.end)
    if (word.end > word.start) return true
  }
  return false
}

const slash = 0x2f
const colon = 0x3a
const at_sign = 0x40

/** The host of "https://user@host:8080/path" or "host:8080", without its port. */
function takeHost(bytes: Uint8Array, start: number, end: number): void {
  for (let i = start; i + 2 < end; i++) {
    if (bytes[i] === colon && bytes[i + 1] === slash && bytes[i + 2] === slash) {
      start = i + 3
      break
    }
    if (bytes[i] === slash) break
  }
  let stop = start
  for (; stop < end; stop++) {
    const byte = bytes[stop]!
    if (byte === slash || byte === 0x3f || byte === 0x23) break
    if (byte === at_sign) start = stop + 1
  }
  if (bytes[start] === 0x5b) {
    const closing = bytes.indexOf(0x5d, start)
    word.start = start + 1
    word.end = closing > 0 && closing < stop ? closing : start + 1
    return
  }
  word.start = start
  word.end = start
  while (word.end < stop && bytes[word.end] !== colon) word.end++
}

function takeAny(names: readonly Group[], reader: ProtobufReader, a: Attributes): boolean {
  for (const name of names) if (take(name, reader, a)) return true
  word.start = 0
  word.end = 0
  return false
}

const kindClient = 3
const kindProducer = 4
const kindConsumer = 5
/** peer_kind as stored. */
const peerKinds = { none: 0, external: 1, database: 2, messaging: 3 }

const addresses = ['peerName', 'address', 'host', 'rawAddress'] as const
const databaseNames: readonly Group[] = [...addresses, 'dbName', 'dbSystem']
const messagingNames: readonly Group[] = ['destination', ...addresses, 'messagingSystem']
const externalNames: readonly Group[] = [...addresses, 'rpcSystem']
const http = viewOf(encoder.encode('http'))

/** Writes columns peer_service, peer_kind and peer_system of a span of the given kind. */
export function writePeer(
  spanKind: number,
  reader: ProtobufReader,
  attributes: Attributes,
  out: RowBuffer,
): void {
  const isExit = spanKind === kindClient || spanKind === kindProducer
  if (isExit && takeAny(['dbSystem', 'dbName'], reader, attributes)) {
    writeNamed(databaseNames, peerKinds.database, 'dbSystem', reader, attributes, out)
    return
  }
  const isMessaging = isExit || spanKind === kindConsumer
  if (isMessaging && takeAny(['messagingSystem', 'destination'], reader, attributes)) {
    writeNamed(messagingNames, peerKinds.messaging, 'messagingSystem', reader, attributes, out)
    return
  }
  if (isExit && takeAny(externalNames, reader, attributes)) {
    writeNamed(externalNames, peerKinds.external, 'rpcSystem', reader, attributes, out)
    return
  }
  out.u8(0)
  out.u8(peerKinds.none)
  out.u8(0)
}

function writeNamed(
  names: readonly Group[],
  peerKind: number,
  system: Group,
  reader: ProtobufReader,
  attributes: Attributes,
  out: RowBuffer,
): void {
  takeAny(names, reader, attributes)
  out.string(reader.view, word.start, cutWord(reader.bytes, word.start, word.end))
  out.u8(peerKind)
  if (take(system, reader, attributes)) {
    out.string(reader.view, word.start, cutWord(reader.bytes, word.start, word.end))
  } else if (peerKind === peerKinds.external && take('httpMethod', reader, attributes)) {
    out.string(http, 0, 4)
  } else out.u8(0)
}

/** The HTTP status of the current span, or 0. */
export function httpStatus(reader: ProtobufReader, attributes: Attributes): number {
  for (let key = firstOf.status; key < lastOf.status; key++) {
    const index = present[key]! - 1
    if (index < 0) continue
    let status = attributes.value[index]!
    if (attributes.kindOf(index) === kinds.string) {
      status = 0
      const end = attributes.valueEnd(index)
      for (let i = attributes.valueStart(index); i < end; i++) {
        status = status * 10 + reader.bytes[i]! - 0x30
      }
    } else if (attributes.kindOf(index) !== kinds.int) continue
    if (status >= 100 && status <= 999) return status
  }
  return 0
}
