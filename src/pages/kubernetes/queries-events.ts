/** Answers about events: a list in which each event stands once, and how they came over time. */
import type { RangeAsk } from '../../model/question.ts'
import { parse } from '../../model/search/parse.ts'
import type { AskContext } from '../../store/answer.ts'
import { bucketFor, bucketStarts } from '../../store/bucket.ts'
import { type Sql, sql } from '../../store/sql.ts'
import { where } from '../../store/where.ts'
import { within } from '../../store/within.ts'
import type { EventHistogram, Events, EventsAsk, Identity } from './contract-history.ts'

const points_max = 120
const reasons_max = 8

type Row = {
  time_ms: string
  first_ms: string
  type: string
  reason: string
  message: string
  count: number
  source: string
  cluster: string
  namespace: string
  kind: string
  name: string
  uid: string
  workload_kind: string
  workload: string
  node: string
  event_uid: string
  total: string
}

type Asked = RangeAsk & { search: string }

function matching(ask: Asked, context: AskContext): Sql {
  return sql.all([
    within('kubernetes_events', ask, context.scope),
    where(parse(ask.search), 'kubernetes_events', { now_ms: context.now_ms }),
  ])
}

export function listEvents(ask: EventsAsk, context: AskContext): Promise<Events> {
  return events(matching(ask, context), ask.rows_max, context)
}

/** Events about one object, or with kind Namespace, Node or Cluster all that lie in it. */
export function eventsOf(
  object: Identity,
  ask: RangeAsk & { rows_max: number },
  context: AskContext,
): Promise<Events> {
  const range = { ...ask, cluster: object.cluster, namespace: undefined }
  const matched = sql.all([within('kubernetes_events', range, context.scope), about(object)])
  return events(matched, ask.rows_max, context)
}

function about({ kind, namespace, name, uid }: Identity): Sql {
  const own = sql.all([
    sql`kind = ${kind}`,
    sql`name = ${name}`,
    // Events about a node lie in a namespace although the node does not.
    ...(kind === 'Node' ? [] : [sql`namespace = ${namespace}`]),
    ...(uid === undefined || uid === '' || kind === 'Node' ? [] : [sql`uid IN (${uid}, '')`]),
  ])
  if (kind === 'Cluster') return sql`true`
  if (kind === 'Namespace') return sql`(${own}) OR namespace = ${name}`
  if (kind === 'Node') return sql`(${own}) OR node = ${name}`
  const ofWorkload = sql`workload = ${name} AND workload_kind = ${kind}
    AND namespace = ${namespace}`
  return sql`(${own}) OR (${ofWorkload})`
}

/** It is told again whenever its count grows: the last word counts. */
async function events(matched: Sql, rows_max: number, context: AskContext): Promise<Events> {
  const rows = await context.store.rows<Row>(
    sql`SELECT toUnixTimestamp64Milli(time) AS time_ms,
      toUnixTimestamp64Milli(first_time) AS first_ms, type, reason, message, count, source, cluster,
      namespace, kind, name, uid, workload_kind, workload, node, event_uid,
      count() OVER () AS total
    FROM (SELECT * FROM kubernetes_events WHERE ${matched}
      ORDER BY kubernetes_events.count DESC, time DESC LIMIT 1 BY cluster, event_uid)
    ORDER BY type = 'Warning' DESC, time DESC LIMIT ${rows_max}`,
    { signal: context.signal },
  )
  const column = <Key extends keyof Row>(key: Key) => rows.map((row) => row[key])
  return {
    total: Number(rows[0]?.total ?? 0),
    time_ms: rows.map((row) => Number(row.time_ms)),
    first_ms: rows.map((row) => Number(row.first_ms)),
    type: column('type'),
    reason: column('reason'),
    message: column('message'),
    count: column('count'),
    source: column('source'),
    cluster: column('cluster'),
    namespace: column('namespace'),
    kind: column('kind'),
    name: column('name'),
    uid: column('uid'),
    workload_kind: column('workload_kind'),
    workload: column('workload'),
    node: column('node'),
    event_uid: column('event_uid'),
  }
}

type BucketRow = { bucket: number; reason: string; rows: string; warnings: string }

export async function eventsOverTime(ask: Asked, context: AskContext): Promise<EventHistogram> {
  const { seconds } = bucketFor(ask.from_ms, ask.to_ms, points_max)
  const rows = await context.store.rows<BucketRow>(
    sql`SELECT toUnixTimestamp(toStartOfInterval(time, toIntervalSecond(${seconds}))) AS bucket,
      reason, count() AS rows, countIf(type = 'Warning') AS warnings
    FROM kubernetes_events WHERE ${matching(ask, context)} GROUP BY bucket, reason`,
    { signal: context.signal },
  )
  const time_ms = bucketStarts(ask.from_ms, ask.to_ms, seconds)
  const at = new Map(time_ms.map((time, index) => [time, index]))
  const sums = new Map<string, number>()
  for (const row of rows) sums.set(row.reason, (sums.get(row.reason) ?? 0) + Number(row.rows))
  const most = [...sums].sort((a, b) => b[1] - a[1]).map(([reason]) => reason)
  const shown = most.slice(0, reasons_max)
  const reason = most.length > reasons_max ? [...shown, ''] : shown
  const counts = reason.map(() => time_ms.map(() => 0))
  for (const row of rows) {
    const line = counts[shown.includes(row.reason) ? shown.indexOf(row.reason) : reason.length - 1]
    const index = at.get(row.bucket * 1000)
    if (line !== undefined && index !== undefined)
      line[index] = (line[index] ?? 0) + Number(row.rows)
  }
  const sum = (of: (row: BucketRow) => string) =>
    rows.reduce((all, row) => all + Number(of(row)), 0)
  return {
    bucket_ms: seconds * 1000,
    time_ms,
    reason,
    counts,
    warnings: sum((row) => row.warnings),
    total: sum((row) => row.rows),
  }
}
