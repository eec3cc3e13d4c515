/** The sender against a server that is away, slow, full, strict or newer, by a clock of its own. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ChunkSignal } from '../collector.ts'
import { openSpool, type Spool } from '../spool/spool.ts'
import { Backoff, retryAfter_ms } from './backoff.ts'
import type { Post, PostAnswer } from './post.ts'
import { Sender } from './sender.ts'

const log = pino({ level: 'silent' })
let dir: string
let spool: Spool
let sender: Sender
let answers: (path: string, headers: Record<string, string | number>) => Partial<PostAnswer>
let asked: { path: string; key: unknown; chunk: unknown }[]
let key: string | undefined

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'crowsnest-sender-'))
  spool = await openSpool({ dir, bytes_max: 2 ** 24, log, every: () => () => {} })
  asked = []
  key = 'first'
  answers = () => ({ status: 200 })
  const post: Post = async (path, headers) => {
    asked.push({ path, key: headers.authorization, chunk: headers['crowsnest-chunk'] })
    const answer = answers(path, headers)
    if (answer.status === undefined) throw new Error('connect ECONNREFUSED')
    return { status: 200, headers: {}, body: Buffer.alloc(0), ...answer }
  }
  const clock = { now_ms: Date.now, random: Math.random }
  const patience = { first_ms: 5, most_ms: 40, probe_ms: 20 }
  sender = new Sender({ spool, post, key: () => key, in_flight_max: 2, log, ...clock, ...patience })
  spool.onChunk(() => sender.nudge())
})
afterEach(async () => {
  await sender.stop(1_000)
  await spool.close()
  rmSync(dir, { recursive: true, force: true })
})

async function put(...signals: ChunkSignal[]): Promise<void> {
  for (const signal of signals) {
    await spool.put({ signal, body: Buffer.from(signal), records: 1, oldest_ms: 1 })
  }
}

const isEmpty = () => expect.poll(() => spool.stats().chunks, { timeout: 20_000 }).toBe(0)
const asks = (count: number) =>
  expect.poll(() => asked.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(count)

test('a server that is away is asked again with the same chunk until it is there', async () => {
  answers = () => (asked.length < 4 ? {} : { status: 200 })
  await put('logs')
  sender.start()
  await isEmpty()
  expect(new Set(asked.map(({ chunk }) => chunk)).size).toBe(1)
  expect(sender.way()).toEqual({ state: 'open', message: '' })
  expect(sender.stats()).toMatchObject({ records: 1, failures: 3 })
})

test('429 and 503 are waited for, and lose nothing', async () => {
  const statuses = [429, 503, 502, 500]
  answers = () => ({ status: statuses[asked.length - 1] ?? 200, headers: { 'retry-after': '0' } })
  await put('metrics')
  sender.start()
  await isEmpty()
  expect(asked).toHaveLength(5)
  expect(spool.stats().drops).toEqual([])
})

test('a refused key keeps the records, is told, and another key sends them', async () => {
  answers = (_, headers) => ({ status: headers.authorization === 'Bearer second' ? 200 : 401 })
  await put('logs', 'metrics')
  sender.start()
  await asks(3)
  expect(sender.way().state).toBe('revoked')
  expect(spool.stats().chunks).toBe(2)
  key = 'second'
  sender.keyChanged()
  await isEmpty()
  expect(sender.way().state).toBe('open')
})

test('what the server will never take is put aside and counted, and the rest goes on', async () => {
  answers = (path) => ({ status: path === '/v1/traces' ? 400 : 200 })
  await put('traces', 'logs')
  sender.start()
  await isEmpty()
  expect(spool.stats().drops).toEqual([
    { signal: 'traces', reason: 'refused_by_server', chunks: 1, records: 1 },
  ])
  expect(readdirSync(join(dir, 'quarantine'))).toHaveLength(1)
})

test('a route that an older server lacks holds up its own signal only', async () => {
  answers = (path) => ({ status: path === '/v1/kubernetes/events' ? 404 : 200 })
  await put('events', 'logs', 'metrics')
  sender.start()
  await expect.poll(() => spool.stats().chunks, { timeout: 20_000 }).toBe(1)
  await put('logs')
  await expect.poll(() => sender.stats().chunks, { timeout: 20_000 }).toBe(3)
  expect(sender.way().message).toContain('404')
  answers = () => ({ status: 200 })
  await isEmpty()
})

test('the important leave first, and the others are not starved', async () => {
  await put(...Array.from({ length: 30 }, () => 'logs' as const), 'metrics', 'objects')
  sender.start()
  await isEmpty()
  const paths = asked.map(({ path }) => path)
  expect(paths[0]).toBe('/v1/kubernetes/objects')
  expect(paths.indexOf('/v1/metrics')).toBeLessThan(10)
})

test('waiting: full jitter, never before asked for, never an hour for a clock set back', () => {
  let now_ms = 1_000_000
  const backoff = new Backoff({
    first_ms: 500,
    most_ms: 30_000,
    now_ms: () => now_ms,
    random: () => 1,
  })
  const waits = Array.from({ length: 9 }, () => {
    backoff.failed()
    return backoff.left_ms()
  })
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000, 30_000])
  backoff.failed({ retry_after_ms: 7_000, most_ms: 1_000 })
  expect(backoff.left_ms()).toBe(8_000)
  now_ms -= 3_600_000
  expect(backoff.left_ms()).toBe(8_000)
  now_ms += 8_000
  expect(backoff.left_ms()).toBe(0)
  backoff.succeeded()
  expect(backoff.left_ms()).toBe(0)
})

test('Retry-After', () => {
  const f = (header: string | undefined, expected: number | undefined) =>
    expect(retryAfter_ms(header, Date.parse('2026-01-01T00:00:00Z'))).toBe(expected)
  f('3', 3_000)
  f('Thu, 01 Jan 2026 00:00:10 GMT', 10_000)
  f('Thu, 01 Jan 2025 00:00:10 GMT', 0)
  f('99999999', 3_600_000)
  f('-1', 0)
  f('soon', undefined)
  f('', undefined)
  f(undefined, undefined)
})
