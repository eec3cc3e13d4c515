/** People who may sign in. Hashing passwords is server/auth's. */
import type { Database, Role, Tables } from './schema.ts'

export type User = { id: string; name: string; role: Role }

/** False when the name is taken. Names compare without regard to case: they are stored in lower. */
export async function addUser(db: Database, user: Tables['users']): Promise<boolean> {
  const name = user.name.toLowerCase()
  const result = await db
    .insertInto('users')
    .values({ ...user, name })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .executeTakeFirst()
  return Number(result.numInsertedOrUpdatedRows ?? 0) > 0
}

export async function findUser(db: Database, name: string): Promise<Tables['users'] | undefined> {
  const query = db.selectFrom('users').selectAll().where('name', '=', name.toLowerCase())
  return query.executeTakeFirst()
}

export async function hasAdmin(db: Database): Promise<boolean> {
  const query = db.selectFrom('users').select('id').where('role', '=', 'admin').limit(1)
  return (await query.executeTakeFirst()) !== undefined
}
