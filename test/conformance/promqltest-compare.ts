/** Compares results with what a promqltest file expects, within its tolerance of a millionth. */
import type { NativeHistogram } from '../../src/query/promql/histogram.ts'
import { showHistogram } from '../../src/query/promql/histogram-buckets.ts'
import { compact } from '../../src/query/promql/histograms/arithmetic.ts'
import { almostEqual } from '../../src/query/promql/histograms/quantile.ts'
import { keyOf, showLabels } from '../../src/query/promql/labels.ts'
import type { MatrixSeries, QueryResult, VectorSample } from '../../src/query/promql/query.ts'
import type { Evaluation, Expectation, Steps } from './promqltest-file.ts'
import type { Point } from './promqltest-series.ts'

const tolerance = 1e-6
const close = (a: number, b: number): boolean => almostEqual(a, b, tolerance)
const all = (a: readonly number[], b: readonly number[], same = close): boolean =>
  a.length === b.length && a.every((value, at) => same(value, b[at] ?? Number.NaN))

function sameSpans(a: NativeHistogram, b: NativeHistogram): boolean {
  const flat = (spans: NativeHistogram['positive_spans']) =>
    spans.flatMap(({ offset, length }) => [offset, length])
  const same = (x: number, y: number) => x === y
  return (
    all(flat(a.positive_spans), flat(b.positive_spans), same) &&
    all(flat(a.negative_spans), flat(b.negative_spans), same)
  )
}

export function sameHistogram(expected: NativeHistogram, got: NativeHistogram): boolean {
  const a = compact(expected)
  const b = compact(got)
  return (
    a.schema === b.schema &&
    close(a.count, b.count) &&
    close(a.sum, b.sum) &&
    a.zero_threshold === b.zero_threshold &&
    close(a.zero_count, b.zero_count) &&
    all(a.custom_values, b.custom_values, (x, y) => x === y) &&
    sameSpans(a, b) &&
    all(a.positive_buckets, b.positive_buckets) &&
    all(a.negative_buckets, b.negative_buckets)
  )
}

type Got = { value: number; histogram?: NativeHistogram | undefined } | undefined

const show = (got: Got): string => {
  if (got === undefined) return 'nothing'
  const { histogram, value } = got
  return histogram === undefined
    ? String(value)
    : `${showHistogram(histogram)} (${histogram.reset_hint})`
}

function comparePoint(expected: Point, got: Got): string | undefined {
  if (expected === undefined || expected.kind === 'stale') {
    return got === undefined ? undefined : `expected nothing, got ${show(got)}`
  }
  if (got === undefined) {
    const wanted = expected.kind === 'float' ? expected.value : showHistogram(expected.histogram)
    return `expected ${wanted}, got nothing`
  }
  if (expected.kind === 'float') {
    const isSame = got.histogram === undefined && close(expected.value, got.value)
    return isSame ? undefined : `expected ${expected.value}, got ${show(got)}`
  }
  const { histogram } = got
  const wanted = `expected ${show({ value: 0, histogram: expected.histogram })}, got ${show(got)}`
  if (histogram === undefined || !sameHistogram(expected.histogram, histogram)) return wanted
  const isHint = histogram.reset_hint === expected.histogram.reset_hint
  return isHint || !expected.isHintGiven ? undefined : wanted
}

/** Undefined when the result is as expected. */
export function compareVector(
  test: Evaluation,
  samples: readonly VectorSample[],
): string | undefined {
  if (test.scalar !== undefined) return 'expected a scalar, got a vector'
  const left = new Map(samples.map((sample) => [keyOf(sample.labels), sample]))
  if (left.size !== samples.length) return 'series with equal labels in the result'
  for (const [at, { labels, points }] of test.series.entries()) {
    const sample = left.get(keyOf(labels))
    const flaw = comparePoint(points[0], sample)
    if (flaw !== undefined) return `${showLabels(labels)}: ${flaw}`
    if (test.isOrdered && sample !== samples[at])
      return `${showLabels(labels)} is not at place ${at}`
    left.delete(keyOf(labels))
  }
  const [rest] = left.values()
  return rest === undefined ? undefined : `unexpected ${showLabels(rest.labels)}: ${show(rest)}`
}

export function compareMatrix(
  test: Evaluation,
  series: readonly MatrixSeries[],
  steps: Steps,
): string | undefined {
  if (test.scalar !== undefined) return 'expected a scalar, got a matrix'
  const left = new Map(series.map((one) => [keyOf(one.labels), one]))
  for (const { labels, points } of test.series) {
    const one = left.get(keyOf(labels))
    left.delete(keyOf(labels))
    const times = new Map([...(one?.times_ms ?? [])].map((time, at) => [time, at]))
    for (const [at, point] of points.entries()) {
      const time_ms = steps.start_ms + at * steps.step_ms
      const found = times.get(time_ms)
      times.delete(time_ms)
      const got =
        found === undefined || one === undefined
          ? undefined
          : { value: one.values[found] ?? 0, histogram: one.histograms?.[found] }
      const flaw = comparePoint(point, got)
      if (flaw !== undefined) return `${showLabels(labels)} at ${time_ms / 1000}s: ${flaw}`
    }
    const [extra] = times.keys()
    if (extra !== undefined) {
      const at = one?.times_ms.indexOf(extra) ?? 0
      const got = one && show({ value: one.values[at] ?? 0, histogram: one.histograms?.[at] })
      return `${showLabels(labels)} at ${extra / 1000}s: unexpected point ${got}`
    }
  }
  const [rest] = left.values()
  if (rest === undefined) return undefined
  const first = show({ value: rest.values[0] ?? 0, histogram: rest.histograms?.[0] })
  return `unexpected ${showLabels(rest.labels)}: ${first} …`
}

export function compareScalar(test: Evaluation, value: number): string | undefined {
  if (test.scalar === undefined) return `expected a vector, got the scalar ${value}`
  return close(test.scalar, value) ? undefined : `expected ${test.scalar}, got ${value}`
}

function matches({ message, pattern }: Expectation, said: string): boolean {
  if (message !== undefined) return message === said
  // The patterns are of files in this repository's care, never of people.
  return pattern === undefined || new RegExp(pattern).test(said)
}

export function compareNotes(test: Evaluation, result: QueryResult): string | undefined {
  const { warnings, infos } = result
  for (const [kind, got] of [
    ['warn', warnings],
    ['info', infos],
  ] as const) {
    const wanted = test.expectations.filter((one) => one.kind === kind)
    const isRefused = test.expectations.some((one) => one.kind === `no_${kind}`)
    if (isRefused && got.length > 0) return `expected no ${kind}, got ${got.join(' | ')}`
    if (wanted.length === 0) continue
    const missed = wanted.find((one) => !got.some((said) => matches(one, said)))
    if (missed !== undefined) {
      const what = missed.message ?? missed.pattern ?? 'any'
      return `expected ${kind} ${what}, got ${got.join(' | ') || 'none'}`
    }
    const extra = got.find((said) => !wanted.some((one) => matches(one, said)))
    if (extra !== undefined) return `unexpected ${kind}: ${extra}`
  }
  return undefined
}

export function compareFailure(test: Evaluation, said: string): string | undefined {
  const wanted = test.expectations.find(({ kind }) => kind === 'fail')
  if (wanted === undefined) return `failed: ${said}`
  if (matches(wanted, said)) return undefined
  return `expected failure ${wanted.message ?? wanted.pattern}, got: ${said}`
}
