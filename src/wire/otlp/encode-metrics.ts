/**
 * Builds the bytes of an OTLP ExportMetricsServiceRequest from points that come in any order: they
 * are kept encoded and put under their resource and metric at the end. Knows no source of metrics.
 */
import { RowBuffer } from '../row-buffer.ts'
import { encodeAttributes } from './encode-attributes.ts'

/** counter: a monotonic sum since the start time. sum: one that may fall. */
export type EncodedKind = 'gauge' | 'counter' | 'sum' | 'histogram' | 'summary'

export type MetricShape = {
  name: string
  kind: EncodedKind
  unit?: string
  description?: string
}

export type Resource = Readonly<Record<string, string>>
/** Stands for a resource and a metric in one request. */
export type Group = number

export type Exemplar = {
  labels: readonly (readonly [string, string])[]
  value: number
  time_ms: number
}

export type Point = {
  /** encodeAttributes(pointAttributesField, …). */
  attributes: Uint8Array
  time_ms: number
  /** Of counters, sums, histograms and summaries; 0 when nobody knows. */
  start_ms: number
  exemplars?: readonly Exemplar[]
}

/** counts[i] lies at or below bounds[i] and above the bound before; one more lies above all. */
export type HistogramValue = {
  bounds: readonly number[]
  counts: readonly number[]
  sum: number | undefined
  count: number
}
export type SummaryValue = {
  quantiles: readonly (readonly [quantile: number, value: number])[]
  sum: number
  count: number
}

/** Field numbers of a point's attributes: histograms have another than all others. */
export const numberAttributesField = 7
export const histogramAttributesField = 9
export const summaryAttributesField = 7

export type Scope = { name: string; version: string }

const encoder = new TextEncoder()
const noAttributes = new Uint8Array(0)
/** Lengths that are not known before: padded, as every protobuf reader must accept. */
const length_bytes = 5
const kindFields: Readonly<Record<EncodedKind, number>> = {
  gauge: 5,
  counter: 7,
  sum: 7,
  histogram: 9,
  summary: 11,
}

/**
 * What is said of a resource and a shape in every request: a node's metrics have a hundred
 * resources of sixty shapes each, and encoding their texts anew was a third of the work.
 */
const resourceBytes = new WeakMap<Resource, Uint8Array>()
const shapeBytes = new WeakMap<MetricShape, Uint8Array>()

type OpenGroup = { shape: MetricShape; points: number[] }
type OpenResource = { attributes: Resource; groups: Map<MetricShape, Group> }

export class MetricsRequest {
  /** Points so far. */
  records = 0
  oldest_ms = Number.POSITIVE_INFINITY
  readonly #scope: Scope
  readonly #points = new RowBuffer(256 * 1024)
  readonly #out = new RowBuffer(256 * 1024)
  readonly #resources = new Map<Resource, OpenResource>()
  readonly #groups: OpenGroup[] = []
  #time_ms = Number.NaN
  #timeLo = 0
  #timeHi = 0

  constructor(scope: Scope) {
    this.#scope = scope
  }

  /** Roughly how large the request is by now. */
  get bytes(): number {
    return this.#points.length
  }

  /** Resources and shapes are told apart by identity: give the same objects again and again. */
  group(resource: Resource, shape: MetricShape): Group {
    let open = this.#resources.get(resource)
    if (open === undefined) {
      open = { attributes: resource, groups: new Map() }
      this.#resources.set(resource, open)
    }
    const known = open.groups.get(shape)
    if (known !== undefined) return known
    const group = this.#groups.length
    this.#groups.push({ shape, points: [] })
    open.groups.set(shape, group)
    return group
  }

  /** A gauge, counter or sum. A value of undefined says that the series has none any more. */
  number(group: Group, point: Point, value: number | undefined): void {
    const start = this.#open(group, point)
    if (value === undefined) this.#stale(8)
    else {
      this.#points.u8(0x21)
      this.#points.float64(value)
    }
    this.#exemplars(5, point)
    patchLength(this.#points, start)
  }

  histogram(group: Group, point: Point, value: HistogramValue | undefined): void {
    const start = this.#open(group, point)
    const out = this.#points
    if (value === undefined) this.#stale(10)
    else {
      out.u8(0x21)
      out.int53(value.count)
      if (value.sum !== undefined) {
        out.u8(0x29)
        out.float64(value.sum)
      }
      out.u8(0x32)
      out.varint(value.counts.length * 8)
      for (const count of value.counts) out.int53(count)
      out.u8(0x3a)
      out.varint(value.bounds.length * 8)
      for (const bound of value.bounds) out.float64(bound)
    }
    this.#exemplars(8, point)
    patchLength(this.#points, start)
  }

  summary(group: Group, point: Point, value: SummaryValue | undefined): void {
    const start = this.#open(group, point)
    const out = this.#points
    if (value === undefined) this.#stale(8)
    else {
      out.u8(0x21)
      out.int53(value.count)
      out.u8(0x29)
      out.float64(value.sum)
      for (const [quantile, at] of value.quantiles) {
        out.u8(0x32)
        out.u8(18)
        out.u8(0x09)
        out.float64(quantile)
        out.u8(0x11)
        out.float64(at)
      }
    }
    patchLength(this.#points, start)
  }

  /** The request; the builder is empty again. The bytes are the caller's. */
  finish(): Uint8Array {
    const out = this.#out
    for (const resource of this.#resources.values()) this.#writeResource(resource)
    const body = out.written().slice()
    out.clear()
    this.discard()
    return body
  }

  /** Forgets all points. */
  discard(): void {
    this.#points.clear()
    this.#resources.clear()
    this.#groups.length = 0
    this.records = 0
    this.oldest_ms = Number.POSITIVE_INFINITY
  }

  #open(group: Group, point: Point): number {
    const { points } = this.#groups[group]!
    const out = this.#points
    points.push(out.length)
    this.records++
    if (point.time_ms < this.oldest_ms) this.oldest_ms = point.time_ms
    out.u8(0x0a)
    out.zeros(length_bytes)
    const start = out.length
    out.raw(point.attributes)
    if (point.start_ms > 0) this.#time(0x11, point.start_ms)
    this.#time(0x19, point.time_ms)
    return start
  }

  #time(tag: number, time_ms: number): void {
    if (time_ms !== this.#time_ms) {
      const nanoseconds = BigInt(Math.trunc(time_ms)) * 1_000_000n
      this.#time_ms = time_ms
      this.#timeLo = Number(BigInt.asIntN(32, nanoseconds))
      this.#timeHi = Number(BigInt.asIntN(32, nanoseconds >> 32n))
    }
    this.#points.u8(tag)
    this.#points.int64(this.#timeLo, this.#timeHi)
  }

  #stale(field: number): void {
    this.#points.u8(field << 3)
    this.#points.u8(1)
  }

  #exemplars(field: number, { exemplars }: Point): void {
    if (exemplars === undefined) return
    const out = this.#points
    for (const exemplar of exemplars) {
      const start = openMessage(out, field)
      this.#time(0x11, exemplar.time_ms)
      out.u8(0x19)
      out.float64(exemplar.value)
      const others: (readonly [string, string])[] = []
      for (const label of exemplar.labels) {
        const id = idOf(label)
        if (id === undefined) others.push(label)
        else {
          out.u8(id.length === 16 ? 0x2a : 0x22)
          out.u8(id.length)
          out.raw(id)
        }
      }
      out.raw(others.length === 0 ? noAttributes : encodeAttributes(7, others))
      patchLength(out, start)
    }
  }

  #writeResource(resource: OpenResource): void {
    const out = this.#out
    const start = openMessage(out, 1)
    const attributes = openMessage(out, 1)
    out.raw(resourceText(resource.attributes))
    patchLength(out, attributes)
    const scopeMetrics = openMessage(out, 2)
    const scope = openMessage(out, 1)
    text(out, 1, this.#scope.name)
    text(out, 2, this.#scope.version)
    patchLength(out, scope)
    for (const group of resource.groups.values()) this.#writeMetric(this.#groups[group]!)
    patchLength(out, scopeMetrics)
    patchLength(out, start)
  }

  #writeMetric({ shape, points }: OpenGroup): void {
    if (points.length === 0) return
    const out = this.#out
    const start = openMessage(out, 2)
    out.raw(shapeText(shape))
    const data = openMessage(out, kindFields[shape.kind])
    for (const at of points) out.copy(this.#points.view, at, this.#endOf(at))
    if (shape.kind !== 'gauge' && shape.kind !== 'summary') {
      out.u8(0x10)
      out.u8(2)
    }
    if (shape.kind === 'counter') {
      out.u8(0x18)
      out.u8(1)
    }
    patchLength(out, data)
    patchLength(out, start)
  }

  #endOf(at: number): number {
    const { bytes } = this.#points
    let length = 0
    for (let i = length_bytes; i >= 1; i--) length = (length << 7) | (bytes[at + i]! & 0x7f)
    return at + 1 + length_bytes + length
  }
}

function resourceText(resource: Resource): Uint8Array {
  const known = resourceBytes.get(resource)
  if (known !== undefined) return known
  const made = encodeAttributes(1, Object.entries(resource))
  resourceBytes.set(resource, made)
  return made
}

function shapeText(shape: MetricShape): Uint8Array {
  const known = shapeBytes.get(shape)
  if (known !== undefined) return known
  const { name, description = '', unit = '' } = shape
  const out = new RowBuffer(3 * (name.length + description.length + unit.length) + 64)
  text(out, 1, name)
  text(out, 2, description)
  text(out, 3, unit)
  const made = out.written().slice()
  shapeBytes.set(shape, made)
  return made
}

function text(out: RowBuffer, field: number, value: string): void {
  if (value === '') return
  const bytes = encoder.encode(value)
  out.u8((field << 3) | 2)
  out.varint(bytes.length)
  out.raw(bytes)
}

function openMessage(out: RowBuffer, field: number): number {
  out.u8((field << 3) | 2)
  out.zeros(length_bytes)
  return out.length
}

function patchLength(out: RowBuffer, start: number): void {
  let length = out.length - start
  for (let i = length_bytes; i > 1; i--) {
    out.bytes[start - i] = (length & 0x7f) | 0x80
    length >>>= 7
  }
  out.bytes[start - 1] = length
}

/** Trace and span ids of the right length become fields of the exemplar, not attributes. */
function idOf([name, value]: readonly [string, string]): Uint8Array | undefined {
  const isTrace = name === 'trace_id' && /^[0-9a-f]{32}$/i.test(value)
  const isSpan = name === 'span_id' && /^[0-9a-f]{16}$/i.test(value)
  return isTrace || isSpan ? Uint8Array.from(Buffer.from(value, 'hex')) : undefined
}
