/** Requests that Grafana's Elasticsearch data source sends, as it sends them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { everything } from '../../src/model/question.ts'
import { docs, type ElasticRig, index, openElasticRig } from './elastic-rig.ts'
import { now_ms } from './elastic-rows.ts'

let rig: ElasticRig
beforeAll(async () => {
  rig = await openElasticRig()
}, 60_000)
afterAll(() => rig?.fixture.close())
const ask: ElasticRig['ask'] = (...all) => rig.ask(...all)

describe('Grafana', () => {
  const range = { gte: now_ms - 400_000, lte: now_ms, format: 'epoch_millis' }
  const filter = [
    { range: { '@timestamp': range } },
    { query_string: { analyze_wildcard: true, query: '*' } },
  ]
  const head = { ignore_unavailable: true, index, search_type: 'query_then_fetch' }
  const send = async (body: object) => {
    const lines = `${JSON.stringify(head)}\n${JSON.stringify(body)}\n`
    return (await ask('/_msearch?max_concurrent_shard_requests=5', lines)).json().responses[0]
  }

  test('a dashboard: terms, date histogram, percentiles', async () => {
    const told = await send({
      size: 0,
      query: { bool: { filter } },
      aggs: {
        3: {
          terms: {
            field: 'kubernetes.pod.name',
            size: 10,
            order: { _key: 'desc' },
            min_doc_count: 1,
          },
          aggs: {
            2: {
              date_histogram: {
                ...{ field: '@timestamp', fixed_interval: '100000ms', min_doc_count: 0 },
                extended_bounds: { min: now_ms - 400_000, max: now_ms },
                format: 'epoch_millis',
              },
              aggs: { 1: { percentiles: { field: 'bytes', percents: ['25', '95'] } } },
            },
          },
        },
      },
    })
    expect(told.status).toBe(200)
    const pods = told.aggregations['3'].buckets
    expect(pods.map((one: { key: string }) => one.key)).toEqual(['redis-1', 'redis-0', 'nginx-0'])
    for (const { key: pod, doc_count, 2: time } of pods) {
      const own = docs.filter((doc) => doc.pod === pod)
      expect(doc_count).toBe(own.length)
      expect(time.buckets).toHaveLength(5)
      for (const { key, key_as_string, doc_count: count } of time.buckets) {
        expect(key_as_string).toBe(String(key))
        expect(count).toBe(
          own.filter(({ time_ms }) => time_ms >= key && time_ms < key + 100_000).length,
        )
      }
    }
  }, 30_000)

  test('logs of Explore, and what a variable may be', async () => {
    const told = await send({
      size: 500,
      query: { bool: { filter } },
      sort: { '@timestamp': { order: 'desc', unmapped_type: 'boolean' }, _doc: { order: 'desc' } },
      script_fields: {},
      fields: [{ field: '@timestamp', format: 'strict_date_optional_time_nanos' }],
      highlight: {
        ...{ fields: { '*': {} }, pre_tags: ['@HIGHLIGHT@'], post_tags: ['@/HIGHLIGHT@'] },
        fragment_size: 2_147_483_647,
      },
      aggs: {
        1: {
          date_histogram: {
            interval: '5s',
            field: '@timestamp',
            min_doc_count: 0,
            format: 'epoch_millis',
          },
        },
      },
    })
    expect(told.hits.hits).toHaveLength(400)
    const times = told.hits.hits.map((hit: { sort: number[] }) => hit.sort[0])
    expect(times).toEqual(docs.map(({ time_ms }) => time_ms))
    expect(told.hits.hits[0].fields['@timestamp']).toEqual(['2027-01-15T08:00:00.000Z'])
    const terms = await send({
      size: 0,
      query: { bool: { filter: [filter[0]] } },
      aggs: { 1: { terms: { field: 'user.name', size: 500, order: { _key: 'asc' } } } },
    })
    expect(terms.aggregations['1'].buckets.map((one: { key: string }) => one.key)).toEqual([
      ...['user0', 'user1', 'user2', 'user3', 'user4', 'user5'],
    ])
    const mapping = (await ask(`/${index}/_mapping`, undefined, everything, 'GET')).json()
    const { properties } = mapping[index].mappings
    expect(properties['@timestamp']).toEqual({ type: 'date' })
    expect(properties.user.properties.name).toEqual({ type: 'keyword' })
    expect(properties.bytes).toEqual({ type: 'double' })
  }, 30_000)
})
