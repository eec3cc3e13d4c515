/**
 * The syntax tree of PromQL with the place of every node in the text. Says nothing of how a node
 * is parsed, printed or computed.
 */
import type { GridSeries, Matcher } from '../series.ts'

export type ValueType = 'scalar' | 'vector' | 'matrix' | 'string'

/** Offsets in the query's text; for messages, as Prometheus's position ranges. */
export type Place = { from: number; to: number }

export type At = { kind: 'time'; ms: number } | { kind: 'start' } | { kind: 'end' }

/** What stands in brackets or after offset: a number of seconds, or arithmetic on such. */
export type DurationExpression =
  | { kind: 'seconds'; seconds: number; isDuration: boolean }
  | { kind: 'step' | 'range' }
  | { kind: 'least' | 'greatest'; left: DurationExpression; right: DurationExpression }
  | {
      kind: 'operation'
      operator: string
      left: DurationExpression | undefined
      right: DurationExpression
    }
  | { kind: 'parentheses'; inner: DurationExpression }

/** Where in time something is read. `offset` is kept for printing and for step() inside it. */
export type Shift = {
  offset_ms: number
  offset: DurationExpression | undefined
  at: At | undefined
}

export type NumberLiteral = Place & { kind: 'number'; value: number; isDuration: boolean }
export type StringLiteral = Place & { kind: 'string'; value: string }
export type Selector = Place &
  Shift & {
    kind: 'selector'
    /** The name before the braces; '' where there is none, or where it is inside of them. */
    name: string
    matchers: readonly Matcher[]
    extension: 'anchored' | 'smoothed' | undefined
  }
export type RangeSelector = Place & {
  kind: 'range'
  selector: Selector
  range_ms: number
  range: DurationExpression
}
export type Subquery = Place &
  Shift & {
    kind: 'subquery'
    expression: Expression
    range_ms: number
    range: DurationExpression
    /** 0 stands for the default step. */
    step_ms: number
    step: DurationExpression | undefined
  }
export type Call = Place & { kind: 'call'; name: string; args: readonly Expression[] }
export type AggregateOperator =
  | 'sum'
  | 'avg'
  | 'min'
  | 'max'
  | 'count'
  | 'group'
  | 'stddev'
  | 'stdvar'
  | 'topk'
  | 'bottomk'
  | 'quantile'
  | 'count_values'
  | 'limitk'
  | 'limit_ratio'
export type Aggregate = Place & {
  kind: 'aggregate'
  operator: AggregateOperator
  isWithout: boolean
  grouping: readonly string[]
  parameter: Expression | undefined
  expression: Expression
}
export type Cardinality = 'one-to-one' | 'many-to-one' | 'one-to-many' | 'many-to-many'
export type Matching = {
  cardinality: Cardinality
  isOn: boolean
  labels: readonly string[]
  include: readonly string[]
  fillLeft: number | undefined
  fillRight: number | undefined
}
export type Binary = Place & {
  kind: 'binary'
  operator: string
  left: Expression
  right: Expression
  isBool: boolean
  /** Only between instant vectors. */
  matching: Matching | undefined
}
export type Unary = Place & { kind: 'unary'; operator: '+' | '-'; expression: Expression }
export type Parentheses = Place & { kind: 'parentheses'; expression: Expression }
/** Series that are already computed: what other languages hand in as leaves. */
export type Grid = Place & { kind: 'grid'; series: readonly GridSeries[] }

export type Expression =
  | NumberLiteral
  | StringLiteral
  | Selector
  | RangeSelector
  | Subquery
  | Call
  | Aggregate
  | Binary
  | Unary
  | Parentheses
  | Grid

export const parameterised: ReadonlySet<string> = new Set([
  'topk',
  'bottomk',
  'quantile',
  'count_values',
  'limitk',
  'limit_ratio',
])

export const comparisons: ReadonlySet<string> = new Set(['==', '!=', '>', '<', '>=', '<='])
export const setOperators: ReadonlySet<string> = new Set(['and', 'or', 'unless'])

export function childrenOf(node: Expression): readonly Expression[] {
  switch (node.kind) {
    case 'call':
      return node.args
    case 'aggregate':
      return node.parameter === undefined ? [node.expression] : [node.parameter, node.expression]
    case 'binary':
      return [node.left, node.right]
    case 'unary':
    case 'parentheses':
    case 'subquery':
      return [node.expression]
    case 'range':
      return [node.selector]
    default:
      return []
  }
}

/** The expression inside of any number of parentheses. */
export function bare(node: Expression): Expression {
  let inner = node
  while (inner.kind === 'parentheses') inner = inner.expression
  return inner
}
