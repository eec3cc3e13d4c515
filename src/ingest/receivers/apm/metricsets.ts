/** Metricsets: samples of one moment and one set of tags, each as a point of its own metric. */
import { encodeAttributes } from '../../../wire/otlp/encode-attributes.ts'
import {
  histogramAttributesField,
  type MetricShape,
  type MetricsRequest,
  numberAttributesField,
  type Point,
} from '../../../wire/otlp/encode-metrics.ts'
import { labelName } from './attribute-bag.ts'
import {
  hasField,
  Invalid,
  isObject,
  type JsonObject,
  listAt,
  looseText,
  numberAt,
  objectAt,
  required,
  text,
  timestampAt,
} from './fields.ts'
import { resourceFor } from './metadata.ts'
import type { EventStream } from './span-event.ts'

type Sample = {
  shape: MetricShape
  value: number | undefined
  values: readonly number[]
  counts: readonly number[]
}

const shapes_max = 10_000
/** The encoder tells metrics apart by identity. */
const shapes = new Map<string, MetricShape>()

function shapeOf(name: string, kind: MetricShape['kind'], unit: string): MetricShape {
  const key = `${kind} ${unit} ${name}`
  const known = shapes.get(key)
  if (known !== undefined) return known
  const shape: MetricShape = { name, kind, unit }
  if (shapes.size >= shapes_max) shapes.clear()
  shapes.set(key, shape)
  return shape
}

/** Puts the samples into the request. Throws Invalid before it has put any. */
export function readMetricset(
  request: MetricsRequest,
  event: JsonObject,
  stream: EventStream,
): number {
  if (!hasField(event, 'samples')) required(undefined, 'metricset.samples')
  const samples = Object.entries(objectAt(event, 'samples', 'metricset.samples')).map(readSample)
  const timestamp_us = timestampAt(event, 'metricset.timestamp') ?? stream.received_us
  const labels = labelsOf(event)
  const numbers = encodeAttributes(numberAttributesField, labels)
  const time_ms = timestamp_us / 1000
  const { attributes } = resourceFor(stream.metadata, event)
  let histograms: Uint8Array | undefined
  for (const { shape, value, values, counts } of samples) {
    const group = request.group(attributes, shape)
    if (shape.kind !== 'histogram') {
      const point: Point = { attributes: numbers, time_ms, start_ms: 0 }
      request.number(group, point, value)
      continue
    }
    histograms ??= encodeAttributes(histogramAttributesField, labels)
    let count = 0
    let sum = 0
    for (let i = 0; i < values.length; i++) {
      count += counts[i]!
      sum += counts[i]! * values[i]!
    }
    // Each value is the middle of what was counted: nothing lies above the last one.
    const histogram = { bounds: values, counts: [...counts, 0], sum, count }
    request.histogram(group, { attributes: histograms, time_ms, start_ms: 0 }, histogram)
  }
  return samples.length
}

function readSample([name, sample]: [string, unknown]): Sample {
  const path = `metricset.samples.${name.slice(0, 200)}`
  if (name === '' || name.includes('*') || name.includes('"')) {
    throw new Invalid(`validation error: '${path}' expected a name without * and "`, 'name_missing')
  }
  if (!isObject(sample)) throw new Invalid(`validation error: '${path}' expected an object`)
  const type = text(sample, 'type', `${path}.type`) ?? ''
  const unit = looseText(sample, 'unit') ?? ''
  const values = numbersAt(sample, 'values', path)
  const counts = numbersAt(sample, 'counts', path)
  if (values.length !== counts.length) {
    throw new Invalid(
      `validation error: '${path}' has ${values.length} values and ${counts.length} counts`,
      'histogram_invalid',
    )
  }
  if (hasField(sample, 'values')) {
    return {
      shape: shapeOf(name, 'histogram', unit),
      value: undefined,
      ...sorted(values, counts, path),
    }
  }
  const value = required(numberAt(sample, 'value', `${path}.value`), `${path}.value`)
  const kind = type === 'counter' ? 'counter' : 'gauge'
  return { shape: shapeOf(name, kind, unit), value, values, counts }
}

function numbersAt(sample: JsonObject, key: string, path: string): number[] {
  return listAt(sample, key, `${path}.${key}`).map((value) => {
    if (typeof value === 'number' && Number.isFinite(value)) return value
    throw new Invalid(`validation error: '${path}.${key}' expected numbers`, 'value_invalid')
  })
}

/** Bounds must rise; equal values are counted together. */
function sorted(values: readonly number[], counts: readonly number[], path: string) {
  const sums = new Map<number, number>()
  for (const [i, value] of values.entries()) {
    const count = counts[i]!
    if (count < 0 || !Number.isInteger(count)) {
      throw new Invalid(
        `validation error: '${path}.counts' expected whole numbers from 0, got ${count}`,
        'histogram_invalid',
      )
    }
    sums.set(value, (sums.get(value) ?? 0) + count)
  }
  const rising = [...sums.keys()].sort((a, b) => a - b)
  return { values: rising, counts: rising.map((value) => sums.get(value)!) }
}

/** Tags, and of which transaction or kind of span the samples tell. */
function labelsOf(event: JsonObject): [string, string][] {
  const labels: [string, string][] = []
  const put = (name: string, value: string | undefined) => {
    if (value !== undefined && value !== '') labels.push([name, value])
  }
  const transaction = objectAt(event, 'transaction', 'metricset.transaction')
  const span = objectAt(event, 'span', 'metricset.span')
  put('metricset.name', nameOf(event))
  put('transaction.name', text(transaction, 'name', 'metricset.transaction.name'))
  put('transaction.type', text(transaction, 'type', 'metricset.transaction.type'))
  put('span.type', text(span, 'type', 'metricset.span.type'))
  put('span.subtype', text(span, 'subtype', 'metricset.span.subtype'))
  const seen = new Set<string>()
  for (const [tag, value] of Object.entries(objectAt(event, 'tags', 'metricset.tags'))) {
    const name = `labels.${labelName(tag)}`
    if (typeof value === 'object' || seen.has(name)) continue
    seen.add(name)
    put(name, String(value))
  }
  return labels
}

function nameOf(event: JsonObject): string {
  if (hasField(event, 'span')) return 'span_breakdown'
  return hasField(event, 'transaction') ? 'transaction_breakdown' : 'app'
}
