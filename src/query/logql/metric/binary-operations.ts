/** Binary operations between series, and between series and numbers, with Prometheus's matching. */
import { type GridSeries, type Labels, QueryError } from '../../series.ts'
import type { BinaryExpr, BinaryOperator, CompareOperator, Matching } from '../ast.ts'
import { compare } from '../pipeline/label-filters.ts'
import { keyOf, labelsOf, printLabels } from './series-set.ts'

const comparisons = new Set<BinaryOperator>(['==', '!=', '>', '>=', '<', '<='])

export function isComparison(operator: BinaryOperator): operator is CompareOperator {
  return comparisons.has(operator)
}

export function calculate(operator: BinaryOperator, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    // Loki says NaN where Prometheus says infinity.
    case '/':
      return right === 0 ? Number.NaN : left / right
    case '%':
      return right === 0 ? Number.NaN : left % right
    case '^':
      return left ** right
    default:
      return Number.NaN
  }
}

/** The value of a pair, or undefined when a comparison leaves it out. */
function pairValue(
  expr: BinaryExpr,
  left: number,
  right: number,
  kept: number,
): number | undefined {
  const { operator, returnsBool } = expr
  if (!isComparison(operator)) return calculate(operator, left, right)
  const holds = compare(left, operator, right)
  if (returnsBool) return Number(holds)
  return holds ? kept : undefined
}

export function ofNumbers(expr: BinaryExpr, left: number, right: number): number {
  const { operator } = expr
  return isComparison(operator)
    ? Number(compare(left, operator, right))
    : calculate(operator, left, right)
}

export function withNumber(
  expr: BinaryExpr,
  series: readonly GridSeries[],
  number: number,
  isNumberLeft: boolean,
): GridSeries[] {
  return series
    .map((one) =>
      mapped(one, one.labels, (value) =>
        isNumberLeft
          ? pairValue(expr, number, value, value)
          : pairValue(expr, value, number, value),
      ),
    )
    .filter(hasAny)
}

function mapped(
  one: GridSeries,
  labels: Labels,
  value: (value: number, step: number) => number | undefined,
): GridSeries {
  const values = new Float64Array(one.values.length)
  const has = new Uint8Array(one.values.length)
  for (let step = 0; step < values.length; step++) {
    const made = one.has[step] ? value(one.values[step]!, step) : undefined
    if (made === undefined) continue
    values[step] = made
    has[step] = 1
  }
  return { labels, values, has }
}

function hasAny({ has }: GridSeries): boolean {
  return has.includes(1)
}

function signature(labels: Labels, matching: Matching | undefined): Labels {
  if (matching === undefined) return labels
  const names = new Set(matching.labels)
  return labels.filter(([name]) => names.has(name) === matching.isOn)
}

function grouped(series: readonly GridSeries[], matching: Matching | undefined) {
  const groups = new Map<string, GridSeries[]>()
  for (const one of series) {
    const key = keyOf(signature(one.labels, matching))
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [one])
    else group.push(one)
  }
  return groups
}

export function ofSeries(
  expr: BinaryExpr,
  left: readonly GridSeries[],
  right: readonly GridSeries[],
): GridSeries[] {
  switch (expr.operator) {
    case 'and':
      return present(left, right, expr.matching, true)
    case 'unless':
      return present(left, right, expr.matching, false)
    case 'or':
      return [...left, ...present(right, left, expr.matching, false)]
    default:
      return paired(expr, left, right)
  }
}

/** What of the series has, or has not, a partner at each step. */
function present(
  series: readonly GridSeries[],
  others: readonly GridSeries[],
  matching: Matching | undefined,
  wanted: boolean,
): GridSeries[] {
  const groups = grouped(others, matching)
  return series
    .map((one) => {
      const partners = groups.get(keyOf(signature(one.labels, matching))) ?? []
      return mapped(one, one.labels, (value, step) =>
        partners.some(({ has }) => has[step]) === wanted ? value : undefined,
      )
    })
    .filter(hasAny)
}

function paired(
  expr: BinaryExpr,
  left: readonly GridSeries[],
  right: readonly GridSeries[],
): GridSeries[] {
  const { matching } = expr
  const isRightMany = matching?.many === 'right'
  const [many, one] = isRightMany ? [right, left] : [left, right]
  const groups = grouped(one, matching)
  const results = new Map<string, GridSeries>()
  for (const first of many) {
    const key = keyOf(signature(first.labels, matching))
    const partners = groups.get(key) ?? []
    for (const partner of partners) {
      const labels = resultLabels(expr, first.labels, partner.labels)
      const made = mapped(first, labels, (value, step) => {
        if (!partner.has[step]) return undefined
        const other = partner.values[step]!
        const [l, r] = isRightMany ? [other, value] : [value, other]
        return pairValue(expr, l, r, isRightMany ? other : value)
      })
      if (hasAny(made)) merge(results, made, first, expr)
    }
    expectOne(partners, first, expr)
  }
  return [...results.values()]
}

/** Two partners at one step have no answer. */
function expectOne(partners: readonly GridSeries[], first: GridSeries, expr: BinaryExpr): void {
  if (partners.length < 2) return
  for (let step = 0; step < first.values.length; step++) {
    if (!first.has[step] || partners.filter(({ has }) => has[step]).length < 2) continue
    const side = expr.matching?.many === 'right' ? 'left' : 'right'
    const group = printLabels(signature(first.labels, expr.matching))
    throw new QueryError(
      'execution',
      `found duplicate series for the match group ${group} on the ${side} hand-side of the ` +
        'operation',
    )
  }
}

function merge(
  results: Map<string, GridSeries>,
  made: GridSeries,
  first: GridSeries,
  expr: BinaryExpr,
): void {
  const key = keyOf(made.labels)
  const before = results.get(key)
  if (before === undefined) {
    results.set(key, made)
    return
  }
  for (let step = 0; step < made.values.length; step++) {
    if (!made.has[step]) continue
    if (before.has[step]) {
      const group = printLabels(signature(first.labels, expr.matching))
      throw new QueryError(
        'execution',
        `multiple matches for labels: many-to-one matching must be explicit ` +
          `(group_left/group_right): ${group}`,
      )
    }
    before.has[step] = 1
    before.values[step] = made.values[step]!
  }
}

function resultLabels({ matching }: BinaryExpr, many: Labels, one: Labels): Labels {
  if (matching === undefined) return many
  if (matching.many === 'none') return signature(many, matching)
  const included = new Set(matching.include)
  const kept = many.filter(([name]) => !included.has(name))
  return labelsOf([...kept, ...one.filter(([name]) => included.has(name))])
}
