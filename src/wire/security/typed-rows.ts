/**
 * Writes rows of the security tables by the columns that model/tables.ts names, from values by
 * name. What the values are is decided by the reader of each format.
 */
import { securityTables } from '../../model/security-tables.ts'
import type { RowBuffer } from '../row-buffer.ts'

export type SecurityTable = keyof typeof securityTables

export type Pairs = readonly (readonly [key: string, value: string])[]

/** Text is a string, times are nanoseconds, enums their number, ids their bytes. */
type ValueOf<Type> = Type extends `Array(${string}`
  ? readonly string[]
  : Type extends `Map(${string}`
    ? Pairs
    : Type extends `DateTime64${string}`
      ? bigint
      : Type extends 'Bool'
        ? boolean
        : Type extends `FixedString${string}`
          ? Uint8Array
          : Type extends `UInt${string}` | `Enum8${string}`
            ? number
            : string

/** Written before the others by who stores the row. */
const placeColumns = [
  ...['cluster', 'namespace', 'workload', 'pod', 'container', 'node', 'service', 'resource_id'],
  'ingested_time',
] as const
type PlaceColumn =
  | 'cluster'
  | 'namespace'
  | 'workload'
  | 'pod'
  | 'container'
  | 'node'
  | 'service'
  | 'resource_id'
  | 'ingested_time'

/** What is left out is empty. */
export type SecurityRow<Table extends SecurityTable> = {
  -readonly [Column in Exclude<
    keyof (typeof securityTables)[Table]['columns'],
    PlaceColumn
  >]?: ValueOf<(typeof securityTables)[Table]['columns'][Column]>
}

type Put = (out: RowBuffer, value: never) => void

const puts: readonly (readonly [type: RegExp, put: Put, empty: unknown])[] = [
  [/^(?:LowCardinality\(String\)|String)$/, putText, ''],
  [/^Array/, putTexts, []],
  [/^Map/, putPairs, []],
  [/^DateTime64\(9\)$/, (out, value: bigint) => putTime(out, value), 0n],
  [/^UInt8$|^Enum8/, (out, value: number) => out.u8(value), 0],
  [/^Bool$/, (out, value: boolean) => out.u8(value ? 1 : 0), false],
  [/^UInt16$/, putUint16, 0],
  [/^UInt32$/, (out, value: number) => out.int32(value | 0), 0],
  [/^UInt64$/, (out, value: number) => out.int53(value), 0],
  [/^FixedString\(16\)$/, (out, value: Uint8Array) => out.raw(value), new Uint8Array(16)],
]

type Column = { name: string; put: Put; empty: never }

const columnsOf = Object.fromEntries(
  Object.entries(securityTables).map(([table, { columns }]) => [
    table,
    Object.entries<string>(columns)
      .filter(([name]) => !(placeColumns as readonly string[]).includes(name))
      .map(([name, type]): Column => {
        const found = puts.find(([pattern]) => pattern.test(type))
        if (found === undefined) throw new TypeError(`no writer for ${table}.${name} ${type}`)
        return { name, put: found[1], empty: found[2] as never }
      }),
  ]),
) as Record<SecurityTable, Column[]>

/** The columns behind the place and ingested_time, in the table's order. */
export function putSecurityRow<Table extends SecurityTable>(
  out: RowBuffer,
  table: Table,
  row: SecurityRow<Table>,
): void {
  const values = row as Record<string, never>
  for (const { name, put, empty } of columnsOf[table]) put(out, values[name] ?? empty)
}

function putText(out: RowBuffer, value: string): void {
  if (value === '') out.u8(0)
  else out.text(value)
}

function putTexts(out: RowBuffer, values: readonly string[]): void {
  out.varint(values.length)
  for (const value of values) putText(out, value)
}

function putPairs(out: RowBuffer, pairs: Pairs): void {
  out.varint(pairs.length)
  for (const [key, value] of pairs) {
    out.text(key)
    putText(out, value)
  }
}

function putTime(out: RowBuffer, ns: bigint): void {
  out.ensure(8)
  out.view.setBigInt64(out.length, ns, true)
  out.length += 8
}

function putUint16(out: RowBuffer, value: number): void {
  out.u8(value & 0xff)
  out.u8((value >> 8) & 0xff)
}
