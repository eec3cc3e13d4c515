/**
 * Puts the samples of one histogram or summary back together: a scrape tells every bucket and
 * quantile as a sample of its own.
 */
import type {
  Exemplar,
  HistogramValue,
  MetricShape,
  Resource,
  SummaryValue,
} from '../../wire/otlp/encode-metrics.ts'

/** One bucket, by its upper bound, or one quantile. */
export type Part = { at: number; value: number; scrape: number }

export class Distribution {
  readonly resource: Resource
  readonly shape: MetricShape
  readonly attributes: Uint8Array
  sum: number | undefined
  count: number | undefined
  start_ms = 0
  time_ms = 0
  /** The scrape that told it last. */
  scrape = 0
  exemplars: Exemplar[] = []
  readonly #parts: Part[] = []

  constructor(resource: Resource, shape: MetricShape, attributes: Uint8Array) {
    this.resource = resource
    this.shape = shape
    this.attributes = attributes
  }

  part(at: number): Part {
    const part = { at, value: 0, scrape: 0 }
    this.#parts.push(part)
    this.#parts.sort((a, b) => a.at - b.at)
    return part
  }

  /** Forgets what the scrape before told. */
  begin(scrape: number, time_ms: number): void {
    this.scrape = scrape
    this.time_ms = time_ms
    this.sum = this.count = undefined
    this.exemplars = []
  }

  /** Cumulative buckets, each of which counts all smaller ones, become counts of their own. */
  histogram(): HistogramValue {
    const bounds: number[] = []
    const counts: number[] = []
    let before = 0
    let highest = this.count
    for (const { at, value, scrape } of this.#parts) {
      if (scrape !== this.scrape) continue
      if (at === Number.POSITIVE_INFINITY) highest = value
      else {
        bounds.push(at)
        counts.push(grown(before, value))
        before = Math.max(before, value)
      }
    }
    counts.push(grown(before, highest ?? before))
    const count = counts.reduce((sum, one) => sum + one, 0)
    return { bounds, counts, sum: this.sum, count }
  }

  summary(): SummaryValue {
    const quantiles = this.#parts
      .filter(({ scrape }) => scrape === this.scrape)
      .map(({ at, value }) => [at, value] as const)
    return { quantiles, sum: this.sum ?? 0, count: wholeCount(this.count ?? 0) }
  }
}

/** Programs that count without locks may tell a bucket below the one before it. */
function grown(before: number, value: number): number {
  return wholeCount(value - before)
}

function wholeCount(value: number): number {
  return value > 0 && Number.isFinite(value) ? Math.round(value) : 0
}
