/** How answers of PromQL become rows, and selectors become text. */
import { expect, test } from 'vitest'
import { sampleRows, seriesName, seriesRows, shortNames, tellingLabels } from './runs.ts'
import { selectorText, wordDetail } from './selector-text.ts'

test('a series is named by its metric and labels', () => {
  const f = (labels: Record<string, string>, is: string) => expect(seriesName(labels)).toBe(is)
  f({}, '')
  f({ __name__: 'up' }, 'up')
  f({ job: 'a' }, '{job="a"}')
  f({ __name__: 'up', job: 'a', node: 'b' }, 'up{job="a", node="b"}')
})

test('labels that differ are columns; what all share is said once', () => {
  const f = (sets: Record<string, string>[], columns: string[], shared: string[][]) =>
    expect(tellingLabels(sets, 2)).toEqual({ columns, shared })
  f([], [], [])
  f([{ job: 'a' }], ['job'], [])
  f([{ job: 'a' }, { job: 'a' }], [], [['job', 'a']])
  f(
    [
      { job: 'a', node: 'x' },
      { job: 'a', node: 'y' },
    ],
    ['node'],
    [['job', 'a']],
  )
  f([{ job: 'a' }, { job: 'a', node: 'y' }], ['node'], [['job', 'a']])
  const many = { a: '1', b: '1', c: '1' }
  f([many, { a: '2', b: '2', c: '2' }], ['a', 'b'], [])
  f([{ constructor: '1' }, { constructor: '2' }], ['constructor'], [])
})

test('a legend names what differs', () => {
  const f = (sets: Record<string, string>[], names: string[]) =>
    expect(shortNames(sets)).toEqual(names)
  f([], [])
  f([{ job: 'a', node: 'x' }], ['{job="a", node="x"}'])
  f(
    [
      { job: 'a', node: 'x' },
      { job: 'a', node: 'y' },
    ],
    ['x', 'y'],
  )
  f([{ job: 'a', node: 'x' }, { job: 'b' }], ['a · x', 'b · –'])
})

const told = { warnings: [], infos: [], capped: false, took_ms: 1 }

test('figures of a line leave out what is no number; the last is told as it is', () => {
  const run = {
    ...told,
    ...{ kind: 'series' as const, step_ms: 1, time_ms: [1, 2, 3, 4] },
    labels: [{ job: 'a' }, {}],
    values: [
      [1, null, 3, 'NaN' as const],
      [null, '+Inf' as const, null, null],
    ],
  }
  const [first, second] = seriesRows(run)
  expect(first).toMatchObject({ last: 'NaN', min: 1, max: 3, mean: 2, name: '{job="a"}' })
  expect(second).toMatchObject({ last: '+Inf', min: null, max: null, mean: null, name: '' })
})

test('samples keep a label that is called time or value', () => {
  const column = (name: string, type: 'string' | 'number' | 'time_ms') => ({ name, type })
  const f = (columns: ReturnType<typeof column>[], values: unknown[][], expected: object[]) =>
    expect(sampleRows({ ...told, kind: 'table', columns, values })).toMatchObject(expected)
  f([column('value', 'number')], [[7]], [{ value: 7, labels: {}, time_ms: undefined }])
  f(
    [column('time', 'string'), column('value', 'string'), column('value', 'number')],
    [['noon'], ['high'], [1]],
    [{ value: 1, labels: { time: 'noon', value: 'high' }, time_ms: undefined }],
  )
  f([column('time', 'time_ms'), column('value', 'number')], [[5], [1]], [{ time_ms: 5, value: 1 }])
})

test('a selector chooses what goes with the matchers that stand already', () => {
  expect(selectorText('', [])).toBe('')
  expect(selectorText('a.b', [])).toBe('{__name__="a.b"}')
  const conditions = [
    { name: 'job', operator: '=~', value: 'a"\\\n' },
    { name: 'http.route', operator: '!=', value: '/' },
  ]
  expect(selectorText('up', conditions)).toBe(
    '{__name__="up",job=~"a\\"\\\\\\n","http.route"!="/"}',
  )
})

test('the detail of a name is its kind and its help', () => {
  expect(wordDetail('')).toEqual([])
  expect(wordDetail('counter')).toEqual([{ type: 'counter', help: '' }])
  expect(wordDetail('gauge · a · b')).toEqual([{ type: 'gauge', help: 'a · b' }])
})
