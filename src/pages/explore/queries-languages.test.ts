/** Queries of the written languages over a few known rows: run, check and words. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FixtureStore, openFixtureStore } from '../../../test/store/fixture-store.ts'
import { everything, type Scope } from '../../model/question.ts'
import type { AskContext } from '../../store/answer.ts'
import type { LogsRun, QueryCheck, QueryRun, QueryWords, SeriesRun, TableRun } from './contract.ts'
import { exploreAnswerers } from './queries.ts'

const from_ms = Date.UTC(2026, 10, 21, 10)
const to_ms = from_ms + 600_000
const minute = (nth: number) => from_ms + nth * 60_000
const place = { cluster: 'eu', namespace: 'shop' }
const ids = { trace_id: 'ab'.repeat(16), span_id: 'cd'.repeat(8) }

let fixture: FixtureStore
beforeAll(async () => {
  fixture = await openFixtureStore()
  const series = { ...place, metric: 'queue', kind: 'gauge', service: 'cart' }
  await fixture.add('metric_series', [{ ...series, series_id: 1, time: from_ms }])
  await fixture.add(
    'metric_samples',
    [0, 1, 2, 3].map((nth) => ({
      metric: 'queue',
      series_id: 1,
      time: minute(nth),
      value: nth * 10,
    })),
  )
  await fixture.add('logs', [
    { ...place, service: 'cart', severity_number: 17, body: 'no stock', time: minute(1) },
    { ...place, service: 'pay', severity_number: 9, body: 'paid', time: minute(2) },
  ])
  const span = { ...place, service: 'cart', name: 'GET /', kind: 'server', time: minute(1) }
  await fixture.add('spans', [{ ...span, ...ids, status: 'error', duration_ns: 2_000_000 }])
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
const run = <Run extends QueryRun>(language: string, query: string, more: object = {}) =>
  ask<Run>('query.run', { from_ms, to_ms, language, query, step_ms: 60_000, ...more })

it('PromQL over time, at once and as one number', async () => {
  const series = await run<SeriesRun>('promql', 'queue')
  expect(series.time_ms[0]).toBe(from_ms)
  expect(series.time_ms).toHaveLength(11)
  expect(series.labels).toMatchObject([{ __name__: 'queue' }])
  expect(series.values[0]!.slice(0, 5)).toEqual([0, 10, 20, 30, 30])
  expect(series.values[0]!.at(-1)).toBe(null)
  const instant = { mode: 'instant', to_ms: minute(4) }
  const table = await run<TableRun>('promql', 'sum(queue) * 2', instant)
  expect(table).toMatchObject({ kind: 'table', columns: [{ name: 'value', type: 'number' }] })
  expect(table.values).toEqual([[60]])
  expect((await run<TableRun>('promql', '0 / 0', instant)).values).toEqual([['NaN']])
  expect((await run<TableRun>('promql', '"x"', instant)).values).toEqual([['x']])
  const raw = await run<TableRun>('promql', 'queue[2m]', instant)
  expect(raw.values.at(-1)).toEqual([30])
})

it('LogQL lines and counts', async () => {
  const lines = await run<LogsRun>('logql', '{namespace="shop"} |= "stock"')
  expect(lines).toMatchObject({ kind: 'logs', body: ['no stock'], severity: ['error'] })
  expect(lines.labels[0]).toMatchObject({ service_name: 'cart' })
  const capped = await run<LogsRun>('logql', '{namespace="shop"}', { rows_max: 1 })
  expect(capped).toMatchObject({ capped: true, body: ['paid'] })
  const counts = await run<SeriesRun>(
    'logql',
    'sum by (service_name) (count_over_time({namespace="shop"}[10m]))',
  )
  const last = counts.labels.map(({ service_name }, at) => [
    service_name,
    counts.values[at]!.at(-1),
  ])
  expect(Object.fromEntries(last)).toEqual({ cart: 1, pay: 1 })
})

it('TraceQL traces and rates', async () => {
  expect(await run('traceql', '{ status = error }')).toMatchObject({
    ...{ kind: 'traces', trace_id: [ids.trace_id], root_service: ['cart'], duration_ms: [2] },
    ...{ spans: [1], errors: [1], capped: false },
  })
  expect(await run('traceql', '{ status = ok }')).toMatchObject({ trace_id: [] })
  const counts = await run<SeriesRun>('traceql', '{} | count_over_time()')
  const numbers = counts.values.flat().filter((value) => typeof value === 'number')
  expect(numbers.reduce((sum, value) => sum + value, 0)).toBe(1)
})

it('ES|QL tables', async () => {
  const query = 'FROM logs-* | STATS rows = COUNT(*) BY service.name | SORT service.name'
  const table = await run<TableRun>('esql', query)
  expect(table.columns).toEqual([
    { name: 'rows', type: 'number' },
    { name: 'service.name', type: 'string' },
  ])
  expect(table.values).toEqual([
    [1, 1],
    ['cart', 'pay'],
  ])
  const times = await run<TableRun>('esql', 'FROM logs-* | KEEP @timestamp | SORT @timestamp')
  expect(times.values).toEqual([[minute(1), minute(2)]])
})

const queries: Record<string, string> = {
  promql: 'queue',
  logql: '{namespace="shop"}',
  traceql: '{}',
  esql: 'FROM logs-*',
}

describe('what may not be seen is not there', () => {
  const sizeOf = (answer: QueryRun) =>
    answer.kind === 'table'
      ? (answer.values[0]?.length ?? 0)
      : answer.kind === 'logs'
        ? answer.body.length
        : answer.kind === 'traces'
          ? answer.trace_id.length
          : answer.labels.length
  for (const [language, query] of Object.entries(queries)) {
    it(language, async () => {
      expect(sizeOf(await run(language, query))).toBeGreaterThan(0)
      expect(sizeOf(await run(language, query, { cluster: 'us' }))).toBe(0)
      const base = { from_ms, to_ms, language, query, step_ms: 60_000 }
      for (const scope of [
        { ...everything, clusters: ['us'] },
        { ...everything, classes: ['security' as const] },
      ]) {
        expect(sizeOf(await ask<QueryRun>('query.run', base, scope))).toBe(0)
      }
    })
  }
})

describe('what cannot be read is told with its place', () => {
  const f = (language: string, query: string, expected: object) =>
    it(`${language} ${query}`, async () => {
      const { problems } = await ask<QueryCheck>('query.check', { language, query })
      expect(problems).toMatchObject([{ severity: 'error', ...expected }])
      expect(problems[0]!.to).toBeLessThanOrEqual(query.length)
      await expect(run(language, query)).rejects.toMatchObject({ code: 'query_refused' })
    })
  f('promql', 'sum(queue', {})
  f('promql', 'queue[', {})
  f('logql', '{a="b"', {})
  f('traceql', '{ status = }', {})
  f('esql', 'FROM logs-* | NOPE', {})
})

describe('each language prints what it reads', () => {
  const f = (language: string, query: string, formatted: string) =>
    it(query, async () => {
      const told = await ask<QueryCheck>('query.check', { language, query })
      expect(told).toEqual({ problems: [], formatted })
    })
  f('promql', 'sum  by(a)(queue)', 'sum by (a) (queue)')
  f('logql', '{ a = "b" }|="x"', '{a="b"} |= "x"')
  f('traceql', '{status=error}', '{ status = error }')
})

describe('words', () => {
  const f = (asked: object, ...expected: string[]) =>
    it(JSON.stringify(asked), async () => {
      const { word } = await ask<QueryWords>('query.words', { from_ms, to_ms, ...asked })
      expect(word).toEqual(expect.arrayContaining(expected))
    })
  f({ language: 'promql', of: 'metrics', prefix: 'que' }, 'queue')
  f({ language: 'promql', of: 'labels', selector: 'queue{}' }, '__name__')
  f({ language: 'promql', of: 'labels', selector: 'queue{' }, '__name__')
  f({ language: 'logql', of: 'values', label: 'service_name' }, 'cart', 'pay')
  f({ language: 'logql', of: 'labels' }, 'namespace')
  f({ language: 'traceql', of: 'labels' }, 'status', 'duration')
  f({ language: 'traceql', of: 'values', label: 'resource.service.name' }, 'cart')
})
