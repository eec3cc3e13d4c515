/** Counters of Falco's alerts: their labels, that they never stop, and what bounds them. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { decodeContext, fixture_ms } from '../../../../test/ingest/decode-fixture.ts'
import { readRows } from '../../../../test/ingest/read-rows.ts'
import { openRig, type Rig } from '../../../../test/ingest/rig.ts'
import { Batch } from '../../../wire/batch.ts'
import { decodeOtlpMetrics } from '../../../wire/otlp/metrics.ts'
import type { ReadEvent } from '../security/read-event.ts'
import { AlertCounts, alert_series_max } from './alert-counts.ts'
import { falcoEvent } from './falco-event.ts'

let rig: Rig
beforeEach(async () => {
  rig = await openRig()
})
afterEach(() => rig.close())

const names = ['falco_events', 'falcosecurity_falcosidekick_falco_events_total']
const alert = (more: object = {}) => ({
  ...{ rule: 'Terminal shell', priority: 'Notice', output: 'A shell', hostname: 'n1' },
  ...{ source: 'syscall', tags: ['container', 'shell'] },
  output_fields: { 'k8s.ns.name': 'shop', 'k8s.pod.name': 'redis-0' },
  ...more,
})

async function post(...alerts: object[]) {
  const body = alerts
    .map((one) => JSON.stringify({ ...one, time: new Date(rig.clock.now_ms()).toISOString() }))
    .join('\n')
  const url = `http://${rig.address('otlp_http')}/ingest/falco`
  const answer = await fetch(url, { method: 'POST', body })
  await answer.text()
  return answer.status
}

/** What was told since the last look: values of one name, in order of time. */
async function told(name: string) {
  rig.segments.appended = []
  rig.clock.advance(15_000)
  await rig.intake.tellCounts()
  return rig.segments
    .rows('metric_samples')
    .filter(({ metric }) => metric === name)
    .map(({ value }) => value)
}

test('both names count what was stored, also when nothing came since', async () => {
  expect(await told('falco_events')).toEqual([])
  expect(await post(alert(), alert(), alert({ priority: 'Loud' }))).toBe(200)
  expect(await told('falco_events')).toEqual([0, 2])
  const series = rig.segments.rows('metric_series')
  const own = {
    ...{ rule: 'Terminal shell', priority: '5', priority_raw: 'notice', source: 'syscall' },
    ...{ hostname: 'n1', k8s_ns_name: 'shop', k8s_pod_name: 'redis-0' },
  }
  expect(series).toMatchObject([
    { metric: names[0], attributes: { ...own, tags: ',container,shell,' } },
    { metric: names[1], attributes: own },
  ])
  expect(await told('falco_events')).toEqual([2])
  await post(alert())
  expect(await told(names[1]!)).toEqual([3])
})

test('what could not be stored is not counted', async () => {
  await post(alert())
  rig.segments.failsWith = new Error('the disk is gone')
  expect(await post(alert())).toBe(503)
  await expect(rig.intake.tellCounts()).rejects.toThrow()
  rig.segments.failsWith = undefined
  expect(await told('falco_events')).toEqual([0, 1])
})

test('alerts that came as lines count too', async () => {
  const line = JSON.stringify({ ...alert(), time: new Date(rig.clock.now_ms()).toISOString() })
  const values = [[`${rig.clock.now_ms()}000000`, line]]
  const answer = await fetch(`http://${rig.address('loki')}/loki/api/v1/push`, {
    ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
    body: JSON.stringify({ streams: [{ stream: { container: 'falco' }, values }] }),
  })
  expect(answer.status).toBe(204)
  expect(await told('falco_events')).toEqual([0, 1])
})

test('past the bound they are counted by priority', () => {
  const counts = new AlertCounts('one', fixture_ms - 60_000)
  const event = (pod: number) =>
    falcoEvent(
      alert({ output_fields: { 'k8s.pod.name': `p-${pod}` } }),
    ) as ReadEvent<'security_events'>
  for (let pod = 0; pod < alert_series_max + 7; pod++) counts.add(event(pod), 'eu')
  counts.add(event(1), 'eu')
  expect(counts.overflowed).toBe(7)
  const batch = new Batch()
  decodeOtlpMetrics(counts.request(fixture_ms), decodeContext(), batch)
  const samples = readRows('metric_samples', batch.get('metric_samples').written())
  const own = samples.filter(({ metric }) => metric === 'falco_events')
  expect(own).toHaveLength(2 * (alert_series_max + 1))
  expect(own.reduce((sum, { value }) => sum + Number(value), 0)).toBe(alert_series_max + 8)
  expect(Math.max(...own.map(({ value }) => Number(value)))).toBe(7)
  const starts = readRows('metric_samples', batch.get('metric_samples').written())
  expect(new Set(starts.map((row) => Number(row.start_time)))).toEqual(
    new Set([Number(starts[0]!.start_time)]),
  )
})
