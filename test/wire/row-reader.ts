/**
 * Reads RowBinary rows back into objects by the column types of model/tables. Slow; only tests use
 * it.
 */
import { tables, type WrittenTable } from '../../src/model/tables.ts'

export type Row = Record<string, unknown>

export function readRows(table: WrittenTable, bytes: Uint8Array): Row[] {
  const cursor = new Cursor(bytes)
  const rows: Row[] = []
  while (cursor.at < bytes.length) {
    const row: Row = {}
    for (const [column, type] of Object.entries(tables[table].columns))
      row[column] = cursor.read(type)
    rows.push(row)
  }
  return rows
}

class Cursor {
  at = 0
  readonly #bytes: Buffer

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  #take(length: number): Buffer {
    const taken = this.#bytes.subarray(this.at, this.at + length)
    if (taken.length < length) throw new Error(`a row is cut off at byte ${this.at}`)
    this.at += length
    return taken
  }

  #varint(): number {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = this.#take(1)[0]!
      value += (byte & 0x7f) * factor
      if (byte < 0x80) return value
    }
  }

  /** Text keeps its bytes (latin1), 64-bit numbers are bigints, a stale marker is 'stale'. */
  read(type: string): unknown {
    const [, name, inner] = /^(\w+)(?:\((.*)\))?$/.exec(type) ?? []
    switch (name) {
      case 'LowCardinality':
        return this.read(inner!)
      case 'String':
        return this.#take(this.#varint()).toString('latin1')
      case 'FixedString':
        return this.#take(Number(inner)).toString('hex')
      case 'UInt64':
        return this.#take(8).readBigUInt64LE()
      case 'DateTime64':
        return this.#take(8).readBigInt64LE()
      case 'Float64': {
        const taken = this.#take(8)
        return taken.readBigUInt64LE() === 0x7ff0000000000002n ? 'stale' : taken.readDoubleLE()
      }
      case 'UInt8':
      case 'Enum8':
      case 'Bool':
        return this.#take(1)[0]
      case 'UInt16':
        return this.#take(2).readUInt16LE()
      case 'Int32':
        return this.#take(4).readInt32LE()
      case 'Array':
        return Array.from({ length: this.#varint() }, () => this.read(inner!))
      case 'Map':
        return this.#readMap(inner!)
      default:
        throw new Error(`no reader for type ${type}`)
    }
  }

  #readMap(inner: string): Record<string, unknown> {
    const comma = inner.lastIndexOf(', ')
    const size = this.#varint()
    const entries = Array.from({ length: size }, () => {
      const key = this.read(inner.slice(0, comma)) as string
      return [key, this.read(inner.slice(comma + 2))] as const
    })
    const map = Object.fromEntries(entries)
    if (Object.keys(map).length !== size) throw new Error('a map repeats a key')
    return map
  }
}
