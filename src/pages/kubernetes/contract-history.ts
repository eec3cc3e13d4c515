/**
 * The questions about what happened: Kubernetes events, kept for weeks, and the ledger of changes
 * with who made them and what they changed.
 */
import { z } from 'zod'
import type { Health, ObjectChange, PathChange } from '../../model/kubernetes.ts'
import { question, type RangeAsk, rangeAsk, searchAsk, timeAsk } from '../../model/question.ts'

const rows_max = z.number().int().min(1).max(5_000).default(1_000)
const word = z.string().max(1024)

export type EventsAsk = RangeAsk & { search: string; rows_max: number }

/** Columns of equal length: warnings first, then the newest. An event is listed once. */
export type Events = {
  total: number
  time_ms: number[]
  first_ms: number[]
  type: string[]
  reason: string[]
  message: string[]
  count: number[]
  source: string[]
  cluster: string[]
  namespace: string[]
  kind: string[]
  name: string[]
  uid: string[]
  workload_kind: string[]
  workload: string[]
  node: string[]
  event_uid: string[]
}
export const eventList = question<Events>()(
  'kubernetes.events',
  z.strictObject({ ...rangeAsk, ...searchAsk, rows_max }),
)

export type EventHistogram = {
  bucket_ms: number
  time_ms: number[]
  /** The most frequent reasons and one more, '', for all others. */
  reason: string[]
  /** Per reason: counts per bucket. */
  counts: number[][]
  warnings: number
  total: number
}
export const eventHistogram = question<EventHistogram>()(
  'kubernetes.event_histogram',
  z.strictObject({ ...rangeAsk, ...searchAsk }),
)

/** meant: what somebody wanted, without what controllers merely report in an object's status. */
export const changeScopes = ['meant', 'all'] as const
export type ChangeScope = (typeof changeScopes)[number]
export type ChangesAsk = RangeAsk & { search: string; rows_max: number; what: ChangeScope }

/** What names an object everywhere and for ever. */
export type Identity = {
  cluster: string
  kind: string
  namespace: string
  name: string
  uid?: string | undefined
}

/** Columns of equal length, the newest first. */
export type Changes = {
  total: number
  time_ms: number[]
  change: ObjectChange[]
  cluster: string[]
  namespace: string[]
  kind: string[]
  name: string[]
  uid: string[]
  workload_kind: string[]
  workload: string[]
  actor: string[]
  health: Health[]
  status: string[]
  changed_paths: string[][]
}
export const changeList = question<Changes>()(
  'kubernetes.changes',
  z.strictObject({
    ...rangeAsk,
    ...searchAsk,
    rows_max,
    what: z.enum(changeScopes).default('meant'),
  }),
)

export type ChangeHistogram = {
  bucket_ms: number
  time_ms: number[]
  added: number[]
  modified: number[]
  deleted: number[]
}
export const changeHistogram = question<ChangeHistogram>()(
  'kubernetes.change_histogram',
  z.strictObject({ ...rangeAsk, ...searchAsk, what: z.enum(changeScopes).default('meant') }),
)

/** One change with its diff and the object as it then was; undefined when it is not there. */
export type ChangeShown = {
  time_ms: number
  change: ObjectChange
  cluster: string
  namespace: string
  kind: string
  name: string
  uid: string
  workload_kind: string
  workload: string
  actor: string
  health: Health
  status: string
  status_message: string
  diff: PathChange[]
  /** JSON; empty when the object was deleted. */
  object: string
}
export const changeShown = question<ChangeShown | null>()(
  'kubernetes.change',
  z.strictObject({
    cluster: word,
    kind: word,
    namespace: word,
    name: word,
    uid: word,
    time_ms: timeAsk,
  }),
)
