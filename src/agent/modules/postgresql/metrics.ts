/**
 * Data table: what PostgreSQL is asked and the metrics it becomes. Names are of OpenTelemetry's
 * PostgreSQL receiver; connection.count continues its naming.
 */
import { counter, gauge, updown } from '../measures.ts'

export const postgresqlMetrics = {
  'postgresql.backends': updown('1', 'Backend processes by database'),
  'postgresql.connection.max': gauge('{connections}', 'Connections that are allowed at once'),
  'postgresql.connection.count': updown('{connections}', 'Client connections by state'),
  'postgresql.commits': counter('1', 'Transactions committed'),
  'postgresql.rollbacks': counter('1', 'Transactions rolled back'),
  'postgresql.deadlocks': counter('{deadlock}', 'Deadlocks found'),
  'postgresql.blks_hit': counter('{blks_hit}', 'Blocks found in the buffer cache'),
  'postgresql.blks_read': counter('{blks_read}', 'Blocks read from disk'),
  'postgresql.tup_returned': counter('{tup_returned}', 'Rows read by queries'),
  'postgresql.tup_fetched': counter('{tup_fetched}', 'Rows fetched by index scans'),
  'postgresql.tup_inserted': counter('{tup_inserted}', 'Rows inserted'),
  'postgresql.tup_updated': counter('{tup_updated}', 'Rows updated'),
  'postgresql.tup_deleted': counter('{tup_deleted}', 'Rows deleted'),
  'postgresql.temp_files': counter('{temp_file}', 'Temporary files written by queries'),
  'postgresql.temp.io': counter('By', 'Bytes written to temporary files'),
  'postgresql.conflicts': counter('{query}', 'Queries canceled by recovery on a standby'),
  'postgresql.db_size': updown('By', 'Size on disk by database'),
  'postgresql.database.count': updown('{databases}', 'Databases, templates left out'),
  'postgresql.database.locks': gauge('{lock}', 'Locks by mode and type'),
  'postgresql.bgwriter.buffers.allocated': counter('{buffers}', 'Buffers allocated'),
  'postgresql.bgwriter.buffers.writes': counter('{buffers}', 'Buffers written, by source'),
  'postgresql.bgwriter.checkpoint.count': counter('{checkpoints}', 'Checkpoints by cause'),
  'postgresql.bgwriter.duration': counter('ms', 'Time spent writing and syncing checkpoints'),
  'postgresql.bgwriter.maxwritten': counter('1', 'Cleaning scans stopped for too many writes'),
  'postgresql.table.count': updown('{table}', 'Tables of the database that was asked'),
  'postgresql.table.size': updown('By', 'Size by table, its largest hundred'),
  'postgresql.table.vacuum.count': counter('{vacuum}', 'Vacuums by hand, by table'),
  'postgresql.rows': updown('1', 'Rows by table and state'),
  'postgresql.operations': counter('1', 'Rows changed, by table and operation'),
  'postgresql.sequential_scans': counter('{sequential_scan}', 'Sequential scans by table'),
  'postgresql.replication.data_delay': gauge('By', 'Bytes a standby is behind'),
  'postgresql.wal.lag': gauge('s', 'Time until a standby told it was done, by operation'),
} as const
export type PostgresqlMetric = keyof typeof postgresqlMetrics

export const metricsetNames = ['database', 'bgwriter', 'activity', 'table', 'replication'] as const
export type Metricset = (typeof metricsetNames)[number]

/** A user without pg_monitor may not know the size of a database it cannot connect to. */
const database = `
  select s.datname as db, numbackends, xact_commit, xact_rollback, blks_read, blks_hit,
    tup_returned, tup_fetched, tup_inserted, tup_updated, tup_deleted,
    temp_files, temp_bytes, deadlocks, conflicts,
    case when has_database_privilege(d.oid, 'CONNECT') then pg_database_size(d.oid) end as size
  from pg_stat_database s join pg_database d on d.oid = s.datid where not d.datistemplate`

const activity = `
  select coalesce(state, 'unknown') as state, count(*) as connections
  from pg_stat_activity where backend_type = 'client backend' group by 1`

const locks = `
  select coalesce(d.datname, '') as db, l.mode, l.locktype, count(*) as locks
  from pg_locks l left join pg_database d on d.oid = l.database
  where l.pid <> pg_backend_pid() group by 1, 2, 3`

const bgwriter = `
  select checkpoints_timed, checkpoints_req, checkpoint_write_time, checkpoint_sync_time,
    buffers_checkpoint, buffers_clean, buffers_backend, maxwritten_clean, buffers_alloc
  from pg_stat_bgwriter`

/** PostgreSQL 17 split the view; what backends write moved to pg_stat_io. */
const bgwriter17 = `
  select num_timed as checkpoints_timed, num_requested as checkpoints_req,
    write_time as checkpoint_write_time, sync_time as checkpoint_sync_time,
    c.buffers_written as buffers_checkpoint, buffers_clean, maxwritten_clean, buffers_alloc
  from pg_stat_checkpointer c, pg_stat_bgwriter b`

/** To ask for a table's size waits for its locks: one that is locked whole is told without it. */
const table = `
  select current_database() as db, schemaname, relname, n_live_tup, n_dead_tup, n_tup_ins,
    n_tup_upd, n_tup_del, n_tup_hot_upd, seq_scan, vacuum_count, count(*) over () as tables,
    case when not exists (select from pg_locks l where l.relation = relid and l.granted
      and l.mode = 'AccessExclusiveLock') then pg_total_relation_size(relid) end as size
  from pg_stat_user_tables order by size desc nulls first limit 100`

const replication = `
  select coalesce(client_addr::text, 'unix') as client,
    case when pg_is_in_recovery() then null
      else pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn) end as delay_bytes,
    extract(epoch from write_lag) as write, extract(epoch from flush_lag) as flush,
    extract(epoch from replay_lag) as replay
  from pg_stat_replication`

export const serverQuestion = `
  select current_setting('server_version') as version,
    current_setting('server_version_num')::int as number,
    current_setting('max_connections')::int as connections_max,
    extract(epoch from pg_postmaster_start_time()) as start_s`

export function questionsOf(version: number): Record<Metricset | 'locks', string> {
  const writer = version >= 170000 ? bgwriter17 : bgwriter
  return { database, bgwriter: writer, activity, locks, table, replication }
}
