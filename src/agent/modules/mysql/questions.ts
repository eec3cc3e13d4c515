/** Data table: the statements that MySQL and MariaDB are asked; none changes anything. */

export const clockQuestion = 'select unix_timestamp() as seconds'
export const statusQuestion = 'show global status'
export const variablesQuestion = `
  show global variables where variable_name in
    ('version', 'version_comment', 'max_connections', 'innodb_buffer_pool_size',
     'performance_schema')`

const systemSchemas = "('information_schema', 'performance_schema', 'mysql', 'sys')"

/** Only tables that the user may read are in it. */
export const tableQuestion = `
  select table_schema as ${'`schema`'}, table_name as ${'`table`'}, table_rows as row_count,
    avg_row_length as row_length, data_length as data, index_length as indexes
  from information_schema.tables
  where table_type = 'BASE TABLE' and table_schema not in ${systemSchemas}
  order by coalesce(data_length, 0) + coalesce(index_length, 0) desc,
    table_schema, table_name limit 100`

/** Times of the performance schema are picoseconds. */
export const performanceQuestion = `
  select object_schema as ${'`schema`'}, object_name as ${'`table`'},
    count_delete, count_fetch, count_insert, count_update,
    sum_timer_delete div 1000 as time_delete, sum_timer_fetch div 1000 as time_fetch,
    sum_timer_insert div 1000 as time_insert, sum_timer_update div 1000 as time_update
  from performance_schema.table_io_waits_summary_by_table
  where object_type = 'TABLE' and object_schema not in ${systemSchemas}
  order by sum_timer_wait desc, object_schema, object_name limit 100`

export type ServerVersion = { isMariaDb: boolean; number: number; text: string }

/** `8.4.3`, `10.11.19-MariaDB-deb12u1`, `5.5.5-10.6.1-MariaDB`: as a number, 100611 for 10.6.11. */
export function serverVersion(text: string): ServerVersion {
  const isMariaDb = /mariadb/i.test(text)
  // Old clients take only 5 for MySQL: replication peers of MariaDB put it before its own.
  const found = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text.replace(/^5\.5\.5-(?=1\d\.)/, ''))
  const [major = 0, minor = 0, patch = 0] = (found ?? []).slice(1).map((part) => Number(part ?? 0))
  return { isMariaDb, number: major * 10_000 + minor * 100 + patch, text: found?.[0] ?? text }
}

/** MySQL renamed master and slave in 8.0.22, and 8.4 knows the new words alone. */
export function replicaQuestion({ isMariaDb, number }: ServerVersion): string {
  if (isMariaDb) return 'show all slaves status'
  return number >= 80_022 ? 'show replica status' : 'show slave status'
}

/** On the server too: a question that nobody waits for any more stops, and so does a lock. */
export function limitStatements({ isMariaDb }: ServerVersion, limit_ms: number): string[] {
  const statement = isMariaDb
    ? `set session max_statement_time = ${(limit_ms / 1000).toFixed(3)}`
    : `set session max_execution_time = ${Math.ceil(limit_ms)}`
  return [statement, 'set session lock_wait_timeout = 1']
}
