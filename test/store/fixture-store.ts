/** A store on an empty directory, for tests: one engine child a test file, removed after it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { WrittenTable } from '../../src/model/tables.ts'
import { type ClickHouseStore, openStore, type StoreLog } from '../../src/store/store.ts'
import { type FixtureRow, fixtureRows } from './fixture-rows.ts'

export const silentLog: StoreLog = { info() {}, warn() {}, error() {} }

export type FixtureStore = {
  store: ClickHouseStore
  dir: string
  /** Rows as in fixture-rows.ts. */
  add<Table extends WrittenTable>(table: Table, rows: readonly FixtureRow<Table>[]): Promise<void>
  close(): Promise<void>
}

export async function openFixtureStore(): Promise<FixtureStore> {
  const dir = mkdtempSync(join(tmpdir(), 'crowsnest-store-'))
  const store = (await openStore({ dir }, { log: silentLog, now_ms: Date.now })) as ClickHouseStore
  let inserts = 0
  return {
    store,
    dir,
    add: (table, rows) =>
      store.insert(table, [fixtureRows(table, rows)], { token: `fixture ${++inserts}` }),
    close: async () => {
      await store.close()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}
