/** The questions about one thing's past: its status, how its containers ended, its revisions. */
import { z } from 'zod'
import type { Health, ObjectChange } from '../../model/kubernetes.ts'
import { question } from '../../model/question.ts'
import { entityShape } from './contract-entity.ts'

/** What was told of its status, oldest first: the last word before the range, then each change. */
export type EntityStatuses = {
  time_ms: number[]
  change: ObjectChange[]
  status: string[]
  health: Health[]
}
export const entityStatuses = question<EntityStatuses>()(
  'kubernetes.entity_statuses',
  z.strictObject(entityShape),
)

/** Containers that ended in the range, in the thing or its pods, the newest first. */
export type ContainerEnds = {
  total: number
  time_ms: number[]
  cluster: string[]
  namespace: string[]
  pod: string[]
  uid: string[]
  container: string[]
  reason: string[]
  exit_code: number[]
}
export const containerEnds = question<ContainerEnds>()(
  'kubernetes.container_ends',
  z.strictObject(entityShape),
)

/**
 * Every version that is kept, from before the range too and until its end, the newest first. A
 * version that was only seen, not changed, is where the history begins.
 */
export type Revisions = {
  total: number
  time_ms: number[]
  change: ObjectChange[]
  uid: string[]
  actor: string[]
  status: string[]
  changed_paths: string[][]
  /** Nothing but its status was changed. */
  is_status: boolean[]
}
export const entityRevisions = question<Revisions>()(
  'kubernetes.entity_revisions',
  z.strictObject(entityShape),
)

/** One version's JSON; null when it is no longer kept. */
export const entityRevision = question<{ object: string } | null>()(
  'kubernetes.entity_revision',
  z.strictObject({ ...entityShape, uid: z.string().max(1024), time_ms: entityShape.from_ms }),
)
