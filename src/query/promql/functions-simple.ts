/** Functions of one float or one histogram at a time, and of dates, one entry each. */
import type { NativeHistogram } from './histogram.ts'
import { allBuckets, isCustom } from './histogram-buckets.ts'
import { sumOf } from './statistics.ts'

export const floatFunctions: ReadonlyMap<string, (value: number) => number> = new Map([
  ['abs', Math.abs],
  ['ceil', Math.ceil],
  ['floor', Math.floor],
  ['exp', Math.exp],
  ['sqrt', Math.sqrt],
  ['ln', Math.log],
  ['log2', Math.log2],
  ['log10', Math.log10],
  ['sin', Math.sin],
  ['cos', Math.cos],
  ['tan', Math.tan],
  ['asin', Math.asin],
  ['acos', Math.acos],
  ['atan', Math.atan],
  ['sinh', Math.sinh],
  ['cosh', Math.cosh],
  ['tanh', Math.tanh],
  ['asinh', Math.asinh],
  ['acosh', Math.acosh],
  ['atanh', Math.atanh],
  ['rad', (value: number) => (value * Math.PI) / 180],
  ['deg', (value: number) => (value * 180) / Math.PI],
  ['sgn', (value: number) => (value < 0 ? -1 : value > 0 ? 1 : value)],
])

const dateOf = (seconds: number): Date => new Date(Math.trunc(seconds) * 1000)

function dayOfYear(date: Date): number {
  const start_ms = Date.UTC(date.getUTCFullYear(), 0, 1)
  return Math.floor((date.getTime() - start_ms) / 86_400_000) + 1
}

const daysInMonth = (date: Date): number =>
  new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate()

const dates: readonly (readonly [string, (date: Date) => number])[] = [
  ['year', (date) => date.getUTCFullYear()],
  ['month', (date) => date.getUTCMonth() + 1],
  ['day_of_month', (date) => date.getUTCDate()],
  ['day_of_week', (date) => date.getUTCDay()],
  ['day_of_year', dayOfYear],
  ['days_in_month', daysInMonth],
  ['hour', (date) => date.getUTCHours()],
  ['minute', (date) => date.getUTCMinutes()],
]

/** Of a time in seconds, in UTC. */
export const dateFunctions: ReadonlyMap<string, (seconds: number) => number> = new Map(
  dates.map(([name, part]) => [name, (seconds: number) => part(dateOf(seconds))]),
)

/** What a bucket's observations are taken to be. */
function centre(lower: number, upper: number, isCustomBucket: boolean): number {
  if (isCustomBucket) return (upper + lower) / 2
  if (lower <= 0 && upper >= 0) return 0
  const mean = Math.sqrt(upper * lower)
  return upper < 0 ? -mean : mean
}

function variance(histogram: NativeHistogram): number {
  const mean = histogram.sum / histogram.count
  const squares: number[] = []
  for (const { lower, upper, count } of allBuckets(histogram)) {
    if (count === 0) continue
    const delta = centre(lower, upper, isCustom(histogram)) - mean
    squares.push(count * delta * delta)
  }
  return sumOf(Float64Array.from(squares), 0, squares.length) / histogram.count
}

export const histogramFunctions: ReadonlyMap<string, (histogram: NativeHistogram) => number> =
  new Map([
    ['histogram_count', (histogram: NativeHistogram) => histogram.count],
    ['histogram_sum', (histogram: NativeHistogram) => histogram.sum],
    ['histogram_avg', (histogram: NativeHistogram) => histogram.sum / histogram.count],
    ['histogram_stdvar', variance],
    ['histogram_stddev', (histogram: NativeHistogram) => Math.sqrt(variance(histogram))],
  ])
