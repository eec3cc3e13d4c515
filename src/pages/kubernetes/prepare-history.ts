/** Decides what the pages of events and changes show. Draws nothing. */
import type { Changes, Events } from './contract-history.ts'

export type EventShown = {
  id: string
  time_ms: number
  first_ms: number
  type: string
  reason: string
  message: string
  count: number
  source: string
  cluster: string
  namespace: string
  kind: string
  name: string
  facts: [string, string | number][]
}

export function eventRows(events: Events): EventShown[] {
  return events.event_uid.map((event_uid, at): EventShown => {
    const text = (column: readonly string[]) => column[at] ?? ''
    const cluster = text(events.cluster)
    const facts: [string, string | number][] = [
      ['cluster', cluster],
      ['namespace', text(events.namespace)],
      ['kind', text(events.kind)],
      ['name', text(events.name)],
      ['uid', text(events.uid)],
      ['node', text(events.node)],
      ['workload_kind', text(events.workload_kind)],
      ['workload', text(events.workload)],
      ['source', text(events.source)],
      ['count', events.count[at] ?? 0],
    ]
    return {
      id: `${cluster}/${event_uid}`,
      time_ms: events.time_ms[at] ?? 0,
      first_ms: events.first_ms[at] ?? 0,
      type: text(events.type),
      reason: text(events.reason),
      message: text(events.message),
      count: events.count[at] ?? 0,
      source: text(events.source),
      cluster,
      namespace: text(events.namespace),
      kind: text(events.kind),
      name: text(events.name),
      facts: facts.filter(([, value]) => value !== ''),
    }
  })
}

export type ChangeRow = {
  id: string
  time_ms: number
  change: Changes['change'][number]
  cluster: string
  namespace: string
  kind: string
  name: string
  uid: string
  actor: string
  changed_paths: string[]
}

export function changeRows(changes: Changes): ChangeRow[] {
  return changes.name.map((name, at): ChangeRow => {
    const text = (column: readonly string[]) => column[at] ?? ''
    const row = {
      time_ms: changes.time_ms[at] ?? 0,
      change: changes.change[at] ?? 'modified',
      cluster: text(changes.cluster),
      namespace: text(changes.namespace),
      kind: text(changes.kind),
      name,
      uid: text(changes.uid),
      actor: text(changes.actor),
      changed_paths: changes.changed_paths[at] ?? [],
    }
    return { id: changeId(row), ...row }
  })
}

type Named = Pick<ChangeRow, 'time_ms' | 'cluster' | 'kind' | 'namespace' | 'name' | 'uid'>

/** Every part is kept apart, so that an address can be read back. */
export function changeId({ time_ms, cluster, kind, namespace, name, uid }: Named): string {
  return [String(time_ms), cluster, kind, namespace, name, uid].map(encodeURIComponent).join('/')
}

export function readChangeId(id: string): Named | undefined {
  const parts = id.split('/').map(decoded)
  if (parts.length !== 6) return undefined
  const [time = '', cluster = '', kind = '', namespace = '', name = '', uid = ''] = parts
  const time_ms = Number(time)
  if (!Number.isInteger(time_ms) || time_ms < 0) return undefined
  return { time_ms, cluster, kind, namespace, name, uid }
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

/** A value of a diff as people read it: texts as they are, anything else as JSON. */
export function diffText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2)
}
