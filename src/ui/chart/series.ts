/** What charts draw, and the arithmetic before drawing: stacking, summaries, ordering. Pure. */

export type Series = {
  name: string
  /** null where there is no data: drawn as a gap, never bridged. */
  values: readonly (number | null)[]
  /** A CSS colour; the name's own by default. */
  color?: string | undefined
  kind?: 'line' | 'area' | 'bar' | undefined
  /** Drawn thin and dashed: a limit, a threshold, last week. */
  dashed?: boolean | undefined
}

export type Mark = {
  time_ms: number
  to_ms?: number | undefined
  label: string
  tone?: 'ok' | 'warn' | 'bad' | 'neutral' | undefined
}

export type Gap = { from_ms: number; to_ms: number; label: string }

export type Exemplar = { time_ms: number; value: number; label: string; trace_id: string }

export type Values = readonly (number | null)[]

/** Each series on top of those before it. A gap in one counts as nothing in the pile. */
export function stack(all: readonly Values[]): (number | null)[][] {
  const pile: number[] = []
  return all.map((values) =>
    values.map((value, at) => {
      if (value === null || value === undefined)
        return value === undefined ? null : (pile[at] ?? null)
      pile[at] = (pile[at] ?? 0) + value
      return pile[at]
    }),
  )
}

export type Summary = { last: number | null; min: number; max: number; mean: number; sum: number }

export function summary(values: Values): Summary | undefined {
  let last: number | null = null
  let [min, max, sum, seen] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0]
  for (const value of values) {
    if (value === null || !Number.isFinite(value)) continue
    last = value
    min = Math.min(min, value)
    max = Math.max(max, value)
    sum += value
    seen += 1
  }
  return seen === 0 ? undefined : { last, min, max, mean: sum / seen, sum }
}

/** Indexes ordered by the value shown, largest first; those without a value last. */
export function byValue(values: Values): number[] {
  const order = values.map((_, at) => at)
  return order.sort((a, b) => (values[b] ?? -Infinity) - (values[a] ?? -Infinity) || a - b)
}

/** Every bucket of the range, with nothing where the answer had none. */
export function filled(
  time_ms: readonly number[],
  series: readonly Series[],
  step_ms: number,
  range: { from_ms: number; to_ms: number },
): { time_ms: number[]; series: Series[] } {
  const anchor = time_ms[0] ?? range.from_ms
  const first = anchor - Math.ceil((anchor - range.from_ms) / step_ms) * step_ms
  const all: number[] = []
  for (let at = first; at < range.to_ms && all.length < 2000; at += step_ms) all.push(at)
  const place = new Map(time_ms.map((time, at) => [time, at]))
  const widened = series.map((one) => ({
    ...one,
    values: all.map((time) => one.values[place.get(time) ?? -1] ?? 0),
  }))
  return { time_ms: all, series: widened }
}
