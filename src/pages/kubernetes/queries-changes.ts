/** Answers from the ledger: changes, over time, one with its diff, and one object's life. */
import type { PathChange } from '../../model/kubernetes.ts'
import type { RangeAsk } from '../../model/question.ts'
import { parse } from '../../model/search/parse.ts'
import type { AskContext } from '../../store/answer.ts'
import { bucketFor, bucketStarts } from '../../store/bucket.ts'
import { type Sql, sql } from '../../store/sql.ts'
import { where } from '../../store/where.ts'
import { placed, within } from '../../store/within.ts'
import type {
  ChangeHistogram,
  ChangeScope,
  ChangeShown,
  Changes,
  ChangesAsk,
  Identity,
} from './contract-history.ts'

const points_max = 120

/** Controllers report here what they see; nobody decided it. */
const meant = sql`change != 'modified' OR
  arrayExists(path -> NOT match(path, '^(status|metadata[.](resourceVersion|generation))([.[]|$)'),
    changed_paths)`

type Asked = RangeAsk & { search: string; what: ChangeScope }

function matching(ask: Asked, context: AskContext): Sql {
  return sql.all([
    within('kubernetes_objects', ask, context.scope),
    sql`change IN ('added', 'modified', 'deleted')`,
    ask.what === 'all' ? sql`true` : meant,
    // Events and leases come and go all the time: they are no changes of anything.
    sql`kind NOT IN ('Event', 'Lease')`,
    where(parse(ask.search), 'kubernetes_objects', { now_ms: context.now_ms }),
  ])
}

type Row = {
  time_ms: string
  change: ChangeShown['change']
  cluster: string
  namespace: string
  kind: string
  name: string
  uid: string
  workload_kind: string
  workload: string
  actor: string
  health: ChangeShown['health']
  status: string
  changed_paths: string[]
  total: string
}

export function listChanges(ask: ChangesAsk, context: AskContext): Promise<Changes> {
  return changes(matching(ask, context), ask.rows_max, context)
}

/** Every word on one object, whoever said it: with `seen` left out. Newest first. */
export function objectHistory(
  object: Identity,
  ask: RangeAsk & { rows_max: number },
  context: AskContext,
): Promise<Changes> {
  const range = { from_ms: ask.from_ms, to_ms: ask.to_ms }
  const matched = sql.all([
    within('kubernetes_objects', range, context.scope),
    sql`change IN ('added', 'modified', 'deleted')`,
    identified(object),
  ])
  return changes(matched, ask.rows_max, context)
}

function identified({ cluster, kind, namespace, name, uid }: Identity): Sql {
  return sql.all([
    sql`cluster = ${cluster}`,
    sql`kind = ${kind}`,
    sql`namespace = ${namespace}`,
    sql`name = ${name}`,
    ...(uid === undefined ? [] : [sql`uid = ${uid}`]),
  ])
}

async function changes(matched: Sql, rows_max: number, context: AskContext): Promise<Changes> {
  const rows = await context.store.rows<Row>(
    sql`SELECT toUnixTimestamp64Milli(time) AS time_ms, change, cluster, namespace, kind, name, uid,
      workload_kind, workload, actor, health, status, changed_paths, count() OVER () AS total
    FROM kubernetes_objects WHERE ${matched}
    ORDER BY time DESC, kind, name LIMIT ${rows_max}`,
    { signal: context.signal },
  )
  const column = <Key extends keyof Row>(key: Key) => rows.map((row) => row[key])
  return {
    total: Number(rows[0]?.total ?? 0),
    time_ms: rows.map((row) => Number(row.time_ms)),
    change: column('change'),
    cluster: column('cluster'),
    namespace: column('namespace'),
    kind: column('kind'),
    name: column('name'),
    uid: column('uid'),
    workload_kind: column('workload_kind'),
    workload: column('workload'),
    actor: column('actor'),
    health: column('health'),
    status: column('status'),
    changed_paths: column('changed_paths'),
  }
}

type BucketRow = { bucket: number; change: 'added' | 'modified' | 'deleted'; rows: string }

export async function changesOverTime(ask: Asked, context: AskContext): Promise<ChangeHistogram> {
  const { seconds } = bucketFor(ask.from_ms, ask.to_ms, points_max)
  const rows = await context.store.rows<BucketRow>(
    sql`SELECT toUnixTimestamp(toStartOfInterval(time, toIntervalSecond(${seconds}))) AS bucket,
      change, count() AS rows
    FROM kubernetes_objects WHERE ${matching(ask, context)} GROUP BY bucket, change`,
    { signal: context.signal },
  )
  const time_ms = bucketStarts(ask.from_ms, ask.to_ms, seconds)
  const line = (change: BucketRow['change']) => {
    const counts = new Map(
      rows.filter((row) => row.change === change).map((row) => [row.bucket * 1000, row.rows]),
    )
    return time_ms.map((time) => Number(counts.get(time) ?? 0))
  }
  return {
    bucket_ms: seconds * 1000,
    time_ms,
    added: line('added'),
    modified: line('modified'),
    deleted: line('deleted'),
  }
}

type ShownRow = Omit<ChangeShown, 'time_ms' | 'diff'> & { diff: string }

export async function oneChange(
  ask: Identity & { uid: string; time_ms: number },
  context: AskContext,
): Promise<ChangeShown | null> {
  const [row] = await context.store.rows<ShownRow>(
    sql`SELECT change, cluster, namespace, kind, name, uid, workload_kind, workload, actor, health,
      status, status_message, diff, object
    FROM kubernetes_objects
    WHERE ${placed({}, context.scope)} AND ${identified(ask)}
      AND time = fromUnixTimestamp64Milli(${BigInt(ask.time_ms)})
      AND change IN ('added', 'modified', 'deleted') LIMIT 1`,
    { signal: context.signal },
  )
  if (row === undefined) return null
  return { ...row, time_ms: ask.time_ms, diff: row.diff === '' ? [] : readDiff(row.diff) }
}

function readDiff(text: string): PathChange[] {
  return JSON.parse(text) as PathChange[]
}
