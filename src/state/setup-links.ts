/** The one-time link with which the first administrator is created. */
import type { Database, Tables } from './schema.ts'
import { addUser, hasAdmin } from './users.ts'

/** The new link replaces every older one. */
export async function replaceSetupLink(db: Database, link: Tables['setup_links']): Promise<void> {
  await db.transaction().execute(async (transaction) => {
    await transaction.deleteFrom('setup_links').execute()
    await transaction.insertInto('setup_links').values(link).execute()
  })
}

export async function isSetupLinkValid(
  db: Database,
  token_hash: string,
  now_ms: number,
): Promise<boolean> {
  const link = await db
    .selectFrom('setup_links')
    .select('token_hash')
    .where('token_hash', '=', token_hash)
    .where('expires_ms', '>', now_ms)
    .executeTakeFirst()
  return link !== undefined && !(await hasAdmin(db))
}

/** Uses the link up and creates its administrator, or does neither and answers false. */
export async function redeemSetupLink(
  db: Database,
  token_hash: string,
  admin: Tables['users'],
): Promise<boolean> {
  return db.transaction().execute(async (transaction) => {
    // The delete locks the row, so that of two who hold the link one finds it gone.
    const used = await transaction
      .deleteFrom('setup_links')
      .where('token_hash', '=', token_hash)
      .where('expires_ms', '>', admin.created_ms)
      .executeTakeFirst()
    if (used.numDeletedRows === 0n || (await hasAdmin(transaction))) return false
    await transaction.deleteFrom('setup_links').execute()
    return addUser(transaction, { ...admin, role: 'admin' })
  })
}
