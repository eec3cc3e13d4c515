/** The only place that chooses a chart's interval. */

const day_s = 86_400
const nice = [
  1,
  2,
  5,
  10,
  15,
  30,
  60,
  120,
  300,
  600,
  900,
  1_800,
  3_600,
  7_200,
  10_800,
  21_600,
  43_200,
  day_s,
]

/** The smallest nice interval that cuts the range into at most points_max pieces. */
export function bucketFor(from_ms: number, to_ms: number, points_max: number): { seconds: number } {
  const wanted_s = Math.max(0, to_ms - from_ms) / 1_000 / Math.max(1, points_max)
  const seconds = nice.find((candidate) => candidate >= wanted_s)
  return { seconds: seconds ?? Math.ceil(wanted_s / day_s) * day_s }
}

/** Starts of all buckets that touch [from_ms, to_ms), aligned as the engine aligns them. */
export function bucketStarts(from_ms: number, to_ms: number, seconds: number): number[] {
  const step = seconds * 1_000
  const starts: number[] = []
  for (let at = Math.floor(from_ms / step) * step; at < to_ms; at += step) starts.push(at)
  return starts
}
