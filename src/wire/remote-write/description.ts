/**
 * What is known of a metric beside its samples: kind, unit, help. Told by metadata, or by the name
 * where there is none. Leaves remembering metadata to metadata.ts.
 */
import { limits } from '../../model/limits.ts'
import { cutAt, cutWord } from '../otlp/any-value.ts'
import { metricKinds } from '../otlp/metric-series.ts'
import { ucumUnit } from '../prometheus/units.ts'
import { RowBuffer } from '../row-buffer.ts'

/** Types of metadata, the same numbers in 1.0 and 2.0. */
export const types = {
  unknown: 0,
  counter: 1,
  gauge: 2,
  histogram: 3,
  gaugehistogram: 4,
  summary: 5,
  info: 6,
  stateset: 7,
} as const

/** How a series is written: one row a series, whose kind this is. */
export type Description = {
  kind: number
  temporality: number
  monotonic: number
  /** Columns unit and description as row bytes. */
  words: Uint8Array
  /** Tells descriptions apart. */
  hash: number
  /** Of two rows of one series the one that knows more is kept. */
  rank: number
}

/** What a name's ending and its labels say when nobody tells a type. */
export const roles = { other: 0, total: 1, part: 2, quantile: 3 } as const

const partEndings = ['_bucket', '_count', '_sum']
/** Endings that a sample's name may have and the name of its metadata has not. */
const familyEndings = [...partEndings, '_total', '_info', '_gsum', '_gcount', '_created']

export function roleOf(name: string, hasQuantile: boolean): number {
  if (name.endsWith('_total')) return roles.total
  if (partEndings.some((ending) => name.endsWith(ending))) return roles.part
  return hasQuantile ? roles.quantile : roles.other
}

/** The names under which metadata of a series may be told, the likeliest first. */
export function familiesOf(name: string): string[] {
  const ending = familyEndings.find((one) => name.endsWith(one))
  return ending === undefined ? [name] : [name, name.slice(0, -ending.length)]
}

type Kind = Pick<Description, 'kind' | 'temporality' | 'monotonic'>
const gauge: Kind = { kind: metricKinds.gauge, temporality: 0, monotonic: 0 }
const counter: Kind = { kind: metricKinds.sum, temporality: 2, monotonic: 1 }
const state: Kind = { kind: metricKinds.sum, temporality: 2, monotonic: 0 }
const summary: Kind = { kind: metricKinds.summary, temporality: 0, monotonic: 0 }

/** A series of numbers; buckets, sums and counts of a distribution are counters of their own. */
function kindOf(type: number, role: number): Kind {
  switch (type) {
    case types.counter:
      return counter
    case types.gauge:
    case types.gaugehistogram:
      return gauge
    case types.histogram:
      return role === roles.part ? counter : gauge
    case types.summary:
      return role === roles.part ? counter : role === roles.quantile ? summary : gauge
    case types.info:
    case types.stateset:
      return state
    default:
      if (role === roles.quantile) return summary
      return role === roles.other ? gauge : counter
  }
}

export type Metadata = { type: number; unit: string; help: string }
export const noMetadata: Metadata = { type: types.unknown, unit: '', help: '' }

/** Kinds of native histograms, which tell themselves what they are. */
export type HistogramKind = { isCustom: boolean; isGauge: boolean }

/** Equal descriptions are one object. Bounded: what is forgotten is made again. */
export class Descriptions {
  readonly #made = new Map<string, Description>()

  ofNumbers(metadata: Metadata, role: number): Description {
    return this.#of(metadata, kindOf(metadata.type, role))
  }

  /** A gauge of buckets may shrink: it has no temporality, and nobody may take its growth. */
  ofHistograms(metadata: Metadata, { isCustom, isGauge }: HistogramKind): Description {
    const kind = isCustom ? metricKinds.histogram : metricKinds.exponential
    return this.#of(metadata, { kind, temporality: isGauge ? 0 : 2, monotonic: 0 })
  }

  #of({ type, unit, help }: Metadata, kind: Kind): Description {
    const key = `${kind.kind} ${kind.temporality} ${kind.monotonic} ${unit}\n${help}`
    const made = this.#made.get(key)
    if (made !== undefined) return made
    if (this.#made.size >= descriptions_max) this.#made.clear()
    const isTold = type !== types.unknown || unit !== '' || help !== ''
    const description: Description = {
      ...kind,
      words: wordsOf(unit, help),
      hash: hashOf(key),
      rank: isTold ? 1 : 0,
    }
    this.#made.set(key, description)
    return description
  }
}

const descriptions_max = 20_000
const description_bytes_max = 4096
const encoder = new TextEncoder()

function wordsOf(unit: string, help: string): Uint8Array {
  const unitBytes = encoder.encode(ucumUnit(unit).slice(0, limits.attribute_key_bytes_max))
  const helpBytes = encoder.encode(help.slice(0, description_bytes_max))
  const out = new RowBuffer(unitBytes.length + helpBytes.length + 16)
  const unitEnd = cutWord(unitBytes, 0, unitBytes.length)
  out.varint(unitEnd)
  out.raw(unitBytes.subarray(0, unitEnd))
  const helpEnd = cutAt(helpBytes, 0, helpBytes.length, description_bytes_max)
  out.varint(helpEnd)
  out.raw(helpBytes.subarray(0, helpEnd))
  return out.written().slice()
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b)
  return hash ^ (hash >>> 13)
}
