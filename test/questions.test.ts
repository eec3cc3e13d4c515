/**
 * Every question of every page is answered by the real engine over the same seeded telemetry, once
 * embedded and once as a server.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { everything, type Question, type Scope } from '../src/model/question.ts'
import * as logs from '../src/pages/logs/contract.ts'
import { logsAnswerers } from '../src/pages/logs/queries.ts'
import * as metrics from '../src/pages/metrics/contract.ts'
import { metricsAnswerers } from '../src/pages/metrics/queries.ts'
import * as overview from '../src/pages/overview/contract.ts'
import { overviewAnswerers } from '../src/pages/overview/queries.ts'
import * as services from '../src/pages/services/contract.ts'
import { servicesAnswerers } from '../src/pages/services/queries.ts'
import * as traces from '../src/pages/traces/contract.ts'
import { tracesAnswerers } from '../src/pages/traces/queries.ts'
import { sql } from '../src/store/sql.ts'
import { type Fixture, openFixture } from './fixture.ts'

const answerers = [
  ...overviewAnswerers,
  ...logsAnswerers,
  ...tracesAnswerers,
  ...servicesAnswerers,
  ...metricsAnswerers,
]
describe.each(['embedded', 'server'] as const)('on an engine (%s)', (mode) => {
  let fixture: Fixture
  let range: { from_ms: number; to_ms: number }
  const asks: { question: Question<unknown, unknown>; asked: object; answer: unknown }[] = []

  beforeAll(async () => {
    fixture = await openFixture(7, mode)
    range = { from_ms: fixture.now_ms - 1_860_000, to_ms: fixture.now_ms + 1 }
  }, 60_000)
  afterAll(() => fixture?.close())

  function answer(question: Question<unknown, unknown>, asked: object, scope: Scope) {
    const answerer = answerers.find((one) => one.question.name === question.name)
    if (answerer === undefined) throw new Error(`Nobody answers ${question.name}`)
    const { store, now_ms } = fixture
    return answerer.answer(question.ask.parse(asked), { store, scope, now_ms })
  }

  async function ask<Ask, Answer>(question: Question<Ask, Answer>, asked: object): Promise<Answer> {
    const general = question as Question<unknown, unknown>
    const answered = (await answer(general, asked, everything)) as Answer
    asks.push({ question: general, asked, answer: answered })
    return answered
  }

  const sum = (numbers: readonly (number | null)[]) =>
    numbers.reduce<number>((total, n) => total + (n ?? 0), 0)

  test('logs: the histogram, the records page by page and the fields count the same', async () => {
    const histogram = await ask(logs.logHistogram, range)
    expect(histogram.total).toBe(fixture.records.logs)
    const seen = new Set<string>()
    let after: string | undefined
    do {
      const page = await ask(logs.logRecords, { ...range, rows_max: 1000, ...(after && { after }) })
      for (const id of page.id) seen.add(id)
      after = page.next
    } while (after !== undefined)
    expect(seen.size).toBe(fixture.records.logs)
    const fields = await ask(logs.logFields, range)
    expect(fields.field.slice(0, 2)).toEqual(['severity', 'service'])
    expect(fields.present[1]).toBe(fields.sampled)
    const patterns = await ask(logs.logPatterns, range)
    expect(sum(patterns.count)).toBe(fixture.records.logs)
    expect(patterns.total_patterns).toBeLessThan(60)
  })

  test('logs: a search narrows, one record is found again with its neighbours', async () => {
    const errors = await ask(logs.logRecords, { ...range, search: 'severity:error service:cart' })
    expect(errors.id.length).toBeGreaterThan(0)
    expect(new Set(errors.severity)).toEqual(new Set(['error']))
    expect(new Set(errors.service)).toEqual(new Set(['cart']))
    const id = errors.id[3] ?? ''
    const record = await ask(logs.logRecord, { id })
    expect(record).toMatchObject({ id, service: 'cart', severity: 'error', body: errors.body[3] })
    expect(record?.resource['k8s.pod.name']).toBe(errors.pod[3])
    const resource_id = errors.resource_id[3]
    const around = await ask(logs.logSurrounding, { id, resource_id, before: 3, after: 3 })
    expect(around.id).toContain(id)
    expect(around.time_ns).toEqual(around.time_ns.toSorted())
    const values = await ask(logs.logCompletion, { ...range, field: 'service', prefix: 'ca' })
    const f = async (field: string, prefix: string, text: string, signal = 'logs') => {
      const found = await ask(logs.logCompletion, { ...range, signal, field, prefix })
      expect(found.text, field).toContain(text)
    }
    await f('service.name', '', 'cart')
    await f('kubernetes.pod.name', 'cart-7', errors.pod[3] ?? '')
    await f('peer_service', 'service-1', 'service-1.shop.svc', 'spans')
    expect(values.text).toContain('cart')
  })

  test('traces: list, scatter, one trace, and what failed spans have in common', async () => {
    const list = await ask(traces.traceList, { ...range, search: 'status:error', rows_max: 20 })
    expect(list.trace_id.length).toBe(20)
    expect(list.status.every((status) => status === 'error')).toBe(true)
    const trace = await ask(traces.traceById, { trace_id: list.trace_id[0] })
    expect(trace?.span_id.length).toBe(10)
    expect(trace?.parent_span_id.filter((parent) => parent === '').length).toBe(1)
    const ids = { trace_id: list.trace_id[0], span_id: list.span_id[0] }
    const span = await ask(traces.spanById, ids)
    expect(span).toMatchObject({ ...ids, status: 'error' })
    expect(span?.attributes['http.response.status_code']).toBe(500)
    expect(span?.resource['service.version']).toBe('2.3.1')
    const histogram = await ask(traces.traceHistogram, { ...range, search: 'duration_ns >= 0' })
    expect(sum(histogram.spans)).toBe(fixture.records.spans)
    const scatter = await ask(traces.traceScatter, range)
    expect(scatter.total).toBe(scatter.time_ms.length)
    const difference = await ask(traces.traceDifference, { ...range, selection: { errors: true } })
    const at = difference.field.indexOf('http.response.status_code')
    expect([
      difference.value[at],
      difference.selected_share[at],
      difference.rest_share[at],
    ]).toEqual(['500', 1, 0])
    expect((await ask(traces.traceLogs, { trace_id: list.trace_id[0] })).capped).toBe(false)
  })

  test('services: the list counts entry spans, the map pairs them, one has its parts', async () => {
    const list = await ask(services.serviceList, range)
    expect(sum(list.calls)).toBe(fixture.records.spans / 2)
    expect(list.p95_ns.every((p95, at) => (p95 ?? 0) >= (list.p50_ns[at] ?? 0))).toBe(true)
    const map = await ask(services.serviceMap, range)
    expect(map.peer_kind).toContain('service')
    expect(map.peer_kind).toContain('user')
    const service = list.service[0]
    const series = await ask(services.serviceSeries, { ...range, service })
    expect(sum(series.calls)).toBe(list.calls[0])
    const operations = await ask(services.serviceOperations, { ...range, service })
    expect(sum(operations.calls.filter((_, i) => operations.is_entry[i]))).toBe(list.calls[0])
    const errors = await ask(services.serviceErrors, { ...range, service })
    expect(sum(errors.count)).toBeGreaterThan(0)
    const instances = await ask(services.serviceInstances, { ...range, service })
    expect(sum(instances.calls)).toBe(list.calls[0])
    expect(new Set(instances.version)).toEqual(new Set(['2.3.1']))
    expect((await ask(services.serviceVersions, { ...range, service })).version).toEqual([])
  })

  test('metrics: the list, labels, a gauge, a counter as rate and no exemplars', async () => {
    const list = await ask(metrics.metricList, { ...range, text: 'cpu' })
    expect(list.metric).toEqual(['cpu.time'])
    expect(list.monotonic).toEqual([true])
    const labels = await ask(metrics.metricLabels, { ...range, metric: 'queue.depth' })
    expect(labels.values[labels.label.indexOf('state')]).toBe(40)
    const gauge = { ...range, metric: 'queue.depth', aggregation: 'avg', group_by: ['service'] }
    const chart = await ask(metrics.metricChart, gauge)
    expect(chart.groups.length).toBeGreaterThan(0)
    const average = chart.values[0]?.filter((value) => value !== null) ?? []
    expect(average.every((value) => value >= 50 && value < 70)).toBe(true)
    const counter = { ...range, metric: 'cpu.time', aggregation: 'sum' }
    const rate = await ask(metrics.metricChart, counter)
    const rates = rate.values[0]?.filter((value) => value !== null) ?? []
    expect(rates.length).toBeGreaterThan(20)
    expect((await ask(metrics.metricExemplars, { ...range, metric: 'cpu.time' })).time_ms).toEqual(
      [],
    )
  })

  test('overview: arrivals, sources, error patterns and the use of the disk', async () => {
    const arrivals = await ask(overview.arrivals, range)
    const { logs: log, spans } = fixture.records
    expect(arrivals.totals).toMatchObject({ logs: log, spans })
    const sources = await ask(overview.sources, range)
    expect(sum(sources.logs)).toBe(log)
    const patterns = await ask(overview.errorPatterns, range)
    expect(patterns.is_new.every(Boolean)).toBe(true)
    expect((await ask(overview.storeUse, range)).table).toContain('logs')
  })

  test('no question is left unasked', () => {
    const answered = new Set(asks.map(({ question }) => question.name))
    expect(answerers.map((one) => one.question.name).filter((name) => !answered.has(name))).toEqual(
      [],
    )
  })

  /** What the disk holds is about the store: only who sees everything is told. */
  const aboutTheStore = new Set([overview.storeUse.name])
  const elsewhere: Scope = { clusters: ['another'], namespaces: 'all' }

  test.each([
    ['another cluster', elsewhere],
    ['another namespace', { clusters: 'all', namespaces: ['another'] }],
    ['nothing', { clusters: [], namespaces: [] }],
  ] as [string, Scope][])('who sees %s is told of nothing here', async (_, scope) => {
    const told: string[] = []
    for (const { question, asked } of asks) {
      const empty = { ...asked, cluster: 'another' }
      // A question without a place in it cannot be asked of a place where nothing is.
      const isPlaced = !aboutTheStore.has(question.name) && 'from_ms' in asked
      const seen = await answer(question, asked, scope)
      const nothing = isPlaced ? await answer(question, empty, everything) : []
      if (isPlaced ? !isEqual(seen, nothing) : weight(seen) > 0) told.push(question.name)
    }
    expect(told).toEqual([])
  })

  test('who sees all of it by name is told the same', async () => {
    const { clusters } = await placesOf(fixture)
    for (const { question, asked, answer: whole } of asks) {
      if (aboutTheStore.has(question.name)) continue
      const seen = await answer(question, asked, { clusters, namespaces: 'all' })
      expect(ordered(seen), question.name).toEqual(ordered(whole))
    }
  })
})

async function placesOf({ store }: Fixture): Promise<{ clusters: string[] }> {
  const rows = await store.rows<{ cluster: string }>(sql`SELECT DISTINCT cluster FROM resources`)
  return { clusters: rows.map(({ cluster }) => cluster) }
}

const isEqual = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b)

/** How much an answer tells: its words and its numbers that are not 0. */
function weight(answer: unknown): number {
  if (answer === null || answer === undefined || typeof answer === 'boolean') return 0
  if (typeof answer === 'number') return answer === 0 ? 0 : 1
  if (typeof answer === 'string') return answer === '' ? 0 : 1
  return Object.values(answer).reduce((sum, part) => sum + weight(part), 0)
}

/** Rows of equal rank come in any order, in which columns follow one another. */
function ordered(answer: unknown): unknown {
  if (Array.isArray(answer)) return answer.map((part) => JSON.stringify(part)).toSorted()
  if (answer === null || typeof answer !== 'object') return answer
  return Object.fromEntries(Object.entries(answer).map(([name, part]) => [name, ordered(part)]))
}
