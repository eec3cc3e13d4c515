/**
 * Every question of every page is answered by the real engine over the same seeded telemetry, once
 * embedded and once as a server.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { everything, type Question, type Scope } from '../src/model/question.ts'
import * as kubernetes from '../src/pages/kubernetes/contract.ts'
import * as entity from '../src/pages/kubernetes/contract-entity.ts'
import * as entityHistory from '../src/pages/kubernetes/contract-entity-history.ts'
import * as history from '../src/pages/kubernetes/contract-history.ts'
import { kubernetesAnswerers } from '../src/pages/kubernetes/queries.ts'
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
import type { Told } from './kubernetes/told.ts'
import { isEqual, ordered, weight } from './told.ts'

const answerers = [
  ...overviewAnswerers,
  ...logsAnswerers,
  ...tracesAnswerers,
  ...servicesAnswerers,
  ...metricsAnswerers,
  ...kubernetesAnswerers,
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
    const list = await ask(metrics.metricList, { ...range, text: 'cpu.t' })
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

  test('metrics: what differs, what is related, and what each part of a query cost', async () => {
    const parts = await ask(metrics.metricBreakdown, {
      ...range,
      ...{ metric: 'queue.depth', aggregation: 'avg' },
    })
    expect(parts.values_total[parts.label.indexOf('state')]).toBe(40)
    const related = await ask(metrics.metricRelated, { ...range, metric: 'cpu.time' })
    expect(related.metric).not.toContain('cpu.time')
    const query = 'sum(rate(cpu_time[5m]))'
    const explained = await ask(metrics.metricExplain, { ...range, query })
    expect(explained.text[0]).toBe(query)
    expect(explained.depth[0]).toBe(0)
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
    const none = { events: 0, stopped: 0 }
    expect(await ask(overview.securityCounts, range)).toEqual({
      ...{ audit: none, security: none, flows: none },
    })
  })

  test('kubernetes: each cluster has its own, with what pods ask for and use', async () => {
    const clusters = await ask(kubernetes.clusterList, range)
    const { eu, us } = fixture.clusters
    expect(clusters.cluster).toEqual([eu.cluster, us.cluster])
    const alive = (told: Told, kind: string) =>
      told.objects.filter((row) => row.kind === kind && row.change === 'seen').length
    expect(clusters.pods).toEqual([alive(eu, 'Pod'), alive(us, 'Pod')])
    expect(clusters.nodes).toEqual([alive(eu, 'Node'), alive(us, 'Node')])
    expect(clusters.cpu_usage_cores.every((cores) => (cores ?? 0) > 1)).toBe(true)
    const pods = await ask(kubernetes.objectList, { ...range, list: 'pods' })
    expect(pods.total).toBe(alive(eu, 'Pod') + alive(us, 'Pod'))
    expect(pods.health[0]).toBe('bad')
    const identities = pods.cluster.map((cluster, at) => `${cluster} ${pods.name[at]}`)
    expect(new Set(identities).size).toBe(pods.total)
    expect(new Set(pods.name).size).toBeLessThan(pods.total)
    const running = pods.numbers.filter((numbers) => (numbers.cpu_usage_cores ?? 0) > 0)
    expect(running.length).toBe(pods.node.filter((node) => node !== '').length)
    const one = { ...range, cluster: us.cluster, namespace: 'shop' }
    const mine = await ask(kubernetes.objectList, { ...one, list: 'pods', search: 'health:bad' })
    expect(new Set(mine.cluster)).toEqual(new Set([us.cluster]))
    expect(new Set(mine.health)).toEqual(new Set(['bad']))
    const nodes = await ask(kubernetes.objectList, { ...one, list: 'nodes' })
    expect(nodes.total).toBe(alive(us, 'Node'))
    expect(nodes.details[0]?.version).toBe('v1.34.1')
    expect(sum(nodes.numbers.map((numbers) => numbers.pods ?? 0))).toBeGreaterThan(5)
    for (const list of kubernetes.listNames) {
      const found = await ask(kubernetes.objectList, { ...range, list })
      expect(found.total, list).toBeGreaterThan(0)
    }
    const before = { ...range, to_ms: range.to_ms - 20 * 60_000, list: 'workloads' }
    const then = await ask(kubernetes.objectList, before)
    expect(then.at_ms).toBe(before.to_ms)
    expect(then.name).toEqual(['checkout', 'checkout'])
  })

  test('kubernetes: events stand once, changes have a diff, completion knows both', async () => {
    const { eu } = fixture.clusters
    const search = `cluster:"${eu.cluster}"`
    const events = await ask(history.eventList, { ...range, search })
    expect(events.total).toBe(eu.events.length)
    expect(new Set(events.type)).toEqual(new Set(['Warning']))
    const bars = await ask(history.eventHistogram, { ...range, search })
    expect(bars.total).toBe(eu.events.length)
    expect(sum(bars.counts.flat())).toBe(bars.total)
    const changes = await ask(history.changeList, { ...range, search })
    expect(changes.change).toEqual(['deleted', 'modified'])
    const at = changes.change.indexOf('modified')
    expect(changes).toMatchObject({
      kind: ['Pod', 'Deployment'],
      actor: ['kubelet', 'kubectl-set'],
    })
    const identity = { cluster: eu.cluster, kind: 'Deployment', namespace: 'shop' }
    const named = { ...identity, name: 'checkout', uid: changes.uid[at] }
    const change = await ask(history.changeShown, { ...named, time_ms: changes.time_ms[at] })
    expect(change?.diff).toMatchObject([{ before: 'shop/checkout:2.3.0' }])
    const byTime = await ask(history.changeHistogram, { ...range, search })
    expect([sum(byTime.modified), sum(byTime.deleted)]).toEqual([1, 1])
    const f = async (table: string, field: string | undefined, text: string) => {
      const asked = { ...range, table, field, list: 'pods' as const }
      const found = await ask(kubernetes.objectCompletion, asked)
      expect(found.text, field).toContain(text)
    }
    await f('kubernetes_current', undefined, 'labels.app')
    await f('kubernetes_current', undefined, 'restarts')
    await f('kubernetes_current', 'status', 'CrashLoopBackOff')
    await f('kubernetes_current', 'labels.app', 'cart')
    await f('kubernetes_events', 'reason', 'BackOff')
    await f('kubernetes_objects', 'actor', 'kubectl-set')
  })

  test('kubernetes: one thing, what it used, how it ended, and its versions', async () => {
    const { eu, us } = fixture.clusters
    const list = { ...range, cluster: eu.cluster, list: 'pods' as const }
    const pods = await ask(kubernetes.objectList, { ...list, search: 'status:OOMKilled' })
    const place = { kind: 'pod', of_namespace: pods.namespace[0], name: pods.name[0] }
    const pod = { ...range, cluster: eu.cluster, ...place }
    const about = await ask(entity.entityAbout, pod)
    expect(about).toMatchObject({ uid: pods.uid[0], state: 'alive', others: [] })
    expect(JSON.parse(about?.object ?? '').status.qosClass).toBe('Burstable')
    const anywhere = await ask(entity.entityAbout, { ...range, ...place, of_namespace: '-' })
    const clusters = [anywhere?.cluster, ...(anywhere?.others ?? []).map((one) => one.cluster)]
    expect(clusters.toSorted()).toEqual([eu.cluster, us.cluster])
    const used = await ask(entity.entityResources, pod)
    expect(Math.max(...used.cpu_usage_cores.map(Number))).toBeGreaterThan(0.04)
    expect(Math.max(...used.memory_usage_bytes.map(Number))).toBeGreaterThan(1e8)
    expect((await ask(entity.entityActivity, pod)).records).toEqual([])
    expect((await ask(entity.containerUse, pod)).container).toEqual([])
    const statuses = await ask(entityHistory.entityStatuses, pod)
    expect([statuses.status, statuses.health]).toEqual([['OOMKilled'], ['bad']])
    const ends = await ask(entityHistory.containerEnds, pod)
    expect(ends).toMatchObject({ total: 1, reason: ['OOMKilled'], exit_code: [137] })
    const shop = { ...range, cluster: us.cluster, of_namespace: 'shop' }
    const gone = { ...shop, kind: 'pod', name: 'checkout-gone' }
    const farewell = await ask(entity.entityAbout, gone)
    expect(farewell).toMatchObject({ state: 'gone', gone_ms: fixture.now_ms - 10 * 60_000 })
    expect(JSON.parse(farewell?.object ?? '').status.podIP).toBe('10.1.0.7')
    const checkout = { ...shop, kind: 'deployment', name: 'checkout' }
    const deployment = await ask(entity.entityAbout, checkout)
    expect(deployment?.numbers.memory_limit_bytes).toBeGreaterThan(2 ** 30)
    const versions = await ask(entityHistory.entityRevisions, checkout)
    expect(versions.change).toEqual(['modified', 'added'])
    const images = await Promise.all(
      versions.time_ms.map(async (time_ms, at) => {
        const version = { ...checkout, uid: versions.uid[at], time_ms }
        const found = await ask(entityHistory.entityRevision, version)
        return JSON.parse(found?.object ?? '').spec.template.spec.containers[0].image
      }),
    )
    expect(images).toEqual(['shop/checkout:2.3.1', 'shop/checkout:2.3.0'])
    const service = await ask(entity.entityAbout, { ...checkout, kind: 'service' })
    expect(service?.serves).toEqual(['checkout'])
    const behind = await ask(entity.entityResources, { ...checkout, kind: 'service' })
    const whole = await ask(entity.entityResources, checkout)
    expect(behind.cpu_usage_cores).toEqual(whole.cpu_usage_cores)
  })

  test('kubernetes: things that hold others, and things that only telemetry names', async () => {
    const { eu } = fixture.clusters
    const none = { ...range, of_namespace: '-' }
    const inEu = { ...none, cluster: eu.cluster }
    const cluster = await ask(entity.entityAbout, { ...inEu, kind: 'cluster', name: eu.cluster })
    expect(cluster?.numbers).toMatchObject({ nodes: 3, pods: 120 })
    const node = await ask(entity.entityAbout, { ...inEu, kind: 'node', name: 'node-2' })
    expect(node).toMatchObject({ kind: 'Node', status: 'Ready,MemoryPressure', namespace: '' })
    const kinds = ['cluster', 'node', 'namespace', 'statefulset', 'persistentvolumeclaim'] as const
    const names = [eu.cluster, 'node-2', 'data', 'postgres-orders', 'orders-data-0']
    for (const [at, kind] of kinds.entries()) {
      const thing = { ...inEu, kind, of_namespace: 'data', name: names[at] }
      const used = await ask(entity.entityResources, thing)
      expect(
        used.cpu_usage_cores.some((value) => value !== null),
        kind,
      ).toBe(at < 4)
      await ask(entityHistory.containerEnds, thing)
      await ask(entity.entityStorage, thing)
    }
    const anyLogs = await ask(logs.logRecords, { ...range, rows_max: 1 })
    const name = anyLogs.pod[0]
    const untold = await ask(entity.entityAbout, { ...none, kind: 'pod', name })
    expect(untold).toMatchObject({ state: 'untold', name, others: [] })
    const { cluster: where, namespace } = untold ?? {}
    const told = { ...range, cluster: where, of_namespace: namespace, kind: 'pod', name }
    const activity = await ask(entity.entityActivity, told)
    expect(sum(activity.records.flat())).toBeGreaterThan(0)
    const missing = await ask(entity.entityAbout, { ...none, kind: 'pod', name: 'nobody' })
    expect(missing).toBe(null)
    expect(await ask(entity.entityAbout, { ...none, kind: 'unicorn', name })).toBe(null)
  })

  test('no question is left unasked', () => {
    const answered = new Set(asks.map(({ question }) => question.name))
    expect(answerers.map((one) => one.question.name).filter((name) => !answered.has(name))).toEqual(
      [],
    )
  })

  /** What the disk holds is about the store: only who sees everything is told. */
  const aboutTheStore = new Set([overview.storeUse.name])
  /** Tells how long it took, which is never twice the same; its source is the query language's. */
  const isTimed = (name: string) => name === metrics.metricExplain.name
  const elsewhere: Scope = { ...everything, clusters: ['another'] }

  test.each([
    ['another cluster', elsewhere],
    ['another namespace', { ...everything, namespaces: ['another'] }],
    ['nothing', { clusters: [], namespaces: [], classes: [] }],
    ['no kind of telemetry', { ...everything, classes: [] }],
  ] as [string, Scope][])('who sees %s is told of nothing here', async (_, scope) => {
    const told: string[] = []
    for (const { question, asked } of asks) {
      if (isTimed(question.name)) continue
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
      if (aboutTheStore.has(question.name) || isTimed(question.name)) continue
      const seen = await answer(question, asked, { ...everything, clusters })
      expect(ordered(seen), question.name).toEqual(ordered(whole))
    }
  })
})

async function placesOf({ store }: Fixture): Promise<{ clusters: string[] }> {
  const rows = await store.rows<{ cluster: string }>(sql`SELECT DISTINCT cluster FROM resources`)
  return { clusters: rows.map(({ cluster }) => cluster) }
}
