/**
 * Data table: what MySQL and MariaDB are asked and the metrics it becomes. Names, units and
 * attributes are of OpenTelemetry's MySQL receiver; connection.max continues its naming.
 */
import { counter, gauge, updown } from '../measures.ts'

export const mysqlMetrics = {
  'mysql.uptime': counter('s', 'Time since the server started'),
  'mysql.connection.count': counter('1', 'Connection attempts, successful or not'),
  'mysql.connection.errors': counter('1', 'Connections that failed, by error'),
  'mysql.connection.max': gauge('{connections}', 'Connections that are allowed at once'),
  'mysql.max_used_connections': updown('1', 'Most connections at once since the start'),
  'mysql.threads': updown('1', 'Threads by kind'),
  'mysql.client.network.io': counter('By', 'Bytes received from and sent to clients'),
  'mysql.query.count': counter('1', 'Statements, those of stored programs among them'),
  'mysql.query.client.count': counter('1', 'Statements that clients sent'),
  'mysql.query.slow.count': counter('1', 'Statements that took longer than long_query_time'),
  'mysql.commands': counter('1', 'Statements by command'),
  'mysql.prepared_statements': counter('1', 'Commands of prepared statements'),
  'mysql.handlers': counter('1', 'Requests to storage engines, by kind'),
  'mysql.locks': counter('1', 'Table locks, at once and after waiting'),
  'mysql.joins': counter('1', 'Joins and reads of tables, by kind'),
  'mysql.sorts': counter('1', 'Sorts by kind'),
  'mysql.tmp_resources': counter('1', 'Temporary tables and files created'),
  'mysql.opened_resources': counter('1', 'Files, tables and definitions opened'),
  'mysql.table_open_cache': counter('1', 'Lookups of open tables in their cache'),
  'mysql.buffer_pool.limit': updown('By', 'Size that is set for the InnoDB buffer pool'),
  'mysql.buffer_pool.usage': updown('By', 'Bytes in the InnoDB buffer pool, clean and dirty'),
  'mysql.buffer_pool.pages': updown('1', 'Pages of the InnoDB buffer pool by kind'),
  'mysql.buffer_pool.data_pages': updown('1', 'Data pages in the pool, clean and dirty'),
  'mysql.buffer_pool.page_flushes': counter('1', 'Pages flushed from the InnoDB buffer pool'),
  'mysql.buffer_pool.operations': counter('1', 'Reads and writes of the InnoDB buffer pool'),
  'mysql.double_writes': counter('1', 'Writes to the InnoDB doublewrite buffer'),
  'mysql.log_operations': counter('1', 'Operations of the InnoDB redo log'),
  'mysql.operations': counter('1', 'Reads, writes and syncs of InnoDB files'),
  'mysql.page_operations': counter('1', 'InnoDB pages created, read and written'),
  'mysql.row_operations': counter('1', 'InnoDB rows read, inserted, updated and deleted'),
  'mysql.row_locks': counter('1', 'Waits for InnoDB row locks, and their milliseconds'),
  'mysql.mysqlx_connections': counter('1', 'Connections of the X plugin by status'),
  'mysql.mysqlx_worker_threads': updown('1', 'Worker threads of the X plugin'),
  'mysql.replica.time_behind_source': updown('s', 'How far a replica is behind its source'),
  'mysql.replica.sql_delay': updown('s', 'How far a replica has to stay behind its source'),
  'mysql.table.rows': updown('1', 'Rows by table, as the engine estimates them'),
  'mysql.table.average_row_length': updown('By', 'Average row length by table'),
  'mysql.table.size': updown('By', 'Data and indexes by table, its largest hundred'),
  'mysql.table.io.wait.count': counter('1', 'Accesses by table and operation'),
  'mysql.table.io.wait.time': counter('ns', 'Time in accesses by table and operation'),
} as const
export type MysqlMetric = keyof typeof mysqlMetrics

/** status and performance are Metricbeat's words. */
export const metricsetNames = ['status', 'replica', 'table', 'performance'] as const
export type Metricset = (typeof metricsetNames)[number]

/** Variables whose names end in the attribute's values. */
const named = (prefix: string, ...values: string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(values.map((value) => [value, `${prefix}${value}`]))

/** One variable a metric. */
export const plainVariables: readonly (readonly [MysqlMetric, variable: string])[] = [
  ['mysql.uptime', 'uptime'],
  ['mysql.connection.count', 'connections'],
  ['mysql.max_used_connections', 'max_used_connections'],
  ['mysql.query.count', 'queries'],
  ['mysql.query.client.count', 'questions'],
  ['mysql.query.slow.count', 'slow_queries'],
  ['mysql.buffer_pool.page_flushes', 'innodb_buffer_pool_pages_flushed'],
]

const commands = ['select', 'insert', 'insert_select', 'replace', 'update', 'update_multi']
const moreCommands = ['delete', 'delete_multi', 'begin', 'commit', 'rollback', 'call_procedure']
const reads = ['first', 'key', 'last', 'next', 'prev', 'rnd', 'rnd_next']
const handlers = ['commit', 'delete', 'discover', 'external_lock', 'mrr_init', 'prepare']
const moreHandlers = ['rollback', 'savepoint', 'savepoint_rollback', 'update', 'write']
const poolReads = ['read_ahead_rnd', 'read_ahead', 'read_ahead_evicted', 'read_requests', 'reads']
const poolWrites = ['wait_free', 'write_requests']
const refused = ['accept', 'internal', 'max_connections', 'peer_address', 'select', 'tcpwrap']

/** A variable for each value of the attribute. */
export const splitVariables: readonly (readonly [
  MysqlMetric,
  attribute: string,
  variables: Readonly<Record<string, string>>,
])[] = [
  [
    'mysql.connection.errors',
    'error',
    {
      ...named('connection_errors_', ...refused),
      aborted: 'aborted_connects',
      aborted_clients: 'aborted_clients',
      locked: 'locked_connects',
    },
  ],
  ['mysql.threads', 'kind', named('threads_', 'cached', 'connected', 'created', 'running')],
  ['mysql.client.network.io', 'kind', named('bytes_', 'received', 'sent')],
  ['mysql.commands', 'command', named('com_', ...commands, ...moreCommands)],
  [
    'mysql.prepared_statements',
    'command',
    named('com_stmt_', 'execute', 'close', 'fetch', 'prepare', 'reset', 'send_long_data'),
  ],
  [
    'mysql.handlers',
    'kind',
    named('handler_', ...handlers, ...reads.map((word) => `read_${word}`), ...moreHandlers),
  ],
  ['mysql.locks', 'kind', named('table_locks_', 'immediate', 'waited')],
  [
    'mysql.joins',
    'kind',
    {
      full: 'select_full_join',
      full_range: 'select_full_range_join',
      ...named('select_', 'range', 'range_check', 'scan'),
    },
  ],
  ['mysql.sorts', 'kind', named('sort_', 'merge_passes', 'range', 'rows', 'scan')],
  ['mysql.tmp_resources', 'resource', named('created_tmp_', 'disk_tables', 'files', 'tables')],
  [
    'mysql.opened_resources',
    'kind',
    {
      file: 'opened_files',
      table: 'opened_tables',
      table_definition: 'opened_table_definitions',
    },
  ],
  [
    'mysql.table_open_cache',
    'status',
    {
      hit: 'table_open_cache_hits',
      miss: 'table_open_cache_misses',
      overflow: 'table_open_cache_overflows',
    },
  ],
  ['mysql.buffer_pool.pages', 'kind', named('innodb_buffer_pool_pages_', 'data', 'free', 'misc')],
  [
    'mysql.buffer_pool.operations',
    'operation',
    named('innodb_buffer_pool_', ...poolReads, ...poolWrites),
  ],
  ['mysql.double_writes', 'kind', named('innodb_dblwr_', 'pages_written', 'writes')],
  [
    'mysql.log_operations',
    'operation',
    {
      ...named('innodb_log_', 'waits', 'write_requests', 'writes'),
      fsyncs: 'innodb_os_log_fsyncs',
    },
  ],
  ['mysql.operations', 'operation', named('innodb_data_', 'fsyncs', 'reads', 'writes')],
  ['mysql.page_operations', 'operation', named('innodb_pages_', 'created', 'read', 'written')],
  [
    'mysql.row_operations',
    'operation',
    named('innodb_rows_', 'deleted', 'inserted', 'read', 'updated'),
  ],
  ['mysql.row_locks', 'kind', named('innodb_row_lock_', 'waits', 'time')],
  ['mysql.mysqlx_connections', 'status', named('mysqlx_connections_', 'accepted', 'closed')],
  ['mysql.mysqlx_connections', 'status', named('mysqlx_connections_', 'rejected')],
  [
    'mysql.mysqlx_worker_threads',
    'kind',
    { available: 'mysqlx_worker_threads', active: 'mysqlx_worker_threads_active' },
  ],
]
