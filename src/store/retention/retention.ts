/**
 * Removes whole days: those past their signal's age, and the oldest ones while the store is larger
 * than it may be. Called on a schedule; the time is passed in.
 */
import type { TableName } from '../../model/tables.ts'
import { type Sql, sql } from '../sql.ts'
import type { Store } from '../store.ts'

export type Retention = {
  days: {
    logs: number
    traces: number
    metrics: number
    kubernetes: number
    security: number
    flows: number
    summaries: number
  }
  disk_bytes_max: number
  /** Under it the oldest days go too, whoever else has filled the disk. */
  disk_free_bytes_min?: number | undefined
  cluster?: string | undefined
}
export type Dropped = { table: string; day: string; bytes: number; reason: 'age' | 'disk' }

/** Nobody looks at these for long: their ages are not configured. */
export const coverage_days = 7
export const chunks_days = 2

type Signal = keyof Retention['days'] | 'coverage' | 'chunks'
type Day = { table: string; signals: readonly Signal[]; partition: string; bytes: number }

/** Rows that others refer to live as long as the longest-lived of those. */
const signalsOf: { [Table in TableName]?: readonly Signal[] } = {
  logs: ['logs'],
  spans: ['traces'],
  trace_index: ['traces'],
  metric_samples: ['metrics'],
  metric_histograms: ['metrics'],
  metric_exemplars: ['metrics'],
  metric_series: ['metrics', 'summaries'],
  resources: ['logs', 'traces', 'metrics', 'security', 'flows'],
  metric_samples_5m: ['summaries'],
  span_metrics_1m: ['summaries'],
  service_metrics_1m: ['summaries'],
  service_edges_1m: ['summaries'],
  field_values: ['summaries'],
  kubernetes_objects: ['kubernetes'],
  kubernetes_events: ['kubernetes'],
  audit_events: ['security'],
  security_events: ['security'],
  network_flows: ['flows'],
  agent_coverage: ['coverage'],
  ingest_chunks: ['chunks'],
}

export async function retention(
  store: Store,
  options: Retention,
  now_ms: number,
): Promise<Dropped[]> {
  const ages = { ...options.days, coverage: coverage_days, chunks: chunks_days }
  const dropped: Dropped[] = []
  const kept: Day[] = []
  for (const day of await listDays(store)) {
    const days = Math.max(...day.signals.map((signal) => ages[signal]))
    if (day.partition >= partitionOf(now_ms - days * 86_400_000)) kept.push(day)
    else dropped.push(await drop(store, day, 'age', options.cluster))
  }
  const health = await store.health()
  if (!health.ready) return dropped
  const over = health.disk_bytes - options.disk_bytes_max
  const short = (options.disk_free_bytes_min ?? 0) - health.disk_free_bytes
  let excess_bytes = Math.max(over, short)
  // Summaries are small and their history is long: they go when nothing else is left.
  for (const day of kept.sort(oldestFirst)) {
    if (excess_bytes <= 0) break
    dropped.push(await drop(store, day, 'disk', options.cluster))
    excess_bytes -= day.bytes
  }
  return dropped
}

async function listDays(store: Store): Promise<Day[]> {
  const parts = await store.rows<{ table: string; partition: string; bytes: string }>(
    sql`SELECT table, partition_id AS partition, sum(bytes_on_disk) AS bytes FROM system.parts
      WHERE database = currentDatabase() AND active GROUP BY table, partition ORDER BY partition`,
    { lane: 'health' },
  )
  return parts.flatMap(({ table, partition, bytes }) => {
    const signals = signalsOf[table.replace(/_local$/, '') as TableName]
    return signals ? [{ table, signals, partition, bytes: Number(bytes) }] : []
  })
}

/** Day partitions are named 20261121, which sorts as time does. */
function partitionOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10).replaceAll('-', '')
}

function oldestFirst(a: Day, b: Day): number {
  const isSummary = (day: Day) => (day.signals.includes('summaries') ? 1 : 0)
  return isSummary(a) - isSummary(b) || a.partition.localeCompare(b.partition) || b.bytes - a.bytes
}

async function drop(
  store: Store,
  day: Day,
  reason: Dropped['reason'],
  cluster: string | undefined,
): Promise<Dropped> {
  const on: Sql = cluster === undefined ? sql`` : sql` ON CLUSTER ${sql.identifier(cluster)}`
  // The engine refuses to drop more than 50 GB unless told that it is meant.
  await store.command(
    sql`ALTER TABLE ${sql.identifier(day.table)}${on} DROP PARTITION ID ${day.partition}
      SETTINGS max_partition_size_to_drop = 0`,
    { timeout_ms: 60_000 },
  )
  return { table: day.table, day: day.partition, bytes: day.bytes, reason }
}
