/** The list of metrics on the real engine: a name of another system finds what is stored. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FixtureStore, openFixtureStore } from '../../../test/store/fixture-store.ts'
import { everything } from '../../model/question.ts'
import {
  type MetricBreakdown,
  type MetricChart,
  type MetricExplain,
  type MetricRelated,
  metricBreakdown,
  metricChart,
  metricExplain,
  metricList,
  metricRelated,
} from './contract.ts'
import { metricsAnswerers } from './queries.ts'

const now_ms = Date.UTC(2026, 2, 9, 12)
let fixture: FixtureStore

beforeAll(async () => {
  fixture = await openFixtureStore()
  const series = (series_id: number, metric: string, description: string) => ({
    series_id: String(series_id),
    time: now_ms,
    metric,
    description,
  })
  const direction = (word: string) => ({ attributes: { 'network.io.direction': word } })
  await fixture.add('metric_series', [
    { ...series(1, 'k8s.pod.cpu.usage', 'Cores in use'), unit: '{cpu}' },
    series(2, 'container_memory_working_set_bytes', ''),
    series(3, 'queue.depth', 'Messages in use'),
    { ...series(4, 'system.memory.usage', ''), attributes: { 'system.memory.state': 'free' } },
    { ...series(5, 'system.memory.usage', ''), attributes: { 'system.memory.state': 'used' } },
    { ...series(6, 'k8s.pod.network.io', ''), ...direction('receive') },
    { ...series(7, 'k8s.pod.network.io', ''), ...direction('transmit') },
  ])
  const sample = (series_id: number, metric: string, value: number) => ({
    series_id: String(series_id),
    time: now_ms - 1,
    metric,
    value,
  })
  await fixture.add('metric_samples', [
    sample(1, 'k8s.pod.cpu.usage', 0.25),
    sample(4, 'system.memory.usage', 40),
    sample(5, 'system.memory.usage', 60),
    sample(6, 'k8s.pod.network.io', 7),
    sample(7, 'k8s.pod.network.io', 9),
  ])
})
afterAll(() => fixture.close())

const range = { from_ms: now_ms - 3_600_000, to_ms: now_ms + 1 }

test('a name of another system charts what is stored, in its unit and of its part', async () => {
  const f = async (metric: string, expected: number[], unit = '') => {
    const answerer = metricsAnswerers.find(({ question }) => question.name === metricChart.name)!
    const context = { store: fixture.store, scope: everything, now_ms }
    const ask = metricChart.ask.parse({ ...range, metric, aggregation: 'sum' })
    const answer = (await answerer.answer(ask, context)) as MetricChart
    const values = answer.values.flat().filter((value) => value !== null)
    expect(values.map((value) => Number(value.toPrecision(12)))).toEqual(expected)
    expect(answer.unit).toBe(unit)
  }
  await f('k8s.pod.cpu.usage', [0.25], '{cpu}')
  await f('kubernetes.pod.cpu.usage.nanocores', [250_000_000])
  await f('system.memory.usage', [100])
  await f('node_memory_MemFree_bytes', [40])
  await f('kubernetes.pod.network.tx.bytes', [9])
  await f('system.cpu.total.pct', [])
})

test('metrics are found by name, description and the names of other systems', async () => {
  const f = async (text: string, expected: string[]) => {
    const answerer = metricsAnswerers.find(({ question }) => question.name === metricList.name)!
    const context = { store: fixture.store, scope: everything, now_ms }
    const answer = await answerer.answer(metricList.ask.parse({ ...range, text }), context)
    expect((answer as { metric: string[] }).metric).toEqual(expected)
  }
  await f('queue', ['queue.depth'])
  await f('in use', ['k8s.pod.cpu.usage', 'queue.depth'])
  await f('kubernetes.pod.cpu.usage.nanocores', ['k8s.pod.cpu.usage'])
  await f('container.memory.working_set', ['container_memory_working_set_bytes'])
  await f('kubernetes.container.memory.workingset.bytes', ['container_memory_working_set_bytes'])
  await f('kubernetes.pod.cpu.usage.nanocores queue', [])
  await f('kubernetes.pod.cpu.usage.picocores', [])
})

const answererOf = (name: string) =>
  metricsAnswerers.find(({ question }) => question.name === name)!
const asker = () => ({ store: fixture.store, scope: everything, now_ms })

test('a metric is charted once for each label that tells its series apart', async () => {
  const ask = { ...range, metric: 'system.memory.usage', aggregation: 'avg' }
  const answer = await answererOf(metricBreakdown.name).answer(
    metricBreakdown.ask.parse(ask),
    asker(),
  )
  const { label, groups, values, labels_total } = answer as MetricBreakdown
  expect([label, groups, labels_total]).toEqual([['system.memory.state'], [['used', 'free']], 1])
  expect(values.map((of) => of.map((line) => line.filter((value) => value !== null)))).toEqual([
    [[60], [40]],
  ])
  const alone = metricBreakdown.ask.parse({ ...ask, metric: 'queue.depth' })
  expect(await answererOf(metricBreakdown.name).answer(alone, asker())).toMatchObject({ label: [] })
})

test('related metrics are those of the same part', async () => {
  const ask = metricRelated.ask.parse({ ...range, metric: 'k8s.pod.cpu.usage' })
  const answer = (await answererOf(metricRelated.name).answer(ask, asker())) as MetricRelated
  expect([answer.metric, answer.relation, answer.series, answer.total]).toEqual([
    ['k8s.pod.network.io'],
    ['prefix'],
    [2],
    1,
  ])
})

test('a query is explained by its parts; a wrong one is refused with its place', async () => {
  const explained = (query: string, mode: 'instant' | 'range') =>
    answererOf(metricExplain.name).answer(
      metricExplain.ask.parse({ ...range, query, mode }),
      asker(),
    ) as Promise<MetricExplain>
  const told = await explained('max(k8s_pod_cpu_usage) * 2', 'instant')
  expect(told.depth).toEqual([0, 1, 2, 1])
  expect(told).toMatchObject({ steps: 1, capped: false })
  expect(told.series[0]).toBe(1)
  expect(told.took_ms[0]).toBeGreaterThan(0)
  expect((await explained('vector(1)', 'range')).steps).toBeGreaterThan(100)
  await expect(explained('sum(', 'range')).rejects.toMatchObject({ code: 'query_refused' })
})
