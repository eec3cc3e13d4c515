/** Lines and samples in the shapes that Loki gives them. */

import { printFloat } from '../../query/logql/quantities.ts'
import type { LogLine } from '../../query/logql/run-log.ts'
import type { GridSeries, Labels, Steps } from '../../query/series.ts'

type Texts = Record<string, string>
export type StreamValue = [string, string] | [string, string, Record<string, Texts>]
export type StreamResult = { stream: Texts; values: StreamValue[] }

/** Names come from outside: no name may be one of an object's own. */
export function objectOf(pairs: Iterable<readonly [string, string]>): Texts {
  const object: Texts = Object.create(null)
  const sorted = [...pairs].sort(([a], [b]) => (a < b ? -1 : 1))
  for (const [name, value] of sorted) object[name] = value
  return object
}

/** Lines by their labels. Categorised, those of the stream alone tell streams apart. */
export function streamsOf(lines: readonly LogLine[], isCategorised: boolean): StreamResult[] {
  const streams = new Map<string, StreamResult>()
  for (const line of lines) {
    const labels = isCategorised
      ? line.stream
      : new Map([...line.stream, ...line.metadata, ...line.parsed])
    const stream = objectOf(labels)
    const key = JSON.stringify(stream)
    let result = streams.get(key)
    if (result === undefined) {
      result = { stream, values: [] }
      streams.set(key, result)
    }
    const time = String(line.time_ns)
    if (isCategorised) result.values.push([time, line.text, categoriesOf(line)])
    else result.values.push([time, line.text])
  }
  return [...streams.values()]
}

function categoriesOf({ metadata, parsed }: LogLine): Record<string, Texts> {
  const categories: Record<string, Texts> = {}
  if (metadata.size > 0) categories.structuredMetadata = objectOf(metadata)
  if (parsed.size > 0) categories.parsed = objectOf(parsed)
  return categories
}

const byLabels = (a: { labels: Labels }, b: { labels: Labels }): number => {
  const [left, right] = [JSON.stringify(a.labels), JSON.stringify(b.labels)]
  return left < right ? -1 : Number(left > right)
}

export function matrixOf(series: readonly GridSeries[], steps: Steps) {
  return series
    .toSorted(byLabels)
    .map(({ labels, values, has }) => {
      const samples: [number, string][] = []
      for (let step = 0; step < steps.count; step++) {
        if (!has[step]) continue
        samples.push([(steps.start_ms + step * steps.step_ms) / 1000, printFloat(values[step]!)])
      }
      return { metric: objectOf(labels), values: samples }
    })
    .filter(({ values }) => values.length > 0)
}

export type Order = 'labels' | 'up' | 'down'

export function vectorOf(series: readonly GridSeries[], time_ms: number, order: Order = 'labels') {
  const sign = order === 'up' ? 1 : -1
  const sorted =
    order === 'labels'
      ? series.toSorted(byLabels)
      : series.toSorted((a, b) => sign * (a.values[0]! - b.values[0]!))
  return sorted
    .filter(({ has }) => has[0] === 1)
    .map(({ labels, values }) => ({
      metric: objectOf(labels),
      value: [time_ms / 1000, printFloat(values[0]!)] as [number, string],
    }))
}

export type Read = { lines: number; bytes: number; took_ms: number }

/** What Grafana's query inspector reads. */
export function statsOf({ lines, bytes, took_ms }: Read, entries: number) {
  const seconds = Math.max(took_ms, 0.001) / 1000
  return {
    summary: {
      bytesProcessedPerSecond: Math.round(bytes / seconds),
      linesProcessedPerSecond: Math.round(lines / seconds),
      totalBytesProcessed: bytes,
      totalLinesProcessed: lines,
      execTime: took_ms / 1000,
      queueTime: 0,
      subqueries: 0,
      totalEntriesReturned: entries,
      splits: 0,
      shards: 0,
      totalPostFilterLines: lines,
      totalStructuredMetadataBytesProcessed: 0,
    },
  }
}
