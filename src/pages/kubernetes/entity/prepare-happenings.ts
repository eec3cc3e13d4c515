/** What happened to a thing as marks on a line; those that lie too close are one mark. */
import { t } from '../../../ui/i18n/translate.ts'
import type { ContainerEnds } from '../contract-entity-history.ts'
import type { Changes, Events } from '../contract-history.ts'

export type Happening = {
  id: string
  time_ms: number
  tone: 'end' | 'warning' | 'change' | 'normal'
  says: string
  /** How many lie here. */
  count: number
  opens: 'events' | 'changes' | 'ends'
}

type Range = { from_ms: number; to_ms: number }

/** As many marks as can be told apart across a page. */
const marks_max = 90

export function changeMarks(changes: Changes | undefined, range: Range): Happening[] {
  return gathered(changes === undefined ? [] : ofChanges(changes), range)
}

export function eventMarks(
  events: Events | undefined,
  ends: ContainerEnds | undefined,
  range: Range,
): Happening[] {
  const told = events === undefined ? [] : ofEvents(events)
  return gathered([...told, ...(ends === undefined ? [] : ofEnds(ends))], range)
}

function ofChanges(changes: Changes): Happening[] {
  return changes.time_ms.map((time_ms, at) => {
    const object = `${changes.kind[at]} ${changes.name[at]}`
    const change = t(`kubernetes.change.${changes.change[at]}`)
    const paths = (changes.changed_paths[at] ?? []).slice(0, 3).join(', ')
    const says = [object, change, paths, changes.actor[at]].filter(Boolean).join(' · ')
    const id = `change ${time_ms} ${object} ${at}`
    return { id, time_ms, tone: 'change', says, count: 1, opens: 'changes' }
  })
}

function ofEvents(events: Events): Happening[] {
  return events.time_ms.map((time_ms, at) => {
    const object = `${events.kind[at]} ${events.name[at]}`
    const says = `${events.reason[at]}: ${events.message[at]} (${object})`
    const tone = events.type[at] === 'Warning' ? 'warning' : 'normal'
    return { id: `event ${events.event_uid[at]}`, time_ms, tone, says, count: 1, opens: 'events' }
  })
}

/** OOMKilled · app · exit code 137 */
export function endSays(ends: ContainerEnds, at: number): string {
  const code = t('entity.exit_code', { code: String(ends.exit_code[at] ?? 0) })
  return [ends.reason[at] || t('entity.ended'), ends.container[at], code].join(' · ')
}

function ofEnds(ends: ContainerEnds): Happening[] {
  return ends.time_ms.map((time_ms, at) => {
    const says = `${endSays(ends, at)} (Pod ${ends.pod[at]})`
    const id = `end ${time_ms} ${ends.uid[at]} ${ends.container[at]}`
    return { id, time_ms, tone: 'end', says, count: 1, opens: 'ends' }
  })
}

const rank: Readonly<Record<Happening['tone'], number>> = {
  end: 3,
  warning: 2,
  change: 1,
  normal: 0,
}

/** The gravest of those that share a place speaks for them. */
function gathered(all: readonly Happening[], { from_ms, to_ms }: Range): Happening[] {
  const width_ms = Math.max(1, (to_ms - from_ms) / marks_max)
  const places = new Map<number, Happening>()
  const inRange = all.filter(({ time_ms }) => time_ms >= from_ms && time_ms < to_ms)
  const gravest = (a: Happening, b: Happening) =>
    rank[b.tone] - rank[a.tone] || a.time_ms - b.time_ms
  for (const one of inRange.toSorted(gravest)) {
    const place = Math.floor(one.time_ms / width_ms)
    const first = places.get(place)
    if (first === undefined) places.set(place, { ...one })
    else first.count++
  }
  return [...places.values()].toSorted((a, b) => a.time_ms - b.time_ms)
}
