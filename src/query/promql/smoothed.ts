/** An instant selector with `smoothed`: on the line between the samples before and after. */
import { type GridSeries, QueryError } from '../series.ts'
import type { Selector } from './ast.ts'
import { columnsOf } from './range-window.ts'
import { emptyGrid, lastTime, type Scope, timeAt } from './run.ts'
import { instantWindow, readRaw, release, spread } from './selectors.ts'

export async function readSmoothed(node: Selector, scope: Scope): Promise<GridSeries[]> {
  if (node.extension === 'anchored') {
    throw new QueryError('bad_data', 'anchored modifier can only be used with a range vector')
  }
  const { steps, range_ms, offset_ms } = instantWindow(node, scope)
  const from_ms = steps.start_ms - offset_ms - range_ms
  const raw = await readRaw(node.matchers, from_ms, lastTime(steps) - offset_ms + range_ms, scope)
  const out: GridSeries[] = []
  for (const one of raw) {
    const { times, values } = columnsOf(one)
    const made = emptyGrid(one.labels, steps.count)
    let next = 0
    for (let at = 0; at < steps.count; at++) {
      const time_ms = timeAt(steps, at) - offset_ms
      while (next < times.length && times[next]! <= time_ms) next += 1
      const before = next - 1
      if (before < 0 || times[before]! <= time_ms - range_ms) continue
      made.has[at] = 1
      made.values[at] = values[before]!
      if (times[before] === time_ms || next >= times.length) continue
      if (times[next]! > time_ms + range_ms) continue
      const part = (time_ms - times[before]!) / (times[next]! - times[before]!)
      made.values[at] = values[before]! + (values[next]! - values[before]!) * part
    }
    if (made.has.includes(1)) out.push(made)
  }
  release(raw, scope)
  return spread(out, scope.steps.count)
}
