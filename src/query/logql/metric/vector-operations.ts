/**
 * Aggregations of series and label_replace on the grid of steps. Binary operations are beside it;
 * samples come from elsewhere.
 */
import type { GridSeries, Labels } from '../../series.ts'
import type { Group, LabelReplaceExpr, VectorExpr } from '../ast.ts'
import { compileRegex } from '../regex.ts'
import { labelsOf, SeriesSet } from './series-set.ts'

export function groupedLabels(labels: Labels, group: Group | undefined): Labels {
  if (group === undefined) return []
  const names = new Set(group.labels)
  return labels.filter(([name]) => names.has(name) !== group.isWithout)
}

function emptySeries(labels: Labels, count: number): GridSeries {
  return { labels, values: new Float64Array(count), has: new Uint8Array(count) }
}

export function aggregate(
  expr: VectorExpr,
  series: readonly GridSeries[],
  count: number,
): GridSeries[] {
  switch (expr.operation) {
    case 'sort':
    case 'sort_desc':
      return [...series]
    case 'topk':
    case 'bottomk':
    case 'approx_topk':
      return ranked(expr, series, count)
    default:
      return combined(expr, series, count)
  }
}

function groupsOf(expr: VectorExpr, series: readonly GridSeries[]) {
  const groups = new SeriesSet<GridSeries[]>(() => [])
  for (const one of series) groups.get(groupedLabels(one.labels, expr.group)).push(one)
  return groups.all()
}

function combined(expr: VectorExpr, series: readonly GridSeries[], count: number): GridSeries[] {
  return groupsOf(expr, series).map(({ labels, value: members }) => {
    const result = emptySeries(labels, count)
    for (let step = 0; step < count; step++) {
      const values: number[] = []
      for (const { has, values: own } of members) if (has[step]) values.push(own[step]!)
      if (values.length === 0) continue
      result.has[step] = 1
      result.values[step] = reduced(expr.operation, values)
    }
    return result
  })
}

function reduced(operation: VectorExpr['operation'], values: readonly number[]): number {
  switch (operation) {
    case 'count':
      return values.length
    case 'avg':
      return values.reduce((sum, value) => sum + value, 0) / values.length
    case 'min':
      return values.reduce((a, b) => (b < a || Number.isNaN(a) ? b : a))
    case 'max':
      return values.reduce((a, b) => (b > a || Number.isNaN(a) ? b : a))
    case 'stdvar':
      return varianceOf(values)
    case 'stddev':
      return Math.sqrt(varianceOf(values))
    default:
      return values.reduce((sum, value) => sum + value, 0)
  }
}

function varianceOf(values: readonly number[]): number {
  let mean = 0
  let squares = 0
  for (const [i, value] of values.entries()) {
    const delta = value - mean
    mean += delta / (i + 1)
    squares += delta * (value - mean)
  }
  return squares / values.length
}

/** At every step the k best of each group stay as they are. */
function ranked(expr: VectorExpr, series: readonly GridSeries[], count: number): GridSeries[] {
  const sign = expr.operation === 'bottomk' ? 1 : -1
  const results = new Map<GridSeries, GridSeries>()
  for (const { value: members } of groupsOf(expr, series)) {
    for (let step = 0; step < count; step++) {
      const present = members.filter(({ has }) => has[step])
      const rank = ({ values }: GridSeries) =>
        Number.isNaN(values[step]) ? Infinity : sign * values[step]!
      present.sort((a, b) => rank(a) - rank(b))
      for (const one of present.slice(0, expr.parameter)) {
        const result = results.get(one) ?? emptySeries(one.labels, count)
        results.set(one, result)
        result.has[step] = 1
        result.values[step] = one.values[step]!
      }
    }
  }
  return [...results.values()]
}

export function replaceLabel(expr: LabelReplaceExpr, series: readonly GridSeries[]): GridSeries[] {
  const regex = compileRegex(expr.pattern, true)
  return series.map((one) => {
    const source = one.labels.find(([name]) => name === expr.source)?.[1] ?? ''
    const value = regex.expand(source, expr.replacement)
    if (value === undefined) return one
    const others = one.labels.filter(([name]) => name !== expr.destination)
    return { ...one, labels: labelsOf([...others, [expr.destination, value] as const]) }
  })
}
