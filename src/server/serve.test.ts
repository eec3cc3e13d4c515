/** The smaller parts that serve.ts puts together. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, test } from 'vitest'
import { Fault } from '../model/faults.ts'
import { openState } from '../state/state.ts'
import { StoreError } from '../store/client.ts'
import type { StoreHealth } from '../store/store.ts'
import { isIngestOpen, refuseHalfTls, refuseInsecure } from './addresses.ts'
import { openIngestTokens } from './auth/ingest-tokens.ts'
import { banner } from './banner.ts'
import { readConfig } from './config.ts'
import { takeDataDir } from './data-dir.ts'
import { healthOf, storeLook } from './health.ts'
import { startJobs } from './jobs.ts'
import { createMetrics } from './metrics.ts'
import { opening } from './opening.ts'

const log = pino({ level: 'silent' })
const configOf = (...args: string[]) => readConfig({ args, env: {}, read: () => undefined })

test('only loopback is open without TLS, and only there senders need no token', () => {
  const f = (address: string, starts: boolean, isOpen: boolean, ...more: string[]) => {
    const config = configOf(`--listen.otlp_grpc=${address}`, ...more)
    let code: string | undefined
    try {
      refuseInsecure(config)
    } catch (error) {
      code = (error as Fault).code
    }
    expect(code, address).toBe(starts ? undefined : 'listen_insecure')
    expect(isIngestOpen(config), address).toBe(isOpen)
  }
  f('127.0.0.1:0', true, true)
  f('127.8.9.1:4317', true, true)
  f('localhost:4317', true, true)
  f('[::1]:4317', true, true)
  f('off', true, true)
  f('0.0.0.0:4317', false, false)
  f('[::]:4317', false, false)
  f('10.0.0.1:4317', false, false)
  f('localhost.example.com:4317', false, false)
  f('127.0.0.1.example.com:4317', false, false)
  f('0.0.0.0:4317', true, false, '--listen.insecure')
  f('0.0.0.0:4317', true, false, '--tls.cert_file=c', '--tls.key_file=k')
})

test('a data directory belongs to one at a time', () => {
  const dir = mkdtempSync(join(tmpdir(), 'crowsnest-dir-'))
  const giveBack = takeDataDir(join(dir, 'data'))
  expect(() => takeDataDir(join(dir, 'data'), 0)).toThrow('Another server is running on')
  giveBack()
  takeDataDir(join(dir, 'data'), 0)()
  mkdirSync(join(dir, 'odd', 'lock'), { recursive: true })
  expect(() => takeDataDir(join(dir, 'odd'), 0)).toThrow('store.dir: expected a writable')
  rmSync(dir, { recursive: true })
})

test('jobs run alone, go on after a failure, and stop', async () => {
  let runs = 0
  let atOnce = 0
  const enough = Promise.withResolvers<void>()
  const run = async () => {
    expect(++atOnce).toBe(1)
    await Promise.resolve()
    atOnce--
    if (++runs === 5) enough.resolve()
    if (runs % 2 === 1) throw new Error('on purpose')
  }
  const hang = { name: 'hang', every_ms: 1, run: () => new Promise(() => {}) }
  const stop = startJobs([{ name: 'count', every_ms: 1, run }, hang], log)
  await enough.promise
  await stop()
  const stopped = runs
  await new Promise((resolve) => setImmediate(resolve))
  expect(runs).toBe(stopped)
})

test('a revocation by another server is seen at the next look', async () => {
  const now_ms = () => 5
  const state = await openState({ url: '', dir: ':memory:' }, { now_ms })
  const looks: (() => void)[] = []
  const every = (interval_ms: number, look: () => void) => {
    if (interval_ms <= 500) looks.push(look)
    return () => {}
  }
  const shared = { db: state.db, shared: true }
  const onError = (error: unknown) => {
    throw error
  }
  const [here, there] = await Promise.all(
    [1, 2].map(() => openIngestTokens(shared, { now_ms, every, onError })),
  )
  const revoked: string[] = []
  here!.onRevoked((id) => revoked.push(id))
  const { token, id } = await there!.create({ name: 'x', cluster: 'eu' })
  const look = async (isKnown: boolean) => {
    for (const one of looks) one()
    const deadline = Date.now() + 5_000
    while ((here!.check(token) !== undefined) !== isKnown && Date.now() < deadline) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(here!.check(token) !== undefined).toBe(isKnown)
  }
  await look(true)
  expect(revoked).toEqual([])
  await there!.revoke(id)
  expect(here!.check(token)).toBeDefined()
  await look(false)
  expect(revoked).toEqual([id])
  await state.close()
})

test('plain numbers become Prometheus text', async () => {
  const metrics = createMetrics()
  const histogram = { bounds_ms: [1, 2.5], counts: [3, 0, 2], sum_ms: 12 }
  metrics.add(() => [
    { name: 'a', help: 'A.', type: 'gauge', samples: [{ labels: { x: 'q"\\\n' }, value: 1.5 }] },
    { name: 'b', help: 'B.', type: 'counter', samples: [{ value: 2 }] },
    { name: 'c', help: 'C.', type: 'histogram', histogram },
  ])
  const text = await metrics.text()
  expect(text.slice(text.indexOf('# HELP a'))).toBe(
    [
      '# HELP a A.',
      '# TYPE a gauge',
      'a{x="q\\"\\\\\\n"} 1.5',
      '# HELP b B.',
      '# TYPE b counter',
      'b 2',
      '# HELP c C.',
      '# TYPE c histogram',
      'c_bucket{le="0.001"} 3',
      'c_bucket{le="0.0025"} 3',
      'c_bucket{le="+Inf"} 5',
      'c_sum 0.012',
      'c_count 5',
      '',
    ].join('\n'),
  )
})

test('a full disk stops the way in; a store that restarts does not', async () => {
  const f = async (disk_full: number, ready: boolean, state: boolean, expected: boolean[]) => {
    const health = healthOf({
      segments: { stats: () => ({ disk_full }) as never },
      look: async () => ({ ready }) as never,
      state: { healthy: async () => state },
    })
    const { healthy } = await health.health()
    expect([health.serves(), healthy]).toEqual(expected)
  }
  await f(0, true, true, [true, true])
  await f(0, false, true, [true, false])
  await f(0, true, false, [true, false])
  await f(1, true, true, [false, false])
})

test('half of TLS is refused, not left out', () => {
  const f = (args: string[], expected: string) => {
    const config = readConfig({ args, env: {}, read: () => undefined })
    const run = () => refuseHalfTls(config)
    if (expected === '') expect(run).not.toThrow()
    else expect(run).toThrow(expected)
  }
  f([], '')
  f(['--tls.cert_file=c', '--tls.key_file=k', '--tls.client_ca_file=a'], '')
  f(['--tls.client_ca_file=a'], 'tls.cert_file')
  f(['--tls.key_file=k'], 'tls.cert_file')
  f(['--tls.cert_file=c'], 'tls.key_file')
})

test('a database that does not open is told as what refused it', () => {
  const f = (error: unknown, expected: string) => {
    expect(() => opening('store_failed')(error)).toThrow(expected)
  }
  const refused = new StoreError(243, 'Code: 243. No space.\n  at somewhere')
  f(new Error('connect ECONNREFUSED 127.0.0.1:1'), 'opened: connect ECONNREFUSED 127.0.0.1:1.')
  f(refused, 'opened: Code: 243. No space.')
  f(new Fault('query_failed', { detail: 'code 243' }, refused), 'opened: Code: 243. No space.')
  f(new Fault('store_in_use', { dir: 'd' }), 'Another server is running on d.')
})

test('one look at the store serves all probes, and one that hangs is not waited for', async () => {
  let asked = 0
  const answer = Promise.withResolvers<StoreHealth>()
  const health = () => {
    asked++
    return answer.promise
  }
  const look = storeLook({ health }, 1)
  const late = await Promise.all([look(), look(), look()])
  expect([asked, ...late.map(({ ready }) => ready)]).toEqual([1, false, false, false])
  answer.resolve({ ...late[0]!, ready: true, version: '26' })
  await answer.promise
  expect(await look()).toMatchObject({ ready: true, version: '26' })
})

test('the banner names what is open and nothing else', () => {
  const lines = ['listening ui 127.0.0.1:1', 'listening otlp_http 127.0.0.1:2']
  const text = banner({ url: 'http://127.0.0.1:1', setup_url: undefined, lines })
  expect(text).toContain('http://127.0.0.1:1')
  expect(text).toContain('OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:2')
  expect(text).not.toMatch(/undefined|grpc|First time/)
})
