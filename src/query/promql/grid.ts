/**
 * PromQL's vector operations over series that another language computed: what LogQL's and
 * TraceQL's metric queries are made of. Nothing here reads from a source.
 */
import type { GridSeries, Grouping } from '../series.ts'
import { atOnce, chosen, countValues, reduced } from './aggregate.ts'
import type { Matching } from './ast.ts'
import { scalars, sets, withScalar } from './binary.ts'
import { compareLabels, dropName } from './labels.ts'
import { vectors } from './matching.ts'
import { merged } from './merge.ts'
import { Notes } from './notes.ts'

const nowhere = { operator: 0, operand: 0, parameter: 0 }

/** `parameter` is k, the quantile, the ratio, or the label of count_values. */
export function aggregateGrid(
  operator: string,
  grouping: Grouping,
  series: readonly GridSeries[],
  parameter?: number | string,
  notes: Notes = new Notes(),
): GridSeries[] {
  if (typeof parameter === 'string') return countValues(series, parameter, grouping)
  const count = series[0]?.has.length ?? 0
  const given = parameter === undefined ? {} : { parameter: columnOf(parameter, count) }
  const aggregation = { operator, grouping, notes, places: nowhere, ...given }
  const isChoice = ['topk', 'bottomk', 'limitk', 'limit_ratio'].includes(operator)
  return atOnce(isChoice ? chosen(series, aggregation) : reduced(series, aggregation))
}

export const columnOf = (value: number, count: number): Float64Array =>
  new Float64Array(count).fill(value)

export const plainMatching: Matching = {
  cardinality: 'one-to-one',
  isOn: false,
  labels: [],
  include: [],
  fillLeft: undefined,
  fillRight: undefined,
}

type Side = readonly GridSeries[] | number

/** An operator between vectors and scalars. Two scalars make a scalar. */
export function binaryGrid(
  operator: string,
  left: Side,
  right: Side,
  options: { isBool?: boolean; matching?: Matching } = {},
  notes: Notes = new Notes(),
): Side {
  const isBool = options.isBool === true
  const told = { notes, place: 0 }
  if (typeof left === 'number' && typeof right === 'number') {
    return scalars(operator, columnOf(left, 1), columnOf(right, 1))[0] ?? Number.NaN
  }
  if (typeof left === 'number' || typeof right === 'number') {
    const isSwapped = typeof left === 'number'
    const series = (isSwapped ? right : left) as readonly GridSeries[]
    const scalar = columnOf(Number(isSwapped ? left : right), series[0]?.has.length ?? 0)
    return withScalar(operator, series, scalar, { isSwapped, isBool, told })
  }
  const matching = options.matching ?? plainMatching
  if (['and', 'or', 'unless'].includes(operator)) return sets(operator, left, right, matching)
  return vectors(left, right, { operator, isBool, matching, told })
}

/** The series as they are answered: names that were to go are gone, equal ones are one. */
export function finished(series: readonly GridSeries[]): GridSeries[] {
  return merged(
    series.map((one) => {
      if (one.dropName !== true) return one
      const { dropName: _gone, ...rest } = one
      return { ...rest, labels: dropName(one.labels) }
    }),
  )
}

/** In the order of a range query's answer. */
export const sortedByLabels = (series: readonly GridSeries[]): GridSeries[] =>
  [...series].sort((a, b) => compareLabels(a.labels, b.labels))
