/**
 * The slow, obvious reading of remote write: decoded objects to what must be stored. Written from
 * the protocol and the columns' meanings; shares no code with the decoders.
 */
import type { Plain } from './otlp-proto.ts'

export type WriteBounds = { time_ms_min: number; time_ms_max: number }
/** What must be stored; key is the series with all its labels, and what kind of points it has. */
export type Stored = {
  samples: Plain[]
  histograms: Plain[]
  exemplars: Plain[]
  /** Key and day to what its row says. */
  series: Map<string, Plain>
  reasons: Record<string, number>
}
type Series = { labels: [string, string][]; points: Plain; told: Plain | undefined; start: number }

/** 2.0 as if it had been sent as 1.0, with what the series says of its metric beside it. */
export function readWrite(version: 1 | 2, request: Plain): Series[] {
  if (version === 1) {
    return request.timeseries.map((points: Plain) => ({
      labels: points.labels.map(({ name, value }: Plain) => [name, value]),
      points,
      told: undefined,
      start: 0,
    }))
  }
  const { symbols } = request
  const pairs = (refs: number[]) => {
    if (refs.length % 2 > 0 || refs.some((ref) => ref >= symbols.length)) return undefined
    return refs.flatMap((ref, i) => (i % 2 > 0 ? [] : [[symbols[ref], symbols[refs[i + 1]!]]]))
  }
  return request.timeseries.map((points: Plain) => {
    const { type = 0, helpRef = 0, unitRef = 0 } = points.metadata ?? {}
    const isTold = type > 0 || helpRef > 0 || unitRef > 0
    const exemplars = points.exemplars.map((one: Plain) => {
      const labels = pairs(one.labelsRefs)
      return { ...one, labels: labels?.map(([name, value]) => ({ name, value })) }
    })
    const told = { type, help: symbols[helpRef] ?? '', unit: symbols[unitRef] ?? '' }
    return {
      labels: pairs(points.labelsRefs),
      points: { ...points, exemplars },
      told: isTold ? told : undefined,
      start: Number(points.createdTimestamp),
    }
  })
}

export function expectStored(
  version: 1 | 2,
  request: Plain,
  bounds: WriteBounds,
  remembered: Map<string, Plain>,
): Stored {
  const stored: Stored = {
    samples: [],
    histograms: [],
    exemplars: [],
    series: new Map(),
    reasons: {},
  }
  for (const { type, metricFamilyName, help, unit } of request.metadata ?? []) {
    remembered.set(metricFamilyName, { type, help, unit })
  }
  for (const series of readWrite(version, request)) {
    const { points, labels } = series
    const sent = points.samples.length + points.histograms.length + points.exemplars.length
    const wrong = wrongLabels(labels)
    if (wrong) reject(stored, wrong, Math.max(1, sent))
    else if (sent === 0 && version === 2) reject(stored, 'value_missing', 1)
    else storeAll(stored, series, bounds, remembered)
  }
  return stored
}

function reject(stored: Stored, reason: string, count: number): void {
  stored.reasons[reason] = (stored.reasons[reason] ?? 0) + count
}

function wrongLabels(labels: [string, string][] | undefined): string | undefined {
  if (labels === undefined) return 'label_invalid'
  const names = labels.map(([name]) => name)
  if (new Set(names).size < names.length) return 'label_invalid'
  if (!labels.find(([name, value]) => name === '__name__' && value !== '')) return 'name_missing'
  return labels.some(([name, value]) => name === '' && value !== '') ? 'label_invalid' : undefined
}

const tidy = (labels: [string, string][]) =>
  Object.fromEntries(labels.filter(([name, value]) => name !== '__name__' && value !== '').sort())

function storeAll(
  stored: Stored,
  { labels, points, told, start }: Series,
  bounds: WriteBounds,
  remembered: Map<string, Plain>,
): void {
  const metric = labels.find(([name]) => name === '__name__')![1]
  const attributes = tidy(labels)
  const known = told ?? find(remembered, metric)
  const note = (time: number, shape: string, kind: Plain): string => {
    const key = JSON.stringify([metric, Object.entries(attributes), shape])
    const { unit = '', help = '' } = known ?? {}
    const row = { ...kind, metric, attributes, unit: unitWord(unit), description: help }
    stored.series.set(`${key} ${Math.floor(time / 86_400_000)}`, row)
    return key
  }
  const timed = (point: Plain, run: (time: number) => string | undefined) => {
    const time = Number(point.timestamp)
    const late = time > bounds.time_ms_max ? 'time_in_future' : undefined
    const reason = time < bounds.time_ms_min ? 'time_too_old' : (late ?? run(time))
    if (reason) reject(stored, reason, 1)
  }
  const began = (sent: unknown, time: number) => {
    const from = Number(sent ?? 0) || start
    return from > 0 && from <= time ? from : 0
  }
  // The order within a series is: the fields by their numbers, as protobufjs writes them.
  for (const sample of points.samples) {
    timed(sample, (time) => {
      const key = note(time, 'numbers', numberKind(metric, attributes, known?.type ?? 0))
      const start_time = began(sample.startTimestamp, time)
      stored.samples.push({ key, time, start_time, value: sample.value })
      return undefined
    })
  }
  for (const histogram of points.histograms) {
    timed(histogram, (time) => {
      const row = histogramOf(histogram)
      if (row === undefined) return 'histogram_invalid'
      const isCustom = histogram.schema === -53
      const temporality = histogram.resetHint === 3 ? 0 : 2
      const kind = { kind: isCustom ? 2 : 3, temporality, monotonic: 0 }
      const key = note(time, isCustom ? 'custom' : 'exponential', kind)
      const from = began(histogram.startTimestamp, time)
      const start_time = from || (histogram.resetHint === 1 ? time : 0)
      stored.histograms.push({ key, time, start_time, ...row })
      return undefined
    })
  }
  for (const exemplar of points.exemplars) {
    timed(exemplar, (time) => {
      const own = exemplar.labels?.map(({ name, value }: Plain) => [name, value])
      if (own === undefined || wrongLabels([['__name__', 'x'], ...own])) return 'label_invalid'
      stored.exemplars.push({ metric, time, value: exemplar.value, labels: tidy(own) })
      return undefined
    })
  }
}

const endings = ['_bucket', '_count', '_sum', '_total', '_info', '_gsum', '_gcount', '_created']

function find(remembered: Map<string, Plain>, metric: string): Plain | undefined {
  const ending = endings.find((one) => metric.endsWith(one)) ?? ''
  const family = metric.slice(0, metric.length - ending.length)
  return remembered.get(metric) ?? remembered.get(family)
}

const unitWord = (unit: string) => ({ seconds: 's', bytes: 'By' })[unit] ?? unit

function numberKind(metric: string, attributes: Plain, type: number): Plain {
  const gauge = { kind: 0, temporality: 0, monotonic: 0 }
  const counter = { kind: 1, temporality: 2, monotonic: 1 }
  const isPart = /_(?:bucket|sum|count)$/.test(metric)
  const isQuantile = !isPart && !metric.endsWith('_total') && 'quantile' in attributes
  const summary = { kind: 4, temporality: 0, monotonic: 0 }
  if (type === 1) return counter
  if (type === 2 || type === 4) return gauge
  if (type === 3) return isPart ? counter : gauge
  if (type === 5) return isPart ? counter : isQuantile ? summary : gauge
  if (type === 6 || type === 7) return { kind: 1, temporality: 2, monotonic: 0 }
  if (isQuantile) return summary
  return isPart || metric.endsWith('_total') ? counter : gauge
}

/** Undefined for what is no histogram. */
function histogramOf(sent: Plain): Plain | undefined {
  const { schema, count, zeroCount, customValues } = sent
  const isCustom = schema === -53
  if (!isCustom && (schema < -9 || schema > 52)) return undefined
  const total = Number(sent[count] ?? 0)
  const zeros = Number(sent[zeroCount] ?? 0)
  const isFloat = count === 'countFloat' || zeroCount === 'zeroCountFloat'
  const positive = sideOf(sent.positiveSpans, isFloat ? sent.positiveCounts : sent.positiveDeltas)
  const negative = sideOf(sent.negativeSpans, isFloat ? sent.negativeCounts : sent.negativeDeltas)
  if (!positive || !negative) return undefined
  if (!isFloat) for (const side of [positive, negative]) addUp(side.counts)
  const sentCounts = [total, zeros, ...positive.counts, ...negative.counts]
  if (sent.resetHint !== 3 && sentCounts.some((one) => one < 0)) return undefined
  const gaps = [fill(positive), fill(negative)] as const
  const inBuckets = [...gaps[0], ...gaps[1]].reduce((sum, one) => sum + one, zeros)
  if (!isFloat && total < inBuckets) return undefined
  const exact = (above: number[]) =>
    sentCounts.every(isCount) ? [] : [total, zeros, ...above, ...gaps[1]]
  const shared = { count: whole(total), sum: sent.sum, reset_hint: sent.resetHint }
  if (!isCustom) {
    return {
      ...shared,
      scale: schema,
      zero_count: whole(zeros),
      zero_threshold: sent.zeroThreshold,
      positive_offset: positive.spans.length > 0 ? positive.first - 1 : 0,
      positive_counts: gaps[0].map(whole),
      negative_offset: negative.spans.length > 0 ? negative.first - 1 : 0,
      negative_counts: gaps[1].map(whole),
      bounds: [],
      bucket_counts: [],
      exact_counts: exact(gaps[0]),
    }
  }
  const isAscending = customValues.every(
    (bound: number, i: number) => i === 0 || customValues[i - 1] < bound,
  )
  if (!isAscending || zeros !== 0 || negative.spans.length > 0 || positive.first < 0)
    return undefined
  const counts = new Array(customValues.length + 1).fill(0)
  for (const [i, one] of gaps[0].entries()) {
    if (positive.first + i >= counts.length) return undefined
    counts[positive.first + i] = one
  }
  return {
    ...shared,
    bounds: customValues,
    bucket_counts: counts.map(whole),
    positive_counts: [],
    exact_counts: exact(counts),
  }
}

const whole = (count: number) => BigInt(Math.max(0, Math.round(count)))
const isCount = (count: number) => Number.isInteger(count) && count >= 0

type SideOf = { spans: Plain[]; counts: number[]; first: number }

function sideOf(spans: Plain[], sent: unknown[]): SideOf | undefined {
  const used = spans.reduce((sum, { length }) => sum + length, 0)
  if (spans.slice(1).some(({ offset }) => offset < 0) || used !== sent.length) return undefined
  return { spans, counts: sent.map(Number), first: spans[0]?.offset ?? 0 }
}

function addUp(counts: number[]): void {
  for (let i = 1; i < counts.length; i++) counts[i]! += counts[i - 1]!
}

function fill({ spans, counts }: SideOf): number[] {
  const left = [...counts]
  return spans.flatMap(({ offset, length }, i) => [
    ...new Array(i === 0 ? 0 : offset).fill(0),
    ...left.splice(0, length),
  ])
}
