/** What a click on a legend hides and shows. Pure. */
import type { Series } from './series.ts'

/** Alone, all, or one more or less. Pure. */
export function nextHidden(
  name: string,
  series: readonly Series[],
  hidden: ReadonlySet<string>,
  isOneMore: boolean,
): ReadonlySet<string> {
  if (isOneMore) {
    const next = new Set(hidden)
    if (!next.delete(name)) next.add(name)
    return next.size === series.length ? new Set() : next
  }
  const isAlone = hidden.size === series.length - 1 && !hidden.has(name)
  if (isAlone) return new Set()
  return new Set(series.map((one) => one.name).filter((other) => other !== name))
}
