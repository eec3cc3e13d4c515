/**
 * Policies with all their revisions. What a document may say, and who is given which revision when,
 * is the fleet's.
 */
import type { Database, Tables } from './schema.ts'

export type PolicyRow = Tables['policies']
export type RevisionRow = Tables['policy_revisions']

/** False when the id or the name is taken. The first revision is written with it. */
export async function addPolicy(
  db: Database,
  policy: PolicyRow,
  first: RevisionRow,
): Promise<boolean> {
  return db.transaction().execute(async (transaction) => {
    const added = await transaction
      .insertInto('policies')
      .values(policy)
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst()
    if (Number(added.numInsertedOrUpdatedRows ?? 0) === 0) return false
    await transaction.insertInto('policy_revisions').values(first).execute()
    return true
  })
}

export async function listPolicies(db: Database): Promise<PolicyRow[]> {
  return db.selectFrom('policies').selectAll().orderBy('name').execute()
}

/** Newest first. */
export async function listRevisions(
  db: Database,
  policy_id: string,
  revisions_max: number,
): Promise<RevisionRow[]> {
  return db
    .selectFrom('policy_revisions')
    .selectAll()
    .where('policy_id', '=', policy_id)
    .orderBy('revision', 'desc')
    .limit(revisions_max)
    .execute()
}

export async function findRevision(
  db: Database,
  policy_id: string,
  revision: number,
): Promise<RevisionRow | undefined> {
  return db
    .selectFrom('policy_revisions')
    .selectAll()
    .where('policy_id', '=', policy_id)
    .where('revision', '=', revision)
    .executeTakeFirst()
}

/**
 * Writes the revision after the newest, or answers false because another one came first: two people
 * who edit one policy do not overwrite each other unseen.
 */
export async function addRevision(db: Database, revision: RevisionRow): Promise<boolean> {
  const { policy_id, created_ms, author } = revision
  return db.transaction().execute(async (transaction) => {
    const moved = await transaction
      .updateTable('policies')
      .set({ revision: revision.revision, updated_ms: created_ms, updated_by: author })
      .where('id', '=', policy_id)
      .where('revision', '=', revision.revision - 1)
      .executeTakeFirst()
    if (moved.numUpdatedRows === 0n) return false
    await transaction.insertInto('policy_revisions').values(revision).execute()
    return true
  })
}

export async function setActiveRevision(
  db: Database,
  policy_id: string,
  active_revision: number,
): Promise<void> {
  await db.updateTable('policies').set({ active_revision }).where('id', '=', policy_id).execute()
}

type About = Pick<PolicyRow, 'name' | 'description' | 'unenroll_after_s'>

/** False when another policy has the name. */
export async function describePolicy(db: Database, id: string, about: About): Promise<boolean> {
  return db.transaction().execute(async (transaction) => {
    const other = await transaction
      .selectFrom('policies')
      .select('id')
      .where('name', '=', about.name)
      .where('id', '!=', id)
      .executeTakeFirst()
    if (other !== undefined) return false
    await transaction.updateTable('policies').set(about).where('id', '=', id).execute()
    return true
  })
}

export async function removePolicy(db: Database, id: string): Promise<boolean> {
  const removed = await db.deleteFrom('policies').where('id', '=', id).executeTakeFirst()
  return removed.numDeletedRows > 0n
}
