/**
 * Finds what stands out: the group that is farthest from the others, and times that lie outside of
 * what is usual. Medians throughout, so that the outlier itself does not hide. Pure.
 */

type Values = readonly (number | null)[]

/** Makes a median absolute deviation comparable to a standard deviation. */
const mad_scale = 1.4826
/** The same for the mean absolute deviation, which serves where most values are equal. */
const mean_scale = 1.2533
/** Differences below this share of the level are none. */
const level_share_min = 0.05

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const half = Math.floor(sorted.length / 2)
  const upper = sorted[half] ?? Number.NaN
  return sorted.length % 2 === 1 ? upper : ((sorted[half - 1] ?? Number.NaN) + upper) / 2
}

export type Outlier = {
  /** Which group; -1 where there are too few to tell. */
  group: number
  /** How many usual deviations it is from the median of all, on average over the window. */
  score: number
}

/** Of two nobody can say which one is the odd. */
const groups_min = 3

export function outlierOf(groups: readonly Values[]): Outlier {
  const times = Math.max(0, ...groups.map((values) => values.length))
  const far: number[][] = groups.map(() => [])
  const spreads: number[] = []
  const levels: number[] = []
  for (let at = 0; at < times; at++) {
    const there = groups.flatMap((values, group) => {
      const value = values[at]
      return isNumber(value) ? [{ group, value }] : []
    })
    if (there.length < groups_min) continue
    const middle = median(there.map(({ value }) => value))
    const away = there.map(({ value }) => Math.abs(value - middle))
    there.forEach(({ group }, index) => {
      far[group]?.push(away[index] ?? 0)
    })
    spreads.push(median(away))
    levels.push(Math.abs(middle), ...there.map(({ value }) => Math.abs(value)))
  }
  if (spreads.length === 0) return { group: -1, score: 0 }
  const spread = Math.max(mad_scale * median(spreads), level_share_min * median(levels))
  const scores = far.map((away) => {
    const mean = away.reduce((sum, one) => sum + one, 0) / Math.max(1, away.length)
    return scored(mean, spread)
  })
  const score = Math.max(...scores)
  return { group: scores.indexOf(score), score }
}

/** All others at nothing: what is something stands out by as much as can be said. */
const score_max = 1_000

function scored(away: number, spread: number): number {
  if (away === 0) return 0
  return Math.min(score_max, away / spread)
}

/** Positions, those that tell most first; equals keep their order. */
export function byOutlier(outliers: readonly Outlier[]): number[] {
  const order = outliers.map((_, at) => at)
  return order.sort((a, b) => (outliers[b]?.score ?? 0) - (outliers[a]?.score ?? 0) || a - b)
}

export type Band = { low: number; high: number; middle: number }

const points_min = 12
const band_deviations = 4

/** median ± 4 usual deviations; nothing where too little is known or nothing ever moves. */
export function bandOf(values: Values): Band | undefined {
  const numbers = values.filter(isNumber)
  if (numbers.length < points_min) return undefined
  const middle = median(numbers)
  const away = numbers.map((value) => Math.abs(value - middle))
  const mean = away.reduce((sum, one) => sum + one, 0) / away.length
  const usual = mad_scale * median(away) || mean_scale * mean
  if (usual === 0) return undefined
  const half = band_deviations * Math.max(usual, (level_share_min / 4) * Math.abs(middle))
  return { low: middle - half, high: middle + half, middle }
}

export type Stretch = { from_ms: number; to_ms: number; worst: number; points: number }

/** Times outside of the band; neighbours are one stretch, and a gap ends it. */
export function outsideOf(band: Band, values: Values, time_ms: readonly number[]): Stretch[] {
  const found: Stretch[] = []
  let open: Stretch | undefined
  values.forEach((value, at) => {
    const time = time_ms[at]
    if (!isNumber(value) || time === undefined || (value >= band.low && value <= band.high)) {
      open = undefined
      return
    }
    const isWorse = Math.abs(value - band.middle) > Math.abs((open?.worst ?? value) - band.middle)
    if (open === undefined) {
      open = { from_ms: time, to_ms: time, worst: value, points: 1 }
      found.push(open)
      return
    }
    open.to_ms = time
    open.points += 1
    if (isWorse) open.worst = value
  })
  return found
}

function isNumber(value: number | null | undefined): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}
