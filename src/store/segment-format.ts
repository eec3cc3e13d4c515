/**
 * The bytes of a write-ahead segment: how records are laid out, written and read back from a file
 * that may be torn or damaged. Pure: files, syncing and what becomes of damage are left to others.
 *
 * file   = magic 8, version u16, zero u16, segment id 16, crc u32  (32 bytes, little endian)
 * record = marker u32, kind u8, zero u8, entries u16, sequence u32, body length u32, rows u32,
 *          rows before u32, body crc u32, header crc u32  (32 bytes), then the body
 * body   = entries x (name length u8, name, rows u32, columns u32, byte length u32), then payloads
 *
 * Both checksums start from the segment's random id, so bytes inside a payload that look like a
 * record are never taken for one. The header has its own, so a damaged body does not hide where the
 * next record begins; sequence and rows-before say exactly how much a damaged stretch held.
 */
import { crc32 } from 'node:zlib'

export const SEGMENT_HEADER_BYTES = 32
export const RECORD_HEADER_BYTES = 32
const VERSION = 1
const MAGIC = Buffer.from('CROWSEG\n', 'latin1')
const MARKER = Buffer.from([0xc5, 0x52, 0x45, 0x43])
const KINDS = { rows: 1, cut: 2, end: 3 } as const
const CUT_BODY_BYTES = 20

/**
 * One table's rows in a record. `columns` is a fingerprint of the column list that wrote the
 * bytes.
 */
export type SegmentEntry = { table: string; rows: number; columns: number; bytes: Uint8Array }
export type SegmentRecord = { sequence: number; rows: number; entries: SegmentEntry[] }
/** Where a record stands: its number in the segment and how many rows came before it. */
export type RecordPlace = { id: string; sequence: number; rowsBefore: number }
/** The named segment counts only up to this many records: what followed was written again here. */
export type Cut = { id: string; records: number }
/**
 * A stretch that could not be read. Counts are exact when a later record or the end mark tells
 * them.
 */
export type Damage = {
  offset: number
  bytes: number
  /** The number of the first record that is missing. */
  sequence: number
  records: number
  rows: number
}
export type Scan = {
  /** A file of a later version: nothing in it was read. */
  versionUnknown: boolean
  headerDamaged: boolean
  records: SegmentRecord[]
  cuts: Cut[]
  damaged: Damage[]
  /** Where an unfinished write at the end begins; rows are 0 when its header did not survive. */
  torn: Damage | undefined
  /** The end mark was read: nothing is missing behind the last record. */
  sealed: boolean
}

export function segmentHeader(id: string): Uint8Array {
  const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES)
  MAGIC.copy(bytes, 0)
  bytes.writeUInt16LE(VERSION, 8)
  idBytes(id).copy(bytes, 12)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 28)), 28)
  return bytes
}

/** Buffers for one write; payloads are not copied, so they must stay as they are until written. */
export function encodeRecord(place: RecordPlace, entries: readonly SegmentEntry[]): Uint8Array[] {
  const names = entries.map((entry) => Buffer.from(entry.table, 'latin1'))
  const index = Buffer.alloc(names.reduce((sum, name) => sum + 13 + name.length, 0))
  let at = 0
  let rows = 0
  for (const [i, entry] of entries.entries()) {
    at = index.writeUInt8(names[i]!.length, at)
    at += names[i]!.copy(index, at)
    at = index.writeUInt32LE(entry.rows, at)
    at = index.writeUInt32LE(entry.columns, at)
    at = index.writeUInt32LE(entry.bytes.byteLength, at)
    rows += entry.rows
  }
  const body = [index, ...entries.map((entry) => entry.bytes)]
  return [header(place, KINDS.rows, entries.length, rows, body), ...body]
}

/** The end mark: `place` is that of the record which would have come next. */
export function encodeEnd(place: RecordPlace): Uint8Array {
  return header(place, KINDS.end, 0, 0, [])
}

export function encodeCut(place: RecordPlace, cut: Cut): Uint8Array[] {
  const body = Buffer.alloc(CUT_BODY_BYTES)
  idBytes(cut.id).copy(body, 0)
  body.writeUInt32LE(cut.records, 16)
  return [header(place, KINDS.cut, 0, 0, [body]), body]
}

/** The id comes from the file's name, so a damaged file header costs nothing. */
export function scan(file: Uint8Array, id: string): Scan {
  const bytes = Buffer.from(file.buffer, file.byteOffset, file.byteLength)
  const found: Scan = {
    versionUnknown: false,
    headerDamaged: !bytes.subarray(0, SEGMENT_HEADER_BYTES).equals(segmentHeader(id)),
    records: [],
    cuts: [],
    damaged: [],
    torn: undefined,
    sealed: false,
  }
  if (bytes.length < SEGMENT_HEADER_BYTES) {
    if (bytes.length > 0)
      found.torn = { offset: 0, bytes: bytes.length, sequence: 0, records: 0, rows: 0 }
    return found
  }
  if (found.headerDamaged && versionOf(bytes) > VERSION) {
    return { ...found, versionUnknown: true, headerDamaged: false }
  }
  walk(bytes, seedOf(id), found)
  return found
}

/**
 * Reads from record to record; a header that cannot be trusted is skipped to the next whole
 * record.
 */
function walk(bytes: Buffer, seed: number, found: Scan): void {
  let at = SEGMENT_HEADER_BYTES
  const next = { sequence: 0, rows: 0 }
  while (at < bytes.length && !found.sealed) {
    let head = readHeader(bytes, at, seed)
    if (head === undefined || !follows(head, next)) {
      const resumed = findRecord(bytes, at + 1, seed, next)
      if (resumed === undefined) {
        found.torn = damage(at, bytes.length, next.sequence, 1, 0)
        return
      }
      head = resumed
    }
    if (head.end > bytes.length) {
      found.torn = damage(at, bytes.length, next.sequence, 1, head.rows)
      return
    }
    const missing = head.sequence - next.sequence
    if (head.offset > at || missing > 0) {
      const rows = head.rowsBefore - next.rows
      found.damaged.push(damage(at, head.offset, next.sequence, missing, rows))
    }
    if (head.kind === KINDS.end) found.sealed = true
    else take(bytes, head, seed, found)
    next.sequence = head.sequence + 1
    next.rows = head.rowsBefore + head.rows
    at = head.end
  }
}

function take(bytes: Buffer, head: RecordHeader, seed: number, found: Scan): void {
  const body = bytes.subarray(head.offset + RECORD_HEADER_BYTES, head.end)
  if (crc32(body, seed) !== head.bodyCrc) {
    found.damaged.push(damage(head.offset, head.end, head.sequence, 1, head.rows))
  } else if (head.kind === KINDS.rows) {
    found.records.push({
      sequence: head.sequence,
      rows: head.rows,
      entries: readEntries(body, head.entries),
    })
  } else if (head.kind === KINDS.cut) {
    found.cuts.push({ id: body.toString('hex', 0, 16), records: body.readUInt32LE(16) })
  }
}

function damage(from: number, to: number, sequence: number, records: number, rows: number): Damage {
  return { offset: from, bytes: to - from, sequence, records, rows }
}

type RecordHeader = {
  offset: number
  end: number
  kind: number
  entries: number
  sequence: number
  rows: number
  rowsBefore: number
  bodyCrc: number
}

function readHeader(bytes: Buffer, at: number, seed: number): RecordHeader | undefined {
  if (at + RECORD_HEADER_BYTES > bytes.length) return undefined
  if (!MARKER.equals(bytes.subarray(at, at + 4))) return undefined
  if (crc32(bytes.subarray(at, at + 28), seed) !== bytes.readUInt32LE(at + 28)) return undefined
  return {
    offset: at,
    end: at + RECORD_HEADER_BYTES + bytes.readUInt32LE(at + 12),
    kind: bytes.readUInt8(at + 4),
    entries: bytes.readUInt16LE(at + 6),
    sequence: bytes.readUInt32LE(at + 8),
    rows: bytes.readUInt32LE(at + 16),
    rowsBefore: bytes.readUInt32LE(at + 20),
    bodyCrc: bytes.readUInt32LE(at + 24),
  }
}

type Expected = { sequence: number; rows: number }

function follows(head: RecordHeader, next: Expected): boolean {
  return head.sequence >= next.sequence && head.rowsBefore >= next.rows
}

function findRecord(bytes: Buffer, from: number, seed: number, next: Expected) {
  for (let at = bytes.indexOf(MARKER, from); at >= 0; at = bytes.indexOf(MARKER, at + 1)) {
    const head = readHeader(bytes, at, seed)
    if (head !== undefined && follows(head, next)) return head
  }
  return undefined
}

/** The checksum held, so lengths are those that were written. */
function readEntries(body: Buffer, count: number): SegmentEntry[] {
  const entries: { table: string; rows: number; columns: number; length: number }[] = []
  let at = 0
  for (let i = 0; i < count; i++) {
    const nameEnd = at + 1 + body.readUInt8(at)
    entries.push({
      table: body.toString('latin1', at + 1, nameEnd),
      rows: body.readUInt32LE(nameEnd),
      columns: body.readUInt32LE(nameEnd + 4),
      length: body.readUInt32LE(nameEnd + 8),
    })
    at = nameEnd + 12
  }
  return entries.map(({ length, ...entry }) => {
    at += length
    return { ...entry, bytes: body.subarray(at - length, at) }
  })
}

function header(
  place: RecordPlace,
  kind: number,
  entries: number,
  rows: number,
  body: readonly Uint8Array[],
): Uint8Array {
  const seed = seedOf(place.id)
  let bodyCrc = seed
  let length = 0
  for (const part of body) {
    bodyCrc = crc32(part, bodyCrc)
    length += part.byteLength
  }
  const bytes = Buffer.alloc(RECORD_HEADER_BYTES)
  MARKER.copy(bytes, 0)
  bytes.writeUInt8(kind, 4)
  bytes.writeUInt16LE(entries, 6)
  bytes.writeUInt32LE(place.sequence, 8)
  bytes.writeUInt32LE(length, 12)
  bytes.writeUInt32LE(rows, 16)
  bytes.writeUInt32LE(place.rowsBefore, 20)
  bytes.writeUInt32LE(bodyCrc, 24)
  bytes.writeUInt32LE(crc32(bytes.subarray(0, 28), seed), 28)
  return bytes
}

function versionOf(bytes: Buffer): number {
  const holds = crc32(bytes.subarray(0, 28)) === bytes.readUInt32LE(28)
  return holds && MAGIC.equals(bytes.subarray(0, 8)) ? bytes.readUInt16LE(8) : 0
}

function idBytes(id: string): Buffer {
  if (!/^[0-9a-f]{32}$/.test(id)) throw new TypeError(`Not a segment id: ${id}`)
  return Buffer.from(id, 'hex')
}

function seedOf(id: string): number {
  return crc32(idBytes(id))
}
