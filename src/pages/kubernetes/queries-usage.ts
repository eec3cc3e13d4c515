/**
 * What pods and nodes use, from the newest samples of their metrics, added up by the columns a
 * question asks for; and what pods ask for, added up by the same.
 */
import type { RangeAsk } from '../../model/question.ts'
import type { AskContext } from '../../store/answer.ts'
import { type Sql, sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import { currentObjects } from './queries-living.ts'

/** The newest sample counts when it is not older than this. */
const fresh_ms = 300_000

export type UsageOf = 'pod' | 'node'
type By = 'cluster' | 'namespace' | 'workload' | 'pod' | 'node'
type UsageRow = { place: string[]; metric: string; total: number }

const metrics = {
  pod: {
    'k8s.pod.cpu.usage': 'cpu_usage_cores',
    'k8s.pod.memory.working_set': 'memory_usage_bytes',
  },
  node: {
    'k8s.node.cpu.usage': 'cpu_usage_cores',
    'k8s.node.memory.working_set': 'memory_usage_bytes',
  },
} as const

export type Figures = Map<string, Record<string, number>>

/** How a place is written as a key: the values of its columns. */
export function placeKey(...values: readonly string[]): string {
  return values.join('\0')
}

export async function usageBy(
  by: readonly By[],
  of: UsageOf,
  ask: RangeAsk,
  context: AskContext,
): Promise<Figures> {
  const names: Record<string, string> = metrics[of]
  const range = { ...ask, from_ms: Math.max(0, ask.to_ms - fresh_ms) }
  // A node belongs to no namespace: the top bar's would hide its metrics.
  const asked = of === 'node' ? { ...range, namespace: undefined } : range
  const rows = await context.store.rows<UsageRow>(
    sql`SELECT [${sql.join(by.map(text))}] AS place, metric, sum(newest) AS total
    FROM (
      SELECT series_id, metric, argMax(value, time) AS newest FROM metric_samples
      WHERE metric IN ${Object.keys(names)}
        AND time >= fromUnixTimestamp64Milli(${BigInt(Math.trunc(range.from_ms))})
        AND time < fromUnixTimestamp64Milli(${BigInt(Math.trunc(range.to_ms))})
      GROUP BY metric, series_id
      -- What ended is marked so with a NaN, which would be the sum of its whole workload.
      HAVING NOT isNaN(newest)
    ) AS samples
    INNER JOIN (
      SELECT DISTINCT series_id, metric, cluster, namespace, workload, pod, node
      FROM metric_series WHERE metric IN ${Object.keys(names)}
        AND ${within('metric_series', asked, context.scope)}
    ) AS series USING (series_id, metric)
    GROUP BY place, metric`,
    { signal: context.signal },
  )
  const found: Figures = new Map()
  for (const { place, metric, total } of rows) {
    const key = placeKey(...place)
    found.set(key, { ...found.get(key), [names[metric] as string]: total })
  }
  return found
}

function text(column: By): Sql {
  return sql`toString(${sql.identifier(column)})`
}

const summed = [
  'restarts',
  'cpu_request_cores',
  'cpu_limit_cores',
  'memory_request_bytes',
  'memory_limit_bytes',
] as const

/** A pod that ended asks for nothing any more. */
export const holdsPlace = sql`status NOT IN ('Completed', 'Succeeded', 'Failed', 'Evicted')`

type SumRow = { place: string[]; pods: string; bad: string; warn: string } & Record<string, unknown>

/** Of the pods that are alive: how many, how many unwell, and what they ask for together. */
export async function podSumsBy(
  by: readonly Exclude<By, 'pod'>[],
  ask: RangeAsk,
  context: AskContext,
): Promise<Figures> {
  const sums = summed.map(
    (name) => sql`sumIf(numbers[${name}], ${holdsPlace}) AS ${sql.identifier(`sum_${name}`)}`,
  )
  const rows = await context.store.rows<SumRow>(
    sql`SELECT [${sql.join(by.map(text))}] AS place, count() AS pods,
      countIf(health = 'bad') AS bad, countIf(health = 'warn') AS warn, ${sql.join(sums)}
    FROM ${currentObjects(['Pod'], ask, context)} GROUP BY place`,
    { signal: context.signal },
  )
  return new Map(
    rows.map((row) => [
      placeKey(...row.place),
      {
        pods: Number(row.pods),
        pods_bad: Number(row.bad),
        pods_warn: Number(row.warn),
        ...Object.fromEntries(summed.map((name) => [name, Number(row[`sum_${name}`])])),
      },
    ]),
  )
}

type EndpointsRow = { place: string[]; endpoints: number; ready: number }

/** Of each service: how many pods are behind it, and how many of them are ready. */
export async function endpointsBy(ask: RangeAsk, context: AskContext): Promise<Figures> {
  const rows = await context.store.rows<EndpointsRow>(
    sql`SELECT [toString(cluster), toString(namespace), labels['kubernetes.io/service-name']]
        AS place, sum(numbers['endpoints']) AS endpoints, sum(numbers['endpoints_ready']) AS ready
    FROM ${currentObjects(['EndpointSlice'], ask, context)}
    WHERE mapContains(labels, 'kubernetes.io/service-name') GROUP BY place`,
    { signal: context.signal },
  )
  return new Map(
    rows.map(({ place, endpoints, ready }) => [
      placeKey(...place),
      { endpoints, endpoints_ready: ready },
    ]),
  )
}
