/**
 * What is computed where the samples are: functions of a plain range and aggregations of those or
 * of a plain selector. The source may decline any of it; the result is the same either way.
 */
import type { GridSeries, RangeCall, Window } from '../series.ts'
import type { Subquery } from './ast.ts'
import { type Aggregate, bare, type Call, type RangeSelector, type Selector } from './ast.ts'
import { labelOf, nameLabel } from './labels.ts'
import type { Scope } from './run.ts'
import { instantWindow, offsetMs, rangeMs, readSteps, spread } from './selectors.ts'

const functions = new Set(
  `rate increase delta irate idelta deriv resets changes avg_over_time sum_over_time min_over_time
  max_over_time count_over_time last_over_time first_over_time present_over_time stddev_over_time
  stdvar_over_time quantile_over_time`.split(/\s+/),
)
const operators = new Set(['sum', 'avg', 'min', 'max', 'count', 'group'])
const keepName = new Set(['', 'last_over_time', 'first_over_time'])

function windowOf(node: RangeSelector, scope: Scope): Window {
  const { selector } = node
  return {
    steps: readSteps(selector, scope),
    range_ms: rangeMs(node, scope.run),
    offset_ms: offsetMs(selector, scope.run),
  }
}

/** A parameter that is one number at all steps, or none. */
function constant(args: readonly Float64Array[]): { parameter?: number } | undefined {
  if (args.length === 0) return {}
  const [values] = args
  const first = values?.[0]
  if (args.length > 1 || first === undefined) return undefined
  return values?.every((value) => value === first) ? { parameter: first } : undefined
}

function rangeCallOf(
  name: string,
  range: RangeSelector | Subquery,
  args: readonly Float64Array[],
  scope: Scope,
): RangeCall | undefined {
  const parameter = constant(args)
  if (range.kind !== 'range' || range.selector.extension !== undefined) return undefined
  if (!functions.has(name) || parameter === undefined) return undefined
  const { matchers } = range.selector
  return { function: name, matchers, window: windowOf(range, scope), ...parameter }
}

export async function pushedDown(
  node: Call,
  range: RangeSelector | Subquery,
  args: readonly Float64Array[],
  scope: Scope,
): Promise<GridSeries[] | undefined> {
  const { source } = scope.run
  if (source.over === undefined) return undefined
  const call = rangeCallOf(node.name, range, args, scope)
  if (call?.parameter !== undefined && !(call.parameter >= 0 && call.parameter <= 1)) {
    return undefined
  }
  const series = call === undefined ? undefined : await source.over(call)
  if (series === undefined) return undefined
  const named = keepName.has(node.name)
    ? series
    : series.map((one): GridSeries => ({ ...one, dropName: true }))
  return spread(named, scope.steps.count)
}

/** The name that the selector fixes; without one, notes about names need the series. */
function fixedName(selector: Selector): string | undefined {
  return selector.matchers.find(({ name, operator }) => name === nameLabel && operator === '=')
    ?.value
}

const counterEnds = ['_total', '_sum', '_count', '_bucket']

export async function pushedAggregate(
  node: Aggregate,
  scope: Scope,
): Promise<GridSeries[] | undefined> {
  const { source, notes } = scope.run
  if (source.aggregate === undefined || !operators.has(node.operator)) return undefined
  const inner = bare(node.expression)
  const call = leafOf(inner, scope)
  if (call === undefined) return undefined
  const isRate = call.function === 'rate' || call.function === 'increase'
  const range = inner.kind === 'call' ? bare(inner.args[0] ?? inner) : inner
  const selector = range.kind === 'range' ? range.selector : range
  const name = selector.kind === 'selector' ? fixedName(selector) : undefined
  if (isRate && name === undefined) return undefined
  const { operator, isWithout, grouping: labels } = node
  const grouping = { isWithout, labels }
  const series = await source.aggregate({ ...call, operator, grouping })
  if (series === undefined) return undefined
  if (isRate && name !== undefined && series.length > 0) {
    if (!counterEnds.some((end) => name.endsWith(end))) notes.possibleNonCounter(name, range.from)
  }
  const drops = !keepName.has(call.function)
  const named = series.map((one): GridSeries => {
    return drops && labelOf(one.labels, nameLabel) !== '' ? { ...one, dropName: true } : one
  })
  return spread(named, scope.steps.count)
}

function leafOf(inner: ReturnType<typeof bare>, scope: Scope): RangeCall | undefined {
  if (inner.kind === 'selector' && inner.extension === undefined) {
    return { function: '', matchers: inner.matchers, window: instantWindow(inner, scope) }
  }
  const range = inner.kind === 'call' && inner.args.length === 1 ? bare(inner.args[0]!) : undefined
  if (inner.kind !== 'call' || range?.kind !== 'range') return undefined
  return rangeCallOf(inner.name, range, [], scope)
}
