/** Aggregations of the samples of one group at one step, one entry each. */

import type { RangeOut } from './functions-range.ts'
import type { NativeHistogram } from './histogram.ts'
import { HistogramTotal } from './histograms/sum.ts'
import type { Notes } from './notes.ts'
import { Mean, quantileOf } from './statistics.ts'

/** Begun for every step, then fed the group's samples in order. */
export type Reducer = {
  begin(): void
  add(value: number, histogram: NativeHistogram | undefined, metric: string): void
  /** False where the step has no result. */
  end(out: RangeOut, parameter: number): boolean
}

type Told = { notes: Notes; place: number }

const isFiniteNumber = Number.isFinite

/** Floats alone; histograms are told of and left out. */
abstract class OfFloats implements Reducer {
  protected count = 0
  private readonly name: string
  private readonly told: Told

  constructor(name: string, told: Told) {
    this.name = name
    this.told = told
  }

  begin(): void {
    this.count = 0
  }

  add(value: number, histogram: NativeHistogram | undefined): void {
    if (histogram !== undefined) {
      this.told.notes.ignoredInAggregation(this.name, this.told.place)
      return
    }
    this.count += 1
    this.take(value)
  }

  protected abstract take(value: number): void
  protected abstract result(parameter: number): number

  end(out: RangeOut, parameter: number): boolean {
    if (this.count === 0) return false
    out.value = this.result(parameter)
    return true
  }
}

class Extreme extends OfFloats {
  private best = 0
  private readonly sign: number

  constructor(name: 'min' | 'max', told: Told) {
    super(name, told)
    this.sign = name === 'max' ? 1 : -1
  }

  protected take(value: number): void {
    const isBetter = this.sign * value > this.sign * this.best || Number.isNaN(this.best)
    if (this.count === 1 || isBetter) this.best = value
  }

  protected result(): number {
    return this.best
  }
}

class Variance extends OfFloats {
  private mean = 0
  private sum = 0
  private readonly isDeviation: boolean

  constructor(name: 'stddev' | 'stdvar', told: Told) {
    super(name, told)
    this.isDeviation = name === 'stddev'
  }

  protected take(value: number): void {
    if (this.count === 1) {
      this.mean = value
      this.sum = isFiniteNumber(value) ? 0 : Number.NaN
      return
    }
    const delta = value - this.mean
    this.mean += delta / this.count
    this.sum += delta * (value - this.mean)
  }

  protected result(): number {
    const variance = this.sum / this.count
    return this.isDeviation ? Math.sqrt(variance) : variance
  }
}

class Quantile extends OfFloats {
  private values: number[] = []

  constructor(told: Told) {
    super('quantile', told)
  }

  override begin(): void {
    super.begin()
    this.values = []
  }

  protected take(value: number): void {
    this.values.push(value)
  }

  protected result(parameter: number): number {
    return quantileOf(parameter, Float64Array.from(this.values))
  }
}

/** Anything counts. */
class Counter implements Reducer {
  private count = 0
  private readonly isGroup: boolean

  constructor(isGroup: boolean) {
    this.isGroup = isGroup
  }

  begin(): void {
    this.count = 0
  }

  add(): void {
    this.count += 1
  }

  end(out: RangeOut): boolean {
    out.value = this.isGroup ? 1 : this.count
    return this.count > 0
  }
}

/** sum and avg: of floats, or of histograms, but not of both. */
class Total implements Reducer {
  private sum = 0
  private rest = 0
  private floats = 0
  private mean = new Mean()
  private histograms: HistogramTotal | undefined
  private readonly isMean: boolean
  private readonly told: Told

  constructor(isMean: boolean, told: Told) {
    this.isMean = isMean
    this.told = told
  }

  begin(): void {
    this.floats = 0
    this.histograms = undefined
    if (this.isMean) this.mean = new Mean()
  }

  add(value: number, histogram: NativeHistogram | undefined, metric: string): void {
    if (histogram !== undefined) {
      this.histograms ??= new HistogramTotal(this.isMean)
      const wasMixed = this.histograms.isMixed
      this.histograms.add(histogram)
      if (this.histograms.isMixed && !wasMixed) {
        this.told.notes.mixedExponentialCustom(metric, this.told.place)
      }
      return
    }
    this.floats += 1
    if (this.isMean) this.mean.add(value)
    else this.plus(value)
  }

  private plus(value: number): void {
    if (this.floats === 1) {
      this.sum = value
      this.rest = 0
      return
    }
    const total = this.sum + value
    if (Math.abs(total) === Number.POSITIVE_INFINITY) this.rest = 0
    else if (Math.abs(this.sum) >= Math.abs(value)) this.rest += this.sum - total + value
    else this.rest += value - total + this.sum
    this.sum = total
  }

  end(out: RangeOut): boolean {
    const { notes, place } = this.told
    if (this.histograms !== undefined) {
      if (this.floats > 0) {
        notes.mixedInAggregation(place)
        return false
      }
      if (this.histograms.hasCollision) notes.resetCollision('aggregation', place)
      if (this.histograms.wasReconciled) notes.boundsReconciled('aggregation', place)
      out.histogram = this.histograms.result()
      return out.histogram !== undefined
    }
    if (this.floats === 0) return false
    out.value = this.isMean ? this.mean.result() : this.sum + this.rest
    return true
  }
}

export const reducers: ReadonlyMap<string, (told: Told) => Reducer> = new Map<
  string,
  (told: Told) => Reducer
>([
  ['sum', (told) => new Total(false, told)],
  ['avg', (told) => new Total(true, told)],
  ['min', (told) => new Extreme('min', told)],
  ['max', (told) => new Extreme('max', told)],
  ['count', () => new Counter(false)],
  ['group', () => new Counter(true)],
  ['stddev', (told) => new Variance('stddev', told)],
  ['stdvar', (told) => new Variance('stdvar', told)],
  ['quantile', (told) => new Quantile(told)],
])
