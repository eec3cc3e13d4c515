/** Decides how a thing's status is drawn over a range: what was told counts until the next word. */
import type { Health } from '../../../model/kubernetes.ts'
import type { Entity } from '../contract-entity.ts'
import type { EntityStatuses } from '../contract-entity-history.ts'

export type Period = { from_ms: number; to_ms: number; status: string; health: Health }
type Range = { from_ms: number; to_ms: number }
type Now = Pick<Entity, 'status' | 'health' | 'created_ms' | 'told_ms' | 'gone_ms' | 'state'>

export function statusPeriods(told: EntityStatuses, now: Now | undefined, range: Range): Period[] {
  if (told.time_ms.length === 0 && now?.state === 'alive') {
    const from_ms = Math.max(range.from_ms, now.created_ms)
    return [{ from_ms, to_ms: range.to_ms, status: now.status, health: now.health }]
  }
  // Nobody saw it go: it is known until the last word and no longer.
  const isUnseen = now?.state === 'gone' && now.gone_ms === 0
  const end_ms = isUnseen ? Math.min(now.told_ms, range.to_ms) : range.to_ms
  const periods: Period[] = []
  const first_ms = told.time_ms[0] ?? range.to_ms
  // It was there already when it was first told of: how it was until then, nobody saw.
  if (told.change[0] === 'seen' && now !== undefined && first_ms > range.from_ms) {
    const from_ms = Math.max(range.from_ms, now.created_ms)
    const period = { from_ms, to_ms: first_ms, status: '', health: 'unknown' as const }
    if (from_ms < first_ms) periods.push(period)
  }
  told.time_ms.forEach((time_ms, at) => {
    const to_ms = told.time_ms[at + 1] ?? end_ms
    if (told.change[at] === 'deleted' || to_ms <= range.from_ms) return
    const from_ms = Math.max(range.from_ms, time_ms)
    const status = told.status[at] ?? ''
    const health = told.health[at] ?? 'unknown'
    const before = periods.at(-1)
    if (before?.status === status && before.health === health && before.to_ms === from_ms) {
      before.to_ms = to_ms
    } else periods.push({ from_ms, to_ms, status, health })
  })
  return periods
}
