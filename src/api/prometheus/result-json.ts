/**
 * Results of PromQL as JSON text, digit for digit as Prometheus writes them: values are texts,
 * times are seconds. Built as text, because a page's graphs are a million values.
 */
import { formatFixed } from '../../query/promql/go-text.ts'
import type { NativeHistogram } from '../../query/promql/histogram.ts'
import { bucketTuples } from '../../query/promql/histogram-buckets.ts'
import type { Labels } from '../../query/series.ts'

/** Seconds, with three digits behind the point or none. */
export function timeText(time_ms: number): string {
  const whole = Math.trunc(time_ms / 1_000)
  const rest = Math.abs(time_ms % 1_000)
  const sign = time_ms < 0 && whole === 0 ? '-' : ''
  return rest === 0 ? `${whole}` : `${sign}${whole}.${String(rest).padStart(3, '0')}`
}

/** Very small and very large numbers have an exponent here, as in JSON. */
export function valueText(value: number): string {
  const size = Math.abs(value)
  if (size === 0 || (size >= 1e-6 && size < 1e21) || !Number.isFinite(value)) {
    return formatFixed(value)
  }
  const [mantissa, exponent] = value.toExponential().split('e') as [string, string]
  const digits = exponent.slice(1).padStart(2, '0')
  return `${mantissa}e${exponent[0]}${digits}`
}

export function labelsText(labels: Labels): string {
  let text = '{'
  for (const [i, [name, value]] of labels.entries()) {
    text += `${i === 0 ? '' : ','}${JSON.stringify(name)}:${JSON.stringify(value)}`
  }
  return `${text}}`
}

export function pointText(time_ms: number, value: number): string {
  return `[${timeText(time_ms)},"${valueText(value)}"]`
}

export function histogramPointText(time_ms: number, histogram: NativeHistogram): string {
  return `[${timeText(time_ms)},${histogramText(histogram)}]`
}

function histogramText(histogram: NativeHistogram): string {
  const buckets = bucketTuples(histogram).map(([rule, ...numbers]) => {
    return `[${rule},${numbers.map((one) => `"${valueText(one)}"`).join(',')}]`
  })
  const tail = buckets.length === 0 ? '' : `,"buckets":[${buckets.join(',')}]`
  return `{"count":"${valueText(histogram.count)}","sum":"${valueText(histogram.sum)}"${tail}}`
}
