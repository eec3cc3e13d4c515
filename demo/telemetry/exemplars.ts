/**
 * Exemplars, which the JavaScript SDK does not collect yet: the newest measurement of a series that
 * had a span, and an exporter that sends a collection with them as OTLP/HTTP JSON.
 */
import { type Attributes, type SpanContext, TraceFlags } from '@opentelemetry/api'
import {
  AggregationTemporality,
  type PushMetricExporter,
  type ResourceMetrics,
} from '@opentelemetry/sdk-metrics'
import { metricsRequest } from './otlp-json.ts'
import { seriesKey } from './telemetry.ts'

export type Exemplar = { value: number; time_ms: number; traceId: string; spanId: string }

export class Exemplars {
  readonly #newest = new Map<string, Exemplar>()

  offer(metric: string, attributes: Attributes, value: number, at: ExemplarOccasion): void {
    if ((at.span.traceFlags & TraceFlags.SAMPLED) === 0) return
    const { traceId, spanId } = at.span
    const key = seriesKey(metric, attributes)
    this.#newest.set(key, { value, time_ms: at.time_ms, traceId, spanId })
  }

  /** The exemplar of a series since the last export. */
  take(metric: string, attributes: Attributes): Exemplar | undefined {
    const key = seriesKey(metric, attributes)
    const exemplar = this.#newest.get(key)
    this.#newest.delete(key)
    return exemplar
  }
}

type ExemplarOccasion = { time_ms: number; span: SpanContext }

/** Sends one OTLP/HTTP JSON request; true when the receiver took it. */
export async function postJson(url: string, body: unknown): Promise<boolean> {
  try {
    const headers = { 'content-type': 'application/json' }
    const signal = AbortSignal.timeout(10_000)
    const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body), signal })
    await answer.arrayBuffer()
    return answer.ok
  } catch {
    return false
  }
}

export class ExemplarExporter implements PushMetricExporter {
  readonly #url: string
  readonly #exemplars: Exemplars
  constructor(url: string, exemplars: Exemplars) {
    this.#url = url
    this.#exemplars = exemplars
  }

  export(metrics: ResourceMetrics, report: Parameters<PushMetricExporter['export']>[1]): void {
    const body = metricsRequest(metrics, (name, point) => {
      const taken = this.#exemplars.take(name, point.attributes)
      return taken === undefined ? [] : [taken]
    })
    postJson(this.#url, body).then((ok) =>
      report(ok ? { code: 0 } : { code: 1, error: new Error('metrics were not taken') }),
    )
  }

  selectAggregationTemporality(): AggregationTemporality {
    return AggregationTemporality.CUMULATIVE
  }

  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}
}
