/**
 * Row bytes from plain objects, for tests of everything that reads the store: columns that are not
 * named are empty. The product itself writes row bytes straight from the wire.
 */
import { type ColumnOf, tables, type WrittenTable } from '../../src/model/tables.ts'

/**
 * Times are milliseconds (or a bigint of the column's own ticks), ids are hex, enums are names,
 * maps are objects.
 */
export type FixtureRow<Table extends WrittenTable> = { [Column in ColumnOf<Table>]?: unknown }

export function fixtureRows<Table extends WrittenTable>(
  table: Table,
  rows: readonly FixtureRow<Table>[],
): Uint8Array {
  const bytes: number[] = []
  const columns = Object.entries<string>(tables[table].columns)
  for (const row of rows) {
    const known = new Set(columns.map(([name]) => name))
    for (const name of Object.keys(row)) {
      if (!known.has(name)) throw new TypeError(`${table} has no column ${name}`)
    }
    for (const [name, type] of columns) write(bytes, type, (row as Record<string, unknown>)[name])
  }
  return Uint8Array.from(bytes)
}

type Write = (bytes: number[], inside: string, value: unknown) => void

const writers: Record<string, Write> = {
  LowCardinality: (bytes, inside, value) => write(bytes, inside, value),
  String: (bytes, _inside, value) => writeString(bytes, String(value ?? '')),
  FixedString: (bytes, inside, value) => writeId(bytes, Number(inside), String(value ?? '')),
  Array: (bytes, inside, value) =>
    writeList(bytes, (value ?? []) as unknown[], (item) => write(bytes, inside, item)),
  Map: (bytes, inside, value) => writeMap(bytes, inside, (value ?? {}) as Record<string, unknown>),
  Enum8: (bytes, inside, value) => writeInteger(bytes, 1, enumNumber(inside, value)),
  Float64: (bytes, _inside, value) =>
    bytes.push(...new Uint8Array(Float64Array.of(Number(value ?? 0)).buffer)),
  DateTime64: (bytes, inside, value) => writeInteger(bytes, 8, ticks(value, Number(inside))),
  DateTime: (bytes, _inside, value) => writeInteger(bytes, 4, ticks(value, 0)),
  Bool: (bytes, _inside, value) => writeInteger(bytes, 1, value ? 1n : 0n),
}

function write(bytes: number[], type: string, value: unknown): void {
  const [, family, inside = ''] = /^(\w+)(?:\((.*)\))?$/s.exec(type)!
  const writer = writers[family!]
  if (writer) writer(bytes, inside, value)
  else writeInteger(bytes, integerBytes(family!), BigInt((value ?? 0) as number))
}

function integerBytes(family: string): number {
  const bits = /^U?Int(8|16|32|64)$/.exec(family)?.[1]
  if (!bits) throw new TypeError(`No fixture for type ${family}`)
  return Number(bits) / 8
}

function writeInteger(bytes: number[], size: number, value: bigint): void {
  const whole = BigInt.asUintN(size * 8, value)
  for (let i = 0; i < size; i++) bytes.push(Number((whole >> BigInt(i * 8)) & 255n))
}

function writeLength(bytes: number[], length: number): void {
  let rest = length
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128)
  bytes.push(rest)
}

function writeString(bytes: number[], text: string): void {
  const encoded = new TextEncoder().encode(text)
  writeLength(bytes, encoded.length)
  for (const byte of encoded) bytes.push(byte)
}

function writeId(bytes: number[], size: number, hex: string): void {
  const id = Buffer.alloc(size)
  Buffer.from(hex, 'hex').copy(id)
  bytes.push(...id)
}

function writeList(bytes: number[], items: unknown[], writeItem: (item: unknown) => void): void {
  writeLength(bytes, items.length)
  for (const item of items) writeItem(item)
}

function writeMap(bytes: number[], inside: string, map: Record<string, unknown>): void {
  const [key, value] = inside.split(/, (?=[A-Z]\w*(?:\(.*\))?$)/)
  writeList(bytes, Object.entries(map), (entry) => {
    const [name, content] = entry as [string, unknown]
    write(bytes, key!, name)
    write(bytes, value!, content)
  })
}

function enumNumber(inside: string, name: unknown): bigint {
  const values = [...inside.matchAll(/'(\w+)' = (\d+)/g)]
  if (name === undefined) return BigInt(values[0]![2]!)
  const found = values.find((value) => value[1] === name)
  if (!found) throw new TypeError(`No ${name} in ${inside}`)
  return BigInt(found[2]!)
}

function ticks(value: unknown, scale: number): bigint {
  if (typeof value === 'bigint') return value
  const ms = Number(value ?? 0)
  return scale === 0 ? BigInt(Math.floor(ms / 1_000)) : BigInt(ms) * 10n ** BigInt(scale - 3)
}
