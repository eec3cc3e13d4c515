/**
 * The questions of the Metrics page: find a metric, learn its labels, chart it grouped, and the
 * exemplars that lead to traces.
 */
import { z } from 'zod'
import { question, type RangeAsk, rangeAsk, searchAsk } from '../../model/question.ts'

export type MetricKind = 'gauge' | 'sum' | 'histogram' | 'exponential_histogram' | 'summary'

export type MetricList = {
  metric: string[]
  kind: MetricKind[]
  /** A counter only rises; it is charted as a rate. */
  monotonic: boolean[]
  temporality: ('unspecified' | 'delta' | 'cumulative')[]
  unit: string[]
  description: string[]
  series: number[]
  services: string[][]
  /** How many metrics match; more than are listed when the list is capped. */
  total: number
}
export const metricList = question<MetricList>()(
  'metrics.list',
  z.strictObject({ ...rangeAsk, text: z.string().max(256).default('') }),
)

/** What the metric's series can be grouped by, with the number of values and the commonest ones. */
export type MetricLabels = { label: string[]; values: number[]; examples: string[][] }
export const metricLabels = question<MetricLabels>()(
  'metrics.labels',
  z.strictObject({ ...rangeAsk, metric: z.string().min(1).max(1024) }),
)

export const aggregations = [
  'sum',
  'avg',
  'min',
  'max',
  'rate',
  'p50',
  'p90',
  'p95',
  'p99',
] as const
export type Aggregation = (typeof aggregations)[number]

export type MetricChart = {
  bucket_ms: number
  time_ms: number[]
  /** One line a group: the values of the group_by labels, in their order. */
  groups: string[][]
  /** Per group, per bucket; null where nothing arrived. */
  values: (number | null)[][]
  /** How many groups exist; the ones with the largest values are charted. */
  groups_total: number
  unit: string
  aggregation: Aggregation
}
export type MetricAsk = RangeAsk & {
  metric: string
  search: string
  group_by: string[]
  aggregation: Aggregation
  groups_max: number
}
export const metricChart = question<MetricChart>()(
  'metrics.chart',
  z.strictObject({
    ...rangeAsk,
    ...searchAsk,
    metric: z.string().min(1).max(1024),
    group_by: z.array(z.string().min(1).max(1024)).max(4).default([]),
    aggregation: z.enum(aggregations),
    groups_max: z.number().int().min(1).max(100).default(20),
  }),
)

export type MetricExemplars = {
  time_ms: number[]
  value: number[]
  trace_id: string[]
  span_id: string[]
  service: string[]
  capped: boolean
}
export const metricExemplars = question<MetricExemplars>()(
  'metrics.exemplars',
  z.strictObject({ ...rangeAsk, ...searchAsk, metric: z.string().min(1).max(1024) }),
)

/** The metric once for each label that tells its series apart. */
export type MetricBreakdown = {
  bucket_ms: number
  time_ms: number[]
  label: string[]
  /** How many values each label has; those with the largest values are compared. */
  values_total: number[]
  /** Per label: its values. An empty one stands for series without it. */
  groups: string[][]
  /** Per label, per value, per bucket. */
  values: (number | null)[][][]
  /** How many labels could be looked at. */
  labels_total: number
}
export const metricBreakdown = question<MetricBreakdown>()(
  'metrics.breakdown',
  z.strictObject({
    ...rangeAsk,
    ...searchAsk,
    metric: z.string().min(1).max(1024),
    aggregation: z.enum(aggregations),
  }),
)

/**
 * alias: the same under another system's name. prefix: of the same part. labels: of the same
 * things.
 */
export const relations = ['alias', 'prefix', 'labels'] as const
export type Relation = (typeof relations)[number]
export type MetricRelated = {
  metric: string[]
  relation: Relation[]
  kind: MetricKind[]
  unit: string[]
  description: string[]
  series: number[]
  total: number
}
export const metricRelated = question<MetricRelated>()(
  'metrics.related',
  z.strictObject({ ...rangeAsk, metric: z.string().min(1).max(1024) }),
)

const explainAsk = {
  ...rangeAsk,
  query: z.string().min(1).max(16_384),
  mode: z.enum(['range', 'instant']).default('range'),
}
/**
 * A query's nodes, each before its parts. Null where a node was not computed by itself: a number,
 * or what the store computed together with the node above.
 */
export type MetricExplain = {
  text: string[]
  kind: string[]
  depth: number[]
  series: (number | null)[]
  samples: (number | null)[]
  /** With its parts. */
  took_ms: (number | null)[]
  /** Without them. */
  own_ms: (number | null)[]
  total_ms: number
  peak_samples: number
  /** Steps of the range that it was computed at. */
  steps: number
  capped: boolean
}
export const metricExplain = question<MetricExplain>()(
  'metrics.explain',
  z.strictObject(explainAsk),
)
