/** The time range that a condition cannot hold outside of: partitions and keys are pruned by it. */
import type { Condition } from './condition.ts'
import { all_time } from './condition-sql.ts'
import { timeBounds } from './leaf-tests.ts'

export type TimeRange = { from_ms: number; to_ms: number }

const timeNames = new Set(['@timestamp', 'timestamp', 'time'])

export function timeRangeOf(condition: Condition, now_ms: number): TimeRange {
  switch (condition.tag) {
    case 'range': {
      if (!timeNames.has(condition.field)) return all_time
      const { from_ms, to_ms } = timeBounds(condition, now_ms)
      return bounded(from_ms ?? all_time.from_ms, to_ms ?? all_time.to_ms)
    }
    case 'and':
      return condition.parts
        .map((part) => timeRangeOf(part, now_ms))
        .reduce(
          (a, b) => bounded(Math.max(a.from_ms, b.from_ms), Math.min(a.to_ms, b.to_ms)),
          all_time,
        )
    case 'some':
      return condition.parts.length === 1 ? timeRangeOf(condition.parts[0]!, now_ms) : all_time
    default:
      return all_time
  }
}

function bounded(from_ms: number, to_ms: number): TimeRange {
  const inside = (ms: number) => Math.min(Math.max(Math.trunc(ms), 0), all_time.to_ms)
  return { from_ms: inside(from_ms), to_ms: inside(Math.ceil(to_ms)) }
}
