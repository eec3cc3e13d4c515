/** Sums, means, variances and quantiles over columns, with Prometheus's compensations. */

const isInfinite = (value: number): boolean =>
  value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY

/** Kahan's sum with Neumaier's improvement over values[from, to). */
export function sumOf(values: Float64Array, from: number, to: number): number {
  let sum = 0
  let rest = 0
  for (let at = from; at < to; at++) {
    const value = values[at]!
    const total = sum + value
    if (isInfinite(total)) rest = 0
    else if (Math.abs(sum) >= Math.abs(value)) rest += sum - total + value
    else rest += value - total + sum
    sum = total
  }
  return isInfinite(sum) ? sum : sum + rest
}

/** Collects a mean: by the sum as long as that is finite, incrementally from there on. */
export class Mean {
  private sum = 0
  private rest = 0
  private mean = 0
  private isIncremental = false
  count = 0

  add(value: number): void {
    this.count += 1
    if (this.count === 1) {
      this.sum = value
      return
    }
    if (!this.isIncremental) {
      const total = this.sum + value
      if (!isInfinite(total)) {
        if (Math.abs(this.sum) >= Math.abs(value)) this.rest += this.sum - total + value
        else this.rest += value - total + this.sum
        this.sum = total
        return
      }
      this.isIncremental = true
      this.mean = this.sum / (this.count - 1)
      this.rest /= this.count - 1
    }
    const share = (this.count - 1) / this.count
    this.step(value / this.count, share * this.mean, share * this.rest)
  }

  private step(value: number, mean: number, rest: number): void {
    const total = mean + value
    if (isInfinite(total)) this.rest = 0
    else if (Math.abs(mean) >= Math.abs(value)) this.rest = rest + (mean - total + value)
    else this.rest = rest + (value - total + mean)
    this.mean = total
  }

  result(): number {
    if (this.isIncremental) return this.mean + this.rest
    return this.sum / this.count + this.rest / this.count
  }
}

/** Population variance by Welford's method, compensated. */
export function varianceOf(values: Float64Array, from: number, to: number): number {
  let count = 0
  let mean = 0
  let meanRest = 0
  let sum = 0
  let sumRest = 0
  for (let at = from; at < to; at++) {
    count += 1
    const value = values[at]!
    const delta = value - (mean + meanRest)
    const step = delta / count
    let total = mean + step
    if (isInfinite(total)) meanRest = 0
    else if (Math.abs(mean) >= Math.abs(step)) meanRest += mean - total + step
    else meanRest += step - total + mean
    mean = total
    const square = delta * (value - (mean + meanRest))
    total = sum + square
    if (isInfinite(total)) sumRest = 0
    else if (Math.abs(sum) >= Math.abs(square)) sumRest += sum - total + square
    else sumRest += square - total + sum
    sum = total
  }
  return (sum + sumRest) / count
}

/** Sorts the values in place. NaN counts as the smallest of all. */
export function quantileOf(quantile: number, values: Float64Array): number {
  if (values.length === 0 || Number.isNaN(quantile)) return Number.NaN
  if (quantile < 0) return Number.NEGATIVE_INFINITY
  if (quantile > 1) return Number.POSITIVE_INFINITY
  values.sort()
  let numbers = values.length
  while (numbers > 0 && Number.isNaN(values[numbers - 1])) numbers -= 1
  const nans = values.length - numbers
  const ranked = (rank: number): number => (rank < nans ? Number.NaN : values[rank - nans]!)
  const rank = quantile * (values.length - 1)
  const lower = Math.max(0, Math.floor(rank))
  const upper = Math.min(values.length - 1, lower + 1)
  const weight = rank - Math.floor(rank)
  return ranked(lower) * (1 - weight) + ranked(upper) * weight
}

/** Least squares: the slope, and the value at `at_ms`. */
export function regression(
  times: Float64Array,
  values: Float64Array,
  from: number,
  to: number,
  at_ms: number,
): { slope: number; intercept: number } {
  const first = values[from]!
  const xs = new Float64Array(to - from)
  const xy = new Float64Array(to - from)
  const xx = new Float64Array(to - from)
  let isConstant = true
  for (let at = from; at < to; at++) {
    const value = values[at]!
    if (at > from && value !== first) isConstant = false
    const x = (times[at]! - at_ms) / 1e3
    xs[at - from] = x
    xy[at - from] = x * value
    xx[at - from] = x * x
  }
  if (isConstant) {
    if (isInfinite(first)) return { slope: Number.NaN, intercept: Number.NaN }
    return { slope: 0, intercept: first }
  }
  const n = to - from
  const sumX = sumOf(xs, 0, n)
  const sumY = sumOf(values, from, to)
  const covariance = sumOf(xy, 0, n) - (sumX * sumY) / n
  const variance = sumOf(xx, 0, n) - (sumX * sumX) / n
  const slope = covariance / variance
  return { slope, intercept: sumY / n - (slope * sumX) / n }
}
