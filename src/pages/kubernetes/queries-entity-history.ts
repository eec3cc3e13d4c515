/** Answers one thing's past from the ledger: its status, its containers' ends, its revisions. */
import type { RangeAsk } from '../../model/question.ts'
import type { AskContext } from '../../store/answer.ts'
import { type Sql, sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import type { EntityAsk } from './contract-entity.ts'
import type { ContainerEnds, EntityStatuses, Revisions } from './contract-entity-history.ts'
import { isWorkload, objectsOf, placeOf } from './queries-entity-place.ts'

const statuses_max = 2_000
const ends_max = 500
const revisions_max = 500
/** Agents tell a living object again at least once a week. */
const told_ms_max = 8 * 86_400_000

const moment = (ms: number) => sql`fromUnixTimestamp64Milli(${BigInt(Math.max(0, Math.trunc(ms)))})`

type StatusRow = {
  time_ms: string
  change: EntityStatuses['change'][number]
  status: string
  health: EntityStatuses['health'][number]
}

export async function statusesOf(ask: EntityAsk, context: AskContext): Promise<EntityStatuses> {
  const during = sql`time >= ${moment(ask.from_ms - told_ms_max)} AND time < ${moment(ask.to_ms)}`
  // Only where it became another; of the time before the range only how it then was.
  const rows = await context.store.rows<StatusRow>(
    sql`SELECT toUnixTimestamp64Milli(time) AS time_ms, change, status, health FROM (
      SELECT time, change, status, health, row_number() OVER told AS nth,
        lagInFrame(status) OVER told AS status_before,
        lagInFrame(toString(health)) OVER told AS health_before,
        lagInFrame(toString(change)) OVER told AS change_before,
        leadInFrame(time, 1, ${moment(ask.to_ms)}) OVER (ORDER BY time, change = 'deleted'
          ROWS BETWEEN CURRENT ROW AND 1 FOLLOWING) AS next_time
      FROM ${objectsOf(ask, during, context)}
      WINDOW told AS (ORDER BY time, change = 'deleted'
        ROWS BETWEEN 1 PRECEDING AND CURRENT ROW)
    ) WHERE next_time > ${moment(ask.from_ms)} AND (nth = 1 OR time < ${moment(ask.from_ms)}
      OR status != status_before OR toString(health) != health_before
      OR (change = 'deleted') != (change_before = 'deleted'))
    ORDER BY time DESC LIMIT ${statuses_max}`,
    { signal: context.signal },
  )
  const told = rows.toReversed()
  return {
    time_ms: told.map((row) => Number(row.time_ms)),
    change: told.map((row) => row.change),
    status: told.map((row) => row.status),
    health: told.map((row) => row.health),
  }
}

type EndRow = {
  ended_ms: string
  cluster: string
  namespace: string
  pod: string
  pod_uid: string
  container: string
  reason: string
  exit_code: number
  total: string
}

/** Which pods' containers are looked at; undefined for things that hold none. */
function podsOf({ kind, of_namespace, name }: EntityAsk): Sql | undefined {
  const inNamespace = sql`namespace = ${of_namespace}`
  if (kind === 'pod') return sql`${inNamespace} AND name = ${name}`
  if (kind === 'node') return sql`node = ${name}`
  if (kind === 'namespace') return sql`namespace = ${name}`
  if (!isWorkload(kind)) return undefined
  return sql`${inNamespace} AND (workload = ${name} OR owner_name = ${name})`
}

export async function endsOf(ask: EntityAsk, context: AskContext): Promise<ContainerEnds> {
  const own = podsOf(ask)
  const rows =
    own === undefined
      ? []
      : await context.store.rows<EndRow>(
          sql`SELECT ended_ms, cluster, namespace, pod, pod_uid, container, reason, exit_code,
            count() OVER () AS total
          FROM (
            SELECT DISTINCT toUnixTimestamp64Milli(parseDateTime64BestEffortOrZero(
                JSONExtractString(ended, 'finishedAt'), 3)) AS ended_ms,
              cluster, namespace, name AS pod, uid AS pod_uid,
              JSONExtractString(one, 'name') AS container,
              JSONExtractString(ended, 'reason') AS reason,
              JSONExtractInt(ended, 'exitCode') AS exit_code
            FROM (
              SELECT cluster, namespace, name, uid, one, arrayJoin([
                JSONExtractRaw(one, 'state', 'terminated'),
                JSONExtractRaw(one, 'lastState', 'terminated')]) AS ended
              FROM (
                SELECT cluster, namespace, name, uid, arrayJoin(arrayConcat(
                  JSONExtractArrayRaw(object, 'status', 'containerStatuses'),
                  JSONExtractArrayRaw(object, 'status', 'initContainerStatuses'))) AS one
                FROM kubernetes_objects
                WHERE kind = 'Pod' AND ${within('kubernetes_objects', placeOf(ask), context.scope)}
                  AND ${own} AND position(object, '"terminated"') > 0
              )
            ) WHERE ended != '' AND exit_code != 0
          ) WHERE ended_ms >= ${BigInt(ask.from_ms)} AND ended_ms < ${BigInt(ask.to_ms)}
          ORDER BY ended_ms DESC, pod, container LIMIT ${ends_max}`,
          { signal: context.signal },
        )
  const column = <Key extends keyof EndRow>(key: Key) => rows.map((row) => row[key])
  return {
    total: Number(rows[0]?.total ?? 0),
    time_ms: rows.map((row) => Number(row.ended_ms)),
    cluster: column('cluster'),
    namespace: column('namespace'),
    pod: column('pod'),
    uid: column('pod_uid'),
    container: column('container'),
    reason: column('reason'),
    exit_code: rows.map((row) => Number(row.exit_code)),
  }
}

type RevisionRow = {
  time_ms: string
  change: Revisions['change'][number]
  uid: string
  actor: string
  status: string
  changed_paths: string[]
  is_status: number
  total: string
}

/** Controllers report here what they see; nobody decided it. */
const ofStatus = '^(status|metadata[.](resourceVersion|generation))([.[]|$)'

export async function revisionsOf(ask: EntityAsk, context: AskContext): Promise<Revisions> {
  const before = sql`time < ${moment(ask.to_ms)}`
  const rows = await context.store.rows<RevisionRow>(
    sql`SELECT toUnixTimestamp64Milli(time) AS time_ms, change, uid, actor, status, changed_paths,
      change = 'modified' AND notEmpty(changed_paths)
        AND arrayAll(path -> match(path, ${ofStatus}), changed_paths) AS is_status,
      count() OVER () AS total
    FROM (
      SELECT time, change, uid, actor, status, changed_paths, row_number() OVER (
        PARTITION BY cluster, kind, namespace, uid ORDER BY time) AS nth
      FROM ${objectsOf(ask, before, context)}
    ) WHERE change != 'seen' OR nth = 1
    ORDER BY time DESC LIMIT ${revisions_max}`,
    { signal: context.signal },
  )
  const column = <Key extends keyof RevisionRow>(key: Key) => rows.map((row) => row[key])
  return {
    total: Number(rows[0]?.total ?? 0),
    time_ms: rows.map((row) => Number(row.time_ms)),
    change: column('change'),
    uid: column('uid'),
    actor: column('actor'),
    status: column('status'),
    changed_paths: column('changed_paths'),
    is_status: rows.map((row) => Boolean(row.is_status)),
  }
}

type RevisionAsk = EntityAsk & RangeAsk & { uid: string; time_ms: number }

export async function revisionOf(
  ask: RevisionAsk,
  context: AskContext,
): Promise<{ object: string } | null> {
  const at = sql`uid = ${ask.uid} AND time = ${moment(ask.time_ms)} AND object != ''`
  const [row] = await context.store.rows<{ object: string }>(
    sql`SELECT object FROM ${objectsOf(ask, at, context)} LIMIT 1`,
    { signal: context.signal },
  )
  return row ?? null
}
