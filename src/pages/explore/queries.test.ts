/** What queries of the search language are answered by the engine, over a few known rows. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FixtureStore, openFixtureStore } from '../../../test/store/fixture-store.ts'
import { everything, type Scope } from '../../model/question.ts'
import type { AskContext } from '../../store/answer.ts'
import {
  type ExploreFields,
  exploreTables,
  type LogsRun,
  type QueryRun,
  type QueryWords,
  type SeriesRun,
  type TableRun,
} from './contract.ts'
import { exploreAnswerers } from './queries.ts'

const from_ms = Date.UTC(2026, 10, 21, 10)
const to_ms = from_ms + 600_000
const minute = (nth: number) => from_ms + nth * 60_000

const place = { cluster: 'eu', namespace: 'shop' }
const logs = [
  { service: 'cart', severity_number: 17, body: 'no stock', numbers: { size: 10 }, resource_id: 1 },
  { service: 'cart', severity_number: 9, body: 'added', numbers: { size: 30 }, resource_id: 1 },
  { service: 'cart', severity_number: 9, body: 'added', attributes: { team: 'b' }, resource_id: 1 },
  { service: 'pay', severity_number: 9, body: 'paid', numbers: { size: 50 }, resource_id: 2 },
  { service: 'pay', body: 'plain', attributes: { team: 'a' }, resource_id: 2 },
]
const flow = { sensor: 'hubble', verdict: 'dropped', destination_port: 53, protocol: 'UDP' }

let fixture: FixtureStore
beforeAll(async () => {
  fixture = await openFixtureStore()
  await fixture.add('resources', [
    { ...place, resource_id: 1, time: from_ms, attributes: { 'host.name': 'h-1' } },
    { ...place, resource_id: 2, time: from_ms, attributes: { 'host.name': 'h-2' } },
  ])
  await fixture.add(
    'logs',
    logs.map((row, at) => ({ ...place, ...row, time: minute(at) })),
  )
  await fixture.add('spans', [
    { ...place, service: 'cart', name: 'GET /', kind: 'server', duration_ns: 1e6, time: minute(1) },
    { ...place, service: 'cart', name: 'GET /', kind: 'server', duration_ns: 3e6, time: minute(2) },
  ])
  const series = { ...place, metric: 'cpu', kind: 'gauge', attributes: { core: '0' } }
  await fixture.add('metric_series', [
    { ...series, series_id: 1, time: minute(0) },
    { ...series, series_id: 1, time: minute(3) },
    { ...series, series_id: 2, time: minute(0) },
  ])
  await fixture.add('kubernetes_events', [
    { ...place, type: 'Warning', reason: 'BackOff', count: 4, time: minute(1) },
  ])
  await fixture.add('audit_events', [
    {
      ...place,
      user: 'ann',
      verb: 'delete',
      user_groups: ['x', 'y'],
      outcome: 'success',
      annotations: { 'policy/level': 'baseline' },
      time: minute(1),
    },
    { ...place, user: 'bob', verb: 'get', user_groups: ['x'], outcome: 'failure', time: minute(2) },
  ])
  await fixture.add('security_events', [
    { ...place, rule: 'Shell', severity_number: 13, fields: { 'fd.name': '/x' }, time: minute(1) },
  ])
  await fixture.add('network_flows', [
    { ...place, ...flow, time: minute(1) },
    { ...place, ...flow, verdict: 'forwarded', time: minute(1) },
  ])
})
afterAll(() => fixture.close())

async function ask<Answer>(
  name: string,
  asked: object,
  scope: Scope = everything,
): Promise<Answer> {
  const found = exploreAnswerers.find(({ question }) => question.name === name)!
  const context: AskContext = { store: fixture.store, scope, now_ms: to_ms }
  return (await found.answer(found.question.ask.parse(asked), context)) as Answer
}

const run = <Run extends QueryRun>(query: string, shape: object, more: object = {}) =>
  ask<Run>('query.run', { from_ms, to_ms, language: 'search', query, shape, ...more })

describe('series', () => {
  const f = (query: string, shape: object, expected: Record<string, (number | null)[]>) =>
    it(`${JSON.stringify(shape)} of ${query || 'all'}`, async () => {
      const answer = await run<SeriesRun>(query, shape, { step_ms: 120_000 })
      expect(answer.time_ms).toEqual([0, 2, 4, 6, 8].map(minute))
      const lines = answer.labels.map((label, at) => [
        Object.entries(label)
          .map(([name, value]) => `${name}=${value}`)
          .join(' '),
        answer.values[at],
      ])
      expect(Object.fromEntries(lines)).toEqual(expected)
    })
  f('', { measure: 'count' }, { '': [2, 2, 1, 0, 0] })
  f('service:cart', { measure: 'count' }, { '': [2, 1, 0, 0, 0] })
  f(
    '',
    { measure: 'count', group_by: ['service'] },
    {
      'service=cart': [2, 1, 0, 0, 0],
      'service=pay': [0, 1, 1, 0, 0],
    },
  )
  f(
    '',
    { measure: 'count', group_by: ['severity'] },
    {
      'severity=info': [1, 2, 0, 0, 0],
      'severity=error': [1, 0, 0, 0, 0],
      '': [0, 0, 1, 0, 0],
    },
  )
  f('', { measure: 'sum', field: 'size' }, { '': [40, 50, 0, 0, 0] })
  f('', { measure: 'avg', field: 'size' }, { '': [20, 50, null, null, null] })
  f(
    '',
    { measure: 'max', field: 'size', group_by: ['host.name'] },
    {
      'host.name=h-1': [30, null, null, null, null],
      'host.name=h-2': [null, 50, null, null, null],
    },
  )
  f('', { measure: 'unique', field: 'team' }, { '': [0, 1, 1, 0, 0] })
  f('', { table: 'spans', measure: 'p50', field: 'duration' }, { '': [1e6, 3e6, null, null, null] })
  f(
    '',
    { table: 'audit_events', measure: 'count', group_by: ['user.groups'] },
    { 'user.groups=x': [1, 1, 0, 0, 0], 'user.groups=y': [1, 0, 0, 0, 0] },
  )
  f(
    '',
    { table: 'network_flows', measure: 'count', group_by: ['verdict', 'destination.port'] },
    {
      'verdict=dropped destination.port=53': [1, 0, 0, 0, 0],
      'verdict=forwarded destination.port=53': [1, 0, 0, 0, 0],
    },
  )
})

describe('one value each', () => {
  const f = (query: string, shape: object, names: string[], ...rows: unknown[][]) =>
    it(`${JSON.stringify(shape)} of ${query || 'all'}`, async () => {
      const answer = await run<TableRun>(query, shape, { mode: 'instant' })
      expect(answer.columns.map(({ name }) => name)).toEqual(names)
      expect(answer.values[0]!.map((_, at) => answer.values.map((one) => one[at]))).toEqual(rows)
    })
  f('', { measure: 'count' }, ['count'], [5])
  f('service:none', { measure: 'count' }, ['count'], [0])
  f('service:none', { measure: 'avg', field: 'size' }, ['avg(size)'], [null])
  const byService = { measure: 'avg', field: 'size', group_by: ['service'] }
  f('', byService, ['service', 'avg(size)'], ['pay', 50], ['cart', 20])
  const bySize = { measure: 'count', group_by: ['size'] }
  const sizes = ['10', '30', '50'].map((size) => [size, 1])
  f('', bySize, ['size', 'count'], ['', 2], ...sizes)
  f('', { table: 'metric_series', measure: 'count' }, ['count'], [2])
  const byHost = {
    measure: 'unique',
    field: 'service',
    group_by: ['resource.attributes.host.name'],
  }
  f(
    'severity:info',
    byHost,
    ['resource.attributes.host.name', 'unique(service)'],
    ['h-1', 1],
    ['h-2', 1],
  )
  const byPolicy = {
    table: 'audit_events',
    measure: 'count',
    group_by: ['annotations.policy/level'],
  }
  f('', byPolicy, ['annotations.policy/level', 'count'], ['', 1], ['baseline', 1])
  const byFile = {
    table: 'security_events',
    measure: 'max',
    field: 'severity',
    group_by: ['fd.name'],
  }
  f('', byFile, ['fd.name', 'max(severity)'], ['/x', 13])
  const byOutcome = { table: 'audit_events', measure: 'count', group_by: ['event.outcome'] }
  f('user:ann', byOutcome, ['event.outcome', 'count'], ['success', 1])
})

it('says that more groups are there than it tells', async () => {
  const shape = { measure: 'count', group_by: ['service'] }
  const series = await run<SeriesRun>('', shape, { rows_max: 1 })
  expect(series).toMatchObject({ capped: true, labels: [{ service: 'cart' }] })
  expect(series.values[0]!.reduce((sum: number, value) => sum + Number(value), 0)).toBe(3)
  const table = await run<TableRun>('', shape, { rows_max: 1, mode: 'instant' })
  expect(table).toMatchObject({ capped: true, values: [['cart'], [3]] })
})

it('tells lines of logs with everything that is known of them', async () => {
  const lines = await run<LogsRun>('', { table: 'logs' }, { rows_max: 2 })
  expect(lines).toMatchObject({
    kind: 'logs',
    capped: true,
    time_ns: [minute(4), minute(3)].map((ms) => `${ms}000000`),
    severity: ['', 'info'],
    body: ['plain', 'paid'],
    labels: [
      { ...place, service: 'pay', team: 'a' },
      { ...place, service: 'pay', size: '50' },
    ],
  })
})

describe('rows of every table, all fields', () => {
  const counts = { logs: 5, spans: 2, metric_series: 2, audit_events: 2, network_flows: 2 }
  for (const table of exploreTables) {
    it(table, async () => {
      const answer = await run<TableRun>('', { table, columns: ['*'] })
      const rows = (counts as Record<string, number>)[table] ?? 1
      expect(answer.columns.length).toBeGreaterThan(10)
      for (const column of answer.values) expect(column).toHaveLength(rows)
      const told = await run<TableRun>('', { table, columns: ['time', 'cluster', 'nowhere.name'] })
      expect(told.columns.map(({ type }) => type)).toEqual(['time_ms', 'string', 'string'])
      expect(told.values[1]).toEqual(Array(rows).fill('eu'))
      expect(told.values[2]).toEqual(Array(rows).fill(''))
      const telling = await run('', { table }, { rows_max: 1 })
      expect(telling.capped).toBe(rows > 1)
    })
  }
})

describe('what may not be seen is not there', () => {
  const hidden: Scope[] = [
    { ...everything, clusters: ['us'] },
    { ...everything, namespaces: [] },
    { ...everything, classes: [] },
  ]
  for (const table of exploreTables) {
    it(table, async () => {
      for (const scope of hidden) {
        const base = { from_ms, to_ms, language: 'search', query: '' }
        const by = ['service', 'host.name']
        const shape = { table, measure: 'count', group_by: table.includes('events') ? [] : by }
        const instant = { ...base, mode: 'instant', shape: { table, measure: 'count' } }
        expect(await ask('query.run', instant, scope)).toMatchObject({ values: [[0]] })
        const { values } = await ask<SeriesRun>('query.run', { ...base, shape }, scope)
        expect(values.flat().every((value) => value === 0)).toBe(true)
        const rows = { ...base, shape: { table, columns: ['*'] } }
        expect((await ask<TableRun>('query.run', rows, scope)).values.flat()).toEqual([])
        const listed = { from_ms, to_ms, search: '', table }
        expect(await ask('explore.fields', listed, scope)).toMatchObject({ field: [], total: 0 })
        const values_of = { from_ms, to_ms, language: 'search', of: 'values', label: 'cluster' }
        expect(await ask('query.words', { ...values_of, table }, scope)).toMatchObject({ word: [] })
      }
    })
  }
  it('a resource', async () => {
    const asked = { from_ms, to_ms, resource_id: '1' }
    expect(await ask('explore.resource', asked)).toEqual({ name: ['host.name'], value: ['h-1'] })
    const none = { name: [], value: [] }
    expect(await ask('explore.resource', asked, hidden[0])).toEqual(none)
  })
})

it('lists fields with what they hold most often', async () => {
  const told = await ask<ExploreFields>('explore.fields', { from_ms, to_ms, table: 'logs' })
  const of = (name: string) => {
    const at = told.field.indexOf(name)
    return { kind: told.kind[at], values: told.values[at], counts: told.counts[at] }
  }
  expect(of('service')).toEqual({ kind: 'word', values: ['cart', 'pay'], counts: [3, 2] })
  expect(of('size')).toEqual({ kind: 'number', values: ['10', '30', '50'], counts: [1, 1, 1] })
  expect(of('host.name')).toEqual({ kind: 'word', values: ['h-1', 'h-2'], counts: [3, 2] })
  expect(told).toMatchObject({ total: 5, sampled: 5 })
  const flows = { from_ms, to_ms, table: 'network_flows' }
  expect((await ask<ExploreFields>('explore.fields', flows)).field).toContain('verdict')
})

describe('words that complete', () => {
  const f = (asked: object, ...expected: string[]) =>
    it(JSON.stringify(asked), async () => {
      const whole = { from_ms, to_ms, language: 'search', ...asked }
      const { word } = await ask<QueryWords>('query.words', whole)
      expect(word).toEqual(expected)
    })
  f({ of: 'values', label: 'service' }, 'cart', 'pay')
  f({ of: 'values', label: 'service', selector: 'body:paid' }, 'pay')
  f({ of: 'values', label: 'host.name', prefix: '-2' }, 'h-2')
  f({ of: 'labels', prefix: 'host' }, 'host.name')
  f({ of: 'values', label: 'user', table: 'audit_events' }, 'ann', 'bob')
})

describe('what cannot be asked', () => {
  const f = (asked: object, code: string, detail: string) =>
    it(detail, async () => {
      const base = { from_ms, to_ms, language: 'search', query: '' }
      await expect(ask('query.run', { ...base, ...asked })).rejects.toMatchObject({
        code,
        message: expect.stringContaining(detail),
      })
    })
  f({ shape: { measure: 'sum' } }, 'ask_invalid', 'the measure sum needs a field')
  f({ shape: { measure: 'p95', field: 'body' } }, 'ask_invalid', 'got body, a field of text')
  f({ shape: { columns: [] } }, 'ask_invalid', 'expected a field')
  f({ query: 'a and' }, 'search_syntax', 'Expected')
  f({ query: 'severity > loud' }, 'search_type', 'severity')
})

describe('checks', () => {
  const f = (query: string, expected: object) =>
    it(query, async () =>
      expect(await ask('query.check', { language: 'search', query })).toMatchObject(expected),
    )
  f('a  and b:c', { problems: [], formatted: 'a and b:c' })
  f('x and )', { problems: [{ from: 6, severity: 'error' }] })
})
