/**
 * A series as it is remembered from one request to the next: its identity, its resource, and what
 * was noted of it. Its row is written once a UTC day, and again when more is known of its metric.
 */
import { Hash64 } from '../hash.ts'
import { cutWord } from '../otlp/any-value.ts'
import { encodeAttributes } from '../otlp/encode-attributes.ts'
import { metricKinds, origins } from '../otlp/metric-series.ts'
import { findResource, type Resource } from '../otlp/resource.ts'
import { day_ms } from '../otlp/time.ts'
import { ProtobufReader } from '../protobuf-reader.ts'
import { RowBuffer } from '../row-buffer.ts'
import { type Description, type Metadata, noMetadata, roleOf } from './description.ts'
import type { Labels } from './labels.ts'
import { placeLabels, placeOf } from './place.ts'
import type { Writing } from './writing.ts'

export type Series = {
  name: string
  /** Column metric as row bytes. */
  nameView: DataView
  nameLength: number
  idLo: number
  idHi: number
  resource: Resource
  /** Column scope as row bytes. */
  scope: Uint8Array
  role: number
  cluster: number
  /** What was told of its metric, and what follows for numbers and for native histograms. */
  told: Metadata
  description: Description
  histogramDescription: Description | undefined
  /** What told it: a version of the memory, or below zero what the series itself says. */
  describedBy: number
  /** The day on which its row as a series of numbers is known to be durable. */
  knownDay: number
  /** What came last: exemplars come alone and belong to it. */
  lastShape: number
}

/** One name may be numbers and, later, native histograms: those are series of their own. */
export const shapes = { numbers: 0, exponential: 1, custom: 2 } as const
const shapeLo = [0, 0x51ed270b, 0x2c1b3c6d]
const shapeHi = [0, 0x6b43a9b5, 0x35478b9d]

export function seriesLo(series: Series, shape: number): number {
  return series.idLo ^ shapeLo[shape]!
}
export function seriesHi(series: Series, shape: number): number {
  return series.idHi ^ shapeHi[shape]!
}

const identity = new Hash64()
const own = new ProtobufReader()
const resources = new Map<string, Resource>()
const resources_max = 8192
const encoder = new TextEncoder()

/** Makes the series of labels that were checked. */
export function learnSeries(writing: Writing, labels: Labels, cluster: number): Series {
  const { reader } = writing
  const { view, bytes } = reader
  let hasQuantile = false
  let scope = ''
  const words = new Map<string, string>()
  for (let i = 0; i < labels.count; i++) {
    const name = labels.nameAt(i, reader)
    if (name === 'quantile') hasQuantile = true
    else if (name === 'otel_scope_name') scope = labels.valueAt(i, reader)
    else if (placeLabels.has(name)) words.set(name, labels.valueAt(i, reader))
  }
  const resource = resourceOf(words, writing.context.cluster ?? '')
  const scopeColumn = columnOf(scope)
  identity.reset(11).number(resource.idLo).number(resource.idHi)
  identity.bytes(view, labels.nameStart, labels.nameEnd)
  labels.addTo(identity, reader)
  identity.finish()
  const nameColumn = new RowBuffer(labels.nameEnd - labels.nameStart + 16)
  nameColumn.string(view, labels.nameStart, labels.nameEnd)
  const name = Buffer.from(bytes.subarray(labels.nameStart, labels.nameEnd)).toString()
  const role = roleOf(name, hasQuantile)
  return {
    name,
    nameView: nameColumn.view,
    nameLength: nameColumn.length,
    idLo: identity.lo,
    idHi: identity.hi,
    resource,
    scope: scopeColumn,
    role,
    cluster,
    told: noMetadata,
    description: writing.descriptions.ofNumbers(noMetadata, role),
    histogramDescription: undefined,
    describedBy: 0,
    knownDay: -1,
    lastShape: shapes.numbers,
  }
}

/** When more is known of the metric than before, the row of the series is brought once more. */
export function describeSeries(
  { descriptions }: Writing,
  series: Series,
  told: Metadata,
  describedBy: number,
): void {
  const description = descriptions.ofNumbers(told, series.role)
  if (description.hash !== series.description.hash) series.knownDay = -1
  series.told = told
  series.description = description
  series.describedBy = describedBy
  const before = series.histogramDescription
  if (before === undefined) return
  const isCustom = before.kind === metricKinds.histogram
  const isGauge = before.temporality === 0
  series.histogramDescription = descriptions.ofHistograms(told, { isCustom, isGauge })
}

/** The description of the current series as native histograms. */
export function histogramsOf(
  { series, descriptions }: Writing,
  isCustom: boolean,
  isGauge: boolean,
): Description {
  const known = series.histogramDescription
  if (
    known !== undefined &&
    (known.kind === metricKinds.histogram) === isCustom &&
    (known.temporality === 0) === isGauge
  ) {
    return known
  }
  const made = descriptions.ofHistograms(series.told, { isCustom, isGauge })
  series.histogramDescription = made
  return made
}

function columnOf(text: string): Uint8Array {
  if (text === '') return emptyColumn
  const bytes = encoder.encode(text)
  const out = new RowBuffer(300)
  const end = cutWord(bytes, 0, bytes.length)
  out.varint(end)
  out.raw(bytes.subarray(0, end))
  return out.written().slice()
}

const emptyColumn = Uint8Array.of(0)

function resourceOf(labels: Map<string, string>, cluster: string): Resource {
  const words = placeOf(labels)
  const key = JSON.stringify([cluster, ...words])
  const known = resources.get(key)
  if (known !== undefined) return known
  const message = encodeAttributes(1, words)
  own.open(message, 'resource')
  const resource = findResource(own, 0, message.length, cluster)
  own.close()
  if (resources.size >= resources_max) resources.clear()
  resources.set(key, resource)
  return resource
}

/** Brings the rows of the series and its resource, unless they were brought for this day. */
export function noteSeries(
  writing: Writing,
  series: Series,
  shape: number,
  description: Description,
  time_ms: number,
): void {
  const { context, batch, prefix } = writing
  const day = Math.floor(time_ms / day_ms)
  const lo = seriesLo(series, shape)
  const hi = seriesHi(series, shape)
  // With its description: when more is known of the metric the row is brought once more.
  const noted = lo ^ description.hash
  if (context.known.has(noted, hi, 'series', day)) {
    if (shape === shapes.numbers) series.knownDay = day
  } else if (batch.newIdentities.add(noted, hi, 'series', day)) {
    const out = batch.get('metric_series')
    out.raw(series.resource.columns)
    out.raw(series.scope)
    // The table keeps the row with the latest time: the one that knows more.
    out.int53(day * day_ms + description.rank)
    out.copy(series.nameView, 0, series.nameLength)
    out.int64(lo, hi)
    out.u8(description.kind)
    out.u8(description.temporality)
    out.u8(description.monotonic)
    out.raw(description.words)
    writing.collectLabels().writeMap(writing.reader, out)
    out.u8(origins.prometheus)
    out.rows++
  }
  prefix.setResource(series.resource)
  prefix.note(time_ms, context, batch)
}
