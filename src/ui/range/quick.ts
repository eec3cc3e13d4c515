/** The usual time ranges, the last ones used, and widening. Pure but for this browser's memory. */

export type Quick = { id: string; from: string; to: string }

export const quickRanges: readonly Quick[] = [
  { id: '5m', from: 'now-5m', to: 'now' },
  { id: '15m', from: 'now-15m', to: 'now' },
  { id: '30m', from: 'now-30m', to: 'now' },
  { id: '1h', from: 'now-1h', to: 'now' },
  { id: '3h', from: 'now-3h', to: 'now' },
  { id: '6h', from: 'now-6h', to: 'now' },
  { id: '12h', from: 'now-12h', to: 'now' },
  { id: '24h', from: 'now-24h', to: 'now' },
  { id: '2d', from: 'now-2d', to: 'now' },
  { id: '7d', from: 'now-7d', to: 'now' },
  { id: '30d', from: 'now-30d', to: 'now' },
  { id: 'today', from: 'now/d', to: 'now' },
  { id: 'yesterday', from: 'now-1d/d', to: 'now-1d/d' },
]

export function quickOf(from: string, to: string): Quick | undefined {
  return quickRanges.find((quick) => quick.from === from && quick.to === to)
}

/** Twice as long around the same middle, not past now. */
export function zoomedOut(from_ms: number, to_ms: number, now_ms: number): [number, number] {
  const half = (to_ms - from_ms) / 2
  const end = Math.min(to_ms + half, Math.max(now_ms, to_ms))
  return [Math.round(end - half * 4), Math.round(end)]
}

/** One length earlier (-1) or later (1). */
export function shifted(from_ms: number, to_ms: number, way: -1 | 1): [number, number] {
  const distance = ((to_ms - from_ms) / 2) * way
  return [Math.round(from_ms + distance), Math.round(to_ms + distance)]
}

export type Recent = { from: string; to: string }
const stored = 'crowsnest.ranges'

export function recentRanges(): readonly Recent[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(stored) ?? '[]')
    return Array.isArray(kept) ? (kept as Recent[]).filter((one) => one.from && one.to) : []
  } catch {
    return []
  }
}

export function rememberRange(from: string, to: string): void {
  if (quickOf(from, to) !== undefined) return
  const others = recentRanges().filter((one) => one.from !== from || one.to !== to)
  try {
    localStorage.setItem(stored, JSON.stringify([{ from, to }, ...others].slice(0, 5)))
  } catch {
    // A browser may refuse to store; picking a range does not depend on it.
  }
}
