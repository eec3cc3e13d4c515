/** Decides which versions of an object are shown, and with which one each is compared. */
import type { ObjectChange } from '../../../model/kubernetes.ts'
import type { Revisions } from '../contract-entity-history.ts'

export type Revision = {
  id: string
  time_ms: number
  uid: string
  change: ObjectChange
  actor: string
  paths: string
  is_status: boolean
  has_object: boolean
}

const paths_max = 4

export function revisionRows(revisions: Revisions): Revision[] {
  return revisions.time_ms.map((time_ms, at) => {
    const uid = revisions.uid[at] ?? ''
    const change = revisions.change[at] ?? 'modified'
    const paths = revisions.changed_paths[at] ?? []
    const rest = paths.length > paths_max ? ` +${paths.length - paths_max}` : ''
    return {
      id: `${time_ms}~${uid}`,
      time_ms,
      uid,
      change,
      actor: revisions.actor[at] ?? '',
      paths: paths.slice(0, paths_max).join(', ') + rest,
      is_status: revisions.is_status[at] ?? false,
      has_object: change !== 'deleted',
    }
  })
}

type Wish = { version: string; against: string }

/** The newest is shown whole; an older one that was picked is compared with the one before it. */
export function chosenRevisions(all: readonly Revision[], wish: Wish) {
  const whole = all.filter(({ has_object }) => has_object)
  const picked = whole.findIndex(({ id }) => id === wish.version)
  const version = whole[Math.max(0, picked)]
  if (wish.against === 'none') return { version, against: undefined }
  const against = whole.find(({ id }) => id === wish.against)
  const before = picked < 0 ? undefined : whole[picked + 1]
  return { version, against: against ?? before }
}
