/**
 * Forgets objects that are long gone from what is alive now: the table has no days that could be
 * dropped. Their history stays as long as retention says. The time is passed in.
 */
import { type Sql, sql } from '../sql.ts'
import type { Store } from '../store.ts'

/** Until then a screen can still say that an object is gone, and when it was last heard of. */
const gone_ms_min = 24 * 3_600_000
/** A run removes so many; the rest waits for the next. */
const objects_max = 2_000

type Gone = { cluster: string; namespace: string; kind: string; name: string; uid: string }

/** Answers how many objects were forgotten. */
export async function forgetGone(
  store: Pick<Store, 'rows' | 'command'>,
  now_ms: number,
  cluster: string | undefined,
): Promise<number> {
  const gone = await store.rows<Gone>(longGone(now_ms - gone_ms_min), { lane: 'health' })
  if (gone.length === 0) return 0
  const table = cluster === undefined ? 'kubernetes_current' : 'kubernetes_current_local'
  const on: Sql = cluster === undefined ? sql`` : sql` ON CLUSTER ${sql.identifier(cluster)}`
  const keys = gone.map((one) => [one.kind, one.cluster, one.namespace, one.name, one.uid])
  // All versions of them: an earlier one would otherwise come back to life.
  await store.command(
    sql`ALTER TABLE ${sql.identifier(table)}${on}
      DELETE WHERE (kind, cluster, namespace, name, uid) IN ${keys}`,
    { timeout_ms: 60_000 },
  )
  return gone.length
}

/** Deleted, or not told again when the whole kind was listed. */
function longGone(before_ms: number): Sql {
  const before = sql`fromUnixTimestamp64Milli(${BigInt(Math.max(0, Math.trunc(before_ms)))})`
  return sql`SELECT cluster, namespace, kind, name, uid FROM kubernetes_current FINAL
    LEFT JOIN (
      SELECT cluster, kind, max(time) AS listed_time FROM kubernetes_current
      WHERE change = 'listed' GROUP BY cluster, kind
    ) AS listed USING (cluster, kind)
    WHERE name != '' AND time < ${before} AND (change = 'deleted' OR time < listed_time)
    LIMIT ${objects_max}`
}
