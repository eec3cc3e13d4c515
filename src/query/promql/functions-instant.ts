/** Functions of instant vectors and scalars, one entry each. Ranges are in range-call.ts. */
import type { GridSeries } from '../series.ts'
import { absentLabels } from './absent.ts'
import { bare, type Call, type Expression } from './ast.ts'
import { dateFunctions, floatFunctions, histogramFunctions } from './functions-simple.ts'
import { histogramFraction, histogramQuantile, histogramQuantiles } from './histograms/calls.ts'
import { info } from './info.ts'
import { labelJoin, labelReplace, sortByLabel } from './label-functions.ts'
import {
  emptyGrid,
  isInstant,
  lastTime,
  type Scope,
  scalarOf,
  timeAt,
  type Value,
  vectorOf,
} from './run.ts'
import { queryTimes, readTimes } from './selectors.ts'

type Evaluate = (node: Call, scope: Scope) => Promise<Value>

const vector = (series: GridSeries[]): Value => ({ kind: 'vector', series })
const argument = (node: Call, at: number): Expression => node.args[at] as Expression

/** Floats through a function; histograms fall out, and so does the name. */
export function mapFloats(
  series: readonly GridSeries[],
  compute: (value: number, step: number) => number,
): GridSeries[] {
  const out: GridSeries[] = []
  for (const one of series) {
    const made = emptyGrid(one.labels, one.has.length)
    made.dropName = true
    let isEmpty = true
    for (let at = 0; at < made.has.length; at++) {
      if (one.has[at] !== 1 || one.histograms?.[at] !== undefined) continue
      made.has[at] = 1
      made.values[at] = compute(one.values[at]!, at)
      isEmpty = false
    }
    if (!isEmpty) out.push(made)
  }
  return out
}

const ofFloat =
  (compute: (value: number) => number): Evaluate =>
  async (node, scope) =>
    vector(mapFloats(await vectorOf(argument(node, 0), scope), compute))

function ofHistogram(compute: NonNullable<ReturnType<typeof histogramFunctions.get>>): Evaluate {
  return async (node, scope) => {
    const out: GridSeries[] = []
    for (const one of await vectorOf(argument(node, 0), scope)) {
      if (one.histograms === undefined) continue
      const made = emptyGrid(one.labels, one.has.length)
      made.dropName = true
      one.histograms.forEach((histogram, at) => {
        if (histogram === undefined || one.has[at] !== 1) return
        made.has[at] = 1
        made.values[at] = compute(histogram)
      })
      out.push(made)
    }
    return vector(out)
  }
}

function ofDate(part: (seconds: number) => number): Evaluate {
  return async (node, scope) => {
    const [arg] = node.args
    if (arg !== undefined) return vector(mapFloats(await vectorOf(arg, scope), part))
    const { steps } = scope
    const made = emptyGrid([], steps.count)
    for (let at = 0; at < steps.count; at++) {
      made.has[at] = 1
      made.values[at] = part(Math.trunc(timeAt(steps, at) / 1000))
    }
    return vector([made])
  }
}

const ofQuery =
  (value: (scope: Scope) => number): Evaluate =>
  async (_node, scope) => {
    return { kind: 'scalar', values: new Float64Array(scope.steps.count).fill(value(scope)) }
  }

const ofScalars =
  (compute: (a: number, b: number) => number): Evaluate =>
  async (node, scope) => {
    const a = await scalarOf(argument(node, 0), scope)
    const b = await scalarOf(argument(node, 1), scope)
    return { kind: 'scalar', values: a.map((value, at) => compute(value, b[at] ?? Number.NaN)) }
  }

/** Limits that cross leave nothing. */
function clamped(least: number | undefined, most: number | undefined): Evaluate {
  return async (node, scope) => {
    const series = await vectorOf(argument(node, 0), scope)
    const bound = async (at: number | undefined, none: number): Promise<Float64Array> =>
      at === undefined
        ? new Float64Array(scope.steps.count).fill(none)
        : await scalarOf(argument(node, at), scope)
    const lower = await bound(least, Number.NEGATIVE_INFINITY)
    const upper = await bound(most, Number.POSITIVE_INFINITY)
    const kept = mapFloats(series, (value, at) => {
      return Math.max(lower[at]!, Math.min(upper[at]!, value))
    })
    for (const { has } of kept) {
      for (let at = 0; at < has.length; at++) if (upper[at]! < lower[at]!) has[at] = 0
    }
    return vector(kept.filter(({ has }) => has.includes(1)))
  }
}

const rounded: Evaluate = async (node, scope) => {
  const series = await vectorOf(argument(node, 0), scope)
  const nearest = node.args[1] === undefined ? undefined : await scalarOf(node.args[1], scope)
  return vector(
    mapFloats(series, (value, at) => {
      // The inverse makes fewer errors than dividing by 0.1.
      const inverse = 1 / (nearest === undefined ? 1 : nearest[at]!)
      return Math.floor(value * inverse + 0.5) / inverse
    }),
  )
}

const absent: Evaluate = async (node, scope) => {
  const series = await vectorOf(argument(node, 0), scope)
  const made = emptyGrid(absentLabels(argument(node, 0)), scope.steps.count)
  for (let at = 0; at < made.has.length; at++) {
    if (series.some(({ has }) => has[at] === 1)) continue
    made.has[at] = 1
    made.values[at] = 1
  }
  return vector(made.has.includes(1) ? [made] : [])
}

const scalar: Evaluate = async (node, scope) => {
  const series = await vectorOf(argument(node, 0), scope)
  const values = new Float64Array(scope.steps.count).fill(Number.NaN)
  const found = new Uint8Array(values.length)
  for (const { has, values: from, histograms } of series) {
    for (let at = 0; at < values.length; at++) {
      if (has[at] !== 1 || histograms?.[at] !== undefined) continue
      values[at] = found[at] === 0 ? from[at]! : Number.NaN
      found[at] = 1
    }
  }
  return { kind: 'scalar', values }
}

const toVector: Evaluate = async (node, scope) => {
  const values = await scalarOf(argument(node, 0), scope)
  return vector([{ labels: [], values, has: new Uint8Array(values.length).fill(1) }])
}

/** Of a selector, when its samples were taken; of anything else, the time of evaluation. */
const timestamp: Evaluate = async (node, scope) => {
  const inner = bare(argument(node, 0))
  if (inner.kind === 'selector' && inner.extension === undefined) {
    const times = await readTimes(inner, scope)
    return vector(times.map((series) => ({ ...series, dropName: true })))
  }
  const series = await vectorOf(inner, scope)
  const { steps } = scope
  return vector(
    series.map(({ labels, has }) => {
      const values = Float64Array.from(has, (_, at) => timeAt(steps, at) / 1000)
      return { labels, has, values, dropName: true }
    }),
  )
}

function floatsOnly(series: readonly GridSeries[]): GridSeries[] {
  return series.flatMap((one): GridSeries[] => {
    const { histograms, ...rest } = one
    if (histograms === undefined) return [one]
    const has = one.has.map((is, at) => (histograms[at] === undefined ? is : 0))
    return has.includes(1) ? [{ ...rest, has }] : []
  })
}

/** Only an instant query has an order; NaN is last either way. */
const sorted =
  (direction: 1 | -1): Evaluate =>
  async (node, scope) => {
    const series = await vectorOf(argument(node, 0), scope)
    if (!isInstant(scope)) {
      scope.run.notes.sortInRange(node.from)
      return vector(floatsOnly(series))
    }
    if (scope.steps.count !== 1) return vector(series)
    const floats = series.filter(({ has, histograms }) => has[0] === 1 && !histograms?.[0])
    const numberOf = (one: GridSeries): number => one.values[0] ?? Number.NaN
    floats.sort((a, b) => {
      const [x, y] = [numberOf(a), numberOf(b)]
      if (Number.isNaN(x) || Number.isNaN(y))
        return Number(Number.isNaN(x)) - Number(Number.isNaN(y))
      return direction * (x - y || 0)
    })
    return vector(floats)
  }

/** When the counters of a selector's samples began, as far as their senders told; 0 where not. */
const startTimestamp: Evaluate = async (node, scope) => {
  const inner = bare(argument(node, 0))
  if (inner.kind !== 'selector') return vector([])
  const starts = await readTimes(inner, scope, 'start')
  return vector(starts.map((series) => ({ ...series, dropName: true })))
}

const time: Evaluate = async (_node, { steps }) => {
  const values = new Float64Array(steps.count).map((_, at) => timeAt(steps, at) / 1000)
  return { kind: 'scalar', values }
}

const hasNaN = (a: number, b: number): boolean => Number.isNaN(a) || Number.isNaN(b)

export const instantFunctions: ReadonlyMap<string, Evaluate> = new Map<string, Evaluate>([
  ...[...floatFunctions].map(([name, compute]) => [name, ofFloat(compute)] as const),
  ...[...histogramFunctions].map(([name, compute]) => [name, ofHistogram(compute)] as const),
  ...[...dateFunctions].map(([name, part]) => [name, ofDate(part)] as const),
  ['clamp', clamped(1, 2)],
  ['clamp_min', clamped(1, undefined)],
  ['clamp_max', clamped(undefined, 1)],
  ['round', rounded],
  ['absent', absent],
  ['scalar', scalar],
  ['vector', toVector],
  ['timestamp', timestamp],
  ['start_timestamp', startTimestamp],
  ['sort', sorted(1)],
  ['sort_desc', sorted(-1)],
  ['sort_by_label', sortByLabel(1)],
  ['sort_by_label_desc', sortByLabel(-1)],
  ['label_replace', labelReplace],
  ['label_join', labelJoin],
  ['histogram_quantile', histogramQuantile],
  ['histogram_quantiles', histogramQuantiles],
  ['histogram_fraction', histogramFraction],
  ['info', info],
  ['time', time],
  ['pi', ofQuery(() => Math.PI)],
  ['start', ofQuery(({ run }) => run.query.start_ms / 1000)],
  ['end', ofQuery(({ run }) => lastTime(run.query) / 1000)],
  ['step', ofQuery(({ run }) => queryTimes(run).step_s)],
  ['range', ofQuery(({ run }) => queryTimes(run).range_s)],
  ['min_of', ofScalars((a, b) => (hasNaN(a, b) ? Number.NaN : Math.min(a, b)))],
  ['max_of', ofScalars((a, b) => (hasNaN(a, b) ? Number.NaN : Math.max(a, b)))],
])
