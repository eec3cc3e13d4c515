/**
 * The metrics that Tempo's generator writes for service graphs and spans, by name and label. Here
 * they are computed when they are read, see span-series.ts; this file only names them.
 */

export type SpanMetricPart = 'calls' | 'errors' | 'seconds'
export type SpanMetricSource = 'edges' | 'spans'

export type SpanMetric = {
  /** Without the suffix of a histogram's series. */
  name: string
  type: 'counter' | 'histogram'
  unit: '' | 'seconds'
  help: string
  source: SpanMetricSource
  /** What of the source it counts. */
  part: SpanMetricPart
  labels: readonly string[]
}

const edgeLabels = ['client', 'connection_type', 'server']
const spanLabels = ['service', 'span_kind', 'span_name']

export const spanMetrics: readonly SpanMetric[] = [
  {
    name: 'traces_service_graph_request_total',
    type: 'counter',
    unit: '',
    help: 'Requests between two services.',
    source: 'edges',
    part: 'calls',
    labels: edgeLabels,
  },
  {
    name: 'traces_service_graph_request_failed_total',
    type: 'counter',
    unit: '',
    help: 'Failed requests between two services.',
    source: 'edges',
    part: 'errors',
    labels: edgeLabels,
  },
  {
    name: 'traces_service_graph_request_server_seconds',
    type: 'histogram',
    unit: 'seconds',
    help: 'How long requests took at the called side, or at the caller where that is not traced.',
    source: 'edges',
    part: 'seconds',
    labels: edgeLabels,
  },
  {
    name: 'traces_service_graph_request_client_seconds',
    type: 'histogram',
    unit: 'seconds',
    help: 'How long requests took; an edge is kept with the duration of its called side.',
    source: 'edges',
    part: 'seconds',
    labels: edgeLabels,
  },
  {
    name: 'traces_spanmetrics_calls_total',
    type: 'counter',
    unit: '',
    help: 'Spans by service, name and kind.',
    source: 'spans',
    part: 'calls',
    labels: [...spanLabels, 'status_code'],
  },
  {
    name: 'traces_spanmetrics_latency',
    type: 'histogram',
    unit: 'seconds',
    help: 'How long spans took, by service, name and kind.',
    source: 'spans',
    part: 'seconds',
    labels: spanLabels,
  },
]

/** Upper bounds in seconds, as Tempo's defaults. */
export const bucketBounds: Readonly<Record<SpanMetricSource, readonly number[]>> = {
  edges: doubling(0.1, 8),
  spans: doubling(0.002, 14),
}

function doubling(first: number, count: number): number[] {
  return Array.from({ length: count }, (_, at) => Number((first * 2 ** at).toPrecision(12)))
}

/** The names of a metric's series. */
export function seriesNames({ name, type }: SpanMetric): readonly string[] {
  return type === 'counter' ? [name] : [`${name}_bucket`, `${name}_sum`, `${name}_count`]
}
