/** What limited callers may never see, and garbage: refused in words, never with a crash. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Scope } from '../../src/model/question.ts'
import { meanings } from './elastic-meanings.ts'
import { docs, type ElasticRig, openElasticRig } from './elastic-rig.ts'

let rig: ElasticRig
beforeAll(async () => {
  rig = await openElasticRig()
}, 60_000)
afterAll(() => rig?.fixture.close())
const ask: ElasticRig['ask'] = (...all) => rig.ask(...all)

describe('callers who may see less', () => {
  const limited: Scope = { clusters: 'all', namespaces: ['shop'], classes: 'all' }
  test('never see more, whatever they ask', async () => {
    const own = docs.filter(({ namespace }) => namespace === 'shop')
    const some = meanings.filter((_one, at) => at % 2 === 0)
    const asked = some.map(([query]) => ({ query, size: 200, track_total_hits: true }))
    const answers = await rig.many(asked, {}, limited)
    for (const [at, [query, means]] of some.entries()) {
      const { hits } = answers[at]
      const seen = hits.hits.map(
        (hit: { _source: { kubernetes: { namespace: string } } }) =>
          hit._source.kubernetes.namespace,
      )
      expect(seen.filter((one: string) => one !== 'shop')).toEqual([])
      if (JSON.stringify(query).includes('shop.log')) continue
      expect(hits.total.value).toBe(own.filter(means).length)
    }
    const aggs = {
      n: { terms: { field: 'kubernetes.namespace', min_doc_count: 0 } },
      h: { cardinality: { field: 'user.name' } },
    }
    const { aggregations } = (await ask('/_search', { size: 0, aggs }, limited)).json()
    expect(aggregations.n.buckets).toEqual([{ key: 'shop', doc_count: own.length }])
    expect((await ask('/books/_count', undefined, limited)).status).toBe(404)
    const esql = { query: 'FROM logs-* | STATS c = COUNT(*) BY kubernetes.namespace' }
    expect((await ask('/_query', esql, limited)).json().values).toEqual([[own.length, 'shop']])
    const none: Scope = { ...limited, classes: ['metrics'] }
    expect((await ask('/_all/_count', undefined, none)).json().count).toBe(0)
  }, 60_000)
})

describe('garbage', () => {
  test('is refused in words, never with a crash', async () => {
    const bad = [
      ['/_search', { query: { nope: {} } }, 'parsing_exception'],
      ['/_search', { from: 9_999, size: 10 }, 'illegal_argument_exception'],
      ['/_search', { nope: 1 }, 'parsing_exception'],
      ['/_search', { query: { query_string: { query: 'a AND (' } } }, 'query_shard_exception'],
      ['/_search', { query: { regexp: { a: 'a~b' } } }, 'illegal_argument_exception'],
      ['/_search', { aggs: { a: { nope: {} } } }, 'parsing_exception'],
      ['/nowhere/_search', {}, 'index_not_found_exception'],
      ['/_search/scroll', { scroll_id: 'x' }, 'search_context_missing_exception'],
      ['/_query', { query: 'FROM logs-* | NOPE' }, 'parsing_exception'],
      ['/_query', { query: 'FROM logs-* | WHERE nope == 1' }, 'verification_exception'],
    ] as const
    for (const [path, body, type] of bad) {
      const { status, json } = await ask(path, body)
      expect([path, JSON.stringify(body), json().error.type]).toEqual([
        path,
        JSON.stringify(body),
        type,
      ])
      expect(status).toBeLessThan(500)
      expect(status).toBeGreaterThanOrEqual(400)
    }
  }, 30_000)

  test('of any shape', async () => {
    const names = fc.constantFrom(
      '@timestamp',
      'message',
      'bytes',
      'user.name',
      'tags',
      '_index',
      '*',
      'x.y',
      '__proto__',
    )
    const value = fc.oneof(
      fc.string({ maxLength: 12 }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.constant('now-1d/d'),
    )
    const leaf = fc
      .tuple(
        fc.constantFrom(
          'term',
          'match',
          'prefix',
          'wildcard',
          'regexp',
          'range',
          'terms',
          'match_phrase',
          'exists',
          'ids',
        ),
        names,
        value,
      )
      .map(([type, field, one]) => {
        if (type === 'range') return { range: { [field]: { gte: one } } }
        if (type === 'terms') return { terms: { [field]: [one] } }
        if (type === 'exists') return { exists: { field } }
        return type === 'ids' ? { ids: { values: [one] } } : { [type]: { [field]: one } }
      })
    const text = fc.string({
      maxLength: 30,
      unit: fc.constantFrom(...'ab:*?"()[]{}/\\+-!~^ <>=&|0TOANDR'.split('')),
    })
    const query = fc.oneof(
      leaf,
      fc.record({
        bool: fc.record({
          must: fc.array(leaf, { maxLength: 3 }),
          should: leaf,
          must_not: fc.array(leaf, { maxLength: 2 }),
        }),
      }),
      text.map((one) => ({ query_string: { query: one } })),
      text.map((one) => ({ simple_query_string: { query: one } })),
      fc.jsonValue({ maxDepth: 3 }),
    )
    const agg = fc
      .tuple(
        fc.constantFrom(
          'terms',
          'avg',
          'date_histogram',
          'histogram',
          'cardinality',
          'range',
          'missing',
          'percentiles',
        ),
        names,
        fc.constantFrom('1m', '1d', 'x', 5),
      )
      .map(([type, field, interval]) => ({
        a: {
          [type]: {
            field,
            ...(type.endsWith('histogram')
              ? { [typeof interval === 'number' ? 'interval' : 'fixed_interval']: interval }
              : {}),
            ...(type === 'range' ? { ranges: [{ to: 5 }] } : {}),
          },
        },
      }))
    const requests = fc.sample(
      fc.record({ query, aggs: fc.option(agg, { nil: undefined }), size: fc.constantFrom(0, 1) }),
      { numRuns: 50, seed: 11 },
    )
    const lines = requests.flatMap((one) => ['{}', JSON.stringify(one)])
    const { responses } = (await ask('/_msearch', `${lines.join('\n')}\n`)).json()
    const wrong = responses.flatMap((one: { status: number }, at: number) =>
      one.status === 200 || (one.status >= 400 && one.status < 500) ? [] : [[requests[at], one]],
    )
    expect(wrong).toEqual([])
  }, 90_000)
})
