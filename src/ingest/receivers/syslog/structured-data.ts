/** The structured data of RFC 5424 as fields: `[id name="value"]` becomes syslog.sd.id.name. */
import type { FlatRecord } from '../../records/flat-record.ts'
import { childPath, ownPath } from '../../records/paths.ts'

const parent = ownPath('syslog.sd')
const quote = 0x22
const backslash = 0x5c
const close = 0x5d
const open = 0x5b
const space = 0x20

/** Where the data ends, -1 when there is none that can be read. */
export function readStructuredData(
  record: FlatRecord,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): number {
  if (bytes[start] === 0x2d && (start + 1 === end || bytes[start + 1] === space)) return start + 1
  if (start >= end || bytes[start] !== open) return -1
  let at = start
  while (at < end && bytes[at] === open) {
    at = readElement(record, bytes, view, at + 1, end)
    if (at < 0) return -1
  }
  return at
}

function readElement(
  record: FlatRecord,
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
): number {
  let at = nameEnd(bytes, start, end)
  if (at === start || at === end) return -1
  const id = childPath(parent, bytes, view, start, at)
  while (at < end && bytes[at] === space) {
    while (at < end && bytes[at] === space) at++
    if (bytes[at] === close) break
    const name_end = nameEnd(bytes, at, end)
    if (name_end === at || bytes[name_end] !== 0x3d || bytes[name_end + 1] !== quote) return -1
    const path = childPath(id, bytes, view, at, name_end)
    const from = record.arena.length
    at = readText(record, bytes, name_end + 2, end)
    if (at < 0) return -1
    record.arenaText(path, from)
  }
  return at < end && bytes[at] === close ? at + 1 : -1
}

/** A name ends before a space, an equals sign, a quote or a bracket. */
function nameEnd(bytes: Uint8Array, start: number, end: number): number {
  let at = start
  while (at < end) {
    const byte = bytes[at]!
    if (byte <= space || byte === 0x3d || byte === quote || byte === close) break
    at++
  }
  return at
}

/** Only quotes, backslashes and closing brackets are escaped; others keep their backslash. */
function readText(record: FlatRecord, bytes: Uint8Array, start: number, end: number): number {
  const { arena } = record
  arena.ensure(end - start)
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!
    if (byte === quote) return at + 1
    if (byte !== backslash || at + 1 >= end) {
      arena.u8(byte)
      continue
    }
    const next = bytes[at + 1]!
    if (next === quote || next === backslash || next === close) {
      arena.u8(next)
      at++
    } else arena.u8(byte)
  }
  return -1
}
