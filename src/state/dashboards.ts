/**
 * Dashboards that people made, with all their versions, and who starred which. What a document may
 * say is the page's contract; those that the product brings are files.
 */
import type { Database, Tables } from './schema.ts'

export type DashboardRow = Tables['dashboards']
export type DashboardVersionRow = Tables['dashboard_versions']

/** Of each dashboard; the oldest go first. */
export const versions_max = 200

/** False when the id is taken. */
export async function addDashboard(
  db: Database,
  dashboard: DashboardRow,
  first: DashboardVersionRow,
): Promise<boolean> {
  return db.transaction().execute(async (transaction) => {
    const added = await transaction
      .insertInto('dashboards')
      .values(dashboard)
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirst()
    if (Number(added.numInsertedOrUpdatedRows ?? 0) === 0) return false
    await transaction.insertInto('dashboard_versions').values(first).execute()
    return true
  })
}

export async function listDashboards(db: Database): Promise<DashboardRow[]> {
  return db.selectFrom('dashboards').selectAll().orderBy('id').execute()
}

export async function countDashboards(db: Database): Promise<number> {
  const row = await db
    .selectFrom('dashboards')
    .select((is) => is.fn.countAll<number>().as('count'))
    .executeTakeFirstOrThrow()
  return Number(row.count)
}

export async function findDashboard(db: Database, id: string): Promise<DashboardRow | undefined> {
  return db.selectFrom('dashboards').selectAll().where('id', '=', id).executeTakeFirst()
}

/**
 * Writes the version after the one it was made from, or answers false because another one came
 * first: two people who edit one dashboard do not overwrite each other unseen.
 */
export async function addDashboardVersion(
  db: Database,
  next: DashboardVersionRow,
): Promise<boolean> {
  const { dashboard_id, version, document, created_ms, author } = next
  return db.transaction().execute(async (transaction) => {
    const moved = await transaction
      .updateTable('dashboards')
      .set({ version, document, updated_ms: created_ms, updated_by: author })
      .where('id', '=', dashboard_id)
      .where('version', '=', version - 1)
      .executeTakeFirst()
    if (moved.numUpdatedRows === 0n) return false
    await transaction.insertInto('dashboard_versions').values(next).execute()
    await transaction
      .deleteFrom('dashboard_versions')
      .where('dashboard_id', '=', dashboard_id)
      .where('version', '<=', version - versions_max)
      .execute()
    return true
  })
}

/** Newest first, without the documents. */
export async function listDashboardVersions(
  db: Database,
  dashboard_id: string,
): Promise<Omit<DashboardVersionRow, 'document'>[]> {
  return db
    .selectFrom('dashboard_versions')
    .select(['dashboard_id', 'version', 'author', 'note', 'created_ms'])
    .where('dashboard_id', '=', dashboard_id)
    .orderBy('version', 'desc')
    .execute()
}

export async function findDashboardVersion(
  db: Database,
  dashboard_id: string,
  version: number,
): Promise<DashboardVersionRow | undefined> {
  return db
    .selectFrom('dashboard_versions')
    .selectAll()
    .where('dashboard_id', '=', dashboard_id)
    .where('version', '=', version)
    .executeTakeFirst()
}

/** With its versions and stars; false when there was none. */
export async function removeDashboard(db: Database, id: string): Promise<boolean> {
  return db.transaction().execute(async (transaction) => {
    await transaction.deleteFrom('dashboard_stars').where('dashboard_id', '=', id).execute()
    const removed = await transaction
      .deleteFrom('dashboards')
      .where('id', '=', id)
      .executeTakeFirst()
    return removed.numDeletedRows > 0n
  })
}

export async function starredDashboards(db: Database, user_id: string): Promise<Set<string>> {
  const rows = await db
    .selectFrom('dashboard_stars')
    .select('dashboard_id')
    .where('user_id', '=', user_id)
    .execute()
  return new Set(rows.map((row) => row.dashboard_id))
}

export async function starDashboard(
  db: Database,
  star: Tables['dashboard_stars'],
  isStarred: boolean,
): Promise<void> {
  if (isStarred) {
    await db
      .insertInto('dashboard_stars')
      .values(star)
      .onConflict((conflict) => conflict.doNothing())
      .execute()
    return
  }
  await db
    .deleteFrom('dashboard_stars')
    .where('user_id', '=', star.user_id)
    .where('dashboard_id', '=', star.dashboard_id)
    .execute()
}
