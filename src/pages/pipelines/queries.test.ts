/** Records for trying out pipelines: found by their data set, and nested as pipelines see them. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type FixtureStore, openFixtureStore } from '../../../test/store/fixture-store.ts'
import { ecsNameOf } from '../../ingest/records/meanings.ts'
import { everything, type Question } from '../../model/question.ts'
import { ecsName } from '../../query/elastic/documents.ts'
import { pipelineDatasets, pipelineSamples } from './contract.ts'
import { pipelinesAnswerers } from './queries.ts'
import { documentOf } from './queries-document.ts'

const now_ms = Date.UTC(2026, 2, 9, 12)
const range = { from_ms: now_ms - 3_600_000, to_ms: now_ms }
let fixture: FixtureStore

beforeAll(async () => {
  fixture = await openFixtureStore()
  const resource = (id: number, attributes: object) => ({
    ...{ resource_id: String(id), time: now_ms - 60_000, cluster: 'prod', attributes },
  })
  await fixture.add('resources', [
    resource(1, { 'k8s.pod.name': 'web-1', 'k8s.pod.label.app': 'web' }),
    resource(2, { 'data_stream.dataset': 'of.resource' }),
  ])
  const record = (resource_id: number, ago_s: number, body: string, more: object) => ({
    ...{ resource_id: String(resource_id), time: now_ms - ago_s * 1000, cluster: 'prod', body },
    ...more,
  })
  const nginx = { attributes: { 'data_stream.dataset': 'nginx.access' } }
  await fixture.add('logs', [
    record(1, 30, 'GET /', { ...nginx, numbers: { 'http.status': 200 }, severity_text: 'INFO' }),
    record(1, 3000, 'GET /old', nginx),
    record(1, 40, 'plain', {}),
    record(1, 50, 'other', { attributes: { 'event.dataset': 'nginx.access', tags: '["a"]' } }),
    record(2, 20, 'by resource', {}),
  ])
})
afterAll(() => fixture.close())

function ask<Ask, Answer>(question: Question<Ask, Answer>, more: object): Promise<Answer> {
  const answerer = pipelinesAnswerers.find((one) => one.question.name === question.name)
  if (answerer === undefined) throw new Error(`nothing answers ${question.name}`)
  const context = { store: fixture.store, scope: everything, now_ms }
  return answerer.answer(question.ask.parse({ ...range, ...more }), context) as Promise<Answer>
}

test('data sets are found wherever they are named', async () => {
  const { dataset } = await ask(pipelineDatasets, {})
  expect([...dataset].sort()).toEqual(['generic', 'nginx.access', 'of.resource'])
})

test('records are those of the data set, the newest first', async () => {
  const f = async (more: object, ...expected: string[]) =>
    expect((await ask(pipelineSamples, more)).message, JSON.stringify(more)).toEqual(expected)
  await f({ dataset: 'nginx.access' }, 'GET /', 'other', 'GET /old')
  await f({ dataset: 'nginx.access', rows_max: 1 }, 'GET /')
  await f({ dataset: 'of.resource' }, 'by resource')
  await f({ dataset: 'generic' }, 'plain')
  await f({ dataset: 'not "there"\\' })
  await f({}, 'by resource', 'GET /', 'plain', 'other', 'GET /old')
})

test('a record is the document that pipelines see', async () => {
  const { document, index } = await ask(pipelineSamples, { dataset: 'nginx.access' })
  expect(index[0]).toBe('logs-nginx.access-default')
  expect(JSON.parse(JSON.stringify(document[0]))).toEqual({
    '@timestamp': '2026-03-09T11:59:30.000000000Z',
    message: 'GET /',
    log: { level: 'INFO' },
    http: { status: 200 },
    kubernetes: { pod: { name: 'web-1' }, labels: { app: 'web' } },
    data_stream: { type: 'logs', dataset: 'nginx.access', namespace: 'default' },
  })
  expect(document[1]).toMatchObject({ tags: ['a'], event: { dataset: 'nginx.access' } })
})

test('names are those that ingest gives to pipelines', () => {
  const kinds = ['deployment', 'replicaset', 'statefulset', 'daemonset', 'cronjob', 'job', 'pod']
  const names = ['node', 'container', 'cluster', 'namespace', ...kinds].map(
    (it) => `k8s.${it}.name`,
  )
  const others = [
    'k8s.pod.uid',
    'k8s.pod.ip',
    'k8s.cluster.uid',
    'host.arch',
    'service.name',
  ].concat(
    ['k8s.pod.label.a.b', 'k8s.pod.annotation.x', 'k8s.namespace.label.y', 'service.instance.id'],
    ['deployment.environment.name', 'my.own', '__proto__'],
  )
  for (const name of [...names, ...others]) expect(ecsName(name)).toBe(ecsNameOf(name))
})

test('names from outside change nothing but the document', () => {
  const attributes = { '__proto__.polluted': 'yes', 'a.b': '1', a: '2', 'a.b.c': '3' }
  const text = { severity: '', severity_text: '', event_name: '', scope: '', trace: '', span: '' }
  const { document } = documentOf({ ...text, time_ns: '1', body: '', attributes, numbers: {} }, {})
  expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  expect(document.a).toEqual({ b: '1', value: '2', 'b.c': '3' })
})
