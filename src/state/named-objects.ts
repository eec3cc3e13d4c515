/** Objects that clients put under a name, as JSON text. What they mean is known elsewhere. */
import type { ObjectKind } from '../model/named-objects.ts'
import type { Database, Tables } from './schema.ts'

export type StoredObject = Tables['named_objects']

export async function listNamedObjects(db: Database, kind: ObjectKind): Promise<StoredObject[]> {
  return db
    .selectFrom('named_objects')
    .selectAll()
    .where('kind', '=', kind)
    .orderBy('name')
    .execute()
}

export async function findNamedObject(
  db: Database,
  kind: ObjectKind,
  name: string,
): Promise<StoredObject | undefined> {
  return db
    .selectFrom('named_objects')
    .selectAll()
    .where('kind', '=', kind)
    .where('name', '=', name)
    .executeTakeFirst()
}

/** How many there are, and their bytes: what is put next must fit. */
export async function namedObjectsSize(db: Database): Promise<{ objects: number; bytes: number }> {
  const row = await db
    .selectFrom('named_objects')
    .select((is) => [
      is.fn.countAll<number>().as('objects'),
      is.fn.sum<number>('body_bytes').as('bytes'),
    ])
    .executeTakeFirstOrThrow()
  return { objects: Number(row.objects), bytes: Number(row.bytes ?? 0) }
}

/** The version of every object of a kind: how other servers' changes are seen. */
export async function namedObjectVersions(db: Database, kind: ObjectKind): Promise<string> {
  const rows = await db
    .selectFrom('named_objects')
    .select(['name', 'version', 'updated_ms'])
    .where('kind', '=', kind)
    .orderBy('name')
    .execute()
  return rows.map(({ name, version, updated_ms }) => `${name} ${version} ${updated_ms}`).join('\n')
}

/** Puts or replaces it and answers its version. */
export async function putNamedObject(
  db: Database,
  object: Omit<StoredObject, 'version'>,
): Promise<number> {
  const row = await db
    .insertInto('named_objects')
    .values({ ...object, version: 1 })
    .onConflict((conflict) =>
      conflict.columns(['kind', 'name']).doUpdateSet((is) => ({
        body: object.body,
        body_bytes: object.body_bytes,
        updated_ms: object.updated_ms,
        updated_by: object.updated_by,
        version: is('named_objects.version', '+', 1),
      })),
    )
    .returning('version')
    .executeTakeFirstOrThrow()
  return Number(row.version)
}

/** False when there was none. */
export async function deleteNamedObject(
  db: Database,
  kind: ObjectKind,
  name: string,
): Promise<boolean> {
  const result = await db
    .deleteFrom('named_objects')
    .where('kind', '=', kind)
    .where('name', '=', name)
    .executeTakeFirst()
  return result.numDeletedRows > 0n
}
