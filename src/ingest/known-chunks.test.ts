/** A chunk is stored once: delivered again, at the same time, and after its first try failed. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { otlpSample } from '../../test/ingest/otlp-samples.ts'
import { openRig, type Rig } from '../../test/ingest/rig.ts'
import { idRowsOf } from '../store/chunk-ids.ts'
import { KnownChunks } from './known-chunks.ts'

let rig: Rig
beforeEach(async () => {
  rig = await openRig()
})
afterEach(() => rig.close())

const idOf = (n: number) => n.toString(16).padStart(32, '0')

async function deliver(path: string, type: string, body: Uint8Array, id: string) {
  const answer = await fetch(`http://${rig.address('otlp_http')}${path}`, {
    method: 'POST',
    headers: { 'content-type': type, 'crowsnest-chunk': id },
    body: Buffer.from(body),
  })
  await answer.arrayBuffer()
  return answer.status
}

function logs(good: number, id: string) {
  const sample = { good, old: 0, now_ms: rig.clock.now_ms() }
  const body = otlpSample('application/x-protobuf', 'logs', sample)
  return deliver('/v1/logs', 'application/x-protobuf', body, id)
}

const chunkIds = () =>
  rig.segments.appended
    .filter(({ table }) => table === 'ingest_chunks')
    .flatMap(({ bytes }) => idRowsOf(bytes).map((id) => Buffer.from(id).toString()))

test('a chunk that comes again is answered and not stored', async () => {
  expect(await logs(3, idOf(1))).toBe(200)
  expect(await logs(3, idOf(1))).toBe(200)
  expect(await logs(2, idOf(2))).toBe(200)
  expect(rig.segments.count()).toBe(5)
  expect(chunkIds()).toEqual([idOf(1), idOf(2)])
})

test('the routes of clusters know chunks too', async () => {
  const line = `${JSON.stringify({ time_ms: rig.clock.now_ms(), event_uid: 'e', reason: 'r' })}\n`
  for (const _ of [1, 2]) {
    const body = Buffer.from(line)
    const status = await deliver('/v1/kubernetes/events', 'application/x-ndjson', body, idOf(7))
    expect(status).toBe(200)
  }
  expect(rig.segments.rows('kubernetes_events')).toHaveLength(1)
})

test('two deliveries at the same time store once', async () => {
  const { promise, resolve } = Promise.withResolvers<void>()
  rig.segments.held = promise
  const both = [logs(4, idOf(3)), logs(4, idOf(3)), logs(4, idOf(3))]
  setImmediate(resolve)
  expect(await Promise.all(both)).toEqual([200, 200, 200])
  expect(rig.segments.count()).toBe(4)
})

test('a delivery that failed leaves the chunk unknown', async () => {
  rig.segments.failsWith = new Error('EIO')
  expect(await logs(2, idOf(4))).toBe(503)
  rig.segments.failsWith = undefined
  rig.clock.advance(10_000)
  expect(await logs(2, idOf(4))).toBe(200)
  expect(rig.segments.count()).toBe(2)
})

test('who waited for a delivery that failed tries itself', async () => {
  const known = new KnownChunks()
  const { promise, reject } = Promise.withResolvers<string>()
  const first = known.once(idOf(1), () => promise)
  const second = known.once(idOf(1), async () => 'stored')
  reject(new Error('EIO'))
  await expect(first).rejects.toThrow('EIO')
  expect(await second).toBe('stored')
  expect(await known.once(idOf(1), async () => 'again')).toBeUndefined()
})

test('an id of another shape is refused', async () => {
  for (const id of ['', 'x', idOf(1).toUpperCase().replace('1', 'G'), `${idOf(1)}0`]) {
    expect(await logs(1, id)).toBe(400)
  }
})

test('the oldest are forgotten first, and memory is bounded', () => {
  const known = new KnownChunks(10)
  for (let n = 0; n < 100; n++) known.add(idOf(n))
  const kept = Array.from({ length: 100 }, (_, n) => n).filter((n) => known.has(idOf(n)))
  expect(kept.length).toBeLessThanOrEqual(10)
  expect(kept.at(0)).toBe(100 - kept.length)
})
