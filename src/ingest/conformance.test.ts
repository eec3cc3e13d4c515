/**
 * What every receiver keeps on every transport: the right word for each fault, and nothing half
 * stored.
 */
import zlib from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openRig, type Rig, until } from '../../test/ingest/rig.ts'
import { compressed, type Letter, type Way, ways } from '../../test/ingest/ways.ts'
import { Fault } from '../model/faults.ts'

const body_bytes_max = 256 * 1024
const limits = { body_bytes_max, request_timeout_ms: 300, headers_timeout_ms: 250, linger_ms: 250 }

describe.each(ways)('$name keeps the receiver contract', (way) => {
  let rig: Rig
  beforeEach(async () => {
    rig = await openRig({ limits })
  })
  afterEach(async () => {
    expect(rig.logged, 'nothing failed in an unforeseen way').toEqual([])
    const stats = rig.listeners.stats()
    await rig.close()
    expect(stats).toMatchObject({ in_flight_bytes: 0, in_flight_requests: 0 })
  })

  const good = (count: number, old = 0) =>
    way.sample({ good: count, old, now_ms: rig.clock.now_ms() })
  /** Codes in the transport's own words. */
  const code = (http: number, grpc: number) => (way.transport === 'http' ? http : grpc)

  async function refused(letter: Letter, http: number, grpc: number, isRetryable = false) {
    const verdict = await way.send(rig, letter)
    expect({ code: verdict.code, isRetryable: verdict.isRetryable }).toEqual({
      code: code(http, grpc),
      isRetryable,
    })
    expect(rig.segments.appended, 'nothing is stored').toEqual([])
    return verdict
  }
  async function stillServes(): Promise<void> {
    expect((await way.send(rig, { body: good(1) })).code).toBe(code(200, 0))
  }

  test('stores what is sent and answers without partial_success', async () => {
    const verdict = await way.send(rig, { body: good(3) })
    expect(verdict).toMatchObject({ code: code(200, 0), rejected: 0, message: '' })
    expect(rig.segments.count()).toBe(3)
    if (way.name.endsWith('json')) expect(verdict.answer.body.toString()).toBe('{}')
    else expect(verdict.answer.body.length).toBe(way.transport === 'http' ? 0 : 5)
  })

  test.each(['gzip', 'zstd'])('reads %s', async (encoding) => {
    const verdict = await way.send(rig, { body: compressed[encoding]!(good(3)), encoding })
    expect(verdict.code).toBe(code(200, 0))
    expect(rig.segments.count()).toBe(3)
  })

  test('accepted + rejected is what was sent, and the sender is told', async () => {
    const verdict = await way.send(rig, { body: good(5, 2) })
    expect(verdict).toMatchObject({ code: code(200, 0), rejected: 2 })
    expect(verdict.message).toContain('time_too_old')
    expect(rig.segments.count()).toBe(5)
    expect(rig.listeners.stats().records).toMatchObject([
      {
        source: way.name.split(' ')[0],
        signal: way.signal,
        accepted: 5,
        rejected: { time_too_old: 2 },
      },
    ])
  })

  test('answers only once the records are durable', async () => {
    let release = () => {}
    rig.segments.held = new Promise((resolve) => {
      release = resolve
    })
    let isAnswered = false
    const sending = way.send(rig, { body: good(1) }).finally(() => {
      isAnswered = true
    })
    await until('the request is in flight', () => rig.listeners.stats().in_flight_bytes > 0)
    await new Promise((resolve) => setImmediate(resolve))
    expect(isAnswered).toBe(false)
    release()
    expect((await sending).code).toBe(code(200, 0))
  })

  test('an empty request is a success', async () => {
    const body = way.name.endsWith('/json') ? Buffer.from('{}') : new Uint8Array(0)
    expect((await way.send(rig, { body })).code).toBe(code(200, 0))
    expect(rig.segments.appended).toEqual([])
  })

  test('garbage is malformed', async () => {
    const body = Buffer.from('\xff\xfe{"not": what you want]]>\x00\xff\xff\xff\xff', 'latin1')
    const verdict = await refused({ body }, 400, 3)
    expect(verdict.message).not.toBe('')
    await stillServes()
  })

  test('a request cut short anywhere is malformed or stores only whole records', async () => {
    const whole = good(2)
    // Of lines those before the cut are whole.
    const later = way.name.endsWith('ndjson') ? [] : [whole.length >> 1, whole.length - 1]
    for (const length of [1, 5, ...later]) {
      await refused({ body: whole.subarray(0, length) }, 400, 3)
    }
    await stillServes()
  })

  test('a body past the limit is refused for good', async () => {
    await refused({ body: Buffer.alloc(body_bytes_max + 1) }, 413, 8)
    await stillServes()
  })

  test('a body that is too large is refused before it has all arrived', async () => {
    await refused({ body: Buffer.alloc(body_bytes_max * 2), isUnfinished: true }, 413, 8)
  })

  test.each(['gzip', 'zstd'])('a %s bomb is refused for good', async (encoding) => {
    const bomb = compressed[encoding]!(Buffer.alloc(64 * 1024 * 1024))
    expect(bomb.length).toBeLessThan(body_bytes_max)
    await refused({ body: bomb, encoding }, 413, 8)
    await stillServes()
  })

  test('a compressed body cut short, and one that is none, are malformed', async () => {
    const whole = zlib.gzipSync(good(50))
    await refused({ body: whole.subarray(0, whole.length - 9), encoding: 'gzip' }, 400, 3)
    await refused({ body: good(1), encoding: 'gzip' }, 400, 3)
    await refused({ body: new Uint8Array(0), encoding: 'zstd' }, 400, 3)
  })

  test('an encoding that is unknown is named', async () => {
    const { answer } = await refused({ body: good(1), encoding: 'br' }, 415, 12)
    const header = way.transport === 'http' ? 'accept-encoding' : 'grpc-accept-encoding'
    expect(answer.headers[header]).toMatch(/identity, ?gzip, ?zstd/)
  })

  test('another content type is refused with those that are read', async () => {
    const { answer } = await refused({ body: good(1), contentType: 'text/plain' }, 415, 415)
    if (way.transport === 'http') expect(answer.headers['accept-post']).toContain('json')
  })

  test('another method is refused', async () => {
    const { answer } = await refused({ body: good(1), method: 'PUT' }, 405, 405)
    if (way.transport === 'http') expect(answer.headers.allow).toBe('POST')
  })

  test('without a token, or with a wrong one, nothing is stored', async () => {
    rig.tokens.set('right', { token_id: 't1', cluster: 'prod' })
    await refused({ body: good(1) }, 401, 16)
    await refused({ body: good(1), token: 'wrong' }, 401, 16)
    expect((await way.send(rig, { body: good(1), token: 'right' })).code).toBe(code(200, 0))
    expect(clusters(rig, way)).toEqual(['prod'])
  })

  test('a token revoked while the body arrives stores nothing', async () => {
    rig.tokens.set('old', { token_id: 't1', cluster: 'prod' })
    rig.tokens.set('other', { token_id: 't2', cluster: 'prod' })
    const sending = way.send(rig, { body: good(1), token: 'old', isUnfinished: true })
    const outcome = sending.then(
      () => 'answered',
      () => 'closed',
    )
    await until('the body arrives', () => rig.listeners.stats().in_flight_bytes > 0)
    rig.tokens.delete('old')
    expect(rig.listeners.dropToken('t1')).toBe(1)
    expect(await outcome).toBe('closed')
    await refused({ body: good(1), token: 'old' }, 401, 16)
  })

  test('a full write buffer says when to come again', async () => {
    rig.segments.failsWith = new Fault('ingest_busy', { buffered_bytes: 9, retry_after_s: 7 })
    const { answer } = await refused({ body: good(1) }, 429, 14, true)
    if (way.transport === 'http') expect(answer.headers['retry-after']).toBe('7')
    rig.segments.failsWith = undefined
    // For a moment refused without decoding, so that the store can catch up.
    await refused({ body: good(1) }, 429, 14, true)
    rig.clock.advance(250)
    await stillServes()
  })

  test('a disk that fails says when to come again', async () => {
    rig.segments.failsWith = new Error('EIO: i/o error, fdatasync')
    await refused({ body: good(1) }, 503, 14, true)
  })

  test('a sender that stalls is cut off and nobody else waits', async () => {
    const sent = way.send(rig, { body: good(1), isUnfinished: true })
    const stalled = sent.then(
      (verdict) => verdict.code,
      () => 'closed',
    )
    await until('the body arrives', () => rig.listeners.stats().in_flight_bytes > 0)
    await stillServes()
    const stored = rig.segments.count()
    if (way.transport === 'grpc') rig.clock.advance(limits.request_timeout_ms)
    expect(await stalled).toBe(code(408, 4))
    expect(rig.segments.count()).toBe(stored)
  })
})

function clusters(rig: Rig, way: Way): unknown[] {
  const tables = {
    logs: 'logs',
    traces: 'spans',
    metrics: 'metric_series',
    objects: 'kubernetes_objects',
    events: 'kubernetes_events',
    coverage: 'agent_coverage',
  } as const
  return rig.segments.rows(tables[way.signal]).map((row) => row.cluster)
}
