/**
 * Documents of Metricbeat and of `metrics-*` data streams as samples: every figure is a gauge under
 * its own dotted name. Which texts tell series apart is decided in metric-fields.ts.
 */
import type { DecodeOutcome, RejectReason } from '../../../model/outcome.ts'
import type { Batch } from '../../../wire/batch.ts'
import { encodeAttributes } from '../../../wire/otlp/encode-attributes.ts'
import {
  type MetricShape,
  MetricsRequest,
  numberAttributesField,
  type Resource,
} from '../../../wire/otlp/encode-metrics.ts'
import { decodeOtlpMetrics } from '../../../wire/otlp/metrics.ts'
import type { RecordContext } from '../../receiver.ts'
import { type FlatRecord, valueKinds } from '../../records/flat-record.ts'
import { meanings } from '../../records/meanings.ts'
import { ownPath, type Path } from '../../records/paths.ts'
import { resourceAttributes, resourceKey } from '../../records/record-resources.ts'
import { chooseTime, chosenTime } from '../../records/record-time.ts'
import type { IndexName } from './index-name.ts'
import { type Field, fieldKinds, fieldOf } from './metric-fields.ts'

const paths = {
  kind: ownPath('event.kind'),
  metricset: ownPath('metricset.name'),
  type: ownPath('data_stream.type'),
  dataset: ownPath('event.dataset'),
  message: ownPath('message'),
  error: ownPath('error.message'),
  timestamp: ownPath('@timestamp'),
}

/** Whether the document carries figures, by its own words or else by its index. */
export function isMetrics(record: FlatRecord, index: IndexName): boolean {
  const kind = record.get(paths.kind)
  if (kind !== undefined)
    return kind === 'metric' || (kind !== 'event' && isMetricsIndex(record, index))
  return isMetricsIndex(record, index) || record.indexOf(paths.metricset) >= 0
}

function isMetricsIndex(record: FlatRecord, index: IndexName): boolean {
  return index.type === 'metrics' || record.get(paths.type) === 'metrics'
}

/** Stored as figures; has none; is for people to read, too. */
export type MetricVerdict = '' | 'none' | 'told' | RejectReason

const resources_max = 1024
const attributes_max = 4096
/** Of each table's keys: what they stand for is about as large. */
const key_bytes_max = 1024 * 1024

/** Full of entries or of bytes it is emptied: what comes again is made again. */
class BoundedTable<Value> {
  #entries = new Map<string, Value>()
  #key_bytes = 0
  readonly #entries_max: number

  constructor(entries_max: number) {
    this.#entries_max = entries_max
  }

  get(key: string): Value | undefined {
    return this.#entries.get(key)
  }

  set(key: string, value: Value): void {
    this.#key_bytes += key.length
    if (this.#entries.size >= this.#entries_max || this.#key_bytes > key_bytes_max) {
      this.#entries = new Map()
      this.#key_bytes = key.length
    }
    this.#entries.set(key, value)
  }
}

export class MetricDocuments {
  readonly #request = new MetricsRequest({ name: 'elasticsearch', version: '' })
  readonly #resources = new BoundedTable<Resource>(resources_max)
  readonly #attributes = new BoundedTable<Uint8Array>(attributes_max)
  #context!: RecordContext

  open(context: RecordContext): void {
    this.#context = context
    this.#request.discard()
  }

  /** Takes the document's figures, if it has any. */
  add(record: FlatRecord): MetricVerdict {
    const { arrived_ms, time_ms_min, time_ms_max } = this.#context
    if (record.get(paths.dataset) === 'kubernetes.event') return 'none'
    if (!hasFigures(record)) return 'none'
    chooseTime(record, record.indexOf(paths.timestamp), arrived_ms)
    const time_ms = chosenTime.seconds * 1000 + Math.floor(chosenTime.nanoseconds / 1e6)
    if (time_ms < time_ms_min) return 'time_too_old'
    if (time_ms > time_ms_max) return 'time_in_future'
    this.#points(record, time_ms)
    const isTold = record.indexOf(paths.message) >= 0 || record.indexOf(paths.error) >= 0
    return isTold ? 'told' : ''
  }

  #points(record: FlatRecord, time_ms: number): void {
    const resource = this.#resourceOf(record)
    const identity = identityOf(record)
    const attributes = this.#encoded(identity)
    const point = { attributes, time_ms, start_ms: 0 }
    for (let i = 0; i < record.count; i++) {
      const field = fieldOf(record.paths[i]!)
      const isNumber = record.kind[i] === valueKinds.number
      if (isNumber && field.number === fieldKinds.figure) {
        this.#request.number(
          this.#request.group(resource, shapeOf(record.paths[i]!)),
          point,
          record.value[i],
        )
      } else if (!isNumber) this.#text(record, i, field, { resource, identity, point })
    }
  }

  /** `true` is 1; a state is a series of its own, as kube-state-metrics has them. */
  #text(record: FlatRecord, i: number, field: Field, of: Series): void {
    if (field.text !== fieldKinds.state && field.text !== fieldKinds.none) return
    const value = record.textAt(i)
    const truth = value === 'true' ? 1 : value === 'false' ? 0 : -1
    if (truth < 0 && field.text === fieldKinds.none) return
    const group = this.#request.group(of.resource, shapeOf(record.paths[i]!))
    if (truth >= 0) {
      this.#request.number(group, of.point, truth)
      return
    }
    const attributes = this.#encoded([...of.identity, [field.attribute, value.slice(0, 256)]])
    this.#request.number(group, { ...of.point, attributes }, 1)
  }

  #resourceOf(record: FlatRecord): Resource {
    const key = resourceKey(record, isStable)
    const known = this.#resources.get(key)
    if (known !== undefined) return known
    const made: Record<string, string> = {}
    for (const [name, value] of resourceAttributes(record, isStable)) made[name] = String(value)
    this.#resources.set(key, made)
    return made
  }

  #encoded(attributes: Identity): Uint8Array {
    const key = attributes.map(([name, value]) => `${name}\0${value}`).join('\0')
    const known = this.#attributes.get(key)
    if (known !== undefined) return known
    const made = encodeAttributes(numberAttributesField, attributes)
    this.#attributes.set(key, made)
    return made
  }

  /** Writes what was taken since open() as rows. */
  store(context: RecordContext, batch: Batch): DecodeOutcome {
    if (this.#request.records === 0) return nothing
    return decodeOtlpMetrics(this.#request.finish(), context, batch)
  }
}

const nothing: DecodeOutcome = { accepted: 0, rejected: 0, reasons: {}, message: '' }

type Identity = readonly (readonly [string, string])[]
type Point = { attributes: Uint8Array; time_ms: number; start_ms: number }
type Series = { resource: Resource; identity: Identity; point: Point }

function hasFigures(record: FlatRecord): boolean {
  for (let i = 0; i < record.count; i++) {
    const field = fieldOf(record.paths[i]!)
    const isNumber = record.kind[i] === valueKinds.number
    if (isNumber ? field.number === fieldKinds.figure : field.text === fieldKinds.state) return true
  }
  return false
}

/** Figures under `host.` and `container.` describe them, they do not name them. */
function isStable(record: FlatRecord, i: number): boolean {
  const path = record.paths[i]!
  if (path.means.meaning !== meanings.resource) return false
  return record.kind[i] === valueKinds.text && fieldOf(path).text === fieldKinds.resource
}

/** What tells this document's series from others of the same resource. */
function identityOf(record: FlatRecord): Identity {
  const found: (readonly [string, string])[] = []
  for (let i = 0; i < record.count; i++) {
    const path = record.paths[i]!
    const { text, number, attribute } = fieldOf(path)
    const isText = record.kind[i] === valueKinds.text
    if ((isText ? text : number) !== fieldKinds.identity) continue
    const value = record.textAt(i)
    if (value !== '') found.push([attribute, value.slice(0, 256)])
  }
  return found
}

const shapes = new WeakMap<Path, MetricShape>()

function shapeOf(path: Path): MetricShape {
  const known = shapes.get(path)
  if (known !== undefined) return known
  const made: MetricShape = { name: path.name, kind: 'gauge', unit: fieldOf(path).unit }
  shapes.set(path, made)
  return made
}
