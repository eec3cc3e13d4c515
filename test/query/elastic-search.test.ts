/** Searches and aggregations on a real engine, held against a slow and obvious oracle. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { everything } from '../../src/model/question.ts'
import { meanings } from './elastic-meanings.ts'
import { docs, type ElasticRig, index, openElasticRig } from './elastic-rig.ts'
import { type Doc, everyDoc } from './elastic-rows.ts'

let rig: ElasticRig
beforeAll(async () => {
  rig = await openElasticRig()
}, 60_000)
afterAll(() => rig?.fixture.close())
const ask: ElasticRig['ask'] = (...all) => rig.ask(...all)

test('queries find what they mean', async () => {
  const lines = meanings.flatMap(([query]) => ['{}', JSON.stringify({ query, size: 0 })])
  const told = (await ask(`/${index}/_msearch`, `${lines.join('\n')}\n`)).json()
  const found = told.responses.map(
    (one: { hits: { total: { value: number } } }) => one.hits?.total.value,
  )
  const expected = meanings.map(([, means]) => docs.filter(means).length)
  const of = (counts: unknown[]) =>
    meanings.map(([query], at) => [JSON.stringify(query), counts[at]])
  expect(of(found)).toEqual(of(expected))
}, 30_000)

const sumOf = (list: readonly Doc[]) => list.reduce((sum, { bytes }) => sum + bytes, 0)

test('aggregations compute what the oracle does', async () => {
  const body = {
    size: 0,
    track_total_hits: true,
    query: everyDoc,
    aggs: {
      users: {
        terms: { field: 'user.name', size: 3, order: { b: 'desc' } },
        aggs: {
          b: { sum: { field: 'bytes' } },
          levels: {
            terms: { field: 'log.level', order: { _key: 'asc' } },
            aggs: {
              hosts: {
                terms: { field: 'host.name', order: { _key: 'asc' } },
                aggs: { m: { max: { field: 'bytes' } } },
              },
            },
          },
        },
      },
      tags: { terms: { field: 'tags', order: { _key: 'asc' } } },
      codes: { terms: { field: 'http.response.status_code', order: { _key: 'asc' } } },
      time: {
        date_histogram: { field: '@timestamp', fixed_interval: '1m', min_doc_count: 0 },
        aggs: {
          b: { sum: { field: 'bytes' } },
          c: { cumulative_sum: { buckets_path: 'b' } },
          d: { derivative: { buckets_path: '_count' } },
          s: {
            bucket_script: { buckets_path: { b: 'b', n: '_count' }, script: 'params.b / params.n' },
          },
        },
      },
      best: { max_bucket: { buckets_path: 'time>b' } },
      numbers: { histogram: { field: 'bytes', interval: 500 } },
      ranges: {
        range: { field: 'bytes', ranges: [{ to: 100 }, { from: 100, to: 1000 }, { from: 1000 }] },
      },
      filters: {
        filters: {
          filters: {
            e: { term: { 'log.level': 'error' } },
            r: { query_string: { query: 'kubernetes.pod.name:redis*' } },
          },
        },
      },
      missing: { missing: { field: 'nothing' } },
      stats: { extended_stats: { field: 'bytes' } },
      half: { percentiles: { field: 'bytes', percents: [50] } },
      distinct: { cardinality: { field: 'user.name' } },
      newest: { top_metrics: { metrics: { field: 'bytes' }, sort: { '@timestamp': 'desc' } } },
    },
  }
  const told = (await ask(`/${index}/_search`, body)).json()
  expect(told.hits.total).toEqual({ value: docs.length, relation: 'eq' })
  const { aggregations: found } = told
  const groups = (list: readonly Doc[], key: (doc: Doc) => string) => Map.groupBy(list, key)
  const users = [...groups(docs, ({ user }) => user)]
    .map(([key, list]) => ({ key, list }))
    .toSorted((a, b) => sumOf(b.list) - sumOf(a.list))
  expect(found.users.buckets).toEqual(
    users.slice(0, 3).map(({ key, list }) => ({
      ...{ key, doc_count: list.length, b: { value: expect.closeTo(sumOf(list), 6) } },
      levels: {
        ...{ doc_count_error_upper_bound: 0, sum_other_doc_count: 0 },
        buckets: [...groups(list, ({ level }) => level)].toSorted(byKey).map(([level, some]) => ({
          ...{ key: level, doc_count: some.length },
          hosts: expect.objectContaining({
            buckets: [...groups(some, ({ host }) => host)].toSorted(byKey).map(([host, few]) => ({
              ...{
                key: host,
                doc_count: few.length,
                m: { value: Math.max(...few.map((one) => one.bytes)) },
              },
            })),
          }),
        })),
      },
    })),
  )
  const others = users.slice(3).reduce((sum, { list }) => sum + list.length, 0)
  expect(found.users.sum_other_doc_count).toBe(others)
  expect(found.tags.buckets).toEqual(
    ['a', 'b', 'c'].map((key) => ({
      key,
      doc_count: docs.filter((doc) => doc.tags.includes(key)).length,
    })),
  )
  expect(found.codes.buckets).toEqual(
    [200, 201, 404, 500].map((key) => ({
      key,
      doc_count: docs.filter(({ status }) => status === key).length,
    })),
  )
  const minutes = [
    ...Map.groupBy(docs, ({ time_ms }) => Math.floor(time_ms / 60_000) * 60_000),
  ].toSorted((a, b) => a[0] - b[0])
  let sum = 0
  expect(found.time.buckets).toEqual(
    minutes.map(([key, list], at) => {
      sum += sumOf(list)
      const before = minutes[at - 1]?.[1].length
      return {
        ...{ key, key_as_string: new Date(key).toISOString(), doc_count: list.length },
        ...{ b: { value: expect.closeTo(sumOf(list), 6) }, c: { value: expect.closeTo(sum, 6) } },
        ...(before === undefined ? {} : { d: { value: list.length - before } }),
        s: { value: expect.closeTo(sumOf(list) / list.length, 6) },
      }
    }),
  )
  const best = minutes.map(([, list]) => sumOf(list)).reduce((a, b) => Math.max(a, b))
  expect(found.best.value).toBeCloseTo(best, 6)
  expect(found.numbers.buckets).toEqual(
    [0, 500, 1000, 1500, 2000].map((key) => ({
      key,
      doc_count: docs.filter(({ bytes }) => Math.floor(bytes / 500) * 500 === key).length,
    })),
  )
  const between = (from: number, to: number) =>
    docs.filter(({ bytes }) => bytes >= from && bytes < to).length
  expect(found.ranges.buckets).toMatchObject([
    { key: '*-100.0', to: 100, doc_count: between(0, 100) },
    { key: '100.0-1000.0', doc_count: between(100, 1000) },
    { key: '1000.0-*', doc_count: between(1000, 1e9) },
  ])
  expect(found.filters.buckets).toEqual({
    e: { doc_count: docs.filter(({ level }) => level === 'error').length },
    r: { doc_count: docs.filter(({ pod }) => pod.startsWith('redis')).length },
  })
  expect(found.missing.doc_count).toBe(docs.length)
  const sorted = docs.map(({ bytes }) => bytes).toSorted((a, b) => a - b)
  expect(found.half.values['50.0']).toBeCloseTo((sorted[199]! + sorted[200]!) / 2, 6)
  expect(found.stats).toMatchObject({ count: 400, min: sorted[0], max: sorted.at(-1) })
  expect(found.distinct.value).toBe(6)
  expect(found.newest.top[0].metrics.bytes).toBe(docs[0]!.bytes)
}, 30_000)

const byKey = ([a]: [string, unknown], [b]: [string, unknown]) => (a < b ? -1 : 1)

describe('hits', () => {
  test('in order, page by page, without a gap', async () => {
    const seen: number[] = []
    let search_after: unknown
    for (let page = 0; page < 10; page++) {
      const sort = [{ 'log.level': 'asc' }, { bytes: { order: 'desc' } }, '_doc']
      const body = { size: 140, sort, ...(search_after === undefined ? {} : { search_after }) }
      const { hits } = (await ask(`/${index}/_search`, body)).json().hits
      if (hits.length === 0) break
      seen.push(...hits.map((hit: { _source: { bytes: number } }) => hit._source.bytes))
      search_after = hits.at(-1).sort
    }
    const expected = docs.toSorted((a, b) =>
      a.level === b.level ? b.bytes - a.bytes : a.level < b.level ? -1 : 1,
    )
    expect(seen).toEqual(expected.map(({ bytes }) => bytes))
  }, 30_000)

  test('are the documents that were sent', async () => {
    const { hits } = (await ask('/books/_search')).json()
    expect(hits).toEqual({
      ...{ total: { value: 1, relation: 'eq' }, max_score: 1 },
      hits: [
        {
          ...{ _index: 'books', _id: 'b1', _score: 1 },
          _source: { '@timestamp': '2027-01-15T07:59:59.500Z', title: 'quick brown fox', n: 5 },
        },
      ],
    })
    const got = (await ask('/books/_doc/b1', undefined, everything, 'GET')).json()
    expect(got).toMatchObject({ found: true, _source: { n: 5 } })
    const body = {
      size: 1,
      _source: ['message'],
      fields: ['host.*'],
      highlight: { fields: { '*': {} } },
    }
    const query = { match: { message: 'timed' } }
    const told = (await ask(`/${index}/_search`, { ...body, query })).json()
    const [hit] = told.hits.hits
    expect(Object.keys(hit._source)).toEqual(['message'])
    expect(hit.fields['host.name'][0]).toMatch(/^node-/)
    expect(hit.highlight.message[0]).toContain('<em>timed</em>')
  }, 30_000)

  test('collapsed, counted no further than asked', async () => {
    const body = { collapse: { field: 'user.name' }, track_total_hits: 100, size: 20 }
    const { hits } = (await ask(`/${index}/_search`, body)).json()
    expect(hits.total).toEqual({ value: 100, relation: 'gte' })
    expect(
      new Set(hits.hits.map((hit: { fields: object }) => JSON.stringify(hit.fields))).size,
    ).toBe(6)
    expect(hits.hits).toHaveLength(6)
  }, 30_000)
})
