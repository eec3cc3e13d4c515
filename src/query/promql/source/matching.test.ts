/** Matchers in SQL select what matchers in JavaScript select, whatever labels and patterns hold. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  openPrometheusStore,
  type PrometheusStore,
} from '../../../../test/query/prometheus-store.ts'
import type { Labels, Matcher } from '../../series.ts'
import { selects } from '../regexp.ts'
import { EngineSource } from './engine-source.ts'

const now_ms = Date.UTC(2026, 10, 20, 12)
const words = [
  '',
  'a',
  'A',
  'ab',
  "o'clock",
  'b\\',
  '\n',
  'ü',
  '日本',
  'a.b',
  'x|y',
  '%',
  '{k="v"}',
]
const names = ['a', 'b', 'a.b', "it's", 'job', 'le']
const labels = fc.dictionary(fc.constantFrom(...names), fc.constantFrom(...words), { maxKeys: 4 })
const pattern = fc.oneof(
  fc.constantFrom('', 'a', 'A', 'ab', 'ü', '日本', 'x|y', '%', '\n'),
  fc.constantFrom(
    '.*',
    '.+',
    'a|b',
    '|a',
    '(?i)A',
    '[ab]+',
    "o'.*",
    'b\\\\',
    '.',
    'a.b',
    '日.',
    '',
  ),
  fc.constantFrom('^a$', '\\w+', '[^a]*', 'x\\|y', '(a|ab)(b|)', 'ü+', '\\PL+', 'a{1,2}b?'),
)
const matcher = fc
  .record({
    name: fc.constantFrom(...names, '__name__', 'none'),
    operator: fc.constantFrom('=', '!=', '=~', '!~'),
    word: fc.constantFrom(...words),
    pattern,
  })
  .map(({ name, operator, word, pattern: text }): Matcher => {
    const isExact = operator === '=' || operator === '!='
    return { name, operator: operator as Matcher['operator'], value: isExact ? word : text }
  })

let store: PrometheusStore
let all: Labels[]
beforeAll(async () => {
  store = await openPrometheusStore(now_ms)
  const [written] = fc.sample(fc.array(labels, { minLength: 80, maxLength: 80 }), {
    seed: 11,
    numRuns: 1,
  })
  const named = fc.sample(fc.constantFrom('a', 'up', 'a.b', 'x_total'), { seed: 5, numRuns: 80 })
  await store.write(
    written!.map((one, i) => ({
      labels: { ...one, __name__: named[i]!, i: String(i) },
      points: [[now_ms - 1, i] as const],
    })),
  )
  const every = [{ name: '__name__', operator: '!=', value: '' }] as const
  all = (await new EngineSource(store.context()).raw(every, 0, now_ms)).map((one) => one.labels)
}, 60_000)
afterAll(() => store.close())

test('the same series', { timeout: 60_000 }, async () => {
  expect(all).toHaveLength(80)
  const source = new EngineSource(store.context())
  await fc.assert(
    fc.asyncProperty(fc.array(matcher, { minLength: 1, maxLength: 3 }), async (matchers) => {
      const found = await source.raw(matchers, 0, now_ms)
      const shown = found.map((one) => JSON.stringify(one.labels)).sort()
      const expected = all.filter(selects(matchers)).map((one) => JSON.stringify(one))
      expect(shown).toEqual(expected.sort())
    }),
    { numRuns: 120, seed: 2 },
  )
})
