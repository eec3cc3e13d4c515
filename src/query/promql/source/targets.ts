/** What is scraped: the newest `up` of every target within the last five minutes. */
import type { QueryContext } from '../../context.ts'
import type { Labels } from '../../series.ts'
import { isStale, wordsOf } from '../stale.ts'
import { EngineSource } from './engine-source.ts'

export type Up = { labels: Labels; value: number; time_ms: number }

const lookback_ms = 300_000

export async function newestUp(context: QueryContext): Promise<Up[]> {
  const { now_ms } = context
  const up = [{ name: '__name__', operator: '=', value: 'up' }] as const
  const series = await new EngineSource(context).raw(up, now_ms - lookback_ms, now_ms)
  return series.flatMap(({ labels, times_ms, values }) => {
    const last = times_ms.length - 1
    if (last < 0 || isStale(wordsOf(values), last)) return []
    return { labels, value: values[last]!, time_ms: times_ms[last]! }
  })
}
