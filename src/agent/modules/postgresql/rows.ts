/** Rows that PostgreSQL answers, to measures. Pure; asking is postgresql.ts's work. */
import type { Measures } from '../measures.ts'
import type { PostgresqlMetric } from './metrics.ts'

/** bigint and numeric come as text. */
export type Row = Record<string, string | number | null>
type Into = Measures<PostgresqlMetric>

const numberOf = (value: string | number | null | undefined): number | undefined =>
  value === null || value === undefined ? undefined : Number(value)

const databaseColumns: readonly (readonly [string, PostgresqlMetric])[] = [
  ['numbackends', 'postgresql.backends'],
  ['xact_commit', 'postgresql.commits'],
  ['xact_rollback', 'postgresql.rollbacks'],
  ['deadlocks', 'postgresql.deadlocks'],
  ['blks_hit', 'postgresql.blks_hit'],
  ['blks_read', 'postgresql.blks_read'],
  ['tup_returned', 'postgresql.tup_returned'],
  ['tup_fetched', 'postgresql.tup_fetched'],
  ['tup_inserted', 'postgresql.tup_inserted'],
  ['tup_updated', 'postgresql.tup_updated'],
  ['tup_deleted', 'postgresql.tup_deleted'],
  ['temp_files', 'postgresql.temp_files'],
  ['temp_bytes', 'postgresql.temp.io'],
  ['conflicts', 'postgresql.conflicts'],
  ['size', 'postgresql.db_size'],
]

export function addDatabases(into: Into, rows: readonly Row[]): void {
  into.add('postgresql.database.count', rows.length)
  for (const row of rows) {
    const attributes = { 'db.namespace': String(row.db) }
    for (const [column, metric] of databaseColumns) {
      into.add(metric, numberOf(row[column]), attributes)
    }
  }
}

export function addActivity(into: Into, rows: readonly Row[]): void {
  for (const row of rows) {
    into.add('postgresql.connection.count', numberOf(row.connections), { state: String(row.state) })
  }
}

export function addLocks(into: Into, rows: readonly Row[]): void {
  for (const row of rows) {
    into.add('postgresql.database.locks', numberOf(row.locks), {
      ...(row.db === '' ? {} : { 'db.namespace': String(row.db) }),
      mode: String(row.mode),
      lock_type: String(row.locktype),
    })
  }
}

export function addWriter(into: Into, row: Row): void {
  const add = (metric: PostgresqlMetric, column: string, attributes?: Record<string, string>) =>
    into.add(metric, numberOf(row[column]), attributes)
  add('postgresql.bgwriter.buffers.allocated', 'buffers_alloc')
  add('postgresql.bgwriter.buffers.writes', 'buffers_backend', { source: 'backend' })
  add('postgresql.bgwriter.buffers.writes', 'buffers_checkpoint', { source: 'checkpoints' })
  add('postgresql.bgwriter.buffers.writes', 'buffers_clean', { source: 'bgwriter' })
  add('postgresql.bgwriter.checkpoint.count', 'checkpoints_req', { type: 'requested' })
  add('postgresql.bgwriter.checkpoint.count', 'checkpoints_timed', { type: 'scheduled' })
  add('postgresql.bgwriter.duration', 'checkpoint_write_time', { type: 'write' })
  add('postgresql.bgwriter.duration', 'checkpoint_sync_time', { type: 'sync' })
  add('postgresql.bgwriter.maxwritten', 'maxwritten_clean')
}

const changes = { n_tup_ins: 'ins', n_tup_upd: 'upd', n_tup_del: 'del', n_tup_hot_upd: 'hot_upd' }

export function addTables(into: Into, rows: readonly Row[], database: string): void {
  into.add('postgresql.table.count', numberOf(rows[0]?.tables ?? 0), { 'db.namespace': database })
  for (const row of rows) {
    const attributes = {
      'db.namespace': `${row.db}|${row.schemaname}`,
      'db.collection.name': String(row.relname),
    }
    into.add('postgresql.table.size', numberOf(row.size), attributes)
    into.add('postgresql.table.vacuum.count', numberOf(row.vacuum_count), attributes)
    into.add('postgresql.sequential_scans', numberOf(row.seq_scan), attributes)
    into.add('postgresql.rows', numberOf(row.n_live_tup), { ...attributes, state: 'live' })
    into.add('postgresql.rows', numberOf(row.n_dead_tup), { ...attributes, state: 'dead' })
    for (const [column, operation] of Object.entries(changes)) {
      into.add('postgresql.operations', numberOf(row[column]), { ...attributes, operation })
    }
  }
}

export function addReplication(into: Into, rows: readonly Row[]): void {
  for (const row of rows) {
    const attributes = { replication_client: String(row.client) }
    into.add('postgresql.replication.data_delay', numberOf(row.delay_bytes), attributes)
    for (const operation of ['write', 'flush', 'replay'] as const) {
      into.add('postgresql.wal.lag', numberOf(row[operation]), { ...attributes, operation })
    }
  }
}
