/**
 * Inserts those rows of a block that its table does not hold yet. For the one block of which nobody
 * knows whether it went in before a power cut: the engine syncs a part, but not its record of the
 * part's token, so after a cut it may have the rows and take the token for a new one.
 */
import { tables, type WrittenTable } from '../model/tables.ts'
import { type Sql, sql } from './sql.ts'
import type { Store } from './store.ts'

export type InsertInto = (into: Sql, token: string) => Promise<void>

export async function insertMissing(
  store: Pick<Store, 'command'>,
  table: WrittenTable,
  token: string,
  insert: InsertInto,
): Promise<void> {
  const columns = tables[table].columns
  const names = sql.join(Object.keys(columns).map(sql.identifier))
  const there = sql.identifier(table)
  const unsure = sql.identifier(`${table}_unsure`)
  await store.command(sql`DROP TABLE IF EXISTS ${unsure} SYNC`)
  await store.command(
    sql`CREATE TABLE ${unsure} ENGINE = Memory AS SELECT ${names} FROM ${there} LIMIT 0`,
  )
  await insert(unsure, token)
  // Rows are compared whole, and only near ones: hashing a whole day would take minutes.
  await store.command(
    sql`INSERT INTO ${there} (${names}) SELECT ${names} FROM ${unsure}
      WHERE cityHash64(${names}) NOT IN (
        SELECT cityHash64(${names}) FROM ${there} WHERE ${sql.all(near(columns, unsure))}
      ) SETTINGS max_threads = 1`,
    { token, timeout_ms: 60_000 },
  )
  await store.command(sql`DROP TABLE IF EXISTS ${unsure} SYNC`)
}

function near(columns: Record<string, string>, unsure: Sql): Sql[] {
  const between = (name: string) => {
    const column = sql.identifier(name)
    return sql`${column} >= (SELECT min(${column}) FROM ${unsure}) AND
      ${column} <= (SELECT max(${column}) FROM ${unsure})`
  }
  const oneOf = (name: string) => {
    const column = sql.identifier(name)
    return sql`${column} IN (SELECT ${column} FROM ${unsure})`
  }
  return [
    between('time'),
    ...['ingested_time'].filter((name) => name in columns).map(between),
    ...['metric', 'series_id', 'resource_id'].filter((name) => name in columns).map(oneOf),
  ]
}
