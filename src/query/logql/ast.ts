/**
 * The tree of a LogQL query, with the place of every node in its text. Reads, prints and runs
 * nothing.
 */

/** Offsets in the query's text. */
export type At = { from: number; to: number }

export type MatcherOperator = '=' | '!=' | '=~' | '!~'
export type LabelMatcher = { name: string; operator: MatcherOperator; value: string }

export type LineOperator = '|=' | '!=' | '|~' | '!~' | '|>' | '!>'
/** A line filter looks for any of these; a negative one for none of them. */
export type LineText = { text: string; isIp: boolean }

export type CompareOperator = '==' | '!=' | '>' | '>=' | '<' | '<='
export type LabelFilter =
  | { kind: 'and' | 'or'; left: LabelFilter; right: LabelFilter }
  | { kind: 'text'; name: string; operator: MatcherOperator; value: string }
  | { kind: 'ip'; name: string; operator: '=' | '!='; value: string }
  | { kind: 'number'; name: string; operator: CompareOperator; value: number }
  /** In nanoseconds. */
  | { kind: 'duration'; name: string; operator: CompareOperator; value: number }
  | { kind: 'bytes'; name: string; operator: CompareOperator; value: number }

export type Extraction = { name: string; path: string }
/** `template` for text, `from` for a label that is renamed. */
export type LabelFormat = { name: string } & ({ from: string } | { template: string })
export type LabelChoice = { name: string; operator?: MatcherOperator; value?: string }
export type Conversion = '' | 'duration' | 'duration_seconds' | 'bytes'

export type Stage = At &
  (
    | { kind: 'line'; operator: LineOperator; any: readonly LineText[] }
    | { kind: 'json'; extract: readonly Extraction[] }
    | {
        kind: 'logfmt'
        isStrict: boolean
        keepsEmpty: boolean
        extract: readonly Extraction[]
      }
    | { kind: 'pattern' | 'regexp' | 'line_format'; text: string }
    | { kind: 'unpack' | 'decolorize' }
    | { kind: 'filter'; filter: LabelFilter }
    | { kind: 'label_format'; formats: readonly LabelFormat[] }
    | { kind: 'drop' | 'keep'; labels: readonly LabelChoice[] }
  )
export type StageOf<Kind extends Stage['kind']> = Extract<Stage, { kind: Kind }>

export type LogExpr = At & {
  kind: 'log'
  matchers: readonly LabelMatcher[]
  stages: readonly Stage[]
}

export type Unwrap = {
  label: string
  conversion: Conversion
  /** Filters behind unwrap: the only place where its own errors can be told. */
  filters: readonly LabelFilter[]
}

export const rangeOperations = [
  'rate',
  'rate_counter',
  'count_over_time',
  'bytes_rate',
  'bytes_over_time',
  'avg_over_time',
  'sum_over_time',
  'min_over_time',
  'max_over_time',
  'stddev_over_time',
  'stdvar_over_time',
  'quantile_over_time',
  'first_over_time',
  'last_over_time',
  'absent_over_time',
] as const
export type RangeOperation = (typeof rangeOperations)[number]

export const vectorOperations = [
  'sum',
  'avg',
  'count',
  'min',
  'max',
  'stddev',
  'stdvar',
  'topk',
  'bottomk',
  'sort',
  'sort_desc',
  'approx_topk',
] as const
export type VectorOperation = (typeof vectorOperations)[number]

export type Group = { isWithout: boolean; labels: readonly string[] }

export type RangeExpr = At & {
  kind: 'range'
  operation: RangeOperation
  parameter: number | undefined
  log: LogExpr
  unwrap: Unwrap | undefined
  range_ms: number
  offset_ms: number
  group: Group | undefined
}
export type VectorExpr = At & {
  kind: 'aggregate'
  operation: VectorOperation
  parameter: number | undefined
  of: MetricExpr
  group: Group | undefined
}
export const binaryOperators = [
  ...['or', 'and', 'unless', '==', '!=', '>', '>=', '<', '<=', '+', '-', '*', '/', '%', '^'],
] as const
export type BinaryOperator =
  | 'or'
  | 'and'
  | 'unless'
  | CompareOperator
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '^'
export type Matching = {
  isOn: boolean
  labels: readonly string[]
  /** The side with many series, and the labels it takes from the other. */
  many: 'none' | 'left' | 'right'
  include: readonly string[]
}
export type BinaryExpr = At & {
  kind: 'binary'
  operator: BinaryOperator
  left: MetricExpr
  right: MetricExpr
  returnsBool: boolean
  matching: Matching | undefined
}
export type LiteralExpr = At & { kind: 'literal'; value: number }
export type ConstantExpr = At & { kind: 'vector'; value: number }
export type LabelReplaceExpr = At & {
  kind: 'label_replace'
  of: MetricExpr
  destination: string
  replacement: string
  source: string
  pattern: string
}
export type MetricExpr =
  | RangeExpr
  | VectorExpr
  | BinaryExpr
  | LiteralExpr
  | ConstantExpr
  | LabelReplaceExpr
export type Expr = LogExpr | MetricExpr

export function isLog(expr: Expr): expr is LogExpr {
  return expr.kind === 'log'
}
