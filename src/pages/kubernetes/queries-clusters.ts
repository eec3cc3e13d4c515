/** Answers the overview: each cluster's capacity, what is asked of it, what it uses, its health. */
import type { RangeAsk } from '../../model/question.ts'
import type { AskContext } from '../../store/answer.ts'
import { sql } from '../../store/sql.ts'
import { type Clusters, lists } from './contract.ts'
import { currentObjects } from './queries-living.ts'
import { holdsPlace, placeKey, usageBy } from './queries-usage.ts'

const summed = [
  'cpu_allocatable_cores',
  'memory_allocatable_bytes',
  'pods_allocatable',
  'cpu_request_cores',
  'cpu_limit_cores',
  'memory_request_bytes',
  'memory_limit_bytes',
  'restarts',
] as const

type KindRow = {
  cluster: string
  kind: string
  objects: string
  bad: string
  warn: string
  told_ms: string
} & Record<`sum_${(typeof summed)[number]}`, number>

const kinds = ['Node', 'Pod', 'Namespace', ...lists.workloads]

export async function listClusters(ask: RangeAsk, context: AskContext): Promise<Clusters> {
  const sums = summed.map(
    (name) => sql`sumIf(numbers[${name}], ${holdsPlace}) AS ${sql.identifier(`sum_${name}`)}`,
  )
  const [rows, usage, podUsage] = await Promise.all([
    context.store.rows<KindRow>(
      sql`SELECT cluster, kind, count() AS objects, countIf(health = 'bad') AS bad,
        countIf(health = 'warn') AS warn, toUnixTimestamp64Milli(max(time)) AS told_ms,
        ${sql.join(sums)}
      FROM ${currentObjects(kinds, ask, context)} GROUP BY cluster, kind ORDER BY cluster`,
      { signal: context.signal },
    ),
    usageBy(['cluster'], 'node', ask, context),
    usageBy(['cluster'], 'pod', ask, context),
  ])
  const cluster = [...new Set(rows.map((row) => row.cluster))]
  const of = (name: string, ...wanted: string[]) =>
    rows.filter((row) => row.cluster === name && wanted.includes(row.kind))
  const total = (value: (row: KindRow) => number | string, ...wanted: string[]) =>
    cluster.map((name) => of(name, ...wanted).reduce((sum, row) => sum + Number(value(row)), 0))
  const used = (figure: string) =>
    cluster.map((name) => {
      // A namespace's share is known from its pods alone.
      const found = ask.namespace === undefined ? usage.get(placeKey(name)) : undefined
      return found?.[figure] ?? podUsage.get(placeKey(name))?.[figure] ?? null
    })
  const unwell = (row: KindRow) => Number(row.bad) + Number(row.warn)
  return {
    cluster,
    nodes: total((row) => row.objects, 'Node'),
    nodes_unwell: total(unwell, 'Node'),
    pods: total((row) => row.objects, 'Pod'),
    pods_bad: total((row) => row.bad, 'Pod'),
    pods_warn: total((row) => row.warn, 'Pod'),
    workloads: total((row) => row.objects, ...lists.workloads),
    workloads_unwell: total(unwell, ...lists.workloads),
    namespaces: total((row) => row.objects, 'Namespace'),
    cpu_allocatable_cores: total((row) => row.sum_cpu_allocatable_cores, 'Node'),
    cpu_request_cores: total((row) => row.sum_cpu_request_cores, 'Pod'),
    cpu_limit_cores: total((row) => row.sum_cpu_limit_cores, 'Pod'),
    cpu_usage_cores: used('cpu_usage_cores'),
    memory_allocatable_bytes: total((row) => row.sum_memory_allocatable_bytes, 'Node'),
    memory_request_bytes: total((row) => row.sum_memory_request_bytes, 'Pod'),
    memory_limit_bytes: total((row) => row.sum_memory_limit_bytes, 'Pod'),
    memory_usage_bytes: used('memory_usage_bytes'),
    pods_allocatable: total((row) => row.sum_pods_allocatable, 'Node'),
    restarts: total((row) => row.sum_restarts, 'Pod'),
    told_ms: cluster.map((name) =>
      rows
        .filter((row) => row.cluster === name)
        .reduce((newest, row) => Math.max(newest, Number(row.told_ms)), 0),
    ),
  }
}
