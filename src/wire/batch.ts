/**
 * What one or more decoded requests amount to: row bytes per table, and the identities seen first.
 */
import { limits } from '../model/limits.ts'
import { type WrittenTable, writtenTables } from '../model/tables.ts'
import { IdentitySet } from './known-identities.ts'
import { RowBuffer } from './row-buffer.ts'

export type TableRows = { table: WrittenTable; rows: number; bytes: Uint8Array }

/** A hostile request expands: two bytes can make a row. Past this a record is record_too_large. */
export const batch_bytes_max = 4 * limits.body_bytes_max

export class Batch {
  readonly #tables: Record<WrittenTable, RowBuffer>
  readonly #buffers: readonly RowBuffer[]
  /** Resources and series whose row this batch carries; known.commit(batch) once it is durable. */
  readonly newIdentities = new IdentitySet()

  constructor() {
    const entries = writtenTables.map((table) => [table, new RowBuffer(64)] as const)
    this.#tables = Object.fromEntries(entries) as Record<WrittenTable, RowBuffer>
    this.#buffers = Object.values(this.#tables)
  }

  get(table: WrittenTable): RowBuffer {
    return this.#tables[table]
  }

  /** Tables that have rows. The bytes are views: use them before the batch is written to again. */
  tables(): TableRows[] {
    return writtenTables.flatMap((table) => {
      const buffer = this.#tables[table]
      return buffer.rows ? [{ table, rows: buffer.rows, bytes: buffer.written() }] : []
    })
  }

  bytes(): number {
    let sum = 0
    for (const buffer of this.#buffers) sum += buffer.length
    return sum
  }

  rows(): number {
    return this.#buffers.reduce((sum, buffer) => sum + buffer.rows, 0)
  }

  isFull(): boolean {
    return this.bytes() > batch_bytes_max
  }

  /** Empties the batch and keeps its memory for the next request. */
  clear(): void {
    for (const buffer of this.#buffers) buffer.clear()
    this.newIdentities.clear()
  }
}
