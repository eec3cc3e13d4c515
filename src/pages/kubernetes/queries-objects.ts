/** Answers the lists: objects of some kinds that are alive, the most troubled first. */
import { parse } from '../../model/search/parse.ts'
import type { AskContext } from '../../store/answer.ts'
import { sql } from '../../store/sql.ts'
import { where } from '../../store/where.ts'
import { type ListAsk, lists, type ObjectFacts, type ObjectList } from './contract.ts'
import { detailsOf } from './queries-details.ts'
import { currentObjects, momentOf } from './queries-living.ts'
import { isFlapping, rescalesBy } from './queries-rescales.ts'
import { endpointsBy, type Figures, placeKey, podSumsBy, usageBy } from './queries-usage.ts'

const objects_max = 5_000

type Row = ObjectFacts & { created_ms: string; told_ms: string; total: string }

export async function listObjects(ask: ListAsk, context: AskContext): Promise<ObjectList> {
  const matched = where(parse(ask.search), 'kubernetes_current', { now_ms: context.now_ms })
  const isTroubled = ask.list === 'troubled'
  const unwell = isTroubled
    ? sql`health IN ('bad', 'warn') OR (${isFlapping(ask, context)})`
    : sql`true`
  // What has ended needs nobody in a hurry: what still tries comes first.
  const urgency = isTroubled
    ? sql`health DESC, status = 'Evicted' OR kind = 'Job'`
    : sql`health DESC`
  const [rows, added] = await Promise.all([
    context.store.rows<Row>(
      sql`SELECT cluster, kind, namespace, name, uid, node, owner_kind, owner_name, workload_kind,
        workload, health, status, status_message,
        toUnixTimestamp64Milli(created_time) AS created_ms, toUnixTimestamp64Milli(time) AS told_ms,
        numbers, ${detailsOf(ask.list)} AS details, count() OVER () AS total
      FROM ${currentObjects(lists[ask.list], ask, context)} WHERE ${matched} AND (${unwell})
      ORDER BY ${urgency}, numbers['restarts'] DESC, cluster, namespace, name
      LIMIT ${objects_max}`,
      { signal: context.signal },
    ),
    addedTo(ask, context),
  ])
  const column = <Key extends keyof Row>(key: Key) => rows.map((row) => row[key])
  return {
    total: Number(rows[0]?.total ?? 0),
    at_ms: momentOf(ask, context.now_ms) ?? 0,
    cluster: column('cluster'),
    kind: column('kind'),
    namespace: column('namespace'),
    name: column('name'),
    uid: column('uid'),
    node: column('node'),
    owner_kind: column('owner_kind'),
    owner_name: column('owner_name'),
    workload_kind: column('workload_kind'),
    workload: column('workload'),
    health: column('health'),
    status: column('status'),
    status_message: column('status_message'),
    created_ms: rows.map((row) => Number(row.created_ms)),
    told_ms: rows.map((row) => Number(row.told_ms)),
    numbers: rows.map((row) => ({ ...row.numbers, ...added(row) })),
    details: column('details'),
  }
}

type Added = (row: Row) => Record<string, number> | undefined

/** What a row's pods ask for and use, by what the list's rows are. */
async function addedTo(ask: ListAsk, context: AskContext): Promise<Added> {
  const sumsAndUsage = async (
    by: readonly ('cluster' | 'namespace' | 'workload' | 'node')[],
    of: 'pod' | 'node' = 'pod',
  ): Promise<[Figures, Figures]> =>
    Promise.all([podSumsBy(by, ask, context), usageBy(by, of, ask, context)])
  const both = ([sums, usage]: [Figures, Figures], key: string) => ({
    ...sums.get(key),
    ...usage.get(key),
  })
  switch (ask.list) {
    case 'nodes': {
      const found = await sumsAndUsage(['cluster', 'node'], 'node')
      return (row) => both(found, placeKey(row.cluster, row.name))
    }
    case 'namespaces': {
      const found = await sumsAndUsage(['cluster', 'namespace'])
      return (row) => both(found, placeKey(row.cluster, row.name))
    }
    case 'workloads': {
      const found = await sumsAndUsage(['cluster', 'namespace', 'workload'])
      return (row) => both(found, placeKey(row.cluster, row.namespace, row.name))
    }
    case 'pods':
      return podUsage(ask, context)
    case 'autoscalers':
    case 'troubled': {
      const found = await rescalesBy(ask, context)
      return (row) =>
        row.kind === 'HorizontalPodAutoscaler'
          ? found.get(placeKey(row.cluster, row.namespace, row.name))
          : undefined
    }
    case 'services': {
      const found = await endpointsBy(ask, context)
      return (row) => found.get(placeKey(row.cluster, row.namespace, row.name))
    }
    default:
      return () => undefined
  }
}

async function podUsage(ask: ListAsk, context: AskContext): Promise<Added> {
  const usage = await usageBy(['cluster', 'namespace', 'pod'], 'pod', ask, context)
  return (row) => usage.get(placeKey(row.cluster, row.namespace, row.name))
}
