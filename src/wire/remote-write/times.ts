/** Which times of points are kept, and the words for those that are not. */
import type { RejectReason } from '../../model/outcome.ts'
import type { Writing } from './writing.ts'

/** Why a point at this time is not stored, or ''. */
export function timeReason({ context }: Writing, time_ms: number): RejectReason | '' {
  if (time_ms < context.time_ms_min) return 'time_too_old'
  return time_ms > context.time_ms_max ? 'time_in_future' : ''
}

export function refuseTime(writing: Writing, reason: RejectReason, time_ms: number): void {
  const { time_ms_min, time_ms_max } = writing.context
  const bound = reason === 'time_too_old' ? `before ${time_ms_min}` : `after ${time_ms_max}`
  writing.refuse(reason, 1, `its time is ${time_ms} ms, and nothing ${bound} ms is kept`)
}

/** A start after the point itself, or before time began, says nothing: 0. */
export function usableStart(start_ms: number, time_ms: number): number {
  return start_ms > 0 && start_ms <= time_ms ? start_ms : 0
}
