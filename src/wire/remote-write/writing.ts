/**
 * The working memory of the remote write decoders, used again for every request: who sends, which
 * series is being read, and the count of what became of its samples, histograms and exemplars.
 */
import type { DecodeOutcome, RejectReason } from '../../model/outcome.ts'
import type { Batch } from '../batch.ts'
import type { KnownIdentities } from '../known-identities.ts'
import { type DecodeContext, Tally } from '../otlp/context.ts'
import { RowPrefix } from '../otlp/resource.ts'
import { ProtobufReader } from '../protobuf-reader.ts'
import type { RowBuffer } from '../row-buffer.ts'
import { Descriptions } from './description.ts'
import type { LabelSource } from './label-source.ts'
import type { Labels } from './labels.ts'
import { MetadataMemory } from './metadata.ts'
import type { Series } from './series.ts'

/** A receiver of 2.0 must say how many of each it stored. */
export type RemoteWriteOutcome = DecodeOutcome & {
  samples: number
  histograms: number
  exemplars: number
}

export type PointKind = 'samples' | 'histograms' | 'exemplars'

/** Clusters are numbered, for a place in the memory of series; more of them share no memory. */
const clusters_max = 10_000

export class Writing {
  readonly reader = new ProtobufReader()
  readonly tally = new Tally()
  readonly prefix = new RowPrefix()
  readonly descriptions = new Descriptions()
  readonly metadata = new MetadataMemory()
  context!: DecodeContext
  batch!: Batch
  /** The batch's rows of metric_samples. */
  samplesOut!: RowBuffer
  /** The number of the token's cluster. */
  cluster = 0
  /** The series that is being read. */
  series!: Series
  /** Leaves its labels, checked, as places in the reader's bytes. */
  collectLabels: () => Labels = () => {
    throw new Error('no series is being read')
  }
  /** How labels are written in this version. */
  source!: LabelSource
  /** When its points began, where they do not say it themselves: 0 is not known. */
  start_ms = 0
  samples = 0
  histograms = 0
  exemplars = 0
  #first = ''
  #series = 0
  #isFull = false
  #known: KnownIdentities | undefined
  readonly #clusters = new Map<string, number>()
  readonly #forget: (() => void)[] = []

  /** What is remembered of series goes when somebody else begins to remember what is durable. */
  onForget(forget: () => void): void {
    this.#forget.push(forget)
  }

  open(format: string, body: Uint8Array, context: DecodeContext, batch: Batch): void {
    this.reader.open(body, format)
    this.context = context
    this.batch = batch
    this.samplesOut = batch.get('metric_samples')
    this.tally.reset()
    this.samples = this.histograms = this.exemplars = 0
    this.#first = ''
    this.#series = 0
    this.#isFull = false
    if (this.#known !== context.known) {
      this.#known = context.known
      this.metadata.clear()
      for (const forget of this.#forget) forget()
    }
    this.cluster = this.#clusterNumber(context.cluster ?? '')
  }

  close(): void {
    this.reader.close()
  }

  #clusterNumber(cluster: string): number {
    const known = this.#clusters.get(cluster)
    if (known !== undefined) return known
    if (this.#clusters.size >= clusters_max) {
      this.#clusters.clear()
      this.metadata.clear()
      for (const forget of this.#forget) forget()
    }
    const number = this.#clusters.size
    this.#clusters.set(cluster, number)
    return number
  }

  /** Looks now and then: a few series more or less do no harm. */
  isFull(): boolean {
    if (!this.#isFull && (this.#series++ & 31) === 0) this.#isFull = this.batch.isFull()
    return this.#isFull
  }

  accept(kind: PointKind): void {
    this.tally.accepted++
    this[kind]++
  }

  /** The first refusal is told in words: which series, and why. */
  refuse(reason: RejectReason, count: number, detail = ''): void {
    if (count > 0 && this.#first === '') {
      const labels = this.collectLabels()
      const why = detail === '' ? reason : `${reason}, ${detail}`
      this.#first = `${labels.text(this.reader)}: ${why}`
    }
    this.tally.reject(reason, count)
  }

  outcome(): RemoteWriteOutcome {
    const outcome = this.tally.outcome('samples, histograms and exemplars')
    const { samples, histograms, exemplars } = this
    const first = this.#first === '' ? '' : ` The first is ${this.#first}.`
    return { ...outcome, message: outcome.message + first, samples, histograms, exemplars }
  }
}

export const writing = new Writing()
