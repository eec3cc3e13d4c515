/**
 * Data table: metrics of MySQL and MariaDB by their OpenTelemetry name, with the names that
 * Metricbeat's module and mysqld_exporter have for them.
 */
import type { MetricAlias, MetricAliases } from './metric-names.ts'

const beat = (name: string) => `mysql.status.${name}`
const exported = (variable: string) => `mysql_global_status_${variable}`

/** A name for each value of the attribute. */
function parts(
  attribute: string,
  nameOf: (word: string) => string,
  ...words: (string | readonly [value: string, named: string])[]
): MetricAlias[] {
  return words.map((word) => {
    const [value, named] = typeof word === 'string' ? [word, word] : word
    return [nameOf(named), { [attribute]: value }]
  })
}

const rest = ['external_lock', 'mrr_init', 'prepare', 'rollback', 'savepoint', 'savepoint_rollback']
const handlers = ['commit', 'delete', ...rest, 'update', 'write']
const reads = ['first', 'key', 'last', 'next', 'prev', 'rnd', 'rnd_next']
const readHandlers = reads.map((word) => [`read_${word}`, `read.${word}`] as const)
const poolReads = ['read_ahead_rnd', 'read_ahead', 'read_ahead_evicted', 'read_requests', 'reads']
const poolWrites = ['wait_free', 'write_requests']

const clients: MetricAliases = {
  'mysql.uptime': [exported('uptime')],
  'mysql.connection.count': [beat('connections'), exported('connections')],
  'mysql.connection.errors': [
    exported('connection_errors_total'),
    ...parts(
      'error',
      (word) => beat(`connection.errors.${word}`),
      ...['accept', 'internal', 'peer_address', 'select', 'tcpwrap'],
      ['max_connections', 'max'],
    ),
    ...parts(
      'error',
      beat,
      ['aborted', 'aborted.connects'],
      ['aborted_clients', 'aborted.clients'],
    ),
    ...parts('error', exported, ['aborted', 'aborted_connects'], 'aborted_clients'),
  ],
  'mysql.connection.max': ['mysql_global_variables_max_connections'],
  'mysql.max_used_connections': [beat('max_used_connections'), exported('max_used_connections')],
  'mysql.threads': [
    ...parts(
      'kind',
      (word) => beat(`threads.${word}`),
      'cached',
      'connected',
      'created',
      'running',
    ),
    ...parts(
      'kind',
      (word) => exported(`threads_${word}`),
      ...['cached', 'connected', 'created', 'running'],
    ),
  ],
  'mysql.client.network.io': [
    ...parts('kind', (word) => beat(`bytes.${word}`), 'received', 'sent'),
    ...parts('kind', (word) => exported(`bytes_${word}`), 'received', 'sent'),
  ],
  'mysql.replica.time_behind_source': [
    'mysql_slave_status_seconds_behind_master',
    'mysql_slave_status_seconds_behind_source',
  ],
  'mysql.replica.sql_delay': ['mysql_slave_status_sql_delay'],
}

const statements: MetricAliases = {
  'mysql.query.count': [beat('queries'), exported('queries')],
  'mysql.query.client.count': [beat('questions'), exported('questions')],
  'mysql.query.slow.count': [exported('slow_queries')],
  'mysql.commands': [
    exported('commands_total'),
    ...parts('command', (word) => beat(`command.${word}`), 'delete', 'insert', 'select', 'update'),
  ],
  'mysql.handlers': [
    exported('handlers_total'),
    ...parts('kind', (word) => beat(`handler.${word}`), ...handlers, ...readHandlers),
  ],
  'mysql.locks': parts('kind', (word) => exported(`table_locks_${word}`), 'immediate', 'waited'),
  'mysql.joins': parts(
    'kind',
    (word) => exported(`select_${word}`),
    ['full', 'full_join'],
    ['full_range', 'full_range_join'],
    ...['range', 'range_check', 'scan'],
  ),
  'mysql.sorts': parts(
    'kind',
    (word) => exported(`sort_${word}`),
    ...['merge_passes', 'range', 'rows', 'scan'],
  ),
  'mysql.tmp_resources': [
    ...parts('resource', (word) => beat(`created.tmp.${word}`), 'disk_tables', 'files', 'tables'),
    ...parts(
      'resource',
      (word) => exported(`created_tmp_${word}`),
      'disk_tables',
      'files',
      'tables',
    ),
  ],
  'mysql.opened_resources': [
    ...parts('kind', beat, ['table', 'opened_tables']),
    ...parts(
      'kind',
      (word) => exported(`opened_${word}`),
      ['file', 'files'],
      ['table', 'tables'],
      ['table_definition', 'table_definitions'],
    ),
  ],
  'mysql.table_open_cache': [
    ...parts(
      'status',
      (word) => beat(`cache.table.open_cache.${word}`),
      ['hit', 'hits'],
      ['miss', 'misses'],
      ['overflow', 'overflows'],
    ),
    ...parts(
      'status',
      (word) => exported(`table_open_cache_${word}`),
      ['hit', 'hits'],
      ['miss', 'misses'],
      ['overflow', 'overflows'],
    ),
  ],
  'mysql.table.rows': ['mysql_info_schema_table_rows'],
  'mysql.table.size': ['mysql_info_schema_table_size'],
  'mysql.table.io.wait.count': ['mysql_perf_schema_table_io_waits_total'],
  'mysql.table.io.wait.time': [['mysql_perf_schema_table_io_waits_seconds_total', 1e9]],
}

const innodb: MetricAliases = {
  'mysql.buffer_pool.limit': ['mysql_global_variables_innodb_buffer_pool_size'],
  'mysql.buffer_pool.usage': [
    beat('innodb.buffer_pool.bytes.data'),
    exported('innodb_buffer_pool_bytes_data'),
    ...parts('status', beat, ['dirty', 'innodb.buffer_pool.bytes.dirty']),
    ...parts('status', exported, ['dirty', 'innodb_buffer_pool_bytes_dirty']),
  ],
  'mysql.buffer_pool.pages': [
    ...parts('kind', (word) => beat(`innodb.buffer_pool.pages.${word}`), 'data', 'free', 'misc'),
    // Its states overlap: old pages are data too.
    { like: exported('buffer_pool_pages') },
  ],
  'mysql.buffer_pool.data_pages': [
    ...parts('status', beat, ['dirty', 'innodb.buffer_pool.pages.dirty']),
    ...parts('status', exported, ['dirty', 'buffer_pool_dirty_pages']),
  ],
  'mysql.buffer_pool.page_flushes': [
    beat('innodb.buffer_pool.pages.flushed'),
    { like: exported('buffer_pool_page_changes_total') },
  ],
  'mysql.buffer_pool.operations': [
    ...parts(
      'operation',
      (word) => beat(`innodb.buffer_pool.${word}`),
      ['read_ahead', 'read.ahead'],
      ['read_ahead_evicted', 'read.ahead_evicted'],
      ['read_ahead_rnd', 'read.ahead_rnd'],
      ['read_requests', 'read.requests'],
      ['reads', 'pool.reads'],
      ['wait_free', 'pool.wait_free'],
      'write_requests',
    ),
    ...parts(
      'operation',
      (word) => exported(`innodb_buffer_pool_${word}`),
      ...[...poolReads, ...poolWrites],
    ),
  ],
  'mysql.double_writes': parts(
    'kind',
    (word) => exported(`innodb_dblwr_${word}`),
    ...['pages_written', 'writes'],
  ),
  'mysql.log_operations': [
    ...parts(
      'operation',
      (word) => exported(`innodb_log_${word}`),
      ...['waits', 'write_requests', 'writes'],
    ),
    ...parts('operation', exported, ['fsyncs', 'innodb_os_log_fsyncs']),
  ],
  'mysql.operations': parts(
    'operation',
    (word) => exported(`innodb_data_${word}`),
    ...['fsyncs', 'reads', 'writes'],
  ),
  'mysql.page_operations': parts(
    'operation',
    (word) => exported(`innodb_pages_${word}`),
    ...['created', 'read', 'written'],
  ),
  'mysql.row_operations': [
    exported('innodb_row_ops_total'),
    ...parts(
      'operation',
      (word) => beat(`innodb.rows.${word}`),
      ...['deleted', 'inserted', 'updated'],
      ['read', 'reads'],
    ),
  ],
  'mysql.row_locks': parts('kind', (word) => exported(`innodb_row_lock_${word}`), 'waits', 'time'),
}

export const mysqlAliases: MetricAliases = { ...clients, ...statements, ...innodb }
