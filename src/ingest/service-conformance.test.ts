/**
 * What every protocol with answers of its own keeps, in its own words: all that was sent is stored
 * or told, nothing is half stored, and whatever comes the server lives on.
 */
import zlib from 'node:zlib'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openRig, type Rig, until } from '../../test/ingest/rig.ts'
import type { ServiceLetter, ServiceWay } from '../../test/ingest/service-way.ts'
import { serviceWays } from '../../test/ingest/service-ways.ts'
import { ways } from '../../test/ingest/ways.ts'
import { Fault } from '../model/faults.ts'
import { receivers } from './receivers.ts'

const body_bytes_max = 256 * 1024
const limits = { body_bytes_max, request_timeout_ms: 400, headers_timeout_ms: 300, linger_ms: 250 }
const compress = { gzip: zlib.gzipSync, zstd: zlib.zstdCompressSync }

test('every receiver is in one of the suites', () => {
  const named = new Set([
    ...serviceWays.map(({ receiver }) => receiver),
    ...ways.map(({ name }) => name.split(' ')[0]),
  ])
  expect(receivers.map(({ name }) => name).filter((name) => !named.has(name))).toEqual([])
})

describe.each(serviceWays)('$name keeps the receiver contract', (way: ServiceWay) => {
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

  const sample = (good: number, old = 0) => way.sample({ good, old, now_ms: rig.clock.now_ms() })
  const rows = () => rig.segments.rows(way.table).length
  const send = (letter: ServiceLetter) => way.send(rig, letter)
  const stored = async (count: number) => {
    await until(`${count} rows`, () => rows() >= count, 10_000)
    expect(rows()).toBe(count)
  }
  async function refused(letter: ServiceLetter): Promise<void> {
    const before = rows()
    const { said } = await send(letter)
    expect(['refused', 'closed']).toContain(said)
    expect(rows(), 'nothing is stored').toBe(before)
  }
  async function stillServes(): Promise<void> {
    const before = rows()
    expect((await send({ body: sample(1) })).said).toBe('stored')
    await stored(before + 1)
  }

  test('stores what is sent', async () => {
    expect((await send({ body: sample(7) })).said).toBe('stored')
    await stored(7)
  })

  test.each(way.encodings)('reads %s', async (encoding) => {
    expect((await send({ body: compress[encoding](sample(5)), encoding })).said).toBe('stored')
    await stored(5)
  })

  test.each(way.encodings)('a %s bomb is refused', async (encoding) => {
    const body = compress[encoding](Buffer.alloc(64 * 1024 * 1024, ' '))
    await refused({ body, encoding })
    await stillServes()
  })

  test('accepted + rejected is what was sent', async () => {
    const verdict = await send({ body: sample(5, 2) })
    await stored(5)
    const counts = rig.counters.records().filter(({ source }) => source === way.receiver)
    const accepted = counts.reduce((sum, one) => sum + one.accepted, 0)
    const reasons = counts.flatMap((one) => Object.values(one.rejected))
    expect(accepted + reasons.reduce((sum, count) => sum + count, 0)).toBeGreaterThanOrEqual(5)
    if (verdict.rejected !== undefined) expect(verdict.rejected).toBe(2)
  })

  test.each(Object.entries(way.hostile))('refuses %s', async (_name, make) => {
    await refused({ body: make() })
    await stillServes()
  })

  test('what is cut short is not half stored', async () => {
    const whole = sample(20)
    const { said } = await send({ body: whole.subarray(0, whole.length - 3) })
    expect(said).not.toBe('later')
    expect(rows()).toBeLessThan(20)
    await stillServes()
  })

  test('nothing at all does no harm', async () => {
    await send({ body: new Uint8Array(0) })
    expect(rows()).toBe(0)
    await stillServes()
  })

  if (way.hasToken) {
    test('without a token, or with a wrong one, nothing is stored', async () => {
      rig.tokens.set('right', { token_id: 't1', cluster: 'prod' })
      for (const token of [undefined, 'wrong']) {
        const { said } = await send({ body: sample(1), token })
        expect(['unauthenticated', 'closed']).toContain(said)
      }
      expect(rows()).toBe(0)
      expect((await send({ body: sample(1), token: 'right' })).said).toBe('stored')
      await stored(1)
      expect(rig.segments.rows(way.table)[0]).toMatchObject({ cluster: 'prod' })
    })

    test('a revoked token stores nothing more', async () => {
      rig.tokens.set('old', { token_id: 't1', cluster: 'prod' })
      rig.tokens.set('other', { token_id: 't2', cluster: 'prod' })
      expect((await send({ body: sample(1), token: 'old' })).said).toBe('stored')
      rig.tokens.delete('old')
      rig.listeners.dropToken('t1')
      const { said } = await send({ body: sample(1), token: 'old' })
      expect(['unauthenticated', 'closed']).toContain(said)
      await stored(1)
    })
  }

  test('a full write buffer is back-pressure in the words of the protocol', async () => {
    const busy = new Fault('ingest_busy', { buffered_bytes: 9, retry_after_s: 7 })
    rig.segments.failsWith = busy
    const sending = send({ body: sample(3) })
    if (way.kind === 'http') {
      expect(await sending).toMatchObject({ said: 'later' })
      rig.segments.failsWith = undefined
      rig.clock.advance(250)
      await stillServes()
    } else {
      // A stream is not answered; it is read no further until the store can follow.
      await until('it was tried', () =>
        rig.counters.listeners().some(({ requests }) => requests > 0),
      )
      expect(rows()).toBe(0)
      rig.segments.failsWith = undefined
      rig.clock.advance(250)
      await sending
      await stored(3)
    }
  })

  test('a sender that stalls keeps nobody else waiting', async () => {
    // One record: streams store those that came whole before it.
    const body = sample(1)
    const stalled = send({ body: body.subarray(0, body.length - 3), isUnfinished: true })
    const outcome = stalled.then(
      ({ said }) => said,
      () => 'closed',
    )
    await stillServes()
    if (way.kind === 'http') expect(['refused', 'closed', 'later']).toContain(await outcome)
  })
})
