/**
 * Bytes a row takes on disk, per signal: turns counts of records into volume without reading them.
 * It is a mean over the whole store, so it tells nobody anything about others' records.
 */
import type { AskContext } from '../../store/answer.ts'
import { sql } from '../../store/sql.ts'
import type { Signal } from './contract.ts'

/** A span's share of its summaries counts as the span's own. */
const tablesOf: Record<Signal, readonly string[]> = {
  logs: ['logs'],
  spans: ['spans', 'trace_index', 'span_metrics_1m', 'service_metrics_1m'],
  metrics: ['metric_samples', 'metric_samples_5m'],
}

export async function bytesPerRecord(context: AskContext): Promise<Record<Signal, number>> {
  const rows = await context.store.rows<{ name: string; rows: string; bytes: string }>(
    sql`SELECT table AS name, sum(rows) AS rows, sum(bytes_on_disk) AS bytes FROM system.parts
    WHERE active AND database = currentDatabase() GROUP BY name`,
    { signal: context.signal },
  )
  const found = new Map(rows.map((row) => [row.name, row]))
  const of = (signal: Signal) => {
    const records = Number(found.get(tablesOf[signal][0] ?? '')?.rows ?? 0)
    const bytes = tablesOf[signal].reduce(
      (sum, name) => sum + Number(found.get(name)?.bytes ?? 0),
      0,
    )
    return records === 0 ? 0 : bytes / records
  }
  return { logs: of('logs'), spans: of('spans'), metrics: of('metrics') }
}
