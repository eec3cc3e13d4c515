/**
 * What a function over a range is computed of: its windows on the steps, and by which labels its
 * samples are grouped. A sum around it can be taken at once, which spares most of the series.
 */
import type { Steps } from '../../series.ts'
import type { Group, RangeExpr, VectorExpr } from '../ast.ts'
import type { TimeSpan } from '../store/read-lines.ts'
import type { Windows } from './windows.ts'

export type RangePlan = {
  expr: RangeExpr
  /** Undefined: by all labels that a series has. */
  group: Group | undefined
  windows: Windows
  /** The start of the first window. */
  origin_ns: bigint
  /** [from, to) around all windows, which hold their end and not their start. */
  span: TimeSpan
}

const ms_ns = 1_000_000n

export function planRange(expr: RangeExpr, steps: Steps, outer?: Group): RangePlan {
  const shift_ms = Math.round(expr.offset_ms)
  const origin_ns = BigInt(steps.start_ms - shift_ms - expr.range_ms) * ms_ns
  const last_ns = BigInt(steps.start_ms + (steps.count - 1) * steps.step_ms - shift_ms) * ms_ns
  return {
    expr,
    group: outer ?? expr.group,
    windows: { count: steps.count, step_ns: steps.step_ms * 1e6, range_ns: expr.range_ms * 1e6 },
    origin_ns,
    span: { from_ns: origin_ns + 1n, to_ns: last_ns + 1n },
  }
}

const summed = new Set([
  'rate',
  'count_over_time',
  'bytes_rate',
  'bytes_over_time',
  'sum_over_time',
])

/** The group by which a range may be computed at once in place of the aggregation around it. */
export function groupAtOnce({ operation, group, of }: VectorExpr): Group | undefined {
  if (of.kind !== 'range' || of.group !== undefined) return undefined
  const isSame =
    (operation === 'sum' && summed.has(of.operation)) ||
    (operation === 'min' && of.operation === 'min_over_time') ||
    (operation === 'max' && of.operation === 'max_over_time')
  if (!isSame || group?.isWithout) return undefined
  return group ?? { isWithout: false, labels: [] }
}
