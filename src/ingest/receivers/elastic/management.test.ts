/** What people and old shippers ask beside sending: tables, simulations, single documents. */
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openRig, type Rig } from '../../../../test/ingest/rig.ts'
import { sendHttp } from '../../../../test/ingest/senders.ts'

let rig: Rig
beforeEach(async () => {
  rig = await openRig({ listeners: [{ name: 'elastic', address: '127.0.0.1:0' }] })
})
afterEach(async () => {
  expect(rig.logged).toEqual([])
  await rig.close()
})

async function ask(request: string, body: object | string = '') {
  const [method, path] = request.split(' ') as [string, string]
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  const sent = { method, path, chunks: [Buffer.from(text)] }
  const { status, body: answer } = await sendHttp(rig.address('elastic'), sent)
  return { status, text: answer.toString() }
}
const json = async (request: string, body: object | string = '') =>
  JSON.parse((await ask(request, body)).text)

test('columns of _cat by short name, pattern and order', async () => {
  for (const name of ['a', 'b']) await ask(`PUT /${name}`)
  expect((await ask('GET /_cat/indices?h=i,h&s=i:desc')).text).toBe('b green\na green\n')
  expect((await ask('GET /_cat/indices?h=i*,nothing')).text).toBe('a\nb\n')
  expect((await ask('GET /_cat/health?h=st')).text).toBe('green\n')
  expect((await ask('GET /_cat/master?help')).text).toBe('id\nhost\nip\nnode\n')
  expect(await json('GET /_cat/indices?format=json&h=index&s=index:desc')).toEqual([
    { index: 'b' },
    { index: 'a' },
  ])
})

test('errors are told in full, whatever part of the answer was asked for', async () => {
  const { status, text } = await ask('POST /_bulk?filter_path=errors,items.*.status', 'no json')
  expect(status).toBe(400)
  expect(JSON.parse(text).error.type).toBe('parse_exception')
})

test('more actions than fit are to be sent in smaller requests', async () => {
  const { status } = await ask('POST /_bulk', '{"index":{"_index":"a"}}\n{}\n'.repeat(200_001))
  expect(status).toBe(413)
  expect(rig.segments.rows('logs')).toEqual([])
})

test('a bulk answer is pretty when asked', async () => {
  const { text } = await ask(
    'POST /_bulk?pretty&filter_path=errors',
    '{"index":{"_index":"a"}}\n{}',
  )
  expect(text).toBe('{\n  "errors": false\n}\n')
})

test('one document is updated by its upsert alone, and never deleted', async () => {
  const upsert = { doc: { message: 'one' }, doc_as_upsert: true }
  expect(await ask('POST /a/_update/1', upsert)).toMatchObject({ status: 201 })
  expect(await ask('POST /a/_update/1', upsert)).toMatchObject({ status: 200 })
  expect(await ask('POST /a/_update/2', { doc: {} })).toMatchObject({ status: 400 })
  expect(await ask('DELETE /a/_doc/1')).toMatchObject({ status: 404 })
  expect(rig.segments.rows('logs').map(({ body }) => body)).toEqual(['one'])
})

test('templates are simulated, and none is made by it', async () => {
  const body = { index_patterns: ['x-*'], template: { settings: { a: 1 } } }
  const whole = { settings: { a: 1 }, mappings: {}, aliases: {} }
  expect((await json('POST /_index_template/_simulate', body)).template).toEqual(whole)
  expect(await json('GET /_index_template')).toEqual({ index_templates: [] })
  await ask('PUT /_index_template/x', body)
  expect((await json('POST /_index_template/_simulate/x')).template).toEqual(whole)
  expect((await json('POST /_index_template/_simulate_index/x-1')).template).toEqual(whole)
  expect((await ask('POST /_index_template/_simulate/none')).status).toBe(400)
  expect((await ask('PUT /_template/_x', { index_patterns: ['x'] })).status).toBe(400)
})

test('what is asked about life cycles, mappings and the state of the cluster', async () => {
  await ask('PUT /a', { mappings: { properties: {} } })
  expect((await json('GET /a/_ilm/explain')).indices).toEqual({ a: { index: 'a', managed: false } })
  expect((await ask('GET /none/_ilm/explain')).status).toBe(404)
  expect(await json('GET /a/_mapping')).toEqual({ a: { mappings: { properties: {} } } })
  const { metadata } = await json('GET /_cluster/state/metadata?filter_path=metadata.cluster_uuid')
  expect(Object.keys(metadata)).toEqual(['cluster_uuid'])
  expect((await ask('OPTIONS /_bulk')).status).toBe(200)
})
