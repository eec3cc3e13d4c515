/**
 * Warnings and infos about a result in Prometheus's words, each told once, with the place in the
 * query it is about. Decides nothing.
 */
import { formatGeneral, formatPrecision, quote } from './go-text.ts'
import { placeText } from './syntax/syntax-error.ts'

type Monotonicity = {
  count: number
  from_ms: number
  to_ms: number
  least: number
  greatest: number
  difference: number
}
type Note = { at: number; monotonicity?: Monotonicity }
export type HistogramOperation = 'addition' | 'subtraction' | 'aggregation'

const warning = 'PromQL warning: '
const info = 'PromQL info: '
const documentation =
  'https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile'
const monotonicity = `${info}input to histogram_quantile needed to be fixed for monotonicity`

const forMetric = (name: string): string => (name === '' ? '' : ` for metric name ${quote(name)}`)

const notes_max = 10_000

export class Notes {
  private readonly notes = new Map<string, Note>()

  get size(): number {
    return this.notes.size
  }

  /** Of equal notes the last one's place is told, as Prometheus does. */
  private add(text: string, at: number): void {
    if (this.notes.size < notes_max || this.notes.has(text)) this.notes.set(text, { at })
  }

  merge(other: Notes): void {
    for (const [text, note] of other.notes) this.notes.set(text, note)
  }

  invalidQuantile(value: number, at: number): void {
    const got = formatGeneral(value)
    this.add(`${warning}quantile value should be between 0 and 1, got ${got}`, at)
  }

  invalidRatio(value: number, capped: number, at: number): void {
    const got = `got ${formatGeneral(value)}, capping to ${formatGeneral(capped)}`
    this.add(`${warning}ratio value should be between -1 and 1, ${got}`, at)
  }

  badBucketLabel(metric: string, label: string, at: number): void {
    const says = `bucket label "le" is missing or has a malformed value of ${quote(label)}`
    this.add(`${warning}${says}${forMetric(metric)}`, at)
  }

  mixedFloatsHistograms(metric: string, at: number): void {
    const says = 'encountered a mix of histograms and floats for metric name'
    this.add(`${warning}${says} ${quote(metric)}`, at)
  }

  mixedInAggregation(at: number): void {
    this.add(`${warning}encountered a mix of histograms and floats for aggregation`, at)
  }

  mixedClassicNative(metric: string, at: number): void {
    const says = 'vector contains a mix of classic and native histograms'
    this.add(`${warning}${says}${forMetric(metric)}`, at)
  }

  notCounter(metric: string, at: number): void {
    const says = 'this native histogram metric is not a counter:'
    this.add(`${warning}${says} ${quote(metric)}`, at)
  }

  notGauge(metric: string, at: number): void {
    this.add(`${warning}this native histogram metric is not a gauge: ${quote(metric)}`, at)
  }

  mixedExponentialCustom(metric: string, at: number): void {
    const says = 'vector contains a mix of histograms with exponential and custom buckets schemas'
    this.add(`${warning}${says} for metric name ${quote(metric)}`, at)
  }

  incompatibleBuckets(operator: string, at: number): void {
    const says = 'incompatible bucket layout encountered for binary operator'
    this.add(`${warning}${says} ${operator}`, at)
  }

  resetCollision(operation: HistogramOperation, at: number): void {
    this.add(`${warning}conflicting counter resets during histogram ${operation}`, at)
  }

  sortInRange(at: number): void {
    const says = 'sort is ineffective for range queries since results are always ordered by labels'
    this.add(`${warning}${says}`, at)
  }

  boundsReconciled(operation: HistogramOperation, at: number): void {
    this.add(`${info}mismatched custom buckets were reconciled during ${operation}`, at)
  }

  possibleNonCounter(metric: string, at: number): void {
    const says = 'metric might not be a counter, name does not end in _total/_sum/_count/_bucket:'
    this.add(`${info}${says} ${quote(metric)}`, at)
  }

  incompatibleTypes(left: string, operator: string, right: string, at: number): void {
    const says = 'incompatible sample types encountered for binary operator'
    this.add(`${info}${says} "${operator}": ${left} ${operator} ${right}`, at)
  }

  ignoredInAggregation(aggregation: string, at: number): void {
    this.add(`${info}ignored histogram in ${aggregation} aggregation`, at)
  }

  ignoredInRange(metric: string, at: number): void {
    const says = 'ignored histograms in a range containing both floats and histograms'
    this.add(`${info}${says} for metric name ${quote(metric)}`, at)
  }

  nanQuantile(metric: string, isSkewed: boolean, at: number): void {
    const result = isSkewed ? 'result is skewed higher' : 'result is NaN'
    const says = `input to histogram_quantile has NaN observations, ${result}`
    this.add(`${info}${says}${forMetric(metric)}`, at)
  }

  nanFraction(metric: string, at: number): void {
    const says = 'input to histogram_fraction has NaN observations, which are excluded from all'
    this.add(`${info}${says} fractions${forMetric(metric)}`, at)
  }

  /** Many of these become one, with how bad it was over how long. */
  forcedMonotonicity(metric: string, time_ms: number, fix: Fix, at: number): void {
    const text = `${monotonicity} (see ${documentation})${forMetric(metric)}`
    const known = this.notes.get(text)?.monotonicity
    const { least, greatest, difference } = fix
    const monotone: Monotonicity = {
      count: (known?.count ?? 0) + 1,
      from_ms: Math.min(known?.from_ms ?? time_ms, time_ms),
      to_ms: Math.max(known?.to_ms ?? time_ms, time_ms),
      least: Math.min(known?.least ?? least, least),
      greatest: Math.max(known?.greatest ?? greatest, greatest),
      difference: Math.max(known?.difference ?? difference, difference),
    }
    this.notes.set(text, { at, monotonicity: monotone })
  }

  /** With line and column at the end. */
  told(query: string): { warnings: string[]; infos: string[] } {
    const warnings: string[] = []
    const infos: string[] = []
    for (const [text, { at, monotonicity: fixed }] of this.notes) {
      const detail = fixed === undefined ? '' : showMonotonicity(fixed)
      const list = text.startsWith(info) ? infos : warnings
      list.push(`${text}${detail} (${placeText(query, at)})`)
    }
    return { warnings, infos }
  }
}

/** Bounds of the buckets that had to be raised, and by how much at most. */
export type Fix = { least: number; greatest: number; difference: number }

/** To the second, as Prometheus writes it. */
const timeText = (time_ms: number): string =>
  new Date(Math.trunc(time_ms / 1000) * 1000).toISOString().replace('.000Z', 'Z')

function showMonotonicity(fixed: Monotonicity): string {
  const bounds = `${formatGeneral(fixed.least)} to ${formatGeneral(fixed.greatest)}`
  const difference = formatPrecision(fixed.difference, 2)
  const times = `${timeText(fixed.from_ms)} to ${timeText(fixed.to_ms)}`
  const samples = `over ${fixed.count} samples from ${times}`
  return `, from buckets ${bounds}, with a max diff of ${difference}, ${samples}`
}
