/** A function over a range of samples, at every step of every series. */
import type { GridSeries } from '../series.ts'
import { absentLabels } from './absent.ts'
import { bare, type Call, type RangeSelector, type Subquery } from './ast.ts'
import { extendedFunctions } from './functions-extended.ts'
import { type RangeFunction, type RangeOut, rangeFunctions } from './functions-range.ts'
import { labelOf, nameLabel } from './labels.ts'
import { pushedDown } from './plan.ts'
import { columnsOf, RangeWindow } from './range-window.ts'
import { emptyGrid, put, type Scope, scalarOf, timeAt } from './run.ts'
import { type Range, readRange, release, spread } from './selectors.ts'

/** Functions that keep the name, because their samples are those that were stored. */
const keepName = new Set(['last_over_time', 'first_over_time'])

export function rangeArgument(node: Call): RangeSelector | Subquery | undefined {
  for (const arg of node.args) {
    const inner = bare(arg)
    if (inner.kind === 'range' || inner.kind === 'subquery') return inner
  }
  return undefined
}

export async function rangeCall(node: Call, scope: Scope): Promise<GridSeries[]> {
  const range = rangeArgument(node)
  const compute = rangeFunctions.get(node.name)
  if (range === undefined || compute === undefined) {
    throw new TypeError(`${node.name} is not a function of a range`)
  }
  const args: Float64Array[] = []
  for (const arg of node.args) if (bare(arg) !== range) args.push(await scalarOf(arg, scope))
  const computed =
    (await pushedDown(node, range, args, scope)) ??
    (await computeHere(node, range, compute, args, scope))
  if (node.name === 'absent_over_time') return absentOver(range, computed, scope)
  if (node.name === 'rate' || node.name === 'increase') tellNonCounters(node, computed, scope)
  return computed
}

async function computeHere(
  node: Call,
  range: RangeSelector | Subquery,
  compute: RangeFunction,
  args: readonly Float64Array[],
  scope: Scope,
): Promise<GridSeries[]> {
  const extension = range.kind === 'range' ? range.selector.extension : undefined
  if (extension !== undefined) {
    return extendedFunctions(node, range as RangeSelector, extension, args, scope)
  }
  const read = await readRange(range, scope)
  const isConstant = args.every((values) => values.every((value) => value === values[0]))
  const isOnce = read.isFixed && isConstant && node.name !== 'predict_linear'
  const place = bare(node.args[0] ?? range).from
  const series = await overSeries(read, compute, args, isOnce ? 1 : scope.steps.count, {
    scope,
    place,
    isNamed: keepName.has(node.name),
  })
  release(read.raw, scope)
  return spread(series, scope.steps.count)
}

/** Samples that are read between two looks at the clock. */
const work_max = 500_000

export type Over = { scope: Scope; place: number; isNamed: boolean }

/** Series by series, each in one pass over its samples. */
export async function overSeries(
  read: Range,
  compute: RangeFunction,
  args: readonly Float64Array[],
  count: number,
  { scope, place, isNamed }: Over,
): Promise<GridSeries[]> {
  const { run, steps } = scope
  const out: GridSeries[] = []
  let window: RangeWindow | undefined
  let work = 0
  const parameters = args.map((values) => values[0] ?? 0)
  const result: RangeOut = { value: 0, histogram: undefined }
  for (const raw of read.raw) {
    if ((out.length & 31) === 0) await run.budget.breathe()
    if (raw.times_ms.length === 0) continue
    const columns = columnsOf(raw)
    if (window === undefined) window = new RangeWindow(columns, read.range_ms, run.notes, place)
    else window.restart(columns)
    run.budget.hold(count)
    const series = emptyGrid(raw.labels, count)
    let isEmpty = true
    for (let at = 0; at < count; at++) {
      window.move(timeAt(steps, at), read.endAt(at))
      if (window.from === window.to && window.histogramFrom === window.histogramTo) continue
      work += window.to - window.from + window.histogramTo - window.histogramFrom
      if (work > work_max) {
        work = 0
        await run.budget.breathe()
      }
      for (let i = 0; i < args.length; i++) parameters[i] = args[i]![at] ?? 0
      result.histogram = undefined
      if (!compute(window, parameters, result)) continue
      isEmpty = false
      put(series, at, result)
    }
    if (isEmpty) continue
    if (!isNamed || raw.dropName === true) series.dropName = true
    out.push(series)
  }
  return out
}

function absentOver(
  range: RangeSelector | Subquery,
  present: readonly GridSeries[],
  scope: Scope,
): GridSeries[] {
  const { count } = scope.steps
  const series = emptyGrid(absentLabels(range), count)
  for (let at = 0; at < count; at++) {
    if (present.some(({ has }) => has[at] === 1)) continue
    series.has[at] = 1
    series.values[at] = 1
  }
  return series.has.includes(1) ? [series] : []
}

const counterEnds = ['_total', '_sum', '_count', '_bucket']

function tellNonCounters(node: Call, series: readonly GridSeries[], scope: Scope): void {
  const place = bare(node.args[0] ?? node).from
  const told = new Set<string>()
  for (const { labels, has, histograms } of series) {
    const name = labelOf(labels, nameLabel)
    if (name === '' || told.has(name) || counterEnds.some((end) => name.endsWith(end))) continue
    told.add(name)
    const isFloat = histograms === undefined || has.some((is, at) => is === 1 && !histograms[at])
    if (isFloat) scope.run.notes.possibleNonCounter(name, place)
  }
}
