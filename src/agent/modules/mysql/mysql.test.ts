/** A real MariaDB, where installed, asked as people do; and servers that want to do harm. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  eventually,
  metricsContext,
  type SeenResource,
  seenResources,
} from '../../../../test/agent/metrics-context.ts'
import { mysqlStatements } from '../../../../test/agent/mysql-statements.ts'
import {
  programPath,
  type RealServer,
  runMariadb,
  startMariadb,
} from '../../../../test/agent/real-servers.ts'
import { makeCertificate } from '../../../../test/ingest/certificates.ts'
import { startModuleTarget } from '../start.ts'
import { mysql } from './mysql.ts'

const mariadbd = programPath('mariadbd')
const installDb = programPath('mariadb-install-db')
const missing = 'mariadbd and mariadb-install-db are not installed on this machine'
const tlsWords = (folder: string) => [
  `--ssl-cert=${join(folder, 'cert.pem')}`,
  `--ssl-key=${join(folder, 'key.pem')}`,
]
let server: RealServer | undefined

beforeAll(async () => {
  if (mariadbd === undefined || installDb === undefined) return
  server = await startMariadb(mariadbd, installDb)
  await server.end()
  const { cert, key } = makeCertificate('mariadb')
  writeFileSync(join(server.folder, 'cert.pem'), cert)
  writeFileSync(join(server.folder, 'key.pem'), key)
  server = await runMariadb(mariadbd, server.folder, server.port, ...tlsWords(server.folder))
  await mysqlStatements(
    server.port,
    `create database shop;
     create table shop.cart (id int primary key, item varchar(100)) engine = innodb;
     insert into shop.cart values (1, 'a'), (2, 'b'), (3, 'c');
     create user little@'127.0.0.1' identified by 'p@ss:/?#word', little@localhost
       identified by 'p@ss:/?#word';
     create user locked@localhost identified by 'hunter2' account lock;
     create user secure@localhost identified by 'secret' require ssl;
     create user socket@localhost identified via unix_socket;`,
  )
}, 120_000)

afterAll(() => server?.stop())

const asked = (host: string, more: object = {}) => ({
  host,
  username: '',
  password: '',
  timeout_ms: 10_000,
  metricsets: [],
  now_ms: Date.now(),
  ...more,
})

async function read(host: string, more: object = {}) {
  const [resource] = await mysql.read(asked(host, more))
  return resource!
}

const valuesOf = ({ metrics }: SeenResource, name: string, key = '') =>
  Object.fromEntries(metrics.get(name)?.points.map((p) => [p.attributes[key] ?? '', p.value]) ?? [])

test('status, variables and tables, as OpenTelemetry names them', async (run) => {
  if (server === undefined) return run.skip(missing)
  const context = metricsContext()
  const target = {
    ...{ module: 'mariadb', hosts: [`root@tcp(127.0.0.1:${server.port})/`] },
    ...{ period_s: 60, timeout_s: 10, metricsets: [], username: '', password: '' },
    resource: { 'k8s.pod.name': 'db-0' },
  }
  const running = startModuleTarget(target, context)
  const first = await eventually(() => context.chunks[0])
  context.tick()
  const second = await eventually(() => context.chunks[1])
  expect(running.health()).toEqual({ state: 'healthy', message: '' })
  await running.stop()
  const [seen, later] = [seenResources(first)[0]!, seenResources(second)[0]!]
  expect(seen.attributes).toMatchObject({
    'service.name': 'mysql',
    'service.type': 'mysql',
    'server.port': String(server.port),
    'mysql.flavor': 'mariadb',
    'k8s.pod.name': 'db-0',
  })
  expect(seen.attributes['mysql.version']).toMatch(/^\d+\.\d+\.\d+$/)
  expect(valuesOf(seen, 'mysql.connection.max')).toEqual({ '': 151 })
  expect(valuesOf(seen, 'mysql.buffer_pool.limit')).toEqual({ '': 16 * 1024 * 1024 })
  expect(valuesOf(seen, 'mysql.threads', 'kind')).toMatchObject({ connected: 1 })
  expect(valuesOf(seen, 'mysql.commands', 'command')).toMatchObject({ insert: 1, delete: 0 })
  expect(valuesOf(seen, 'mysql.handlers', 'kind').write).toBeGreaterThanOrEqual(3)
  expect(valuesOf(seen, 'mysql.table.rows', 'table')).toEqual({ cart: 3 })
  expect(valuesOf(seen, 'mysql.table.size', 'kind')).toEqual({ data: 16_384, index: 0 })
  expect(valuesOf(seen, 'mysql.replica.time_behind_source')).toEqual({})
  const count = (from: SeenResource) => valuesOf(from, 'mysql.connection.count')['']!
  expect(count(later)).toBeGreaterThan(count(seen))
  // A start that wanders would look like a restart in every round.
  const startOf = (from: SeenResource) => from.metrics.get('mysql.uptime')!.points[0]!.start_ms
  expect(startOf(later)).toBe(startOf(seen))
  expect(Math.abs(startOf(seen) - Date.now())).toBeLessThan(120_000)
  // The agent says goodbye: a server's log of aborted connections stays worth reading.
  expect(valuesOf(later, 'mysql.connection.errors', 'error').aborted_clients).toBe(0)
})

test('a user without rights is told what everyone may know', async (run) => {
  if (server === undefined) return run.skip(missing)
  const little = { username: 'little', password: 'p@ss:/?#word' }
  const host = `127.0.0.1:${server.port}`
  const { measures } = await read(host, little)
  expect(measures.points.get('mysql.uptime')).toHaveLength(1)
  expect(measures.points.get('mysql.table.rows')).toBeUndefined()
  const same = await read(`little:p@ss:/?#word@tcp(${host})/`)
  expect([...same.measures.points.keys()]).toEqual([...measures.points.keys()])
  await expect(read(host, { ...little, metricsets: ['replica'] })).rejects.toThrow(
    /Access denied.*Grant REPLICATION CLIENT \(MySQL\) or SLAVE MONITOR/,
  )
  const tables = await read(`root@${host}`, { metricsets: ['table', 'galera_status'] })
  expect([...tables.measures.points.keys()].every((name) => /^mysql\.table\./.test(name))).toBe(
    true,
  )
})

test('what a server refuses, in words that say what to do', async (run) => {
  if (server === undefined) return run.skip(missing)
  const { port } = server
  const f = async (user: string, expected: RegExp, words = '', timeout_ms = 10_000) => {
    const error = await mysql
      .read(asked(`${user}@127.0.0.1:${port}/${words}`, { timeout_ms }))
      .then(() => 'no error')
      .catch(({ reason, message }) => `${reason}: ${message}`)
    expect(error).toMatch(expected)
    expect(error).not.toMatch(/hunter2|secret/)
  }
  const credentials = /permission: 127.*Access denied.*Set username and password/
  await f('root:hunter2', credentials)
  await f('nobody:hunter2', credentials)
  await f('locked:hunter2', /permission: .*account is locked.*Set username/)
  await f('secure:secret', credentials)
  await f('secure:secret', /no error/, '?ssl-mode=REQUIRED')
  await f('secure:secret', /unreadable: .*certificate.*ssl-mode=REQUIRED/, '?ssl-mode=VERIFY_CA')
  await f('socket:hunter2', /permission: .*Access denied.*Set username/)
})

test('a server that restarts is blind meanwhile, and counts from its new start', async (run) => {
  if (server === undefined || mariadbd === undefined) return run.skip(missing)
  const { port, folder } = server
  const context = metricsContext()
  const target = {
    ...{ module: 'mysql', hosts: [`root@127.0.0.1:${port}`], period_s: 60, timeout_s: 10 },
    ...{ metricsets: [], username: '', password: '', resource: {} },
  }
  const running = startModuleTarget(target, context)
  const settled = async (state: string) => {
    await eventually(() => {
      if (running.health().state === state) return true
      context.tick()
      return undefined
    })
    return running.coverage()[0]
  }
  const startOf = () =>
    seenResources(context.chunks.at(-1)!)[0]!.metrics.get('mysql.uptime')!.points[0]!.start_ms
  await eventually(() => context.chunks[0])
  expect(await settled('healthy')).toMatchObject({ state: 'arriving', reason: '' })
  const before_ms = startOf()
  await server.end()
  expect(await settled('failed')).toMatchObject({
    state: 'blind',
    reason: 'no_endpoint',
    detail: `Nothing listens at 127.0.0.1:${port}. Check that it runs there and the port is right.`,
  })
  // A server tells its start to the second.
  await eventually(() => (Date.now() >= before_ms + 2_000 ? true : undefined))
  server = await runMariadb(mariadbd, folder, port, ...tlsWords(folder))
  const chunks = context.chunks.length
  expect(await settled('healthy')).toMatchObject({ state: 'arriving', reason: '', detail: '' })
  expect(context.chunks.length).toBeGreaterThan(chunks)
  expect(startOf()).toBeGreaterThan(before_ms)
  await running.stop()
})
