/** Tokens with which agents enrol, each bound to one policy; only hashes are kept. */
import type { Database, Tables } from './schema.ts'

export type EnrolmentTokenRow = Tables['enrolment_tokens']
export type EnrolmentToken = Omit<EnrolmentTokenRow, 'secret_hash'>

const shown = [
  'id',
  'name',
  'policy_id',
  'cluster',
  'created_ms',
  'created_by',
  'expires_ms',
  'uses_max',
  'uses',
  'revoked_ms',
] as const

export async function addEnrolmentToken(db: Database, token: EnrolmentTokenRow): Promise<void> {
  await db.insertInto('enrolment_tokens').values(token).execute()
}

/** Newest first, revoked ones too: a person looks for what they revoked. */
export async function listEnrolmentTokens(db: Database): Promise<EnrolmentToken[]> {
  return db
    .selectFrom('enrolment_tokens')
    .select(shown)
    .orderBy('created_ms', 'desc')
    .orderBy('id')
    .execute()
}

export async function findEnrolmentToken(
  db: Database,
  id: string,
): Promise<EnrolmentTokenRow | undefined> {
  return db.selectFrom('enrolment_tokens').selectAll().where('id', '=', id).executeTakeFirst()
}

/**
 * Counts one use, or answers false because none is left: of two who race for the last, one wins.
 */
export async function spendEnrolmentToken(
  db: Database,
  id: string,
  now_ms: number,
): Promise<boolean> {
  const result = await db
    .updateTable('enrolment_tokens')
    .set((is) => ({ uses: is('uses', '+', 1) }))
    .where('id', '=', id)
    .where('revoked_ms', 'is', null)
    .where((is) => is.or([is('expires_ms', 'is', null), is('expires_ms', '>', now_ms)]))
    .where((is) => is.or([is('uses_max', 'is', null), is('uses_max', '>', is.ref('uses'))]))
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

/** False when there is no such token. Revoking twice keeps the first time. */
export async function revokeEnrolmentToken(
  db: Database,
  id: string,
  revoked_ms: number,
): Promise<boolean> {
  const result = await db
    .updateTable('enrolment_tokens')
    .set((is) => ({ revoked_ms: is.fn.coalesce('revoked_ms', is.val(revoked_ms)) }))
    .where('id', '=', id)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}
