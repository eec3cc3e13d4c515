/** PostgreSQL for kysely, for several servers that share one state. */
import { PostgresDialect } from 'kysely'
import pg from 'pg'

const connections_max = 8
const int8 = 20

export function postgresDialect(url: string, onError: (error: Error) => void): PostgresDialect {
  const pool = new pg.Pool({
    connectionString: url,
    max: connections_max,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 10_000,
    // Our bigints are milliseconds, far below 2^53: numbers, as SQLite gives them.
    types: {
      getTypeParser: (oid: number, format?: 'text' | 'binary') =>
        oid === int8 ? Number : pg.types.getTypeParser(oid, format as 'text'),
    },
  })
  // An idle connection that the server closes is replaced by the pool; unheard, it ends the
  // process.
  pool.on('error', onError)
  return new PostgresDialect({ pool })
}
