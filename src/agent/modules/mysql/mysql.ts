/** MySQL and MariaDB: asks status, variables, replica and tables over one short connection. */
import { Measures } from '../measures.ts'
import { connectFailure, type Module, type ModuleAsk, ModuleError, shownHost } from '../module.ts'
import { mysqlAddress } from './address.ts'
import { type Ask, onConnection } from './connection.ts'
import { type Metricset, type MysqlMetric, metricsetNames, mysqlMetrics } from './metrics.ts'
import {
  clockQuestion,
  limitStatements,
  performanceQuestion,
  replicaQuestion,
  type ServerVersion,
  serverVersion,
  statusQuestion,
  tableQuestion,
  variablesQuestion,
} from './questions.ts'
import {
  addPerformance,
  addReplica,
  addStatus,
  addTables,
  addVariables,
  numberOf,
  variablesOf,
} from './rows.ts'

type Variables = ReadonlyMap<string, string>

export const mysql: Module = {
  name: 'mysql',
  metrics: mysqlMetrics,
  async read(ask) {
    const address = mysqlAddress(ask)
    try {
      return await onConnection(address, ask.timeout_ms, async (question) => {
        const variables = variablesOf(await question(variablesQuestion))
        const version = serverVersion(variables.get('version') ?? '')
        const { status, start_ms } = await statusOf(question)
        const measures = new Measures<MysqlMetric>(mysqlMetrics, start_ms)
        await addSets({ ask, question, measures, version, variables, status })
        return [{ attributes: resourceOf(address, version, variables), measures }]
      })
    } catch (error) {
      throw failure(ask, error)
    }
  },
}

/**
 * When the server started, exact to the second and the same in every round: what its clock said in
 * the second in which it told its uptime.
 */
async function statusOf(question: Ask): Promise<{ status: Variables; start_ms: number }> {
  const clock = async () => numberOf((await question(clockQuestion))[0]?.get('seconds')) ?? 0
  for (let tries = 3; ; tries--) {
    const before_s = await clock()
    const status = variablesOf(await question(statusQuestion))
    const after_s = await clock()
    const uptime_s = numberOf(status.get('uptime'))
    if (before_s !== after_s && tries > 1) continue
    return { status, start_ms: uptime_s === undefined ? 0 : (after_s - uptime_s) * 1000 }
  }
}

type Round = {
  ask: ModuleAsk
  question: Ask
  measures: Measures<MysqlMetric>
  version: ServerVersion
  variables: Variables
  status: Variables
}

/** What a user may not see, or a fork has not, is left out, unless it was asked for by its name. */
async function addSets(round: Round): Promise<void> {
  const { ask, question, measures, version, variables, status } = round
  const { metricsets } = ask
  const isWanted = (name: Metricset) => metricsets.length === 0 || metricsets.includes(name)
  const answer = (name: Metricset, statement: string) => {
    const may = metricsets.includes(name) ? slow : [...slow, ...denied, ...absent]
    return question(statement).catch(tolerated(may))
  }
  const [first, replica, table, performance] = metricsetNames
  if (isWanted(first)) {
    addStatus(measures, status)
    addVariables(measures, variables)
  }
  // A slow catalogue costs its tables, not what was told before it.
  for (const statement of limitStatements(version, ask.timeout_ms / 4)) {
    await question(statement).catch(tolerated([unknown_variable]))
  }
  if (isWanted(replica)) addReplica(measures, await answer(replica, replicaQuestion(version)))
  if (isWanted(table)) addTables(measures, await answer(table, tableQuestion))
  if (isWanted(performance) && variables.get('performance_schema') === 'ON') {
    addPerformance(measures, await answer(performance, performanceQuestion))
  }
}

function resourceOf(
  { address, port }: { address: string; port: number },
  version: ServerVersion,
  variables: Variables,
) {
  const comment = variables.get('version_comment') ?? ''
  return {
    'server.address': address,
    'server.port': port,
    'mysql.instance.endpoint': address.includes(':')
      ? `[${address}]:${port}`
      : `${address}:${port}`,
    'mysql.version': version.text,
    'mysql.flavor': version.isMariaDb ? 'mariadb' : 'mysql',
    ...(comment === '' ? {} : { 'mysql.version_comment': comment }),
  }
}

/** Numbers of errors: MySQL's, and MariaDB's where they differ. */
const unknown_variable = 1193
/** A statement that took too long, a lock that was waited for. */
const slow = [1969, 3024, 1205]
/** A right that is missing: of the server, of a table, of a database. */
const denied = [1227, 1142, 1143, 1044]
/** What forks and proxies do not have: the statement, the table, the database, the feature. */
const absent = [1064, 1146, 1049, 1235]
/** Who the user is, from where, whether it is locked or expired. */
const refused = [1045, 1698, 1130, 1129, 1820, 1862, 3118, 4151]
const full = [1040, 1203, 1226]

type Told = Error & { code?: string; errno?: number; fatal?: boolean }

const tolerated =
  (numbers: readonly number[]) =>
  (error: Told): [] => {
    if (error.fatal === true || !numbers.includes(error.errno ?? 0)) throw error
    return []
  }

const message_max = 300
const cannotSignIn =
  'The server wants a way to sign in that is not spoken here, or that would show the password. ' +
  'Give the user a password of caching_sha2_password or mysql_native_password.'

function failure(ask: ModuleAsk, error: unknown): ModuleError {
  if (error instanceof ModuleError) return error
  const { code = '', errno = 0, message } = error as Told
  const host = shownHost(ask.host)
  const says = message.slice(0, message_max).replace(/\.$/, '')
  const permission = (advice: string) =>
    new ModuleError('permission', `${host}: ${says}. ${advice}`)
  const unreadable = (advice: string) =>
    new ModuleError('unreadable', `${host}: ${says}. ${advice}`)
  if (denied.includes(errno)) {
    return permission(
      'Grant REPLICATION CLIENT (MySQL) or SLAVE MONITOR (MariaDB) ON *.*, ' +
        'and SELECT ON performance_schema.*.',
    )
  }
  if (/insecure transport/i.test(message)) return permission('Add ?ssl-mode=REQUIRED to the host.')
  if (refused.includes(errno)) {
    return permission('Set username and password of a user that may connect from this machine.')
  }
  if (/^(AUTH_SWITCH|MYSQL_CLEAR_PASSWORD)/.test(code)) {
    return new ModuleError('permission', `${host}: ${cannotSignIn}`)
  }
  if (full.includes(errno)) return unreadable('Raise max_connections, or find who holds them.')
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT') return unreadable('Take ssl-mode out of the host.')
  if (code === 'HANDSHAKE_SSL_ERROR') {
    return unreadable('ssl-mode=REQUIRED encrypts without checking who answers.')
  }
  if (code === 'PROTOCOL_CONNECTION_LOST') {
    return connectFailure(ask.host, Object.assign(new Error(message), { code: 'ECONNRESET' }))
  }
  if (errno > 0) return unreadable(`It is error ${errno} of the server.`)
  if (/^(PROTOCOL|HANDSHAKE)_/.test(code)) return unreadable('Check that it speaks MySQL there.')
  return connectFailure(ask.host, error)
}
