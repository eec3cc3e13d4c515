/**
 * One OTLP metrics export request from measures by resource, every point at the same moment.
 * The bytes are laid out by wire/otlp/encode-metrics.ts, whose attributes are all text.
 */
import { encodeAttributes } from '../../wire/otlp/encode-attributes.ts'
import {
  type EncodedKind,
  MetricsRequest,
  numberAttributesField,
  type Scope,
} from '../../wire/otlp/encode-metrics.ts'
import type { MeasureAttributes, Measures, MetricDefinition } from './measures.ts'

export type MeasuredResource = {
  attributes: MeasureAttributes
  measures: Measures
}

const kinds: Readonly<Record<MetricDefinition['kind'], EncodedKind>> = {
  counter: 'counter',
  updown: 'sum',
  gauge: 'gauge',
}

export function encodeMeasures(
  resources: readonly MeasuredResource[],
  scope: Scope,
  time_ms: number,
): Uint8Array {
  const request = new MetricsRequest(scope)
  for (const { attributes, measures } of resources) {
    const resource = Object.fromEntries(texts(attributes))
    for (const [name, points] of measures.points) {
      const { kind, unit, description } = measures.definitions[name]!
      const group = request.group(resource, { name, kind: kinds[kind], unit, description })
      for (const { value, attributes, start_ms } of points) {
        const encoded = encodeAttributes(numberAttributesField, texts(attributes))
        const start = kind === 'gauge' ? 0 : start_ms
        request.number(group, { attributes: encoded, time_ms, start_ms: start }, value)
      }
    }
  }
  return request.finish()
}

function texts(attributes: MeasureAttributes): [string, string][] {
  return Object.entries(attributes).map(([name, value]) => [name, String(value)])
}
