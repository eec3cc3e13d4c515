/** Modules against the real programs: what they send, and what is said when they cannot. */
import { createServer, type Server } from 'node:net'
import { hostname } from 'node:os'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  eventually,
  metricsContext,
  type SeenResource,
  seenResources,
} from '../../../test/agent/metrics-context.ts'
import {
  programPath,
  type RealServer,
  startNginx,
  startPostgresql,
  startRedis,
} from '../../../test/agent/real-servers.ts'
import { redis as redisCollector } from '../collectors/redis/collector.ts'
import { converse } from './ask-socket.ts'
import { readReply, respCommand } from './redis/resp.ts'
import { type ModuleTarget, startModuleTarget } from './start.ts'

const paths = {
  redis: programPath('redis-server'),
  nginx: programPath('nginx'),
  postgres: programPath('postgres'),
  initdb: programPath('initdb'),
}
const servers: Partial<Record<'redis' | 'nginx' | 'postgresql', RealServer>> = {}

beforeAll(async () => {
  const { redis, nginx, postgres, initdb } = paths
  if (redis !== undefined) servers.redis = await startRedis(redis, '--requirepass', 'secret')
  if (nginx !== undefined) servers.nginx = await startNginx(nginx)
  if (postgres !== undefined && initdb !== undefined) {
    servers.postgresql = await startPostgresql(postgres, initdb)
  }
}, 120_000)

afterAll(async () => {
  for (const server of Object.values(servers)) await server.stop()
})

const target = (module: string, host: string, more: Partial<ModuleTarget> = {}): ModuleTarget => ({
  module,
  hosts: [host],
  period_s: 60,
  timeout_s: 5,
  metricsets: [],
  username: '',
  password: '',
  resource: { 'k8s.pod.name': 'pod-1', 'k8s.namespace.name': 'shop' },
  ...more,
})

async function firstReading(asked: ModuleTarget): Promise<SeenResource> {
  const context = metricsContext()
  const running = startModuleTarget(asked, context)
  const chunk = await eventually(() => {
    const { state, message } = running.health()
    if (state !== 'healthy') throw new Error(message)
    return context.chunks[0]
  })
  expect(running.coverage()).toMatchObject([
    { state: 'arriving', records: chunk.records, pod: 'pod-1', namespace: 'shop' },
  ])
  await running.stop()
  return seenResources(chunk)[0]!
}

const values = ({ metrics }: SeenResource, name: string, key = '') =>
  Object.fromEntries(metrics.get(name)?.points.map((p) => [p.attributes[key] ?? '', p.value]) ?? [])

const missing = (program: string) => `${program} is not installed on this machine`

test('redis: INFO and every database, with what new servers say beside', async (run) => {
  const { redis } = servers
  if (redis === undefined) return run.skip(missing('redis-server'))
  const address = { address: '127.0.0.1', port: redis.port, tls: false, path: '' }
  await converse('redis', { ...address, username: '', password: '' }, 5000, async (line) => {
    const commands = [
      ['AUTH', 'secret'],
      ['SET', 'a', '1'],
      ['SET', 'b', '1', 'EX', '1000'],
      ['GET', 'a'],
      ['GET', 'none'],
      ['SELECT', '3'],
      ['SET', 'c', '1'],
    ]
    for (const words of commands) line.write(respCommand(...words))
    for (const _ of commands) await line.read(readReply)
  })
  const host = `redis://:secret@127.0.0.1:${redis.port}`
  const seen = await firstReading(target('redis', host))
  expect(values(seen, 'redis.db.keys', 'db')).toEqual({ 0: 2, 3: 1 })
  expect(values(seen, 'redis.db.expires', 'db')).toEqual({ 0: 1, 3: 0 })
  expect(values(seen, 'redis.keyspace.hits')).toEqual({ '': 1 })
  expect(values(seen, 'redis.keyspace.misses')).toEqual({ '': 1 })
  expect(values(seen, 'redis.clients.connected')).toEqual({ '': 1 })
  expect(values(seen, 'redis.role', 'role')).toEqual({ primary: 1 })
  expect(values(seen, 'redis.memory.used')['']).toBeGreaterThan(100_000)
  expect(values(seen, 'redis.commands.processed')['']).toBeGreaterThan(6)
  expect(Object.keys(values(seen, 'redis.cpu.time', 'state'))).toContain('sys_children')
  expect(seen.metrics.get('redis.commands.processed')).toMatchObject({ kind: 'counter' })
  expect(seen.attributes).toMatchObject({
    'service.name': 'redis',
    'server.address': '127.0.0.1',
    'redis.mode': 'standalone',
    'k8s.pod.name': 'pod-1',
  })
  const keyspace = await firstReading(target('redis', host, { metricsets: ['keyspace'] }))
  expect([...keyspace.metrics.keys()].every((name) => name.startsWith('redis.db.'))).toBe(true)
})

test('nginx: stub_status', async (run) => {
  const { nginx } = servers
  if (nginx === undefined) return run.skip(missing('nginx'))
  for (let i = 0; i < 3; i++) await (await fetch(`http://127.0.0.1:${nginx.port}/hello`)).text()
  const seen = await firstReading(target('nginx', `127.0.0.1:${nginx.port}`))
  expect(values(seen, 'nginx.requests')['']).toBeGreaterThanOrEqual(4)
  expect(values(seen, 'nginx.connections_dropped')).toEqual({ '': 0 })
  const states = values(seen, 'nginx.connections_current', 'state')
  expect(Object.keys(states)).toEqual(['active', 'reading', 'writing', 'waiting'])
  expect(states.active).toBeGreaterThanOrEqual(1)
  expect(seen.attributes['nginx.version']).toMatch(/^\d+\.\d+/)
})

test('postgresql: databases, writer, activity, tables', async (run) => {
  const { postgresql } = servers
  if (postgresql === undefined) return run.skip(missing('postgresql'))
  const host = `postgres://postgres@127.0.0.1:${postgresql.port}/postgres`
  const { default: pg } = await import('pg')
  const client = new pg.Client({ connectionString: host })
  await client.connect()
  await client.query('create table cart (id int primary key)')
  await client.query('insert into cart select generate_series(1, 100)')
  await client.query('delete from cart where id <= 10')
  await client.query('select pg_stat_force_next_flush()').catch(() => {})
  await client.end()
  const seen = await firstReading(target('postgres', host))
  expect(values(seen, 'postgresql.connection.max')).toEqual({ '': 100 })
  expect(values(seen, 'postgresql.database.count')).toEqual({ '': 1 })
  expect(values(seen, 'postgresql.backends', 'db.namespace').postgres).toBeGreaterThanOrEqual(1)
  expect(values(seen, 'postgresql.db_size', 'db.namespace').postgres).toBeGreaterThan(1_000_000)
  expect(values(seen, 'postgresql.table.count', 'db.namespace')).toEqual({ postgres: 1 })
  expect(values(seen, 'postgresql.operations', 'operation')).toMatchObject({ ins: 100, del: 10 })
  expect(values(seen, 'postgresql.rows', 'state')).toMatchObject({ live: 90 })
  expect(values(seen, 'postgresql.connection.count', 'state').active).toBeGreaterThanOrEqual(1)
  expect(values(seen, 'postgresql.bgwriter.checkpoint.count', 'type')).toHaveProperty('scheduled')
  expect(seen.attributes['postgresql.version']).toMatch(/^\d+/)
})

async function firstFailure(asked: ModuleTarget) {
  const context = metricsContext()
  const running = startModuleTarget(asked, context)
  const { state, message } = await eventually(() => {
    const health = running.health()
    return health.state === 'healthy' ? undefined : health
  })
  const [coverage] = running.coverage()
  await running.stop()
  expect(context.chunks).toEqual([])
  expect(coverage).toMatchObject({ state: 'blind', detail: message, records: 0 })
  expect(message).not.toMatch(/hunter2/)
  return `${state} ${coverage!.reason}: ${message}`
}

test('what cannot be asked is blind, with the reason and what to do', async () => {
  const silent: Server = createServer((socket) => socket.on('error', () => {}))
  const babbling = createServer((socket) => socket.end('SSH-2.0-OpenSSH_9.2\r\n'))
  const portOf = async (server: Server) => {
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
    return (server.address() as { port: number }).port
  }
  const silentPort = await portOf(silent)
  const babblingPort = await portOf(babbling)
  const f = async (module: string, host: string, expected: RegExp, timeout_s = 5) => {
    const asked = target(module, host, { timeout_s, password: 'hunter2' })
    expect(await firstFailure(asked)).toMatch(expected)
  }
  for (const module of ['redis', 'nginx', 'postgresql', 'mysql']) {
    await f(module, '127.0.0.1:1', /^failed no_endpoint: Nothing listens at .*127\.0\.0\.1:1/)
    await f(module, `127.0.0.1:${silentPort}`, /no_endpoint: .* did not answer in time/, 0.3)
    await f(module, 'http://user:hunter2@[oops', /no_endpoint: The host .* cannot be read/)
    await f(module, `127.0.0.1:${babblingPort}`, /(unreadable|no_endpoint): /)
  }
  const { redis, nginx, postgresql } = servers
  if (redis !== undefined) {
    await f('redis', `127.0.0.1:${redis.port}`, /permission: .* refused the password/)
  }
  if (nginx !== undefined) {
    await f('nginx', `http://127.0.0.1:${nginx.port}/hello`, /unreadable: .*stub_status/)
    await f('nginx', `http://127.0.0.1:${nginx.port}/forbidden`, /permission: .*answered 403/)
  }
  if (postgresql !== undefined) {
    await f('postgresql', `127.0.0.1:${postgresql.port}/none`, /permission: .*does not exist/)
  }
  silent.close()
  babbling.close()
})

test('a full spool is told as dropped; a module nobody knows is refused', async (run) => {
  const asked = (module: string) => startModuleTarget(target(module, 'x'), metricsContext())
  expect(() => asked('cobol')).toThrow(/no module "cobol".*redis, nginx, postgresql, mysql/)
  expect(() => startModuleTarget({ ...target('redis', ''), hosts: [] }, metricsContext())).toThrow(
    /no host/,
  )
  const { nginx } = servers
  if (nginx === undefined) return run.skip(missing('nginx'))
  const context = metricsContext()
  context.accept = false
  const running = startModuleTarget(target('nginx', `127.0.0.1:${nginx.port}`), context)
  const [row] = await eventually(() => {
    const rows = running.coverage()
    return rows.length === 0 ? undefined : rows
  })
  expect(row).toMatchObject({ state: 'dropped', reason: 'spool_full', records: 0, dropped: 8 })
  await running.stop()
})

test('a policy asks from the machine: what comes carries its name', async (run) => {
  const { redis } = servers
  if (redis === undefined) return run.skip(missing('redis-server'))
  const context = metricsContext()
  const hosts = [`127.0.0.1:${redis.port}`, '127.0.0.1:1']
  const more = { hosts, interval_s: 60, timeout_s: 5, username: '', password: 'secret' }
  const running = await redisCollector.start({ ...context, settings: more })
  const chunk = await eventually(() => context.chunks[0])
  expect(seenResources(chunk)[0]!.attributes).toMatchObject({
    'host.name': hostname(),
    'service.type': 'redis',
    'server.port': String(redis.port),
  })
  await eventually(() => (running.health().state === 'degraded' ? true : undefined))
  expect(running.health().message).toMatch(/Nothing listens at 127\.0\.0\.1:1/)
  await running.stop()
})
