/**
 * Pipelines from PUT to rows: those of a data set's chain, of requests, of templates and of
 * reroutes, for documents and for OTLP alike; and what they drop and fail, told as rows.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openRig, type Rig } from '../../test/ingest/rig.ts'
import { sendHttp } from '../../test/ingest/senders.ts'
import { partsInMemory } from '../../test/server/parts-fixture.ts'
import { KeptPipelines } from './kept-pipelines.ts'

let rig: Rig
let pipelines: KeptPipelines
beforeEach(async () => {
  const parts = partsInMemory()
  pipelines = new KeptPipelines({
    ...parts,
    onError: (error) => {
      throw error
    },
  })
  rig = await openRig({ parts: { ...parts, pipelines } })
})
afterEach(async () => {
  pipelines.close()
  await rig.close()
  expect(rig.logged).toEqual([])
})

async function ask(method: string, path: string, body?: object | string) {
  const text = typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body)
  const headers = { 'content-type': 'application/json' }
  const answer = await sendHttp(rig.address('elastic'), {
    ...{ method, path, headers },
    chunks: text === '' ? [] : [Buffer.from(text)],
  })
  return { status: answer.status, json: JSON.parse(answer.body.toString()) }
}
const put = async (id: string, ...processors: object[]) =>
  expect(await ask('PUT', `/_ingest/pipeline/${id}`, { processors })).toMatchObject({ status: 200 })
const index = (name: string, document: object, query = '') =>
  ask('POST', `/${name}/_doc${query}`, document)
const rows = () => rig.segments.rows('logs')

const processStream = 'logs-endpoint.events.process-k8sapps'

test('the tutorial of session view, verbatim', async () => {
  await put(
    'logs-endpoint.events.process@custom',
    { set: { field: 'orchestrator.cluster.name', copy_from: 'data_stream.namespace' } },
    { set: { field: 'orchestrator.cluster.id', copy_from: 'data_stream.namespace' } },
  )
  expect((await index(processStream, { message: 'exec bash' })).status).toBe(201)
  expect((await index('logs-other-k8sapps', { message: 'not mine' })).status).toBe(201)
  expect(rows().map(({ body, cluster }) => [body, cluster])).toEqual([
    ['exec bash', 'k8sapps'],
    ['not mine', ''],
  ])
})

test('the whole chain, widest first, then the final pipeline of a template', async () => {
  const note = (word: string) => ({ append: { field: 'seen', value: [word] } })
  await put('global@custom', note('global'))
  await put('logs@custom', note('type'))
  await put('logs-nginx.integration@custom', note('package'))
  await put('logs-nginx.access@custom', note('dataset'))
  await put('first', note('default'))
  await put('last', note('final'))
  const settings = { index: { default_pipeline: 'first', final_pipeline: 'last' } }
  const template = { index_patterns: ['logs-nginx.*-*'], template: { settings }, priority: 200 }
  await ask('PUT', '/_index_template/nginx', template)
  await index('logs-nginx.access-prod', { message: 'm' })
  const seen = JSON.parse((rows()[0]!.attributes as Record<string, string>).seen!)
  expect(seen).toEqual(['default', 'global', 'type', 'package', 'dataset', 'final'])
})

test('a pipeline that a request asks for', async () => {
  await put('shout', { uppercase: { field: 'message' } })
  await index('app', { message: 'quiet' }, '?pipeline=shout')
  await index('app', { message: 'quiet' })
  expect(rows().map(({ body }) => body)).toEqual(
    ['SHOUT', 'quiet'].map((w, i) => (i ? w : 'QUIET')),
  )
  const missing = await index('app', { message: 'm' }, '?pipeline=none')
  expect(missing.status).toBe(400)
})

test('a reroute runs the pipelines of where it goes', async () => {
  await put('logs-generic@custom', { reroute: { dataset: 'shop' } })
  await put('logs-shop@custom', { set: { field: 'arrived', value: 'yes' } })
  await index('logs-generic-default', { message: 'm' })
  expect(rows()[0]!.attributes).toMatchObject({ arrived: 'yes', 'data_stream.dataset': 'shop' })
})

test('a drop is a noop to the client, a failure its error, and both are told', async () => {
  await put(
    'logs-shop@custom',
    { drop: { if: "ctx.message == 'noise'" } },
    { fail: { message: 'no {{{message}}}', if: "ctx.message == 'bad'" } },
  )
  const action = '{"create":{"_index":"logs-shop-default"}}\n'
  const bulk = ['noise', 'bad', 'good'].map((message) => `${action}{"message":"${message}"}\n`)
  const { status, json } = await ask('POST', '/_bulk', bulk.join(''))
  expect(status).toBe(200)
  const [dropped, failed, stored] = json.items.map(({ create }: { create: object }) => create)
  expect(dropped).toMatchObject({ status: 200, result: 'noop' })
  expect(failed).toMatchObject({
    status: 400,
    error: { reason: expect.stringContaining('no bad') },
  })
  expect(stored).toMatchObject({ status: 201 })
  expect(rows().map(({ body }) => body)).toEqual(['good'])
  await rig.intake.tellRefused()
  const told = rows().map(({ event_name }) => event_name)
  expect(told).toContain('crowsnest.ingest.dropped')
  expect(told).toContain('crowsnest.ingest.refused')
  const stats = await ask('GET', '/_nodes/stats/ingest')
  const [node] = Object.values<{ ingest: { pipelines: object } }>(stats.json.nodes)
  expect(node!.ingest.pipelines).toMatchObject({
    'logs-shop@custom': { count: 3, failed: 1, dropped: 1 },
  })
})

test('the same pipeline for OTLP and for Loki', async () => {
  await put('logs-generic@custom', { set: { field: 'labels.team', value: 'blue' } })
  const body = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ body: { stringValue: 'o' } }] }] }] }
  const headers = { 'content-type': 'application/json' }
  const otlp = { path: '/v1/logs', headers, chunks: [Buffer.from(JSON.stringify(body))] }
  expect((await sendHttp(rig.address('otlp_http'), otlp)).status).toBe(200)
  const values = [[`${rig.clock.now_ms()}000000`, 'l']]
  const streams = JSON.stringify({ streams: [{ stream: { app: 'x' }, values }] })
  const loki = { path: '/loki/api/v1/push', headers, chunks: [Buffer.from(streams)] }
  expect((await sendHttp(rig.address('loki'), loki)).status).toBe(204)
  expect(rows().map((row) => [row.body, row.attributes])).toMatchObject([
    ['o', { 'labels.team': 'blue' }],
    ['l', { 'labels.team': 'blue' }],
  ])
})

describe('the API', () => {
  test('what could not run is refused when it is put, with the place', async () => {
    const bad = [{ set: { field: 'a', value: 1, if: 'ctx.a ==' } }]
    const { status, json } = await ask('PUT', '/_ingest/pipeline/x', { processors: bad })
    expect(status).toBe(400)
    expect(json.error).toMatchObject({ type: 'script_exception', position: { line: 1 } })
    expect(json.error.path).toContain('processors[0]')
    const unknown = await ask('PUT', '/_ingest/pipeline/x', { processors: [{ nope: {} }] })
    expect(unknown.json.error.reason).toBe('No processor type exists with name [nope]')
    expect(unknown.json.error.root_cause[0].header).toEqual({ processor_type: 'nope' })
    expect((await ask('GET', '/_ingest/pipeline/x')).status).toBe(404)
  })

  test('get, summary, delete', async () => {
    const definition = { description: 'd', processors: [{ set: { field: 'a', value: 1 } }] }
    await ask('PUT', '/_ingest/pipeline/x', definition)
    expect((await ask('GET', '/_ingest/pipeline/x')).json).toEqual({ x: definition })
    expect((await ask('GET', '/_ingest/pipeline/*?summary')).json).toMatchObject({ x: {} })
    expect((await ask('DELETE', '/_ingest/pipeline/x')).json).toEqual({ acknowledged: true })
    expect((await ask('DELETE', '/_ingest/pipeline/x')).status).toBe(404)
    expect(pipelines.isEmpty()).toBe(true)
  })

  test('simulate, by name and in the body', async () => {
    await put('x', { set: { field: 'b', copy_from: 'a' } })
    const docs = [{ _source: { a: 1 } }]
    const byName = await ask('POST', '/_ingest/pipeline/x/_simulate', { docs })
    expect(byName.json.docs[0].doc._source).toEqual({ a: 1, b: 1 })
    const pipeline = { processors: [{ remove: { field: 'a' } }] }
    const inBody = await ask('POST', '/_ingest/pipeline/_simulate?verbose', { pipeline, docs })
    expect(inBody.json.docs[0].processor_results).toMatchObject([{ status: 'success' }])
    expect(pipelines.counts('x').count).toBe(0)
  })

  test('the patterns of grok', async () => {
    const { json } = await ask('GET', '/_ingest/processor/grok')
    expect(Object.keys(json.patterns).length).toBeGreaterThan(100)
  })
})
