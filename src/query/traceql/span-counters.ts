/** Sums of minutes as a counter's samples: from midnight on, at the end of each minute. */

export const minute_ms = 60_000
/** After the last call a series is told for this long, so that rates fall to zero. */
export const quiet_ms = 15 * minute_ms
const day_ms = 86_400_000

export type MinuteRow = {
  /** The minute's start in ms. */
  minute: number
  calls: number
  errors: number
  seconds: number
  /** Counts up to each bound. */
  buckets: readonly number[]
}

export type Samples = { times_ms: Float64Array; values: Float64Array; starts_ms: Float64Array }

/**
 * Samples in (from_ms, to_ms]. Rows are in order of time. A day begins with a zero 1 ms after
 * midnight, so that every reset is seen as one. The minute that is not over yet is told at now_ms.
 */
export function cumulate(
  rows: readonly MinuteRow[],
  read: (row: MinuteRow) => number,
  { from_ms, to_ms, now_ms }: { from_ms: number; to_ms: number; now_ms: number },
): Samples {
  const times: number[] = []
  const values: number[] = []
  const starts: number[] = []
  const tell = (time: number, value: number, start: number) => {
    if (time <= from_ms || time > to_ms || time <= (times.at(-1) ?? -1)) return
    times.push(time)
    values.push(value)
    starts.push(start)
  }
  let at = 0
  let total = 0
  let day = -1
  /** The end of the last minute with calls. */
  let active = Number.NEGATIVE_INFINITY
  const first = Math.floor((from_ms - quiet_ms) / minute_ms) * minute_ms - 2 * minute_ms
  const last = Math.min(to_ms - 1, now_ms)
  for (
    let minute = Math.min(first, rows[0]?.minute ?? first);
    minute <= last;
    minute += minute_ms
  ) {
    const next = rows[at]
    if (next !== undefined && next.minute > minute && minute - active > quiet_ms) {
      // Nothing is told until a minute before the next calls.
      minute = Math.max(minute, next.minute - minute_ms)
    } else if (next === undefined && minute - active > quiet_ms) break
    const today = Math.floor(minute / day_ms) * day_ms
    if (today !== day) total = 0
    day = today
    const row = rows[at]?.minute === minute ? rows[at++] : undefined
    if (row !== undefined) {
      total += read(row)
      active = minute
    }
    const isTold = minute - active <= quiet_ms || rows[at]?.minute === minute + minute_ms
    if (!isTold) continue
    if (minute === today) tell(today + 1, 0, today)
    const end = minute + minute_ms
    tell(end <= now_ms ? end : Math.max(minute, now_ms), total, today)
  }
  return {
    times_ms: Float64Array.from(times),
    values: Float64Array.from(values),
    starts_ms: Float64Array.from(starts),
  }
}
