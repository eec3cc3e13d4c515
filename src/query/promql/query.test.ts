/** Limits, cancellation, what is pushed down to the source, and what is computed once. */
import { describe, expect, it } from 'vitest'
import { MemorySource } from '../../../test/conformance/memory-source.ts'
import { RandomPromql, seeded } from '../../../test/query/random-promql.ts'
import { queryLimits } from '../context.ts'
import type {
  AggregateCall,
  GridSeries,
  Matcher,
  RangeCall,
  RawSeries,
  SeriesSource,
} from '../series.ts'
import { Budget } from './budget.ts'
import { rangeFunctions } from './functions-range.ts'
import { aggregateGrid, binaryGrid, finished } from './grid.ts'
import { keyOf, labelsFrom } from './labels.ts'
import { newest } from './lookback.ts'
import { Notes } from './notes.ts'
import { type QueryResult, queryInstant, queryRange } from './query.ts'
import { overSeries } from './range-call.ts'
import { timeAt } from './run.ts'

function series(count: number): RawSeries[] {
  const random = seeded(11)
  return ['m', 'c_total'].flatMap((name) =>
    Array.from({ length: count }, (_, at): RawSeries => {
      const labels = labelsFrom([
        ['__name__', name],
        ['a', `x${at % 3}`],
        ['b', `y${at}`],
      ])
      const times_ms = Float64Array.from({ length: 60 }, (_, i) => i * 15_000)
      return { labels, times_ms, values: times_ms.map(() => Math.floor(random() * 100)) }
    }),
  )
}

const context = { limits: queryLimits }
const steps = { start_ms: 60_000, end_ms: 600_000, step_ms: 60_000 }

/** Computes as a store would: ranges and aggregations at the source. */
class PushingSource extends MemorySource implements SeriesSource {
  calls: string[] = []

  async over(call: RangeCall): Promise<GridSeries[]> {
    this.calls.push(call.function)
    return this.compute(call)
  }

  async aggregate(call: AggregateCall): Promise<GridSeries[]> {
    this.calls.push(`${call.operator} ${call.function}`)
    return aggregateGrid(call.operator, call.grouping, await this.compute(call))
  }

  private async compute({ function: name, matchers, window, parameter }: RangeCall) {
    const { steps: at, range_ms, offset_ms } = window
    const last = timeAt(at, at.count - 1)
    const raw = await this.raw(matchers, at.start_ms - offset_ms - range_ms, last - offset_ms)
    if (name === '') return raw.flatMap((one) => newest(one, window, 'sample') ?? [])
    const run = {
      budget: new Budget(queryLimits, undefined, () => 0),
      notes: new Notes(),
    }
    const read = {
      raw,
      range_ms,
      endAt: (step: number) => timeAt(at, step) - offset_ms,
      isFixed: false,
    }
    const args = parameter === undefined ? [] : [new Float64Array(at.count).fill(parameter)]
    const compute = rangeFunctions.get(name)
    if (compute === undefined) throw new Error(name)
    const scope = { run: run as never, steps: at }
    const made = await overSeries(read, compute, args, at.count, { scope, place: 0, isNamed: true })
    return made.map(({ dropName: _, ...rest }) => rest)
  }
}

const shown = (result: QueryResult): unknown =>
  result.type === 'matrix'
    ? result.series.map(({ labels, times_ms, values }) => [keyOf(labels), ...times_ms, ...values])
    : result

describe('push-down', () => {
  const data = series(9)
  const plain = new MemorySource(data)

  it('never changes a result', async () => {
    const random = new RandomPromql(seeded(5))
    const pushing = new PushingSource(data)
    let compared = 0
    for (let at = 0; at < 400; at++) {
      const query = random.query()
      const ask = (source: SeriesSource) =>
        queryRange({ query, ...steps }, source, context).then(shown, (error) => error.message)
      const [slow, fast] = [await ask(plain), await ask(pushing)]
      expect(fast, query).toEqual(slow)
      compared += 1
    }
    expect(compared).toBe(400)
    expect(new Set(pushing.calls).size).toBeGreaterThan(20)
  })

  it('asks for aggregations of ranges and of selectors', async () => {
    const source = new PushingSource(data)
    for (const query of [
      'sum by (a) (rate(c_total[5m]))',
      'max without (b) (m)',
      'avg(max_over_time(m[2m]))',
      'quantile_over_time(0.5, m[2m])',
      'sum(rate(c_total[5m:1m]))',
      'stddev(m)',
    ]) {
      await queryRange({ query, ...steps }, source, context)
    }
    expect(source.calls).toEqual(['sum rate', 'max ', 'avg max_over_time', 'quantile_over_time'])
  })
})

describe('limits', () => {
  const source = new MemorySource(series(9))

  it('refuse more samples than may be held', async () => {
    const limits = { ...queryLimits, samples_max: 50 }
    await expect(queryRange({ query: 'm', ...steps }, source, { limits })).rejects.toMatchObject({
      kind: 'execution',
      message: 'query processing would load too many samples into memory in query execution',
    })
    await expect(
      queryInstant({ query: 'count(m[1h:1s])', time_ms: 0 }, source, { limits }),
    ).rejects.toMatchObject({ kind: 'bad_data' })
    await expect(
      queryInstant({ query: 'count_over_time(vector(1)[1y:1s])', time_ms: 0 }, source, { limits }),
    ).rejects.toMatchObject({ kind: 'execution' })
  })

  it('end with the time that a query has', async () => {
    let now = 0
    const clock = () => {
      now += 1000
      return now
    }
    const ask = { query: 'm + m', ...steps, clock }
    const limits = { ...queryLimits, timeout_ms: 2500 }
    await expect(queryRange(ask, source, { limits })).rejects.toMatchObject({
      kind: 'timeout',
      message: 'query timed out in expression evaluation',
    })
  })

  it('end with the caller', async () => {
    const signal = AbortSignal.abort()
    const limits = queryLimits
    await expect(
      queryRange({ query: 'm', ...steps }, source, { limits, signal }),
    ).rejects.toMatchObject({
      kind: 'canceled',
      message: 'query was canceled in expression evaluation',
    })
  })

  it('refuse what a range query cannot be', async () => {
    await expect(queryRange({ query: 'm[5m]', ...steps }, source, context)).rejects.toMatchObject({
      message:
        'invalid expression type "range vector" for range query, must be Scalar or instant Vector',
    })
  })
})

describe('work', () => {
  class CountingSource extends MemorySource {
    reads = 0
    override instant(matchers: readonly Matcher[], window: Parameters<MemorySource['instant']>[1]) {
      this.reads += 1
      return super.instant(matchers, window)
    }
  }

  it('is done once for what occurs twice', async () => {
    const source = new CountingSource(series(3))
    const result = await queryRange({ query: 'm / sum(m) + m', ...steps }, source, context)
    expect(source.reads).toBe(1)
    expect(result.stats.map(({ name }) => name)).toContain('sum')
  })
})

describe('grids', () => {
  const grid = (a: string, ...values: (number | undefined)[]): GridSeries => ({
    labels: labelsFrom([['a', a]]),
    values: Float64Array.from(values, (value) => value ?? 0),
    has: Uint8Array.from(values, (value) => (value === undefined ? 0 : 1)),
  })
  const plainOf = (list: readonly GridSeries[]) =>
    list.map(({ labels, values, has }) => [
      labels,
      [...values].map((value, at) => (has[at] === 1 ? value : undefined)),
    ])

  it('are aggregated and combined', () => {
    const list = [grid('x', 1, 2, undefined), grid('y', 3, undefined, undefined)]
    const total = aggregateGrid('sum', { isWithout: false, labels: [] }, list)
    expect(plainOf(total)).toEqual([[[], [4, 2, undefined]]])
    const top = aggregateGrid('topk', { isWithout: false, labels: [] }, list, 1)
    expect(plainOf(top)).toEqual([
      [[['a', 'y']], [3, undefined, undefined]],
      [[['a', 'x']], [undefined, 2, undefined]],
    ])
    const doubled = binaryGrid('*', list, 2)
    expect(plainOf(finished(doubled as GridSeries[]))[0]).toEqual([[['a', 'x']], [2, 4, undefined]])
    expect(binaryGrid('+', 1, 2)).toBe(3)
    const over = binaryGrid('/', list, list) as GridSeries[]
    expect(plainOf(over)[0]).toEqual([[['a', 'x']], [1, 1, undefined]])
  })
})
