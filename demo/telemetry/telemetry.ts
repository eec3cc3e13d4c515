/** What a pod's code records to, live or told about the past: the OpenTelemetry API and metrics. */
import type { Attributes, Logger, SpanContext, Tracer } from '@opentelemetry/api'
import type { MetricName, ObservedName } from './instruments.ts'

export type Observation = { metric: ObservedName; value: number; attributes: Attributes }
/** All observed values of a pod at a time. */
export type Observe = (time_ms: number) => Observation[]
export type Occasion = { time_ms: number; span?: SpanContext }

export type Telemetry = {
  tracer: Tracer
  logger: Logger
  record(metric: MetricName, value: number, attributes: Attributes, occasion: Occasion): void
  close(): Promise<void>
}

/** The identity of a series within one pod. */
export function seriesKey(metric: string, attributes: Attributes): string {
  let key = metric
  for (const name of Object.keys(attributes).sort()) key += `\u0000${name}=${attributes[name]}`
  return key
}
