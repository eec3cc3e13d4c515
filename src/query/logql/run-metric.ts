/**
 * Runs a metric query on the grid of its steps: ranges from the engine where it can, from lines
 * where not, the rest over dense columns.
 */
import type { QueryContext } from '../context.ts'
import { type GridSeries, QueryError, type Steps } from '../series.ts'
import type { BinaryExpr, Group, LogExpr, MetricExpr, RangeExpr } from './ast.ts'
import { ofNumbers, ofSeries, withNumber } from './metric/binary-operations.ts'
import { rangeFromEngine } from './metric/range-engine.ts'
import { type RangeStats, rangeFromLines } from './metric/range-lines.ts'
import { groupAtOnce, planRange } from './metric/range-plan.ts'
import { labelsOf } from './metric/series-set.ts'
import { aggregate, replaceLabel } from './metric/vector-operations.ts'

/** A number, or series. */
export type MetricAnswer = { stats: RangeStats } & (
  | { kind: 'number'; value: number }
  | { kind: 'series'; series: GridSeries[] }
)

/** Answers of both ways are compared in tests; people get the faster one. */
export type MetricWays = { engine: boolean }

export async function runMetric(
  expr: MetricExpr,
  steps: Steps,
  context: QueryContext,
  ways: MetricWays = { engine: true },
): Promise<MetricAnswer> {
  if (steps.count > context.limits.points_max) {
    throw new QueryError(
      'bad_data',
      `exceeded maximum resolution of ${context.limits.points_max.toLocaleString('en-US')} ` +
        'points per time series. Try increasing the value of the step parameter',
    )
  }
  const stats = { lines: 0, bytes: 0 }
  const result = await new Run(steps, context, ways, stats).of(expr)
  return typeof result === 'number'
    ? { kind: 'number', value: result, stats }
    : { kind: 'series', series: result, stats }
}

class Run {
  readonly #steps: Steps
  readonly #context: QueryContext
  readonly #ways: MetricWays
  readonly #stats: RangeStats
  #samples = 0

  constructor(steps: Steps, context: QueryContext, ways: MetricWays, stats: RangeStats) {
    this.#steps = steps
    this.#context = context
    this.#ways = ways
    this.#stats = stats
  }

  async of(expr: MetricExpr): Promise<number | GridSeries[]> {
    switch (expr.kind) {
      case 'literal':
        return expr.value
      case 'vector':
        return [this.#constant(expr.value)]
      case 'range':
        return this.#range(expr)
      case 'aggregate': {
        const group = groupAtOnce(expr)
        if (group !== undefined && expr.of.kind === 'range') return this.#range(expr.of, group)
        const series = await this.#series(expr.of)
        return aggregate(expr, series, this.#steps.count)
      }
      case 'label_replace':
        return replaceLabel(expr, await this.#series(expr.of))
      case 'binary':
        return this.#binary(expr)
    }
  }

  async #series(expr: MetricExpr): Promise<GridSeries[]> {
    const result = await this.of(expr)
    return typeof result === 'number' ? [this.#constant(result)] : result
  }

  #constant(value: number): GridSeries {
    const { count } = this.#steps
    return {
      labels: [],
      values: new Float64Array(count).fill(value),
      has: new Uint8Array(count).fill(1),
    }
  }

  async #binary(expr: BinaryExpr): Promise<number | GridSeries[]> {
    const left = await this.of(expr.left)
    const right = await this.of(expr.right)
    if (typeof left === 'number') {
      if (typeof right === 'number') return ofNumbers(expr, left, right)
      return withNumber(expr, right, left, true)
    }
    if (typeof right === 'number') return withNumber(expr, left, right, false)
    return ofSeries(expr, left, right)
  }

  async #range(expr: RangeExpr, group?: Group): Promise<GridSeries[]> {
    const isAbsence = expr.operation === 'absent_over_time'
    const plan = planRange(expr, this.#steps, isAbsence ? { isWithout: false, labels: [] } : group)
    const series =
      (this.#ways.engine ? await rangeFromEngine(plan, this.#context, this.#stats) : undefined) ??
      (await rangeFromLines(plan, this.#context, this.#stats))
    this.#samples += series.length * this.#steps.count
    if (this.#samples > this.#context.limits.samples_max) {
      throw new QueryError('execution', 'the query holds too many samples: choose a longer step')
    }
    return isAbsence ? this.#absence(expr.log, series) : series
  }

  /** Where nothing is: 1, with the labels that were asked for. */
  #absence(log: LogExpr, series: readonly GridSeries[]): GridSeries[] {
    const { count } = this.#steps
    const equal = log.matchers.filter(({ operator }) => operator === '=')
    const labels = labelsOf(equal.map(({ name, value }) => [name, value] as const))
    const values = new Float64Array(count).fill(1)
    const has = new Uint8Array(count).fill(1)
    for (let step = 0; step < count; step++) {
      if (series.some((one) => one.has[step])) has[step] = 0
    }
    return has.includes(1) ? [{ labels, values, has }] : []
  }
}
