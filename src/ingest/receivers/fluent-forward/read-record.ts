/**
 * Reads a record's map into flat fields, without an object a value: nested maps become dotted
 * names, arrays JSON text. The bytes are known to hold the map whole.
 */
import { isUtf8 } from 'node:buffer'
import { limits } from '../../../model/limits.ts'
import { MsgpackReader } from '../../../wire/msgpack/reader.ts'
import type { FlatRecord } from '../../records/flat-record.ts'
import { childPath, type Path, pathOf } from '../../records/paths.ts'
import { writeJson } from './json-text.ts'

const depth_max = limits.any_value_depth_max

/** One for all records: the decoder moves it from value to value. */
export const reader = new MsgpackReader()

/** Whether something in the record lay deeper than is read. */
export const depthProblem = { isTooDeep: false }

/** Past the map at the reader's place; false when there is none. */
export function readMap(record: FlatRecord, parent: Path | undefined, depth = 1): boolean {
  if (depth > depth_max) {
    depthProblem.isTooDeep = true
    reader.skip()
    return true
  }
  const members = reader.map()
  if (members < 0) return false
  for (let i = 0; i < members; i++) readMember(record, parent, depth)
  return true
}

/** Past a key and its value. */
export function readMember(record: FlatRecord, parent: Path | undefined, depth: number): void {
  const path = readKey(parent)
  if (path === undefined) reader.skip()
  else readValue(record, path, depth)
}

/** Goes past the key here when it is this one. */
export function isKeyHere(key: string): boolean {
  const { at } = reader
  if (reader.text() && reader.end - reader.start === key.length) {
    let i = 0
    while (i < key.length && reader.bytes[reader.start + i] === key.charCodeAt(i)) i++
    if (i === key.length) return true
  }
  reader.at = at
  return false
}

export function isMapHere(): boolean {
  const first = reader.bytes[reader.at]!
  return (first >= 0x80 && first < 0x90) || first === 0xde || first === 0xdf
}

function readKey(parent: Path | undefined): Path | undefined {
  if (reader.text()) return childPath(parent, reader.bytes, reader.view, reader.start, reader.end)
  const number = reader.number()
  if (number !== undefined) {
    return pathOf(parent === undefined ? `${number}` : `${parent.name}.${number}`)
  }
  reader.skip()
  return undefined
}

function readValue(record: FlatRecord, path: Path, depth: number): void {
  const first = reader.bytes[reader.at]!
  if (first >= 0xc4 && first <= 0xc6) readBinary(record, path)
  else if (reader.text()) record.text(path, reader.view, reader.start, reader.end)
  else if (first < 0x80 || first >= 0xca) readOther(record, path, first, depth)
  else if (first < 0x90) readMap(record, path, depth + 1)
  else if (first < 0xa0) readArray(record, path, depth)
  else if (first === 0xc2 || first === 0xc3) record.boolean(path, reader.boolean() ?? false)
  else if (first >= 0xc7) readExtension(record, path)
  else reader.skip()
}

function readOther(record: FlatRecord, path: Path, first: number, depth: number): void {
  if (first === 0xdc || first === 0xdd) readArray(record, path, depth)
  else if (first === 0xde || first === 0xdf) readMap(record, path, depth + 1)
  else if (first >= 0xd4 && first <= 0xd8) readExtension(record, path)
  else readNumber(record, path)
}

/** What a double cannot hold stays as text. */
function readNumber(record: FlatRecord, path: Path): void {
  const value = reader.number()
  if (typeof value === 'number' && Number.isFinite(value)) record.number(path, value)
  else if (value !== undefined) record.string(path, String(value))
}

/** Bytes that are text are text: old senders know no difference. */
function readBinary(record: FlatRecord, path: Path): void {
  reader.text()
  const bytes = reader.bytes.subarray(reader.start, reader.end)
  if (isUtf8(bytes)) record.text(path, reader.view, reader.start, reader.end)
  else record.string(path, Buffer.from(bytes).toString('base64'))
}

/** An EventTime inside of a record; nobody can tell what other extensions mean. */
function readExtension(record: FlatRecord, path: Path): void {
  const time = readEventTime()
  if (time === undefined) return
  const to_second = new Date(time.seconds * 1000).toISOString().slice(0, 19)
  record.string(path, `${to_second}.${String(time.nanoseconds).padStart(9, '0')}Z`)
}

/** Past an extension; the time when it is one. */
export function readEventTime(): { seconds: number; nanoseconds: number } | undefined {
  if (!reader.extension()) return undefined
  if (reader.type !== 0 || reader.end - reader.start !== 8) return undefined
  const seconds = reader.view.getUint32(reader.start)
  return { seconds, nanoseconds: Math.min(999_999_999, reader.view.getUint32(reader.start + 4)) }
}

/** One text alone is that text, as in JSON. */
function readArray(record: FlatRecord, path: Path, depth: number): void {
  const begin = reader.at
  const items = reader.array()
  if (items === 0) return
  if (items === 1 && reader.text()) {
    record.text(path, reader.view, reader.start, reader.end)
    return
  }
  reader.at = begin
  const from = record.arena.length
  if (!writeJson(reader, record.arena, depth)) depthProblem.isTooDeep = true
  record.arenaText(path, from)
}
