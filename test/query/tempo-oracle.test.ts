/**
 * Random queries over random spans: what the engine answers equals a slow evaluation of all spans
 * in memory, and a caller of limited scope is never told of a span elsewhere.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { everything, type Scope } from '../../src/model/question.ts'
import { queryLimits } from '../../src/query/context.ts'
import { QueryError } from '../../src/query/series.ts'
import { readTraceql } from '../../src/query/traceql/check.ts'
import { runStages } from '../../src/query/traceql/evaluate.ts'
import { type MetricSeries, traceMetrics } from '../../src/query/traceql/metrics.ts'
import { metricsInMemory } from '../../src/query/traceql/metrics-memory.ts'
import { searchTraces } from '../../src/query/traceql/search.ts'
import { type Trace, traceOf } from '../../src/query/traceql/span.ts'
import { type FixtureStore, openFixtureStore } from '../store/fixture-store.ts'
import { randomMetricQuery, randomPlainQuery, randomTraceQuery } from './traceql-arbitrary.ts'
import { randomSpans } from './traceql-spans.ts'

const time_ms = Date.UTC(2026, 10, 20, 10)
const range = { from_ms: time_ms, to_ms: time_ms + 600_000 }
const data = randomSpans(7, 60, time_ms)
const even: Scope = { ...everything, namespaces: ['even'] }

let fixture: FixtureStore
beforeAll(async () => {
  fixture = await openFixtureStore()
  await fixture.add('resources', data.resources)
  await fixture.add('spans', data.spans)
}, 60_000)
afterAll(() => fixture.close())

const contextOf = (scope: Scope) => ({
  store: fixture.store,
  scope,
  now_ms: range.to_ms,
  limits: queryLimits,
})

function seenBy(scope: Scope): Trace[] {
  if (scope === everything) return data.traces
  return data.traces.flatMap(({ trace_id, spans }) => {
    const seen = spans.filter(({ namespace }) => namespace === 'even')
    return seen.length === 0 ? [] : [traceOf(trace_id, seen)]
  })
}

function expectedSpans(query: string, scope: Scope): Record<string, string[][]> {
  const { stages } = readTraceql(query)
  return Object.fromEntries(
    seenBy(scope).flatMap((trace) => {
      const groups = runStages(stages, [{ spans: trace.spans, by: [] }], trace)
      const ids = groups.map(({ spans }) => spans.map(({ span_id }) => span_id).sort())
      return ids.length === 0 ? [] : [[trace.trace_id, ids.sort()]]
    }),
  )
}

async function foundSpans(query: string, scope: Scope): Promise<Record<string, string[][]>> {
  const ask = { query, range, traces_max: 1_000, spans_max: 1_000 }
  const { traces } = await searchTraces(ask, contextOf(scope))
  return Object.fromEntries(
    traces.map(({ trace_id, spansets }) => [
      trace_id,
      spansets.map(({ spans }) => spans.map(({ span_id }) => span_id).sort()).sort(),
    ]),
  )
}

const scopes = fc.constantFrom(everything, even)
const few = {
  numRuns: 40,
  seed: 11,
  interruptAfterTimeLimit: 12_000,
  markInterruptAsFailure: false,
}

it('one spanset is found by the engine', async () => {
  await fc.assert(
    fc.asyncProperty(randomPlainQuery, scopes, async (query, scope) => {
      expect(await foundSpans(query, scope), query).toEqual(expectedSpans(query, scope))
    }),
    few,
  )
}, 60_000)

it('relations are found among candidates', async () => {
  await fc.assert(
    fc.asyncProperty(randomTraceQuery, scopes, async (query, scope) => {
      expect(await foundSpans(query, scope), query).toEqual(expectedSpans(query, scope))
    }),
    { ...few, numRuns: 15 },
  )
}, 60_000)

const told = (all: readonly MetricSeries[]) =>
  Object.fromEntries(
    all
      .filter(({ values }) => values.some((value) => !Number.isNaN(value)))
      .map(({ labels, values }) => [
        JSON.stringify(labels),
        Array.from(values, (value) => Number(value.toPrecision(9))),
      ]),
  )

async function agreeOnMetrics(query: string, scope: Scope): Promise<number> {
  const ask = { query, range, step_ms: 120_000, exemplars_max: 0 }
  const answer = await traceMetrics(ask, contextOf(scope))
  const { stages, metrics } = readTraceql(query)
  const spans = seenBy(scope).flatMap((trace) =>
    runStages(stages, [{ spans: trace.spans, by: [] }], trace).flatMap((group) =>
      group.spans.map((span) => ({ span, trace })),
    ),
  )
  const expected = told(metricsInMemory(metrics!, spans, answer.grid, 0))
  expect(told(answer.series), query).toEqual(expected)
  return answer.series.length
}

it('metrics are computed by the engine', async () => {
  await fc.assert(
    fc.asyncProperty(randomMetricQuery, scopes, async (query, scope) => {
      await agreeOnMetrics(query, scope)
    }),
    few,
  )
}, 60_000)

it('resources are joined beside conditions that an index answers', async () => {
  const query = '{ span.x = "a" || .y = "b" } | count_over_time() by(resource.y, .x)'
  expect(await agreeOnMetrics(query, everything)).toBeGreaterThan(3)
})

it('nothing is told where no class of telemetry may be seen', async () => {
  const scope: Scope = { ...everything, classes: ['logs'] }
  expect(await foundSpans('{ }', scope)).toEqual({})
  expect(await foundSpans('{ } >> { }', scope)).toEqual({})
  await expect(foundSpans('{ status > ok }', scope)).rejects.toThrow(QueryError)
})
