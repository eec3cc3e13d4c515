/**
 * Every content/integrations/<name> is complete: its log proofs pass, its metrics are the module's,
 * and a real server, where installed, sends each of them.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod'
import { eventually, metricsContext, seenResources } from '../../../test/agent/metrics-context.ts'
import { mysqlStatements } from '../../../test/agent/mysql-statements.ts'
import {
  programPath,
  type RealServer,
  startMariadb,
  startNginx,
  startPostgresql,
  startRedis,
} from '../../../test/agent/real-servers.ts'
import { integrationTypes } from '../../model/policy.ts'
import { converse } from './ask-socket.ts'
import { modules } from './modules.ts'
import { continuesOf, parserModules, parserOf } from './parsers.ts'
import { readReply, respCommand } from './redis/resp.ts'
import { startModuleTarget } from './start.ts'

const folder = join(import.meta.dirname, '../../../content/integrations')

const recordSchema = z.union([
  z.enum(['exclude', 'unparsed']),
  z.strictObject({
    severity_number: z.number().int().min(1).max(24).optional(),
    time_ms: z.number().int().positive().optional(),
    body: z.string().min(1).optional(),
    attributes: z.record(z.string(), z.union([z.string().min(1), z.number()])),
  }),
])
const integrationSchema = z.strictObject({
  name: z.enum(integrationTypes),
  title: z.string().min(1),
  shows: z.string().min(20),
  metrics: z.array(
    z.strictObject({
      name: z.string().min(1),
      kind: z.enum(['counter', 'updown', 'gauge']),
      unit: z.string().min(1),
      description: z.string().min(3),
    }),
  ),
  logs: z
    .array(
      z.strictObject({
        fileset: z.string().min(1),
        description: z.string().min(3),
        proof: z.array(z.strictObject({ line: z.string().min(1), record: recordSchema })).min(4),
      }),
    )
    .min(1),
  dashboard: z.array(
    z.strictObject({
      title: z.string().min(1),
      metric: z.string(),
      group_by: z.array(z.string()),
      kind: z.enum(['line', 'rate']),
    }),
  ),
})

const integrations = readdirSync(folder).map((name) =>
  integrationSchema.parse(JSON.parse(readFileSync(join(folder, name, 'integration.json'), 'utf8'))),
)

test('each module and each parser has its integration, and the other way round', () => {
  const names = integrations.map(({ name }) => name).sort()
  expect(names).toEqual(readdirSync(folder).sort())
  expect(names).toEqual([...parserModules].sort())
  for (const { name } of modules) expect(names).toContain(name)
})

test.each(integrations)('$name: every line of the proof becomes its record', ({ name, logs }) => {
  for (const { fileset, proof } of logs) {
    const parse = parserOf(name, fileset)!
    for (const { line, record } of proof) {
      const expected = record === 'unparsed' ? undefined : record
      expect(parse(line)).toEqual(expected)
      expect(parse(new TextEncoder().encode(`${line}\n`))).toEqual(expected)
    }
    // Something is refused: a parser that takes every line proves nothing.
    expect(proof.some(({ record }) => record === 'unparsed')).toBe(true)
  }
})

test.each(integrations)('$name: lines that continue a record are joined', ({ name, logs }) => {
  for (const { fileset, proof } of logs) {
    const continues = continuesOf(name, fileset)
    if (continues === undefined) {
      for (const { line } of proof) expect(line).not.toMatch(/\n/)
      continue
    }
    const records = proof.flatMap(({ line, record }) => (typeof record === 'string' ? [] : [line]))
    const starts = records.filter((line) => !continues(line.split('\n')[0]!, 'before'))
    const joined: string[] = []
    let before = ''
    for (const line of starts.join('\n').split('\n')) {
      if (joined.length > 0 && continues(line, before)) joined[joined.length - 1] += `\n${line}`
      else joined.push(line)
      before = line
    }
    expect(joined).toEqual(starts)
  }
})

test('no line makes a parser throw or take long', () => {
  const samples = integrations.flatMap(({ logs }) =>
    logs.flatMap(({ proof }) => proof.map(({ line }) => line)),
  )
  const broken = fc
    .tuple(fc.constantFrom(...samples), fc.nat(), fc.string(), fc.nat(60))
    .map(([line, at, text, cut]) => {
      const place = at % (line.length + 1)
      return line.slice(0, place) + text + line.slice(place + cut)
    })
  const parsers = parserModules.map((module) => parserOf(module)!)
  fc.assert(
    fc.property(fc.oneof(broken, fc.string()), (line) => {
      for (const parse of parsers) {
        const record = parse(line)
        if (record === undefined || record === 'exclude') continue
        expect(recordSchema.safeParse({ ...record, body: record.body || 'x' }).error).toBe(
          undefined,
        )
      }
    }),
    { numRuns: 2000 },
  )
  for (const unit of [
    'a ',
    '"',
    '\\',
    '[',
    '1',
    ', client: ',
    '# ',
    '\n',
    ' LOG:  ',
    '2026-11-21 ',
  ]) {
    for (const sample of ['', ...samples]) {
      const started_ms = performance.now()
      for (const parse of parsers) parse(sample + unit.repeat(100_000 / unit.length))
      // Linear readers need a few milliseconds; one that backtracks needs hours.
      expect(performance.now() - started_ms).toBeLessThan(10_000)
    }
  }
})

test.each(integrations)('$name: metrics and dashboard name what is sent', (integration) => {
  const { name, metrics, dashboard } = integration
  const module = modules.find((one) => one.name === name)
  const defined = Object.entries(module?.metrics ?? {}).map(([metric, definition]) => ({
    name: metric,
    ...definition,
  }))
  expect(metrics).toEqual(defined)
  for (const { metric, kind } of dashboard) {
    const found = metrics.find((one) => one.name === metric)
    expect(found?.kind === 'counter').toBe(kind === 'rate')
    expect(found).toBeDefined()
  }
  expect(dashboard.length > 0).toBe(module !== undefined)
})

const started: RealServer[] = []
const hosts: Record<string, string[]> = {}

async function redisCommands(port: number, ...commands: string[][]): Promise<void> {
  const address = { address: '127.0.0.1', port, tls: false, path: '', username: '', password: '' }
  await converse('redis', address, 10_000, async (line) => {
    for (const words of commands) {
      line.write(respCommand(...words))
      await line.read(readReply)
    }
  })
}

/** A source and its replica; the one after the other gets what a single server does not say. */
async function startMysql(mariadbd: string, installDb: string): Promise<void> {
  const words = ['--performance-schema=ON', '--log-bin', '--server-id=1']
  const source = await startMariadb(mariadbd, installDb, ...words)
  started.push(source)
  const replica = await startMariadb(mariadbd, installDb, '--server-id=2')
  started.push(replica)
  await mysqlStatements(
    source.port,
    `create database shop; create table shop.cart (id int primary key);
     insert into shop.cart values (1);
     create user copy identified by 'secret'; grant replication slave on *.* to copy`,
  )
  await mysqlStatements(
    replica.port,
    `change master to master_host = '127.0.0.1', master_port = ${source.port},
       master_user = 'copy', master_password = 'secret', master_use_gtid = slave_pos;
     start slave`,
  )
  hosts.mysql = [source, replica].map(({ port }) => `root@127.0.0.1:${port}`)
}

let held: { end(): Promise<void> } | undefined

beforeAll(async () => {
  const [redis, nginx, postgres, initdb] = ['redis-server', 'nginx', 'postgres', 'initdb'].map(
    programPath,
  )
  if (redis !== undefined) {
    const primary = await startRedis(redis, '--appendonly', 'yes')
    started.push(primary)
    const replica = await startRedis(redis, '--replicaof', '127.0.0.1', String(primary.port))
    started.push(replica)
    await redisCommands(primary.port, ['SET', 'a', '1'], ['BGSAVE'])
    hosts.redis = [primary, replica].map(({ port }) => `127.0.0.1:${port}`)
  }
  if (nginx !== undefined) {
    started.push(await startNginx(nginx))
    hosts.nginx = [`127.0.0.1:${started.at(-1)!.port}`]
  }
  if (postgres !== undefined && initdb !== undefined) {
    started.push(await startPostgresql(postgres, initdb))
    const host = `postgres://postgres@127.0.0.1:${started.at(-1)!.port}/postgres`
    const { default: pg } = await import('pg')
    const client = new pg.Client({ connectionString: host })
    await client.connect()
    await client.query('create table cart (id int primary key)')
    await client.query('select * from nowhere').catch(() => {})
    // Its size cannot be asked while it is locked: the rest must come all the same.
    await client.query('create table locked (id int); begin; lock table locked')
    held = client
    hosts.postgresql = [host]
  }
  const [mariadbd, installDb] = ['mariadbd', 'mariadb-install-db'].map(programPath)
  if (mariadbd !== undefined && installDb !== undefined) await startMysql(mariadbd, installDb)
}, 120_000)

afterAll(async () => {
  await held?.end()
  for (const server of started) await server.stop()
})

/** What a server of this version, alone, does not say, and what it would take. */
const conditional: Readonly<Record<string, string>> = {
  'redis.db.subexpiry': 'Redis 7.4',
  'redis.aof.rewrite.last_duration': 'a rewrite that has ended',
  'postgresql.replication.data_delay': 'a standby',
  'postgresql.wal.lag': 'a standby that is behind',
  'mysql.row_operations': 'MySQL, or MariaDB before 10.5',
  'mysql.mysqlx_connections': 'MySQL with the X plugin',
  'mysql.mysqlx_worker_threads': 'MySQL with the X plugin',
}

test.for(modules)(
  '$name: the real server sends every metric that is named',
  { timeout: 60_000 },
  async (module, run) => {
    const asked = hosts[module.name]
    if (asked === undefined) return run.skip(`${module.name} is not installed on this machine`)
    const target = {
      module: module.name,
      hosts: asked,
      period_s: 60,
      timeout_s: 10,
      metricsets: [],
    }
    const context = metricsContext()
    const running = startModuleTarget(
      { ...target, username: '', password: '', resource: {} },
      context,
    )
    const named = Object.keys(module.metrics).filter((name) => conditional[name] === undefined)
    const seen = new Map<string, string>()
    // A dump ends and a replica arrives in their own time: it is asked until all is said.
    await eventually(() => {
      for (const chunk of context.chunks.splice(0)) {
        for (const { metrics } of seenResources(chunk)) {
          for (const metric of metrics.values()) {
            seen.set(metric.name, `${metric.kind} ${metric.unit} ${metric.description}`)
          }
        }
      }
      if (named.every((name) => seen.has(name))) return true
      context.tick()
      return undefined
    }).catch(() => {})
    await running.stop()
    expect(named.filter((name) => !seen.has(name))).toEqual([])
    for (const [name, told] of seen) {
      const { kind, unit, description } = module.metrics[name]!
      expect(told).toBe(`${kind} ${unit} ${description}`)
    }
  },
)

test('what real servers write to their logs is parsed', async (run) => {
  const [nginxFolder] = started.filter(({ folder }) => /nginx/.test(folder))
  const f = (module: string, fileset: string, text: string, min: number) => {
    const parse = parserOf(module, fileset)!
    const continues = continuesOf(module, fileset) ?? (() => false)
    const lines: string[] = []
    for (const line of text.split('\n').filter((some) => some.trim() !== '')) {
      if (lines.length > 0 && continues(line, '')) lines[lines.length - 1] += `\n${line}`
      else lines.push(line)
    }
    const records = lines.map(parse)
    const unparsed = lines.filter((_, at) => records[at] === undefined)
    expect({ module, fileset, unparsed }).toEqual({ module, fileset, unparsed: [] })
    expect(records.filter((record) => record !== 'exclude').length).toBeGreaterThanOrEqual(min)
  }
  if (started.length === 0)
    return run.skip('no redis, nginx, postgresql or mariadb on this machine')
  for (const { folder, log } of started) {
    if (/redis/.test(folder)) f('redis', 'log', log(), 4)
  }
  if (nginxFolder !== undefined) {
    const { folder, port } = nginxFolder
    await (await fetch(`http://127.0.0.1:${port}/none?x=1`)).text()
    const read = (name: string) => readFileSync(join(folder, name), 'utf8')
    f('nginx', 'access', read('access.log'), 2)
    f('nginx', 'access', read('combined.log'), 2)
    f('nginx', 'error', read('error.log'), 1)
  }
  const postgresql = started.find(({ folder }) => /postgresql/.test(folder))
  if (postgresql !== undefined) f('postgresql', 'log', postgresql.log(), 3)
  const mysql = started.find(({ folder }) => /mariadb/.test(folder))
  if (mysql !== undefined) f('mysql', 'error', mysql.log(), 5)
})
