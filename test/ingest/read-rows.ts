/** Reads RowBinary back into objects by the column types of model/tables.ts, slowly and plainly. */
import { tables, type WrittenTable } from '../../src/model/tables.ts'

export type Row = Record<string, unknown>

export function readRows(table: WrittenTable, bytes: Uint8Array): Row[] {
  const reader = new Reader(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  const columns = Object.entries(tables[table].columns)
  const rows: Row[] = []
  while (!reader.isDone) {
    rows.push(Object.fromEntries(columns.map(([name, type]) => [name, reader.value(type)])))
  }
  return rows
}

class Reader {
  #at = 0
  readonly #bytes: Buffer

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  get isDone(): boolean {
    return this.#at >= this.#bytes.length
  }

  value(type: string): unknown {
    const [, outer, inner] = /^(\w+)(?:\((.*)\))?$/.exec(type)!
    if (outer === 'LowCardinality') return this.value(inner!)
    if (outer === 'Array') return this.#many(() => this.value(inner!))
    if (outer === 'Map') {
      const comma = inner!.indexOf(', ')
      const [key, value] = [inner!.slice(0, comma), inner!.slice(comma + 2)]
      return Object.fromEntries(this.#many(() => [this.value(key), this.value(value)]))
    }
    if (outer === 'FixedString') return this.#take(Number(inner)).toString('hex')
    if (outer === 'Enum8') {
      const code = this.#take(1).readInt8()
      const found = [...inner!.matchAll(/'(\w+)' = (-?\d+)/g)].find((at) => Number(at[2]) === code)
      return found?.[1] ?? code
    }
    return this.#plain(outer!)
  }

  #plain(type: string): unknown {
    if (type === 'String') return this.#take(this.#varint()).toString('utf8')
    if (type === 'Bool') return this.#take(1)[0] === 1
    if (type === 'UInt8') return this.#take(1).readUInt8()
    if (type === 'UInt16') return this.#take(2).readUInt16LE()
    if (type === 'Int32') return this.#take(4).readInt32LE()
    if (type === 'DateTime64') return this.#take(8).readBigInt64LE()
    if (type === 'UInt32') return this.#take(4).readUInt32LE()
    if (type === 'UInt64') return this.#take(8).readBigUInt64LE()
    if (type === 'Float64') return this.#take(8).readDoubleLE()
    throw new Error(`no reader for ${type}`)
  }

  #many<Item>(read: () => Item): Item[] {
    return Array.from({ length: this.#varint() }, read)
  }

  #varint(): number {
    let value = 0
    for (let scale = 1; ; scale *= 128) {
      const byte = this.#take(1)[0]!
      value += (byte & 127) * scale
      if (byte < 128) return value
    }
  }

  #take(count: number): Buffer {
    if (this.#at + count > this.#bytes.length) throw new Error('a row is cut short')
    this.#at += count
    return this.#bytes.subarray(this.#at - count, this.#at)
  }
}
