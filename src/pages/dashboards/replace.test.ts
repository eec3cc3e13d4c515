/** What stands for what in queries: formats, defaults of languages, times, and what stays. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: variables are written so.
import { expect, test } from 'vitest'
import { durationOf, stepFor } from './durations.ts'
import { type Chosen, durationText, namesIn, replaced, type Writing } from './replace.ts'

const one = (value: string): Chosen => ({
  ...{ values: [value], shown: [value], is_all: false, all: '', is_multi: false },
})
const many = (...values: string[]): Chosen => ({
  ...one(''),
  values,
  shown: values,
  is_multi: true,
})
const variables = new Map<string, Chosen>([
  ['pod', one('a.b')],
  ['pods', many('a.b', 'c|d')],
  ['single', many('a.b')],
  ['every', { ...many('x', 'y'), is_all: true }],
  ['wild', { ...many('x', 'y'), is_all: true, all: '.*' }],
  ['empty', many()],
  ['named', { ...one('v1'), shown: ['Version one'] }],
])
const now = { variables, from_ms: 1_000_000, to_ms: 4_600_000, step_ms: 15_000 }

test('values are written as the language or the format wants them', () => {
  const f = (text: string, writing: Writing, expected: string) =>
    expect(replaced(text, now, writing), `${text} ${writing}`).toBe(expected)
  f('up{pod="$pod"}', 'promql', 'up{pod="a.b"}')
  f('up{pod=~"$pods"}', 'promql', 'up{pod=~"(a\\\\.b|c\\\\|d)"}')
  f('up{pod=~"$single"}', 'promql', 'up{pod=~"a\\\\.b"}')
  f('{pod=~"${pods:pipe}"}', 'logql', '{pod=~"a.b|c|d"}')
  f('{pod=~"[[pods:csv]]"}', 'logql', '{pod=~"a.b,c|d"}')
  f('pod:$pods', 'search', 'pod:("a.b" or "c|d")')
  f('pod:$single', 'search', 'pod:"a.b"')
  f('WHERE pod IN ($pods)', 'esql', 'WHERE pod IN ("a.b","c|d")')
  f('${pods:lucene}', 'text', '("a.b" OR "c|d")')
  f('${pods:json}', 'text', '["a.b","c|d"]')
  f('${pods:glob}', 'text', '{a.b,c|d}')
  f('${pods:singlequote}', 'text', "'a.b','c|d'")
  f('CPU of $pods', 'text', 'CPU of a.b + c|d')
  f('${named} ${named:text}', 'text', 'Version one Version one')
  f('$every $wild', 'promql', '(x|y) .*')
  f('${wild:text}', 'text', 'x + y')
  f('a"$empty"', 'promql', 'a"()"')
})

test('times are those of the screen', () => {
  const f = (text: string, expected: string) => expect(replaced(text, now), text).toBe(expected)
  f('[$__interval]', '[15s]')
  f('[${__interval}]', '[15s]')
  f('$__interval_ms', '15000')
  f('[$__rate_interval]', '[2m]')
  f('[$__range] $__range_s $__range_ms', '[3600s] 3600 3600000')
  f('$__from ${__to} ${__from:date:seconds}', '1000000 4600000 1000')
  f('${__from:date:iso}', '1970-01-01T00:16:40.000Z')
  expect(replaced('[$__rate_interval]', { ...now, sample_ms: 60_000 })).toBe('[4m]')
  expect(replaced('[$__rate_interval]', { ...now, step_ms: 600_000 })).toBe('[630s]')
})

test('what nobody knows stays as it is', () => {
  for (const text of ['$unknown', '${unknown:csv}', '[[unknown]]', 'cost $5', '$', '${}', '$$']) {
    expect(replaced(text, now)).toBe(text)
  }
  expect(namesIn('$a ${b:csv} [[c]] $__range $a')).toEqual(['a', 'b', 'c'])
})

test('a value can close no string of PromQL', () => {
  const hostile = { ...now, variables: new Map([['v', many('"} or vector(1) #', 'b')]]) }
  expect(replaced('up{a=~"$v"}', hostile, 'promql')).toBe(
    'up{a=~"(\\"\\\\} or vector\\\\(1\\\\) #|b)"}',
  )
})

test('lengths of time are read and written', () => {
  const f = (text: string, expected: number | undefined) => expect(durationOf(text)).toBe(expected)
  f('30s', 30_000)
  f('1h30m', 5_400_000)
  f('>10s', 10_000)
  f('250ms', 250)
  f('1d', 86_400_000)
  f('', undefined)
  f('soon', undefined)
  f('5m later', undefined)
  expect([90_000, 120_000, 3_600_000, 250].map(durationText)).toEqual(['90s', '2m', '1h', '250ms'])
  expect(stepFor(3_600_000, 240)).toBe(15_000)
  expect(stepFor(3_600_000, 240, 60_000)).toBe(60_000)
  expect(stepFor(100, 60)).toBe(1_000)
  expect(stepFor(365 * 86_400_000, 100)).toBe(604_800_000)
})
