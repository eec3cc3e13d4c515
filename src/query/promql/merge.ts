/** Series with equal labels become one; where their samples meet, that is an error. */
import { type GridSeries, QueryError } from '../series.ts'
import { keyOf } from './labels.ts'

export const sameLabelset = (): QueryError =>
  new QueryError('execution', 'vector cannot contain metrics with the same labelset')

/** Keeps the order of first appearance. */
export function merged(series: readonly GridSeries[]): GridSeries[] {
  const byKey = new Map<string, GridSeries>()
  const owned = new Set<GridSeries>()
  for (const one of series) {
    const key = keyOf(one.labels)
    const known = byKey.get(key)
    if (known === undefined) {
      byKey.set(key, one)
      continue
    }
    const target = owned.has(known) ? known : copyOf(known)
    owned.add(target)
    byKey.set(key, target)
    addTo(target, one)
  }
  return byKey.size === series.length ? [...series] : [...byKey.values()]
}

export function copyOf(series: GridSeries): GridSeries {
  return {
    ...series,
    values: series.values.slice(),
    has: series.has.slice(),
    ...(series.histograms === undefined ? {} : { histograms: [...series.histograms] }),
  }
}

function addTo(target: GridSeries, other: GridSeries): void {
  if (other.dropName === true) target.dropName = true
  for (let at = 0; at < other.has.length; at++) {
    if (other.has[at] !== 1) continue
    if (target.has[at] === 1) throw sameLabelset()
    target.has[at] = 1
    target.values[at] = other.values[at]!
    const histogram = other.histograms?.[at]
    if (histogram === undefined) continue
    target.histograms ??= new Array(target.has.length).fill(undefined)
    target.histograms[at] = histogram
  }
}
