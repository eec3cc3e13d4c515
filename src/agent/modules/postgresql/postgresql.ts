/** PostgreSQL: asks its statistics views over one short connection, within one deadline. */
import type { Client } from 'pg'
import { Measures } from '../measures.ts'
import {
  connectFailure,
  type HostAddress,
  hostAddress,
  type Module,
  type ModuleAsk,
  ModuleError,
  shownHost,
} from '../module.ts'
import {
  type Metricset,
  metricsetNames,
  type PostgresqlMetric,
  postgresqlMetrics,
  questionsOf,
  serverQuestion,
} from './metrics.ts'
import {
  addActivity,
  addDatabases,
  addLocks,
  addReplication,
  addTables,
  addWriter,
  type Row,
} from './rows.ts'

/** Whoever measures does not stand in the way, and does not wait long either. */
const lock_wait_ms_max = 250
const lock_not_available = '55P03'

type Ask = (question: string) => Promise<Row[]>

export const postgresql: Module = {
  name: 'postgresql',
  metrics: postgresqlMetrics,
  async read(ask) {
    const address = hostAddress(ask, 5432, [])
    const database = address.path === '' ? 'postgres' : address.path
    const client = await openClient(ask, address, database)
    try {
      const [server] = await rowsOf(client)(serverQuestion)
      const start_ms = Math.round(Number(server!.start_s) * 1000)
      const measures = new Measures<PostgresqlMetric>(postgresqlMetrics, start_ms)
      measures.add('postgresql.connection.max', Number(server!.connections_max))
      const wanted = metricsetNames.filter(
        (name) => ask.metricsets.length === 0 || ask.metricsets.includes(name),
      )
      await addSets(measures, rowsOf(client), wanted, Number(server!.number), database)
      const version = String(server!.version).split(' ')[0]!
      const attributes = {
        'server.address': address.address,
        'server.port': address.port,
        'postgresql.version': version,
      }
      return [{ attributes, measures }]
    } catch (error) {
      throw failure(ask, error)
    } finally {
      // A server that hangs would hold the goodbye: it is not waited for.
      client.end().catch(() => {})
    }
  },
}

const rowsOf =
  (client: Client): Ask =>
  async (question) =>
    (await client.query<Row>(question)).rows

async function addSets(
  measures: Measures<PostgresqlMetric>,
  ask: Ask,
  wanted: readonly Metricset[],
  version: number,
  database: string,
): Promise<void> {
  const questions = questionsOf(version)
  if (wanted.includes('database')) addDatabases(measures, await ask(questions.database))
  if (wanted.includes('bgwriter')) addWriter(measures, (await ask(questions.bgwriter))[0] ?? {})
  if (wanted.includes('activity')) {
    addActivity(measures, await ask(questions.activity))
    addLocks(measures, await ask(questions.locks))
  }
  if (wanted.includes('table')) {
    // A lock that came in between costs this round its tables, not the rest.
    const rows = await ask(questions.table).catch((error: { code?: string }) => {
      if (error.code !== lock_not_available) throw error
      return undefined
    })
    if (rows !== undefined) addTables(measures, rows, database)
  }
  if (wanted.includes('replication')) addReplication(measures, await ask(questions.replication))
}

/** pg is loaded when the first server is asked: most agents never do. */
async function openClient(ask: ModuleAsk, address: HostAddress, database: string) {
  const { default: pg } = await import('pg')
  const client = new pg.Client({
    host: address.address,
    port: address.port,
    user: address.username === '' ? 'postgres' : address.username,
    password: address.password,
    database,
    application_name: 'crowsnest',
    connectionTimeoutMillis: ask.timeout_ms,
    query_timeout: ask.timeout_ms,
    // On the server too: a question that nobody waits for any more stops.
    statement_timeout: ask.timeout_ms,
    lock_timeout: lock_wait_ms_max,
    ssl: sslOf(ask.host),
  })
  // Without a listener a connection that breaks between two questions would end the agent.
  client.on('error', () => {})
  try {
    await client.connect()
  } catch (error) {
    client.end().catch(() => {})
    throw failure(ask, error)
  }
  return client
}

/** As libpq: require encrypts, verify-ca and verify-full also check who answers. */
function sslOf(host: string): boolean | { rejectUnauthorized: boolean } {
  const mode = /[?&]sslmode=([a-z-]+)/.exec(host)?.[1]
  if (mode === 'verify-full' || mode === 'verify-ca') return { rejectUnauthorized: true }
  return mode === 'require' ? { rejectUnauthorized: false } : false
}

function failure(ask: ModuleAsk, error: unknown): ModuleError {
  if (error instanceof ModuleError) return error
  const { code = '', message } = error as Error & { code?: string }
  const host = shownHost(ask.host)
  if (code === '42501') {
    const grant = 'Grant it: GRANT pg_monitor TO <user>'
    return new ModuleError('permission', `${host}: ${message}. ${grant}`)
  }
  // 28: the user; 3D: the database.
  if (/^(28|3D)/.test(code)) {
    return new ModuleError(
      'permission',
      `${host}: ${message}. Set username, password and database.`,
    )
  }
  if (/timeout/i.test(message)) {
    return connectFailure(ask.host, Object.assign(new Error(message), { code: 'ETIMEDOUT' }))
  }
  return connectFailure(ask.host, error)
}
