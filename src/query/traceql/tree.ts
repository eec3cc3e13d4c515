/**
 * A TraceQL query as a tree: spansets, pipelines, metrics and hints, each part with its place in
 * the text. Reading, checking and printing are in the files beside it.
 */

export type At = { from: number; to: number }

export type StaticType =
  | 'string'
  | 'int'
  | 'float'
  | 'duration'
  | 'boolean'
  | 'status'
  | 'kind'
  | 'nil'

export type Static = At & {
  tag: 'static'
  type: StaticType
  /** Durations are in ns. */
  value: string | number | boolean | null
}

export const attributeScopes = ['span', 'resource', 'event', 'link', 'instrumentation'] as const
export type AttributeScope = (typeof attributeScopes)[number]

/** 'none' looks on the span and then on its resource. */
export type Attribute = At & {
  tag: 'attribute'
  scope: AttributeScope | 'none'
  ofParent: boolean
  name: string
}

export type Intrinsic = At & { tag: 'intrinsic'; name: IntrinsicName; ofParent: boolean }

export const fieldOperators = [
  '&&',
  '||',
  '=',
  '!=',
  '=~',
  '!~',
  '<',
  '<=',
  '>',
  '>=',
  '+',
  '-',
  '*',
  '/',
  '%',
  '^',
] as const
export type FieldOperator = (typeof fieldOperators)[number]

export type Binary = At & { tag: 'binary'; operator: FieldOperator; left: Field; right: Field }
export type Unary = At & { tag: 'unary'; operator: '!' | '-'; operand: Field }
export type Field = Static | Attribute | Intrinsic | Binary | Unary

export const spansetOperators = [
  '&&',
  '||',
  '>',
  '>>',
  '<',
  '<<',
  '~',
  '!>',
  '!>>',
  '!<',
  '!<<',
  '!~',
  '&>',
  '&>>',
  '&<',
  '&<<',
  '&~',
] as const
export type SpansetOperator = (typeof spansetOperators)[number]

export type Filter = At & { tag: 'filter'; condition: Field }
export type Spanset =
  | Filter
  | (At & { tag: 'operation'; operator: SpansetOperator; left: Spanset; right: Spanset })
  | (At & { tag: 'pipeline'; stages: Stage[] })

export const comparisons = ['=', '!=', '<', '<=', '>', '>='] as const
export type Comparison = (typeof comparisons)[number]
export const aggregates = ['count', 'avg', 'min', 'max', 'sum'] as const
export type AggregateName = (typeof aggregates)[number]

export type Aggregate = At & { tag: 'aggregate'; function: AggregateName; field?: Field }
export type Scalar =
  | Static
  | Aggregate
  | (At & { tag: 'arithmetic'; operator: Arithmetic; left: Scalar; right: Scalar })
export type Arithmetic = '+' | '-' | '*' | '/' | '%' | '^'

export type Stage =
  | { tag: 'spanset'; spanset: Spanset }
  | (At & { tag: 'scalar'; operator: Comparison; left: Scalar; right: Scalar })
  | (At & { tag: 'by'; field: Field })
  | (At & { tag: 'coalesce' })
  | (At & { tag: 'select'; fields: Field[] })

export const metricFunctions = [
  'rate',
  'count_over_time',
  'min_over_time',
  'max_over_time',
  'avg_over_time',
  'sum_over_time',
  'quantile_over_time',
  'histogram_over_time',
  'compare',
] as const
export type MetricFunction = (typeof metricFunctions)[number]

export type Metrics = At & {
  function: MetricFunction
  field?: Attribute | Intrinsic
  /** Quantiles; for compare() the number of values and the selection's start and end in ns. */
  numbers: number[]
  selection?: Filter
  by: (Attribute | Intrinsic)[]
}

/** What happens to the series when they are computed. */
export type SecondStage =
  | (At & { tag: 'topk' | 'bottomk'; count: number })
  | (At & { tag: 'compare'; operator: Comparison; value: Static })

export type Hint = At & { name: string; value: Static }

export type Query = { stages: Stage[]; metrics?: Metrics; second: SecondStage[]; hints: Hint[] }

export type IntrinsicType = 'string' | 'number' | 'status' | 'kind' | 'nil'
export type IntrinsicName = keyof typeof intrinsics

/** Canonical names, as they are printed, and the type of each. Durations are ns. */
export const intrinsics = {
  name: 'string',
  status: 'status',
  statusMessage: 'string',
  kind: 'kind',
  duration: 'number',
  traceDuration: 'number',
  rootName: 'string',
  rootServiceName: 'string',
  childCount: 'number',
  nestedSetLeft: 'number',
  nestedSetRight: 'number',
  nestedSetParent: 'number',
  parent: 'nil',
  'trace:id': 'string',
  'span:id': 'string',
  'span:parentID': 'string',
  'event:name': 'string',
  'event:timeSinceStart': 'number',
  'link:traceID': 'string',
  'link:spanID': 'string',
  'instrumentation:name': 'string',
  'instrumentation:version': 'string',
} as const satisfies Record<string, IntrinsicType>

/** Other ways to write some of them. */
export const intrinsicAliases: Readonly<Record<string, IntrinsicName>> = {
  'span:name': 'name',
  'span:status': 'status',
  'span:statusMessage': 'statusMessage',
  'span:kind': 'kind',
  'span:duration': 'duration',
  'span:childCount': 'childCount',
  'trace:duration': 'traceDuration',
  'trace:rootName': 'rootName',
  'trace:rootService': 'rootServiceName',
}

export function intrinsicOf(name: string): IntrinsicName | undefined {
  if (Object.hasOwn(intrinsics, name)) return name as IntrinsicName
  return Object.hasOwn(intrinsicAliases, name) ? intrinsicAliases[name] : undefined
}

export const statusNames = ['unset', 'ok', 'error'] as const
export const kindNames = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']
