/**
 * Data table: metrics of programs by their OpenTelemetry name, with the names that Metricbeat's
 * modules and Prometheus' exporters have for them.
 */
import type { MetricAlias, MetricAliases, MetricLabels } from './metric-names.ts'

const state = (word: string): MetricLabels => ({ state: word })
const connections = (word: string): MetricAlias[] => [
  [`nginx.stubstatus.${word}`, state(word)],
  [`nginx_connections_${word}`, state(word)],
]

const nginx: MetricAliases = {
  'nginx.requests': ['nginx.stubstatus.requests', 'nginx_http_requests_total'],
  'nginx.connections_accepted': ['nginx.stubstatus.accepts', 'nginx_connections_accepted'],
  'nginx.connections_handled': ['nginx.stubstatus.handled', 'nginx_connections_handled'],
  'nginx.connections_dropped': ['nginx.stubstatus.dropped'],
  'nginx.connections_current': ['active', 'reading', 'writing', 'waiting'].flatMap(connections),
}

const redisClients: MetricAliases = {
  'redis.uptime': ['redis.info.server.uptime', 'redis_uptime_in_seconds'],
  'redis.cpu.time': [
    ['redis.info.cpu.used.sys', state('sys')],
    ['redis.info.cpu.used.user', state('user')],
    ['redis.info.cpu.used.sys_children', state('sys_children')],
    ['redis.info.cpu.used.user_children', state('user_children')],
    ['redis_cpu_sys_seconds_total', state('sys')],
    ['redis_cpu_user_seconds_total', state('user')],
  ],
  'redis.clients.connected': ['redis.info.clients.connected', 'redis_connected_clients'],
  'redis.clients.blocked': ['redis.info.clients.blocked', 'redis_blocked_clients'],
  'redis.clients.max_input_buffer': [
    'redis.info.clients.max_input_buffer',
    'redis.info.clients.biggest_input_buf',
  ],
  'redis.clients.max_output_buffer': [
    'redis.info.clients.max_output_buffer',
    'redis.info.clients.longest_output_list',
  ],
  'redis.clients.max': ['redis_config_maxclients'],
  'redis.connections.received': [
    'redis.info.stats.connections.received',
    'redis_connections_received_total',
  ],
  'redis.connections.rejected': [
    'redis.info.stats.connections.rejected',
    'redis_rejected_connections_total',
  ],
  'redis.commands': ['redis.info.stats.instantaneous.ops_per_sec'],
  'redis.commands.processed': [
    'redis.info.stats.commands_processed',
    'redis_commands_processed_total',
  ],
  'redis.net.input': ['redis.info.stats.net.input.bytes', 'redis_net_input_bytes_total'],
  'redis.net.output': ['redis.info.stats.net.output.bytes', 'redis_net_output_bytes_total'],
  'redis.net.input.rate': ['redis.info.stats.instantaneous.input_kbps'],
  'redis.net.output.rate': ['redis.info.stats.instantaneous.output_kbps'],
  'redis.slowlog.length': ['redis.info.slowlog.count', 'redis_slowlog_length'],
  'redis.latest_fork': ['redis.info.stats.latest_fork_usec'],
}

const redisData: MetricAliases = {
  'redis.memory.used': ['redis.info.memory.used.value', 'redis_memory_used_bytes'],
  'redis.memory.peak': ['redis.info.memory.used.peak', 'redis_memory_used_peak_bytes'],
  'redis.memory.rss': ['redis.info.memory.used.rss', 'redis_memory_used_rss_bytes'],
  'redis.memory.lua': ['redis.info.memory.used.lua', 'redis_memory_used_lua_bytes'],
  'redis.memory.dataset': ['redis.info.memory.used.dataset', 'redis_memory_used_dataset_bytes'],
  'redis.memory.fragmentation_ratio': [
    'redis.info.memory.fragmentation.ratio',
    'redis_mem_fragmentation_ratio',
  ],
  'redis.maxmemory': ['redis.info.memory.max.value', 'redis_memory_max_bytes'],
  'redis.keys.expired': ['redis.info.stats.keys.expired', 'redis_expired_keys_total'],
  'redis.keys.evicted': ['redis.info.stats.keys.evicted', 'redis_evicted_keys_total'],
  'redis.keyspace.hits': ['redis.info.stats.keyspace.hits', 'redis_keyspace_hits_total'],
  'redis.keyspace.misses': ['redis.info.stats.keyspace.misses', 'redis_keyspace_misses_total'],
  'redis.pubsub.channels': ['redis.info.stats.pubsub.channels', 'redis_pubsub_channels'],
  'redis.pubsub.patterns': ['redis.info.stats.pubsub.patterns', 'redis_pubsub_patterns'],
  'redis.rdb.changes_since_last_save': [
    'redis.info.persistence.rdb.last_save.changes_since',
    'redis_rdb_changes_since_last_save',
  ],
  'redis.rdb.last_save.time': [
    'redis.info.persistence.rdb.last_save.time',
    'redis_rdb_last_save_timestamp_seconds',
  ],
  'redis.rdb.bgsave.in_progress': [
    'redis.info.persistence.rdb.bgsave.in_progress',
    'redis_rdb_bgsave_in_progress',
  ],
  'redis.rdb.bgsave.last_duration': [
    'redis.info.persistence.rdb.bgsave.last_time.sec',
    'redis_rdb_last_bgsave_duration_sec',
  ],
  'redis.aof.enabled': ['redis.info.persistence.aof.enabled', 'redis_aof_enabled'],
  'redis.aof.size': ['redis.info.persistence.aof.size.current', 'redis_aof_current_size_bytes'],
  'redis.loading': ['redis.info.persistence.loading', 'redis_loading_dump_file'],
  'redis.slaves.connected': ['redis.info.replication.connected_slaves', 'redis_connected_slaves'],
  'redis.replication.offset': [
    'redis.info.replication.master.offset',
    'redis.info.replication.master_offset',
  ],
  'redis.replication.backlog_size': ['redis.info.replication.backlog.size'],
  'redis.replication.backlog_first_byte_offset': [
    'redis.info.replication.backlog.first_byte_offset',
  ],
  'redis.sync.full': ['redis.info.stats.sync.full'],
  'redis.sync.partial': [
    ['redis.info.stats.sync.partial.ok', { outcome: 'ok' }],
    ['redis.info.stats.sync.partial.err', { outcome: 'err' }],
  ],
  'redis.cluster.enabled': ['redis.info.cluster.enabled', 'redis_cluster_enabled'],
  'redis.db.keys': ['redis.keyspace.keys', 'redis_db_keys'],
  'redis.db.expires': ['redis.keyspace.expires', 'redis_db_keys_expiring'],
  'redis.db.avg_ttl': ['redis.keyspace.avg_ttl', ['redis_db_avg_ttl_seconds', 1000]],
}

const postgresql: MetricAliases = {
  'postgresql.backends': ['postgresql.database.number_of_backends', 'pg_stat_database_numbackends'],
  'postgresql.connection.max': ['pg_settings_max_connections'],
  'postgresql.connection.count': ['pg_stat_activity_count'],
  'postgresql.commits': ['postgresql.database.transactions.commit', 'pg_stat_database_xact_commit'],
  'postgresql.rollbacks': [
    'postgresql.database.transactions.rollback',
    'pg_stat_database_xact_rollback',
  ],
  'postgresql.deadlocks': ['postgresql.database.deadlocks', 'pg_stat_database_deadlocks'],
  'postgresql.blks_hit': ['postgresql.database.blocks.hit', 'pg_stat_database_blks_hit'],
  'postgresql.blks_read': ['postgresql.database.blocks.read', 'pg_stat_database_blks_read'],
  'postgresql.tup_returned': ['postgresql.database.rows.returned', 'pg_stat_database_tup_returned'],
  'postgresql.tup_fetched': ['postgresql.database.rows.fetched', 'pg_stat_database_tup_fetched'],
  'postgresql.tup_inserted': ['postgresql.database.rows.inserted', 'pg_stat_database_tup_inserted'],
  'postgresql.tup_updated': ['postgresql.database.rows.updated', 'pg_stat_database_tup_updated'],
  'postgresql.tup_deleted': ['postgresql.database.rows.deleted', 'pg_stat_database_tup_deleted'],
  'postgresql.temp_files': ['postgresql.database.temporary.files', 'pg_stat_database_temp_files'],
  'postgresql.temp.io': ['postgresql.database.temporary.bytes', 'pg_stat_database_temp_bytes'],
  'postgresql.conflicts': ['postgresql.database.conflicts', 'pg_stat_database_conflicts'],
  'postgresql.db_size': ['pg_database_size_bytes'],
  'postgresql.database.locks': ['pg_locks_count'],
  'postgresql.bgwriter.buffers.allocated': ['pg_stat_bgwriter_buffers_alloc_total'],
  'postgresql.bgwriter.buffers.writes': [
    ['postgresql.bgwriter.buffers.backend', { source: 'backend' }],
    ['postgresql.bgwriter.buffers.checkpoints', { source: 'checkpoints' }],
    ['postgresql.bgwriter.buffers.clean', { source: 'bgwriter' }],
  ],
  'postgresql.bgwriter.checkpoint.count': [
    ['postgresql.bgwriter.checkpoints.requested', { type: 'requested' }],
    ['postgresql.bgwriter.checkpoints.scheduled', { type: 'scheduled' }],
  ],
  'postgresql.bgwriter.duration': [
    ['postgresql.bgwriter.checkpoints.times.write.ms', { type: 'write' }],
    ['postgresql.bgwriter.checkpoints.times.sync.ms', { type: 'sync' }],
  ],
}

const kind = (word: string): MetricLabels => ({ kind: word })
const threads = ['cached', 'connected', 'created', 'running'].flatMap((word): MetricAlias[] => [
  [`mysql.status.threads.${word}`, kind(word)],
  [`mysql_global_status_threads_${word}`, kind(word)],
])
const commands = ['select', 'insert', 'update', 'delete'].map(
  (word): MetricAlias => [`mysql.status.command.${word}`, { command: word }],
)

const mysql: MetricAliases = {
  'mysql.uptime': ['mysql_global_status_uptime'],
  'mysql.connection.count': ['mysql.status.connections', 'mysql_global_status_connections'],
  'mysql.connection.max': ['mysql_global_variables_max_connections'],
  'mysql.max_used_connections': [
    'mysql.status.max_used_connections',
    'mysql_global_status_max_used_connections',
  ],
  'mysql.threads': threads,
  'mysql.commands': [...commands, { like: 'mysql_global_status_commands_total' }],
  'mysql.client.network.io': [
    ['mysql.status.bytes.received', kind('received')],
    ['mysql.status.bytes.sent', kind('sent')],
    ['mysql_global_status_bytes_received', kind('received')],
    ['mysql_global_status_bytes_sent', kind('sent')],
  ],
  'mysql.query.count': ['mysql.status.queries', 'mysql_global_status_queries'],
  'mysql.query.client.count': ['mysql.status.questions', 'mysql_global_status_questions'],
  'mysql.query.slow.count': ['mysql_global_status_slow_queries'],
  'mysql.buffer_pool.limit': ['mysql_global_variables_innodb_buffer_pool_size'],
  'mysql.replica.time_behind_source': ['mysql_slave_status_seconds_behind_master'],
}

export const moduleAliases: MetricAliases = {
  ...nginx,
  ...redisClients,
  ...redisData,
  ...postgresql,
  ...mysql,
}
