/** What the grammar allows and Loki refuses all the same, in its words. */
import { QueryError } from '../series.ts'
import type { BinaryOperator, MetricExpr, RangeExpr, VectorExpr } from './ast.ts'
import type { Cursor } from './cursor.ts'
import { printGroup } from './print-parts.ts'

const unwrapped = new Set([
  ...['avg_over_time', 'sum_over_time', 'max_over_time', 'min_over_time', 'stddev_over_time'],
  ...['stdvar_over_time', 'quantile_over_time', 'rate_counter', 'first_over_time'],
  'last_over_time',
])
const eitherWay = new Set(['rate', 'absent_over_time'])
const grouped = new Set([
  ...['avg_over_time', 'stddev_over_time', 'stdvar_over_time', 'quantile_over_time'],
  ...['max_over_time', 'min_over_time', 'first_over_time', 'last_over_time'],
])

export function checkRange(_cursor: Cursor, expr: RangeExpr): void {
  const { operation, parameter, unwrap, group } = expr
  if (operation === 'quantile_over_time' && parameter === undefined) {
    throw refused(expr, `parameter required for operation ${operation}`)
  }
  if (operation !== 'quantile_over_time' && parameter !== undefined) {
    throw refused(expr, `parameter ${parameter} not supported for operation ${operation}`)
  }
  if (group !== undefined && !grouped.has(operation)) {
    throw refused(expr, `grouping not allowed for ${operation} aggregation`)
  }
  if (unwrap === undefined && unwrapped.has(operation)) {
    throw refused(expr, `invalid aggregation ${operation} without unwrap`)
  }
  if (unwrap !== undefined && !unwrapped.has(operation) && !eitherWay.has(operation)) {
    throw refused(expr, `invalid aggregation ${operation} with unwrap`)
  }
}

const parameterised = new Set(['topk', 'bottomk', 'approx_topk'])

export function checkVector(_cursor: Cursor, expr: VectorExpr): void {
  const { operation, parameter, group } = expr
  if (parameterised.has(operation)) {
    if (parameter === undefined) {
      throw refused(expr, `parameter required for operation ${operation}`)
    }
    if (!Number.isInteger(parameter)) {
      throw refused(expr, `invalid parameter ${operation}(${parameter},`)
    }
    if (parameter <= 0) {
      const text = `invalid parameter (must be greater than 0) ${operation}(${parameter}`
      throw refused(expr, text)
    }
  } else if (parameter !== undefined) {
    throw refused(expr, `unsupported parameter for operation ${operation}(${parameter},`)
  }
  if (operation === 'approx_topk' && group !== undefined && group.labels.length > 0) {
    throw refused(expr, `grouping not allowed for ${operation} aggregation: ${printGroup(group)}`)
  }
}

const setOperators = new Set<BinaryOperator>(['and', 'or', 'unless'])

/** Sets of series have no literals. */
export function literalSides(
  _cursor: Cursor,
  operator: BinaryOperator,
  left: MetricExpr,
  right: MetricExpr,
): void {
  if (!setOperators.has(operator)) return
  for (const [side, expr] of [
    ['left', left],
    ['right', right],
  ] as const) {
    if (expr.kind !== 'literal') continue
    const text = `unexpected literal for ${side} leg of logical/set binary operation`
    throw refused(expr, `${text} (${operator}): ${expr.value}`)
  }
}

function refused({ from, to }: { from: number; to: number }, message: string): QueryError {
  return new QueryError('bad_data', `parse error : ${message}`, { from, to })
}
