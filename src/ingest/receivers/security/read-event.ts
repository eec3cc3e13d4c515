/** What the reader of a format makes of one event; storing it is event-rows.ts. */
import type { Pairs, SecurityRow, SecurityTable } from '../../../wire/security/typed-rows.ts'

/** What an event is about. '' is not known. */
export type EventPlace = {
  cluster: string
  namespace: string
  /** Kind and name: Deployment, cart. */
  workload_kind: string
  workload: string
  pod: string
  pod_uid: string
  container: string
  container_id: string
  image: string
  node: string
  service: string
}

export const nowhere: EventPlace = Object.freeze({
  ...{ cluster: '', namespace: '', workload_kind: '', workload: '', pod: '', pod_uid: '' },
  ...{ container: '', container_id: '', image: '', node: '', service: '' },
})

export type EventField = readonly [name: string, value: string | number]

export type ReadEvent<Table extends SecurityTable = SecurityTable> = {
  table: Table
  /** Without time and sentence, which stand below. */
  row: SecurityRow<Table>
  time_ns: bigint | undefined
  event_name: string
  dataset: string
  /** A word that the log view knows. */
  severity: string
  sentence: string
  place: EventPlace
  /** Attributes of the row in logs, by the names that people search for. */
  fields: readonly EventField[]
}

/** Fields without those that say nothing. */
export function saying(fields: readonly EventField[]): EventField[] {
  return fields.filter(([, value]) => value !== '' && value !== 0)
}

export function prefixed(prefix: string, pairs: Pairs): EventField[] {
  return pairs.map(([key, value]) => [`${prefix}${key}`, value] as const)
}
