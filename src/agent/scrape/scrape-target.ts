/**
 * One target that exposes Prometheus or OpenMetrics text: scrapes it, tells its samples together
 * with `up` and what the scrape cost, and remembers in words why the last one failed.
 */
import { Fault } from '../../model/faults.ts'
import { encodeAttributes } from '../../wire/otlp/encode-attributes.ts'
import {
  type MetricShape,
  numberAttributesField,
  type Resource,
} from '../../wire/otlp/encode-metrics.ts'
import { expositionBounds, expositionFormat } from '../../wire/prometheus/exposition.ts'
import type { Label } from '../../wire/prometheus/series-text.ts'
import { type Access, FetchError, type TextSource } from './fetch-text.ts'
import type { MetricsOutput } from './metrics-output.ts'
import { type ScrapeCounts, SeriesMemory } from './series-memory.ts'

export type ScrapeTarget = {
  /** Tells it apart from all others, and decides when it is scraped. */
  id: string
  url: string
  access: Access
  interval_ms: number
  timeout_ms: number
  samples_max: number
  /** Put on every series: job, instance and what else is known of the target. */
  labels: readonly Label[]
  /** True: labels of the text win over those of the target; false: they become exported_<name>. */
  honor_labels: boolean
  resource: Resource
  /** What a single series is of, when a target speaks for many: the pods of a node. */
  resourceOf?: (labels: readonly Label[]) => Resource
  /** Last word on labels; undefined leaves the series out. */
  relabel?: (labels: Label[]) => Label[] | undefined
}

/** In this order of preference, as Prometheus asks. */
export const scrape_accept = [
  'application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5',
  'application/openmetrics-text;version=0.0.1;q=0.4',
  'text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3',
  'text/plain;version=0.0.4;q=0.2',
  '*/*;q=0.1',
].join(',')

const gauge = (name: string, unit: string, description: string): MetricShape => ({
  name,
  kind: 'gauge',
  unit,
  description,
})
const shapes = {
  up: gauge('up', '', 'Whether the last scrape of the target succeeded.'),
  duration: gauge('scrape_duration_seconds', 's', 'How long the scrape took.'),
  scraped: gauge('scrape_samples_scraped', '', 'Samples that the target exposed.'),
  kept: gauge('scrape_samples_post_metric_relabeling', '', 'Samples after relabeling.'),
  added: gauge('scrape_series_added', '', 'Series that the scrape before did not have.'),
}

/** Why a target is not seen: permission, no_endpoint, unreadable or limit. */
export type ScrapeFailure = { reason: string; sentence: string; status: number }

export type ScraperContext = { output: MetricsOutput; fetcher: TextSource; now_ms: () => number }

export class Scraper {
  /** Undefined when the last scrape succeeded or there was none yet. */
  failure: ScrapeFailure | undefined
  /** Samples of the last scrape that succeeded. */
  samples = 0
  scrapes = 0
  /** Samples since somebody asked. */
  #samples_told = 0
  readonly target: ScrapeTarget
  readonly #context: ScraperContext
  readonly #memory: SeriesMemory
  readonly #attributes: Uint8Array
  #isClosed = false

  constructor(target: ScrapeTarget, context: ScraperContext) {
    this.target = target
    this.#context = context
    this.#memory = new SeriesMemory({
      relabel: (labels) => {
        const whole = withTargetLabels(labels, target.labels, target.honor_labels)
        return target.relabel === undefined ? whole : target.relabel(whole)
      },
      resourceOf: (labels) => target.resourceOf?.(labels) ?? target.resource,
    })
    this.#attributes = encodeAttributes(numberAttributesField, target.labels)
  }

  /** Never throws: what went wrong is in failure. */
  async scrape(): Promise<void> {
    const { now_ms, output } = this.#context
    const started_ms = now_ms()
    let counts: ScrapeCounts | undefined
    let scraped = 0
    try {
      scraped = await this.#read(started_ms)
      if (this.#isClosed) return
      counts = this.#memory.tell(started_ms, output)
      this.failure = undefined
      this.samples = counts.kept
      this.#samples_told += counts.kept
    } catch (error) {
      if (this.#isClosed) return
      this.failure = failureOf(error, this.target)
      this.#memory.tellGone(started_ms, output)
      this.samples = 0
    }
    this.scrapes++
    this.#tellScrape(started_ms, counts, scraped)
  }

  /** How many samples there were since the call before. */
  takeSamples(): number {
    const told = this.#samples_told
    this.#samples_told = 0
    return told
  }

  /** The target is no longer scraped: its series end here. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    const { now_ms, output } = this.#context
    const time_ms = now_ms()
    this.#memory.tellGone(time_ms, output)
    if (this.scrapes > 0) for (const shape of Object.values(shapes)) this.#own(shape, time_ms)
  }

  async #read(time_ms: number): Promise<number> {
    const { url, access, timeout_ms, samples_max } = this.target
    const ask = { url, access, timeout_ms, accept: scrape_accept }
    const bounds = { ...expositionBounds, samples_max }
    await this.#context.fetcher.read(ask, (content_type) => {
      this.#memory.begin(expositionFormat(content_type), bounds, time_ms)
      return (piece) => this.#memory.read(piece)
    })
    return this.#memory.end()
  }

  #tellScrape(time_ms: number, counts: ScrapeCounts | undefined, scraped: number): void {
    const duration_ms = this.#context.now_ms() - time_ms
    this.#own(shapes.up, time_ms, counts === undefined ? 0 : 1)
    this.#own(shapes.duration, time_ms, duration_ms / 1000)
    this.#own(shapes.scraped, time_ms, scraped)
    this.#own(shapes.kept, time_ms, counts?.kept ?? 0)
    this.#own(shapes.added, time_ms, counts?.added ?? 0)
  }

  #own(shape: MetricShape, time_ms: number, value?: number): void {
    const { request } = this.#context.output
    const group = request.group(this.target.resource, shape)
    request.number(group, { attributes: this.#attributes, time_ms, start_ms: 0 }, value)
  }
}

/** Joins the labels of a series with those of its target. */
export function withTargetLabels(
  labels: readonly Label[],
  target: readonly Label[],
  honor_labels: boolean,
): Label[] {
  const own = new Map(labels)
  for (const [name, value] of target) {
    const sent = own.get(name)
    if (sent !== undefined) {
      if (honor_labels) continue
      let exported = `exported_${name}`
      while (own.has(exported)) exported = `exported_${exported}`
      own.set(exported, sent)
    }
    if (value === '') own.delete(name)
    else own.set(name, value)
  }
  return [...own]
}

function failureOf(error: unknown, target: ScrapeTarget): ScrapeFailure {
  if (error instanceof FetchError) {
    const { status, message, reason } = error
    return { reason, sentence: `${message}.`, status }
  }
  const isLimit = error instanceof Fault && /more than \d+ (?:samples|types)/.test(error.message)
  if (isLimit) {
    const sentence =
      `${target.url} exposes more than ${target.samples_max} samples: nothing of it is kept. ` +
      'Raise samples_max of the integration, or let the target expose less.'
    return { reason: 'limit', sentence, status: 200 }
  }
  const message = error instanceof Error ? error.message : String(error)
  return { reason: 'unreadable', sentence: `${target.url}: ${message}`, status: 200 }
}
