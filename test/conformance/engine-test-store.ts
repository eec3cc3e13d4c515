/**
 * Samples of promqltest files in the product's own store: written by remote write, read back
 * through the engine's source.
 */
import type { NativeHistogram } from '../../src/query/promql/histogram.ts'
import { EngineSource } from '../../src/query/promql/source/engine-source.ts'
import { isStale, wordsOf } from '../../src/query/promql/stale.ts'
import type { RawSeries, SeriesSource } from '../../src/query/series.ts'
import { sql } from '../../src/store/sql.ts'
import { openPrometheusStore, type PrometheusStore, stale } from '../query/prometheus-store.ts'
import { MemoryStore } from './memory-store.ts'
import type { TestStore } from './promqltest-run.ts'

const first_now_ms = 100_000_000_000
/** Longer than names of metrics are remembered. */
const load_ms = 60_000
const series_max = 500
const filled = ['metric_series', 'metric_samples', 'metric_samples_5m', 'metric_histograms']

/** One engine for all: a clear empties its tables, and series are told anew. */
class EngineStore implements TestStore {
  source: SeriesSource
  private readonly store: PrometheusStore
  private now_ms = first_now_ms
  private isEmpty = true

  constructor(store: PrometheusStore) {
    this.store = store
    this.source = this.fresh()
  }

  async clear(): Promise<void> {
    if (this.isEmpty) return
    for (const table of filled) {
      await this.store.fixture.store.command(sql`TRUNCATE TABLE ${sql.identifier(table)}`)
    }
    this.store.forget()
    this.source = this.fresh()
    this.isEmpty = true
  }

  /** What the receiver refuses is told at the end; the other series are there. */
  async load(series: RawSeries[]): Promise<void> {
    const hinted = new MemoryStore()
    await hinted.load(series)
    const written = hinted.source.series.flatMap(writtenOf)
    const refused: string[] = []
    this.isEmpty = false
    for (let at = 0; at < written.length; at += series_max) {
      const some = written.slice(at, at + series_max)
      try {
        await this.store.write(some)
      } catch {
        for (const one of some) {
          await this.store
            .write([one])
            .catch((error) => refused.push(`${JSON.stringify(one.labels)} ${String(error)}`))
        }
      }
    }
    this.source = this.fresh()
    if (refused.length > 0) throw new Error(`refused by the receiver: ${refused.join(' ')}`)
  }

  close(): Promise<void> {
    return this.store.close()
  }

  /** What a source found it remembers, and names are remembered for moments. */
  private fresh(): SeriesSource {
    this.now_ms += load_ms
    return new EngineSource(this.store.context({ now_ms: this.now_ms }))
  }
}

export async function openEngineStore(): Promise<{ store: TestStore; close: () => Promise<void> }> {
  const store = new EngineStore(await openPrometheusStore(first_now_ms))
  return { store, close: () => store.close() }
}

function writtenOf(series: RawSeries) {
  const { times_ms, values, histograms } = series
  if (times_ms.length === 0) return []
  const words = wordsOf(values)
  const points: [number, number][] = []
  const native: Record<string, unknown>[] = []
  for (const [at, time] of times_ms.entries()) {
    const histogram = histograms?.[at]
    if (histogram !== undefined) native.push(messageOf(histogram, time))
    else points.push([time, isStale(words, at) ? stale : (values[at] ?? 0)])
  }
  return [{ labels: Object.fromEntries(series.labels), points, histograms: native }]
}

const hints = { unknown: 0, reset: 1, not_reset: 2, gauge: 3 }

/** Absolute counts, as remote write has them for float histograms. */
function messageOf(histogram: NativeHistogram, timestamp: number): Record<string, unknown> {
  return {
    countFloat: histogram.count,
    sum: histogram.sum,
    schema: histogram.schema,
    zeroThreshold: histogram.zero_threshold,
    zeroCountFloat: histogram.zero_count,
    negativeSpans: histogram.negative_spans,
    negativeCounts: histogram.negative_buckets,
    positiveSpans: histogram.positive_spans,
    positiveCounts: histogram.positive_buckets,
    resetHint: hints[histogram.reset_hint],
    timestamp,
    customValues: histogram.custom_values,
  }
}
