/**
 * The journal's export format as flat fields: `NAME=value` lines, or the name alone with the value
 * behind it in bytes, its length before it; an empty line ends an entry.
 */
import { Fault } from '../../../model/faults.ts'

const line_feed = 0x0a
const equals = 0x3d

/** Told for every field: where its name and its value lie. */
export type OnField = (name: number, name_end: number, value: number, value_end: number) => void

/**
 * Reads the entry that begins here and answers where the next one begins. The empty line behind the
 * last one may be left out, the end of its last line not. Throws payload_malformed.
 */
export function readEntry(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  onField: OnField,
): number {
  let at = start
  while (at < bytes.length) {
    if (bytes[at] === line_feed) return at + 1
    const line_end = bytes.indexOf(line_feed, at)
    const end = line_end < 0 ? cutOff(at) : line_end
    const sign = bytes.subarray(at, end).indexOf(equals)
    if (sign >= 0) {
      onField(at, at + sign, at + sign + 1, end)
      at = end + 1
    } else at = readBinary(bytes, view, at, end, onField)
  }
  return at
}

function readBinary(
  bytes: Uint8Array,
  view: DataView,
  at: number,
  name_end: number,
  onField: OnField,
): number {
  const value = name_end + 9
  if (value > bytes.length) cutOff(at)
  const length = view.getUint32(name_end + 1, true)
  const isHuge = view.getUint32(name_end + 5, true) !== 0
  const end = value + length
  if (isHuge || end >= bytes.length || bytes[end] !== line_feed) cutOff(at)
  onField(at, name_end, value, end)
  return end + 1
}

function cutOff(at: number): never {
  throw new Fault('payload_malformed', {
    format: 'journal export',
    detail: `expected NAME=value, or NAME and a value of as many bytes as it says, at byte ${at}`,
  })
}

/**
 * Where the last whole entry ends: what is behind it has to wait for more bytes. -1 when none is
 * whole. `from` is where to begin, at the beginning of an entry.
 */
export function lastEntryEnd(bytes: Uint8Array, view: DataView, from: number): number {
  let at = from
  let last = -1
  while (at < bytes.length) {
    if (bytes[at] === line_feed) {
      last = ++at
      continue
    }
    const line_end = bytes.indexOf(line_feed, at)
    if (line_end < 0) break
    if (bytes.subarray(at, line_end).indexOf(equals) >= 0) {
      at = line_end + 1
      continue
    }
    if (line_end + 9 > bytes.length) break
    const length = view.getUint32(line_end + 1, true) + view.getUint32(line_end + 5, true) * 2 ** 32
    if (line_end + 9 + length >= bytes.length) break
    at = line_end + 10 + length
  }
  return last
}
