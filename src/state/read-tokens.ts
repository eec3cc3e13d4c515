/**
 * Tokens that other tools show to read telemetry, each with what it may see; only hashes are kept.
 */
import type { Scope } from '../model/question.ts'
import type { Database, Tables } from './schema.ts'

export type ReadToken = Omit<Tables['read_tokens'], 'secret_hash' | 'scope'> & { scope: Scope }

export async function addReadToken(
  db: Database,
  token: Pick<Tables['read_tokens'], 'id' | 'name' | 'secret_hash' | 'created_ms'> & {
    scope: Scope
  },
): Promise<void> {
  const scope = JSON.stringify(token.scope)
  await db
    .insertInto('read_tokens')
    .values({ ...token, scope })
    .execute()
}

/** Newest first, revoked ones too: a person looks for what they revoked. */
export async function listReadTokens(db: Database): Promise<ReadToken[]> {
  const rows = await db
    .selectFrom('read_tokens')
    .select(['id', 'name', 'scope', 'created_ms', 'last_used_ms', 'revoked_ms'])
    .orderBy('created_ms', 'desc')
    .orderBy('id')
    .execute()
  return rows.map((row) => ({ ...row, scope: JSON.parse(row.scope) as Scope }))
}

/** Undefined when there is none, or it was revoked. */
export async function findReadToken(
  db: Database,
  id: string,
): Promise<{ secret_hash: string; scope: Scope; last_used_ms: number | null } | undefined> {
  const row = await db
    .selectFrom('read_tokens')
    .select(['secret_hash', 'scope', 'last_used_ms'])
    .where('id', '=', id)
    .where('revoked_ms', 'is', null)
    .executeTakeFirst()
  return row && { ...row, scope: JSON.parse(row.scope) as Scope }
}

/** False when there is no such token. Revoking twice keeps the first time. */
export async function revokeReadToken(
  db: Database,
  id: string,
  revoked_ms: number,
): Promise<boolean> {
  const result = await db
    .updateTable('read_tokens')
    .set((is) => ({ revoked_ms: is.fn.coalesce('revoked_ms', is.val(revoked_ms)) }))
    .where('id', '=', id)
    .executeTakeFirst()
  return result.numUpdatedRows > 0n
}

export async function markReadTokenUsed(
  db: Database,
  id: string,
  last_used_ms: number,
): Promise<void> {
  await db.updateTable('read_tokens').set({ last_used_ms }).where('id', '=', id).execute()
}
