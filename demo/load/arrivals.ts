/** When visitors come: a Poisson stream whose rate follows the rhythm. Live it runs on timers. */
import type { Random } from '../random.ts'
import { rateAt, type Traffic } from './rhythm.ts'

/** A shop without any traffic still looks again every twenty seconds. */
const rate_min = 0.05

function rateOf(at_ms: number, traffic: Traffic): number {
  return Math.max(rate_min, rateAt(at_ms, traffic))
}

/** The time to the next of events that come at this mean rate, in milliseconds. */
export function gap(random: Random, per_second: number): number {
  return (-Math.log(1 - random()) / per_second) * 1000
}

/** All arrivals in [from, to), in order. */
export function* arrivals(
  from_ms: number,
  to_ms: number,
  random: Random,
  traffic: Traffic,
): Generator<number> {
  let at_ms = from_ms
  for (;;) {
    at_ms += gap(random, rateOf(at_ms, traffic))
    if (at_ms >= to_ms) return
    yield at_ms
  }
}

export type Flow = { now_ms: () => number; random: Random; traffic: Traffic; arrive: () => void }

/** Calls `arrive` until stopped. */
export function flow({ now_ms, random, traffic, arrive }: Flow): () => void {
  let timer: NodeJS.Timeout
  const wait = () => {
    timer = setTimeout(
      () => {
        arrive()
        wait()
      },
      gap(random, rateOf(now_ms(), traffic)),
    )
  }
  wait()
  return () => clearTimeout(timer)
}
