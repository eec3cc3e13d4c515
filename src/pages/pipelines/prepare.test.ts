/** Names, differences and trials of pipelines, as the page draws them. */
import { expect, test } from 'vitest'
import { differenceOf } from './difference.ts'
import { appliesTo, datasetOf, isName, nameFor } from './naming.ts'
import { type Sample, tagged, trialOf, verdictsOf } from './outcome.ts'

test('a name says which records pass', () => {
  const f = (name: string, reach: string, dataset: string) => {
    const found = appliesTo(name)
    expect([found.reach, found.dataset]).toEqual([reach, dataset])
    expect(nameFor(found.reach, reach === 'called' ? name : dataset)).toBe(name)
  }
  f('global@custom', 'all', '')
  f('logs@custom', 'logs', '')
  f('logs-endpoint.events.process@custom', 'dataset', 'endpoint.events.process')
  f('logs-nginx.integration@custom', 'package', 'nginx')
  f('my-pipeline', 'called', '')
  f('metrics-nginx@custom', 'called', '')
  expect(nameFor('dataset', ' ')).toBe('')
  expect(['', 'a b', 'a*', 'a,b', 'x'.repeat(513)].filter(isName)).toEqual([])
  expect(isName('logs-nginx.access@custom')).toBe(true)
})

test('a pipeline is tried on records that it will see', () => {
  const known = ['generic', 'nginx.error', 'nginx.access']
  expect(datasetOf('logs-nginx.access@custom', known)).toBe('nginx.access')
  expect(datasetOf('logs-nginx.integration@custom', known)).toBe('nginx.error')
  expect(datasetOf('logs-redis.integration@custom', known)).toBe('redis')
  expect(datasetOf('logs@custom', known)).toBeUndefined()
  expect(datasetOf('mine', known)).toBeUndefined()
})

test('differences are told field by field', () => {
  const f = (before: unknown, after: unknown, ...expected: string[]) => {
    const sign = { added: '+', removed: '-', changed: '~' }
    const told = differenceOf(before, after).map(
      ({ path, kind, ...values }) => `${sign[kind]}${path} ${values.before}>${values.after}`,
    )
    expect(told).toEqual(expected)
  }
  f({ a: 1 }, { a: 1 })
  f({ a: 1 }, { a: '1' }, '~a 1>1')
  f({ a: { b: 1, c: 2 } }, { a: { b: 1 }, d: 'x' }, '-a.c 2>', '+d >x')
  f({ tags: ['a'] }, { tags: ['a', 'b'] }, '~tags ["a"]>["a","b"]')
  f({ a: 1 }, { a: { b: 1 } }, '-a 1>', '+a.b >1')
  f({}, { a: {} }, '+a >{}')
  f({ a: null }, {}, '-a null>')
  f(JSON.parse('{"__proto__": 1}'), {}, '-__proto__ 1>')
  f({}, {})
})

const definition = {
  processors: [
    { set: { field: 'a', value: 1 } },
    {
      grok: { field: 'message', patterns: ['x'], on_failure: [{ set: { field: 'b', value: 2 } }] },
    },
    { drop: { if: 'ctx.quiet == true', tag: 'mine' } },
    { script: 'ctx.c = 3' },
  ],
}

test('each processor is named by its place', () => {
  const { definition: made, processors } = tagged(definition)
  expect(processors.map(({ path, says }) => [path, says])).toEqual([
    ['processors[0].set', 'a'],
    ['processors[1].grok', 'message'],
    ['processors[1].grok.on_failure[0].set', 'b'],
    ['processors[2].drop', 'mine'],
    ['processors[3].script', ''],
  ])
  expect(made).toMatchObject({
    processors: [
      { set: { tag: 'processors[0].set' } },
      {},
      { drop: { tag: 'processors[2].drop' } },
      {
        script: { source: 'ctx.c = 3', tag: 'processors[3].script' },
      },
    ],
  })
  for (const broken of [null, 'x', {}, { processors: 'x' }, { processors: [1, null] }]) {
    expect(tagged(broken).processors).toEqual([])
  }
})

test('a trial tells what became of each record and what each processor did', () => {
  const samples: Sample[] = ['one', 'two', 'three'].map((message) => ({
    ...{ _index: 'logs-x-default', _source: { message } },
  }))
  const plain = {
    docs: [
      { doc: { _index: 'logs-y-default', _source: { message: 'one', a: 1 } } },
      null,
      { error: { reason: 'no match' } },
    ],
  }
  const step = (path: string, status: string) => ({ tag: path, status })
  const verbose = {
    docs: [
      { processor_results: [step('processors[0].set', 'success'), step('elsewhere', 'error')] },
      {
        processor_results: [
          step('processors[0].set', 'skipped'),
          step('processors[2].drop', 'dropped'),
        ],
      },
      { processor_results: [step('processors[1].grok', 'error')] },
    ],
  }
  const trial = trialOf(samples, plain, verbose, tagged(definition).processors)
  expect(verdictsOf(trial)).toEqual({ kept: 1, dropped: 1, failed: 1 })
  expect(trial.records.map(({ verdict, at, reason }) => [verdict, at, reason])).toEqual([
    ['kept', '', ''],
    ['dropped', 'processors[2].drop', ''],
    ['failed', 'processors[1].grok', 'no match'],
  ])
  expect(trial.records[0]?.changes.map(({ path, kind }) => [path, kind])).toEqual([
    ['_index', 'changed'],
    ['a', 'added'],
  ])
  expect(
    trial.processors.map(({ ran, skipped, failed, dropped }) => [ran, skipped, failed, dropped]),
  ).toEqual([
    [1, 1, 0, 0],
    [1, 0, 1, 0],
    [0, 0, 0, 0],
    [1, 0, 0, 1],
    [0, 0, 0, 0],
  ])
})
