/** Signed-in sessions. They live on the server only, so that ending one acts at once. */
import type { Database, Tables } from './schema.ts'
import type { User } from './users.ts'

/** What makes a session too old: unused since, or opened before. */
export type Limits = { seen_after_ms: number; created_after_ms: number }

export async function addSession(db: Database, session: Tables['sessions']): Promise<void> {
  await db.insertInto('sessions').values(session).execute()
}

export async function findSession(
  db: Database,
  id_hash: string,
  limits: Limits,
): Promise<(User & { seen_ms: number }) | undefined> {
  return db
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .select(['users.id', 'users.name', 'users.role', 'sessions.seen_ms'])
    .where('sessions.id_hash', '=', id_hash)
    .where('sessions.seen_ms', '>', limits.seen_after_ms)
    .where('sessions.created_ms', '>', limits.created_after_ms)
    .executeTakeFirst()
}

export async function touchSession(db: Database, id_hash: string, seen_ms: number): Promise<void> {
  await db.updateTable('sessions').set({ seen_ms }).where('id_hash', '=', id_hash).execute()
}

export async function endSession(db: Database, id_hash: string): Promise<void> {
  await db.deleteFrom('sessions').where('id_hash', '=', id_hash).execute()
}

/** Removes what findSession would no longer find. */
export async function endOldSessions(db: Database, limits: Limits): Promise<void> {
  await db
    .deleteFrom('sessions')
    .where((is) =>
      is.or([
        is('seen_ms', '<=', limits.seen_after_ms),
        is('created_ms', '<=', limits.created_after_ms),
      ]),
    )
    .execute()
}
