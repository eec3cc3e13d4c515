/** Elastic's own JavaScript clients of three versions, unmodified, over a small HTTP server. */
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { Client as Client7 } from 'elasticsearch-7'
import { Client as Client8 } from 'elasticsearch-8'
import { Client as Client9 } from 'elasticsearch-9'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { ApiHead } from '../../src/api/api.ts'
import { elasticApi } from '../../src/api/elastic/elastic-api.ts'
import { docs, type ElasticRig, index, openElasticRig } from './elastic-rig.ts'

let rig: ElasticRig
let server: http.Server
let node: string

beforeAll(async () => {
  rig = await openElasticRig()
  server = http.createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  node = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}, 60_000)
afterAll(async () => {
  server?.closeAllConnections()
  await new Promise((resolve) => server?.close(resolve))
  await rig?.fixture.close()
})

/** What the server of the product does around an API, as far as clients notice. */
async function answer(request: http.IncomingMessage, response: http.ServerResponse) {
  const { headers, method = 'GET' } = request
  const url = new URL(request.url!, 'http://api')
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  const media_type = (headers['content-type'] ?? '').split(';')[0]!
  const head: ApiHead = { method, path: url.pathname, query: url.searchParams, headers, media_type }
  if (url.pathname === '/') {
    response.writeHead(200, {
      'x-elastic-product': 'Elasticsearch',
      'content-type': 'application/json',
    })
    response.end(
      '{"version":{"number":"8.19.0","build_flavor":"default"},"tagline":"You Know, for Search"}',
    )
    return
  }
  const call = {
    ...head,
    context: rig.context(),
    body: async () => Buffer.concat(chunks),
    parameters: async () => url.searchParams,
  }
  const reply = await elasticApi
    .answer(call)
    .catch((error: unknown) => elasticApi.refused(error, head))
  response.writeHead(reply.status, reply.headers)
  response.end(method === 'HEAD' ? undefined : reply.body)
}

const errors = docs.filter(({ level }) => level === 'error').length
const query = { term: { 'log.level': 'error' } }

test('7 searches, counts and scrolls', async () => {
  const client = new Client7({ node })
  const { body } = await client.search({ index, body: { query, track_total_hits: true, size: 5 } })
  expect(body.hits.total).toEqual({ value: errors, relation: 'eq' })
  expect(body.hits.hits).toHaveLength(5)
  expect((await client.count({ index, body: { query } })).body.count).toBe(errors)
  const seen = new Set<string>()
  for await (const page of client.helpers.scrollSearch({ index, body: { query, size: 50 } })) {
    for (const hit of page.body.hits.hits) seen.add(hit._source.message)
  }
  expect(seen.size).toBe(errors)
  const { body: cat } = await client.cat.indices({ format: 'json', index })
  expect(cat).toMatchObject([{ index, 'docs.count': '400', health: 'green' }])
  await expect(client.search({ index: 'nowhere' })).rejects.toMatchObject({
    meta: { statusCode: 404, body: { error: { type: 'index_not_found_exception' } } },
  })
  await client.close()
}, 30_000)

test('8 pages in a point in time, reads fields and runs ES|QL', async () => {
  const client = new Client8({ node })
  const { id } = await client.openPointInTime({ index, keep_alive: '1m' })
  let search_after: (string | number)[] | undefined
  const seen: unknown[] = []
  for (let page = 0; page < 6; page++) {
    const told = await client.search({
      ...{ pit: { id, keep_alive: '1m' }, size: 90, sort: [{ '@timestamp': 'desc' }] },
      ...(search_after === undefined ? {} : { search_after }),
    })
    const { hits } = told.hits
    if (hits.length === 0) break
    seen.push(...hits.map((hit) => (hit._source as { message: string }).message))
    search_after = hits.at(-1)!.sort as (string | number)[]
  }
  expect(seen).toEqual(docs.map(({ message }) => message))
  expect((await client.closePointInTime({ id })).succeeded).toBe(true)
  const caps = await client.fieldCaps({ index, fields: ['user.*', 'bytes'] })
  expect(Object.keys(caps.fields).toSorted()).toEqual(['bytes', 'user.name'])
  const told = await client.esql.query({
    query: `FROM ${index} | WHERE log.level == "error" | STATS c = COUNT(*)`,
  })
  expect(told).toMatchObject({ columns: [{ name: 'c', type: 'long' }], values: [[errors]] })
  await client.close()
}, 30_000)

test('9 searches many at once and reads records of ES|QL', async () => {
  const client = new Client9({ node })
  const { responses } = await client.msearch({
    searches: [{ index }, { query, size: 0 }, { index: 'nowhere' }, { query, size: 0 }],
  })
  expect(responses[0]).toMatchObject({ status: 200, hits: { total: { value: errors } } })
  expect(responses[1]).toMatchObject({ status: 404, error: { type: 'index_not_found_exception' } })
  const { records } = await client.helpers
    .esql({ query: `FROM ${index} | STATS n = COUNT(*) BY log.level | SORT log.level` })
    .toRecords()
  expect(records).toEqual(
    ['error', 'info', 'warn'].map((level) => ({
      n: docs.filter((doc) => doc.level === level).length,
      'log.level': level,
    })),
  )
  const found = await client.asyncSearch.submit({ index, query, size: 1 })
  expect(found.is_running).toBe(false)
  const { data_streams } = await client.indices.resolveIndex({ name: '*' })
  expect(data_streams.map(({ name }) => name)).toEqual([index])
  await client.close()
}, 30_000)
