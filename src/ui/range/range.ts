/**
 * The time range of the whole screen. It lives in the address as text ("now-15m" or an instant);
 * "now" is read once a refresh, so that all panels ask about the same moment and share cached
 * answers.
 */
import { useMemo, useSyncExternalStore } from 'react'
import type { RangeAsk } from '../../model/question.ts'
import { parseTimeRange } from '../../model/time.ts'
import { flag, text } from '../url/codec.ts'
import { useUrl } from '../url/location.ts'

export const rangeShape = {
  from: text('now-15m'),
  to: text('now'),
  refresh: text(''),
  cluster: text(''),
  namespace: text(''),
  utc: flag(false),
}

export type Range = {
  from_ms: number
  to_ms: number
  /** As in the address: date math or an instant. */
  from: string
  to: string
  is_relative: boolean
  /** '' (off), '5s', '10s', '30s', '1m' or 'live'. */
  refresh: string
  is_live: boolean
  utc: boolean
  cluster: string
  namespace: string
  /** Two instants in ms, or two texts of date math. */
  setRange: (from: number | string, to: number | string) => void
  setRefresh: (refresh: string) => void
  setScope: (scope: { cluster: string; namespace: string }) => void
  setUtc: (utc: boolean) => void
  /** Reads "now" again: every panel with a relative range asks again. */
  bump: () => void
}

let now_ms = Date.now()
const watchers = new Set<() => void>()

/** Moves "now" for the whole screen. */
export function bump(): void {
  now_ms = Date.now()
  for (const watcher of watchers) watcher()
}

/** The "now" of the last refresh: relative times on screen count from the real one. */
export function useNow(): number {
  return useSyncExternalStore(watchNow, () => now_ms)
}

function watchNow(watcher: () => void): () => void {
  watchers.add(watcher)
  return () => watchers.delete(watcher)
}

export function useRange(): Range {
  const [url, setUrl] = useUrl(rangeShape)
  const now = useNow()
  return useMemo(() => {
    const { from_ms, to_ms } = readRange(url.from, url.to, now, url.utc)
    return {
      from_ms,
      to_ms,
      from: url.from,
      to: url.to,
      is_relative: `${url.from}${url.to}`.includes('now'),
      refresh: url.refresh,
      is_live: url.refresh === 'live',
      utc: url.utc,
      cluster: url.cluster,
      namespace: url.namespace,
      setRange: (from, to) => {
        bump()
        setUrl({ from: written(from), to: written(to) })
      },
      setRefresh: (refresh) => setUrl({ refresh }, { replace: true }),
      setScope: (scope) => setUrl(scope),
      setUtc: (utc) => setUrl({ utc }, { replace: true }),
      bump,
    }
  }, [url, now, setUrl])
}

/** The instants of a range; the last quarter of an hour when the address holds none. */
function readRange(from: string, to: string, now: number, utc: boolean) {
  try {
    return parseTimeRange(from, to, now, { time_zone: timeZone(utc) })
  } catch {
    return { from_ms: now - 15 * 60e3, to_ms: now }
  }
}

export function timeZone(utc: boolean): string {
  return utc ? 'UTC' : Intl.DateTimeFormat().resolvedOptions().timeZone
}

function written(moment: number | string): string {
  return typeof moment === 'number' ? String(Math.round(moment)) : moment
}

/** The part of an ask that says when and where, snapped so that equal views ask equal questions. */
export function useRangeAsk(): RangeAsk {
  const { from_ms, to_ms, is_relative, cluster, namespace } = useRange()
  return useMemo(() => {
    const range = is_relative ? snapped(from_ms, to_ms) : { from_ms, to_ms }
    return {
      ...range,
      ...(cluster === '' ? {} : { cluster }),
      ...(namespace === '' ? {} : { namespace }),
    }
  }, [from_ms, to_ms, is_relative, cluster, namespace])
}

/** Widens a range to whole steps; a step is small beside the range, so nothing is seen of it. */
export function snapped(from_ms: number, to_ms: number): { from_ms: number; to_ms: number } {
  const step_ms = stepFor(to_ms - from_ms)
  return {
    from_ms: Math.floor(from_ms / step_ms) * step_ms,
    to_ms: Math.ceil(to_ms / step_ms) * step_ms,
  }
}

function stepFor(length_ms: number): number {
  if (length_ms <= 15 * 60e3) return 1e3
  if (length_ms <= 3600e3) return 5e3
  if (length_ms <= 6 * 3600e3) return 10e3
  if (length_ms <= 24 * 3600e3) return 60e3
  return 300e3
}
