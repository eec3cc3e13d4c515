/** Intake: durable before known, nothing of a failed body, counts that add up. */
import { beforeEach, expect, test } from 'vitest'
import { FakeClock, FakeSegments } from '../../test/ingest/rig.ts'
import { Fault } from '../model/faults.ts'
import { viewOf } from '../wire/copy-bytes.ts'
import { KnownIdentities } from '../wire/known-identities.ts'
import { Counters } from './counters.ts'
import { createIntake, type Intake } from './intake.ts'
import type { Decode } from './receiver.ts'

const day = 20_000
let segments: FakeSegments
let clock: FakeClock
let counters: Counters
let known: KnownIdentities
let intake: Intake

beforeEach(() => {
  segments = new FakeSegments()
  clock = new FakeClock()
  counters = new Counters()
  known = new KnownIdentities()
  const ofAgents = { objects: 4000, events: 4000, coverage: 4000 }
  const past_ms_max = { logs: 1000, traces: 2000, metrics: 3000, ...ofAgents }
  const limits = { past_ms_max, future_ms_max: 50 }
  intake = createIntake({ segments, known, now_ms: clock.now_ms, counters, limits })
})

/** One resource row and as many accepted records as the body has bytes. */
const decode: Decode = (body, { known }, batch) => {
  if (!known.has(1, 2, 'resource', day) && batch.newIdentities.add(1, 2, 'resource', day)) {
    batch.get('resources').rows++
    batch.get('resources').u8(7)
  }
  batch.get('logs').rows += body.length
  batch.get('logs').copy(viewOf(body), 0, body.length)
  return { accepted: body.length, rejected: 1, reasons: { time_too_old: 1 }, message: 'one' }
}
const take = (text: string) =>
  intake.take({ source: 'otlp', signal: 'logs', decode }, Buffer.from(text), {})
const tables = () => segments.appended.map(({ table, rows }) => `${table} ${rows}`)

test('an identity is written once, and again when its first write failed', async () => {
  segments.failsWith = new Error('EIO')
  await expect(take('ab')).rejects.toMatchObject({ code: 'ingest_unavailable' })
  segments.failsWith = undefined
  clock.advance(1000)
  await take('ab')
  await take('abc')
  expect(tables().sort()).toEqual(['logs 2', 'logs 3', 'resources 1'])
})

test('counts only what was stored', async () => {
  await take('ab')
  await take('abc')
  segments.failsWith = new Fault('ingest_busy')
  await expect(take('abcd')).rejects.toMatchObject({ code: 'ingest_busy' })
  expect(counters.records()).toMatchObject([
    {
      source: 'otlp',
      signal: 'logs',
      requests: 2,
      bytes: 5,
      accepted: 5,
      rejected: { time_too_old: 2 },
    },
  ])
})

test('a decoder that throws leaves nothing behind for the next request', async () => {
  const failing: Decode = (body, context, batch) => {
    decode(body, context, batch)
    throw new Fault('payload_malformed', { format: 'test', detail: 'half way' })
  }
  const delivery = { source: 'otlp', signal: 'logs', decode: failing } as const
  await expect(intake.take(delivery, Buffer.from('x'), {})).rejects.toThrow(/half way/)
  expect(segments.appended).toEqual([])
  await take('ab')
  expect(tables().sort()).toEqual(['logs 2', 'resources 1'])
})

test('requests at the same time do not share a batch', async () => {
  let release = () => {}
  segments.held = new Promise((resolve) => {
    release = resolve
  })
  const taking = [take('a'), take('bb'), take('ccc')]
  release()
  await Promise.all(taking)
  const texts = segments.appended.filter(({ table }) => table === 'logs')
  expect(texts.map(({ bytes }) => Buffer.from(bytes).toString())).toEqual(['a', 'bb', 'ccc'])
})

test('the decoder is told the time range and the cluster of the token', async () => {
  let told: unknown
  const asking: Decode = (_body, context) => {
    told = { ...context, known: undefined }
    return { accepted: 0, rejected: 0, reasons: {}, message: '' }
  }
  const delivery = { source: 'otlp', signal: 'traces', decode: asking } as const
  await intake.take(delivery, new Uint8Array(0), { cluster: 'prod' })
  const now = clock.now_ms()
  const range = { time_ms_min: now - 2000, time_ms_max: now + 50 }
  expect(told).toMatchObject({ arrived_ms: now, ...range, cluster: 'prod', known: undefined })
  expect(segments.appended).toEqual([])
})

test('after a refusal the next are refused without work, for a moment', async () => {
  segments.failsWith = new Fault('ingest_busy', { buffered_bytes: 1, retry_after_s: 1 })
  await expect(take('a')).rejects.toMatchObject({ code: 'ingest_busy' })
  segments.failsWith = undefined
  expect(() => intake.admit()).toThrow(/write buffer is full/)
  clock.advance(199)
  expect(() => intake.admit()).toThrow(/write buffer is full/)
  clock.advance(1)
  intake.admit()
  await take('a')
})
