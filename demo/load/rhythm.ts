/** How many requests a second the shop gets at a time: by hour of the day, with noise. Pure. */

const hour_ms = 3_600_000
const day_ms = 24 * hour_ms
const quietest_hour = 4.5

/** A day's shape: 0.6 before dawn, 1.25 in the evening; UTC, so that no test needs a zone. */
export function dayShape(time_ms: number): number {
  const hours = (time_ms % day_ms) / hour_ms
  const phase = ((hours - quietest_hour) / 24) * 2 * Math.PI
  return 0.925 - 0.325 * Math.cos(phase)
}

/** Waves of minutes that never quite repeat: within 12 % of the day's shape. */
export function noise(time_ms: number): number {
  const minutes = time_ms / 60_000
  return 1 + 0.06 * Math.sin(minutes * 1.7) + 0.04 * Math.sin(minutes * 0.61 + 1) + wobble(minutes)
}

function wobble(minutes: number): number {
  return 0.02 * Math.sin(minutes * 5.3 + 2)
}

const warm_up_ms = 240_000
const past_share_open = 0.16
const past_share_oldest = 0.06
const past_ms = 40 * 60_000

/**
 * Traffic as a share of the full rate. The past is told with few requests because each costs work
 * at start; traffic then grows for four minutes, so that no chart shows a cliff at the start.
 */
export function share(since_open_ms: number): number {
  if (since_open_ms < 0) {
    const age = Math.min(1, -since_open_ms / past_ms)
    return past_share_open - (past_share_open - past_share_oldest) * age
  }
  const grown = Math.min(1, since_open_ms / warm_up_ms)
  return past_share_open + (1 - past_share_open) * grown
}

export type Traffic = { requests_per_second: number; opened_ms: number }

export function rateAt(time_ms: number, traffic: Traffic): number {
  const shape = dayShape(time_ms) * noise(time_ms)
  return traffic.requests_per_second * shape * share(time_ms - traffic.opened_ms)
}
