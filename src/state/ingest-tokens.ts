/**
 * Tokens that senders of telemetry show, each bound to one cluster's name; only hashes are kept.
 */
import type { Database, Tables } from './schema.ts'

export type IngestToken = Omit<Tables['ingest_tokens'], 'secret_hash'>

export async function addIngestToken(
  db: Database,
  token: Pick<Tables['ingest_tokens'], 'id' | 'name' | 'cluster' | 'secret_hash' | 'created_ms'>,
): Promise<void> {
  await db.insertInto('ingest_tokens').values(token).execute()
}

/** Newest first, revoked ones too: a person looks for what they revoked. */
export async function listIngestTokens(db: Database): Promise<IngestToken[]> {
  return db
    .selectFrom('ingest_tokens')
    .select(['id', 'name', 'cluster', 'created_ms', 'last_used_ms', 'revoked_ms'])
    .orderBy('created_ms', 'desc')
    .orderBy('id')
    .execute()
}

/** Those that open the door now. */
export async function validIngestTokens(
  db: Database,
): Promise<Pick<Tables['ingest_tokens'], 'id' | 'cluster' | 'secret_hash'>[]> {
  return db
    .selectFrom('ingest_tokens')
    .select(['id', 'cluster', 'secret_hash'])
    .where('revoked_ms', 'is', null)
    .execute()
}

/** False when there is no such token. Revoking twice keeps the first time. */
export async function revokeIngestToken(
  db: Database,
  id: string,
  revoked_ms: number,
): Promise<boolean> {
  const result = await db
    .updateTable('ingest_tokens')
    .set((is) => ({ revoked_ms: is.fn.coalesce('revoked_ms', is.val(revoked_ms)) }))
    .where('id', '=', id)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** Never moves backwards: several servers write it in their own time. */
export async function markIngestTokenUsed(
  db: Database,
  id: string,
  last_used_ms: number,
): Promise<void> {
  await db
    .updateTable('ingest_tokens')
    .set({ last_used_ms })
    .where('id', '=', id)
    .where((is) => is.or([is('last_used_ms', 'is', null), is('last_used_ms', '<', last_used_ms)]))
    .execute()
}
