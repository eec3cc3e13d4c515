/** What was sent by _bulk, through the receiver itself, is found again as it was sent. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { elasticApi } from '../../src/api/elastic/elastic-api.ts'
import type { RecordContext } from '../../src/ingest/receiver.ts'
import { BulkRun } from '../../src/ingest/receivers/elastic/bulk.ts'
import { everything } from '../../src/model/question.ts'
import { queryLimits } from '../../src/query/context.ts'
import { Batch } from '../../src/wire/batch.ts'
import { KnownIdentities } from '../../src/wire/known-identities.ts'
import { type FixtureStore, openFixtureStore } from '../store/fixture-store.ts'
import { apiCall } from './api-call.ts'

const now_ms = 1_800_000_000_000
const time = new Date(now_ms - 5000).toISOString()
const john = {
  ...{ name: 'John Smith', age: 42, address: { city: 'Oslo', zip: '0150' }, born: '1980-02-03' },
  ...{ likes: ['tea', 'chess'], active: false, items: [{ sku: 'a', n: 1 }], '@timestamp': time },
}
const ann = { name: 'Ann Lee', age: 35.5, level: 'gold', '@timestamp': time }
const line = { '@timestamp': time, message: 'GET / 200', log: { level: 'warn' }, tags: ['a', 'b'] }

let fixture: FixtureStore
beforeAll(async () => {
  fixture = await openFixtureStore()
  const sent = [
    ['people', john],
    ['people', ann],
    ['filebeat-8.13.0', line],
  ] as const
  const body = sent.map(
    ([_index, source]) => `${JSON.stringify({ index: { _index } })}\n${JSON.stringify(source)}\n`,
  )
  const batch = new Batch()
  const parts = { pipelines: { isEmpty: () => true } }
  const context = {
    ...{ arrived_ms: now_ms, time_ms_min: 0, time_ms_max: now_ms + 1000, parts },
    ...{ known: new KnownIdentities(), refused: () => {} },
  } as unknown as RecordContext
  const run = new BulkRun({ index: '', pipeline: '', cluster: '', now_ms })
  expect(run.decode(Buffer.from(body.join('')), context, batch).accepted).toBe(3)
  for (const { table, bytes } of batch.tables()) {
    await fixture.store.insert(table, [bytes], { token: `shipped ${table}` })
  }
}, 60_000)
afterAll(() => fixture?.close())

async function ask(path: string, asked: object = {}) {
  const context = { store: fixture.store, scope: everything, now_ms, limits: queryLimits }
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify(asked)
  return (await apiCall(elasticApi, { method: 'POST', path, body, headers, context })).json()
}

async function sources(path: string, asked: object = {}) {
  const { hits } = await ask(path, asked)
  return hits.hits.map((hit: { _source: object }) => hit._source)
}

test('documents come back as they were sent', async () => {
  expect(await sources('/people/_search', { sort: [{ age: 'desc' }] })).toEqual([john, ann])
  expect(await sources('/filebeat-*/_search')).toEqual([line])
  expect(await sources('/logs-*/_search')).toEqual([])
}, 30_000)

test('their fields have the types that their values have', async () => {
  const found = (query: object) => sources('/people/_search', { query, _source: 'name' })
  const names = (list: readonly { name: string }[]) => list.map(({ name }) => ({ name }))
  expect(await found({ match: { name: 'john' } })).toEqual(names([john]))
  expect(await found({ term: { likes: 'tea' } })).toEqual(names([john]))
  expect(await found({ range: { born: { lt: '1990-01-01' } } })).toEqual(names([john]))
  expect(await found({ term: { active: false } })).toEqual(names([john]))
  expect(await sources('/people/_search?q=address.city:Oslo&_source=age')).toEqual([{ age: 42 }])
  const aggs = {
    mean: { avg: { field: 'age' } },
    likes: { terms: { field: 'likes.keyword' } },
    years: { date_histogram: { field: 'born', calendar_interval: 'year' } },
  }
  const { aggregations } = await ask('/people/_search', { size: 0, aggs })
  expect(aggregations.mean.value).toBe(38.75)
  expect(aggregations.likes.buckets).toEqual(['chess', 'tea'].map((key) => ({ key, doc_count: 1 })))
  expect(aggregations.years.buckets[0].key_as_string).toBe('1980-01-01T00:00:00.000Z')
  const { columns, values } = await ask('/_query', {
    query: 'FROM people | KEEP name, age, born, likes, active | SORT age DESC | LIMIT 1',
  })
  expect(columns.map(({ type }: { type: string }) => type)).toEqual([
    ...['keyword', 'double', 'date', 'keyword', 'boolean'],
  ])
  expect(values).toEqual([['John Smith', 42, '1980-02-03T00:00:00.000Z', ['tea', 'chess'], false]])
}, 30_000)
