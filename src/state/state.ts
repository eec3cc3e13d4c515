/**
 * Opens the transactional state (users, sessions, tokens): SQLite in the data directory, or
 * PostgreSQL when several servers share it. What is kept is in the files beside this one.
 */
import { join } from 'node:path'
import { Kysely, sql } from 'kysely'
import { migrate } from './migrations.ts'
import type { Database, Tables } from './schema.ts'
import { sqliteDialect } from './sqlite.ts'

export type State = {
  db: Database
  /** Another server may change it under us. */
  shared: boolean
  healthy(): Promise<boolean>
  close(): Promise<void>
}

type Context = { now_ms: () => number; onError?: (error: Error) => void }

/** `:memory:` as dir keeps nothing. */
export async function openState(
  config: { url: string; dir: string },
  context: Context,
): Promise<State> {
  const shared = config.url !== ''
  const path = config.dir === ':memory:' ? config.dir : join(config.dir, 'state.sqlite')
  const onError = context.onError ?? (() => {})
  // The driver costs 12 MB of memory: loaded only by those who use it.
  const { postgresDialect } = shared ? await import('./postgres.ts') : {}
  const dialect = postgresDialect?.(config.url, onError) ?? sqliteDialect(path)
  const db = new Kysely<Tables>({ dialect })
  // The number is arbitrary and ours: it names the lock among those of one database.
  const lock = shared ? { lock: 'SELECT pg_advisory_xact_lock(4300)' } : {}
  try {
    await migrate(db as Kysely<unknown>, { applied_ms: context.now_ms(), ...lock })
  } catch (error) {
    await db.destroy()
    throw error
  }
  const ask = sql`SELECT 1`
  const healthy = () => ask.execute(db).then(...yesOrNo)
  return { db, shared, healthy, close: () => db.destroy() }
}

const yesOrNo = [() => true, () => false] as const
