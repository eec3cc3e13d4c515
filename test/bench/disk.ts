/** What rows take on disk: opens a stopped server's store and reads the engine's own counts. */
import { join } from 'node:path'
import { sql } from '../../src/store/sql.ts'
import { openStore, type Store } from '../../src/store/store.ts'

const silent = { info() {}, warn() {}, error() {} }

export type TableSize = { rows: number; bytes: number; parts: number }
export type Sizes = {
  tables: Record<string, TableSize>
  /** Bytes a row of one table by column and by index, the largest first. */
  breakdown: Record<string, number>
}

/** The store of a server that has stopped, for as long as use runs. */
export async function withStore<Result>(
  dir: string,
  use: (store: Store) => Promise<Result>,
): Promise<Result> {
  const context = { log: silent, now_ms: Date.now }
  const store = await openStore({ dir: join(dir, 'engine') }, context)
  try {
    return await use(store)
  } finally {
    await store.close()
  }
}

export async function sizesOf(store: Store, table: string): Promise<Sizes> {
  const rows = await store.rows<{ table: string; rows: string; bytes: string; parts: string }>(
    sql`SELECT table, sum(rows) AS rows, sum(bytes_on_disk) AS bytes, count() AS parts
      FROM system.parts WHERE active AND database = currentDatabase() GROUP BY table`,
  )
  const tables: Record<string, TableSize> = {}
  for (const row of rows) {
    const { bytes, parts } = row
    tables[row.table] = { rows: Number(row.rows), bytes: Number(bytes), parts: Number(parts) }
  }
  const here = sql`database = currentDatabase() AND table = ${table}`
  const parts = await store.rows<{ name: string; bytes: string }>(
    sql`SELECT name, bytes FROM (
        SELECT name, data_compressed_bytes + marks_bytes AS bytes FROM system.columns WHERE ${here}
        UNION ALL
        SELECT concat('index ', name) AS name, data_compressed_bytes + marks_bytes AS bytes
        FROM system.data_skipping_indices WHERE ${here}
      ) WHERE bytes > 0 ORDER BY bytes DESC`,
  )
  const count = tables[table]?.rows ?? 1
  const breakdown = parts.map(({ name, bytes }): [string, number] => [name, Number(bytes) / count])
  return { tables, breakdown: Object.fromEntries(breakdown) }
}

/** As months later: all parts of a day merged into one. */
export async function mergeAll(store: Store, table: string): Promise<void> {
  const name = sql.identifier(table)
  await store.command(sql`OPTIMIZE TABLE ${name} FINAL`, { timeout_ms: 120_000 })
}
