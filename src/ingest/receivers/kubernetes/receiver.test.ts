/** The Kubernetes receiver over real sockets: its answers, its counts, and whose cluster it is. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openRig, type Rig } from '../../../../test/ingest/rig.ts'
import { lines } from '../../../../test/kubernetes/told.ts'

let rig: Rig
beforeEach(async () => {
  rig = await openRig()
})
afterEach(() => rig.close())

async function post(signal: string, body: Uint8Array, headers: Record<string, string> = {}) {
  const answer = await fetch(`http://${rig.address('otlp_http')}/v1/kubernetes/${signal}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-ndjson', ...headers },
    body: Buffer.from(body),
  })
  const said = (await answer.json()) as Record<string, unknown>
  return { status: answer.status, said, headers: answer.headers }
}

const object = () => ({ time_ms: rig.clock.now_ms(), change: 'added', kind: 'Pod', name: 'p' })

test('what is stored and what is not is answered and counted by signal', async () => {
  const body = Buffer.concat([lines([object(), object()]), Buffer.from('{\n')])
  const { status, said } = await post('objects', body)
  expect(status).toBe(200)
  expect(said).toMatchObject({ rejected: 1, reasons: { line_malformed: 1 } })
  expect(said.message).toMatch(/1 of 3 objects were not stored/)
  expect(rig.segments.rows('kubernetes_objects')).toHaveLength(2)
  const now = rig.clock.now_ms()
  await post('events', lines([{ time_ms: now, event_uid: 'e', reason: 'BackOff' }]))
  const coverage = { time_ms: now, source: 'otlp', signal: 'logs', state: 'arriving' }
  await post('coverage', lines([coverage]))
  expect(rig.counters.records()).toMatchObject([
    { source: 'kubernetes', signal: 'objects', accepted: 2, rejected: { line_malformed: 1 } },
    { source: 'kubernetes', signal: 'events', accepted: 1 },
    { source: 'kubernetes', signal: 'coverage', accepted: 1 },
  ])
})

test('a token writes its own cluster and no other', async () => {
  rig.tokens.set('t', { token_id: '1', cluster: 'eu-1' })
  const told = lines([{ ...object(), cluster: 'us-1' }])
  expect((await post('objects', told)).status).toBe(401)
  expect((await post('objects', told, { authorization: 'Bearer t' })).status).toBe(200)
  expect(rig.segments.rows('kubernetes_objects').map((row) => row.cluster)).toEqual(['eu-1'])
})

test('refusals carry their fault, and when to come again', async () => {
  const other = await post('objects', lines([object()]), { 'content-type': 'text/plain' })
  expect(other).toMatchObject({ status: 415, said: { code: 'content_type_unsupported' } })
  rig.segments.failsWith = new Error('the disk is gone')
  const busy = await post('objects', lines([object()]))
  expect(busy).toMatchObject({ status: 503, said: { code: 'ingest_unavailable' } })
  expect(Number(busy.headers.get('retry-after'))).toBeGreaterThan(0)
  expect(rig.counters.records()).toEqual([])
})
