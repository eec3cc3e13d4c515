/**
 * The engine's way and the way of JavaScript answer the same: random lines, random queries. And
 * nobody is told of a row that they may not see.
 */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { everything, type Scope } from '../../src/model/question.ts'
import { type QueryContext, queryLimits } from '../../src/query/context.ts'
import { isLog } from '../../src/query/logql/ast.ts'
import { rangeFromEngine } from '../../src/query/logql/metric/range-engine.ts'
import { groupAtOnce, planRange } from '../../src/query/logql/metric/range-plan.ts'
import { parseLogOnly, parseLogQl } from '../../src/query/logql/parse.ts'
import { runLog } from '../../src/query/logql/run-log.ts'
import { runMetric } from '../../src/query/logql/run-metric.ts'
import { templatesKept } from '../../src/query/logql/store/line-templates.ts'
import { type GridSeries, QueryError, type Steps } from '../../src/query/series.ts'
import { random } from '../bench/generate.ts'
import { type FixtureStore, openFixtureStore } from '../store/fixture-store.ts'
import { randomLog, randomMetric, randomRow } from './loki-rows.ts'

const from_ms = Date.UTC(2026, 10, 20, 10)
const spread_ms = 1_200_000
const rows = 1_500
const seed = 11

let fixture: FixtureStore
let context: QueryContext
beforeAll(async () => {
  fixture = await openFixtureStore()
  const r = random(seed)
  await fixture.add(
    'logs',
    Array.from({ length: rows }, () => randomRow(r, from_ms, spread_ms)),
  )
  await fixture.add(
    'resources',
    [1, 2].map((id) => ({
      resource_id: id,
      cluster: 'eu',
      namespace: 'shop',
      time: from_ms,
      attributes: { 'service.version': String(id), 'service.name': 'cart' },
    })),
  )
  const limits = queryLimits
  context = { store: fixture.store, scope: everything, now_ms: from_ms + spread_ms, limits }
}, 60_000)
afterAll(() => fixture.close())

const steps: Steps = { start_ms: from_ms + 60_000, step_ms: 60_000, count: 19 }

type Outcome = Map<string, number[]> | string

async function outcome(query: string, engine: boolean): Promise<Outcome> {
  const expr = parseLogQl(query)
  if (isLog(expr)) throw new TypeError('a metric query was expected')
  try {
    const answer = await runMetric(expr, steps, context, { engine })
    return answer.kind === 'number' ? String(answer.value) : byLabels(answer.series)
  } catch (error) {
    if (!(error instanceof QueryError)) throw error
    // Which line is told first is a matter of order.
    return error.message.replace(/series: '.*?'\./s, '')
  }
}

function byLabels(series: readonly GridSeries[]): Map<string, number[]> {
  const map = new Map<string, number[]>()
  for (const { labels, values, has } of series) {
    if (has.includes(1))
      map.set(
        JSON.stringify(labels),
        [...values].map((v, i) => (has[i] ? v : -9e99)),
      )
  }
  return map
}

function expectSame(left: Outcome, right: Outcome, query: string): void {
  if (typeof left === 'string' || typeof right === 'string') {
    expect(left, query).toEqual(right)
    return
  }
  expect([...left.keys()].sort(), query).toEqual([...right.keys()].sort())
  for (const [key, values] of left) {
    for (const [i, value] of values.entries()) {
      const other = right.get(key)![i]!
      const isNear = Math.abs(value - other) <= 1e-9 * Math.max(1, Math.abs(value))
      const isSame = Object.is(value, other) || value === other || isNear
      expect(isSame, `${query} ${key} at ${i}: ${value} and ${other}`).toBe(true)
    }
  }
}

const queries = Number(process.env.LOGQL_QUERIES ?? 45)

it('the engine answers as JavaScript does', {
  timeout: 30_000 * Math.ceil(queries / 60),
}, async () => {
  const r = random(seed + 1)
  let pushed = 0
  for (let i = 0; i < queries; i++) {
    const query = randomMetric(r)
    expectSame(await outcome(query, true), await outcome(query, false), query)
    if (await isPushed(query)) pushed++
  }
  // A test of two ways that took one would tell nothing.
  expect(pushed).toBeGreaterThan(queries / 10)
  const { stages } = parseLogOnly('{app="x"} |= "imeout aft" |~ "lost|done"')
  const filters = stages.filter((stage) => stage.kind === 'line')
  expect(templatesKept(filters, fixture.store).length).toBeGreaterThan(0)
})

async function isPushed(query: string): Promise<boolean> {
  const expr = parseLogQl(query)
  const isSum = expr.kind === 'aggregate' && expr.of.kind === 'range'
  const range = isSum ? expr.of : expr
  if (range.kind !== 'range') return false
  const plan = planRange(range, steps, isSum ? groupAtOnce(expr) : undefined)
  try {
    return (await rangeFromEngine(plan, context, { lines: 0, bytes: 0 })) !== undefined
  } catch (error) {
    return error instanceof QueryError
  }
}

it('a limited caller is told of its own rows alone', {
  timeout: 30_000 * Math.ceil(queries / 60),
}, async () => {
  const r = random(seed + 2)
  const scope: Scope = { clusters: ['eu'], namespaces: ['shop'], classes: ['logs'] }
  const limited = { ...context, scope }
  const span = {
    from_ns: BigInt(from_ms) * 1_000_000n,
    to_ns: BigInt(from_ms + spread_ms) * 1_000_000n,
  }
  for (let i = 0; i < queries / 3; i++) {
    const query = randomLog(r)
    const ask = { span, isNewestFirst: r() < 0.5, limit: 5_000 }
    const all = await runLog(parseLogOnly(query), ask, context)
    const own = await runLog(parseLogOnly(query), ask, limited)
    const visible = all.lines.filter(
      ({ stream }) => stream.get('cluster') === 'eu' && stream.get('namespace') === 'shop',
    )
    const told = (lines: typeof own.lines) =>
      lines.map(({ time_ns, text }) => `${time_ns} ${text}`).sort()
    expect(told(own.lines), query).toEqual(told(visible))
    const nobody = { ...scope, classes: ['metrics'] as const }
    const none = await runLog(parseLogOnly(query), ask, { ...context, scope: nobody })
    expect(none.lines).toEqual([])
  }
})
