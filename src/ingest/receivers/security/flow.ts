/**
 * What the flows of all sensors have in common: two ends, a sentence, the fields that people search
 * for, and whose flow it is. Reading a sensor's own words is left to each.
 */
import { workloadOfName } from '../../../model/pod-name.ts'
import type { SecurityRow } from '../../../wire/security/typed-rows.ts'
import { type EventField, type EventPlace, nowhere, saying } from './read-event.ts'

/** One end. '' and 0 are not known. */
export type FlowEnd = {
  ip: string
  port: number
  namespace: string
  workload: string
  workload_kind: string
  pod: string
  /** Service of Kubernetes it was reached by. */
  service: string
  /** A name outside: what DNS said, or who the sensor calls it, such as `world`. */
  name: string
  identity: number
  labels: readonly string[]
}

export const nobody: FlowEnd = Object.freeze({
  ...{ ip: '', port: 0, namespace: '', workload: '', workload_kind: '', pod: '' },
  ...{ service: '', name: '', identity: 0, labels: [] },
})

export type Flow = SecurityRow<'network_flows'>
export type Ends = { source: FlowEnd; destination: FlowEnd }

/** Where only the pod is known, its name tells the workload. */
export function withWorkload(end: FlowEnd): FlowEnd {
  if (end.workload !== '' || end.pod === '') return end
  return { ...end, workload: workloadOfName(end.pod).name }
}

export function endColumns({ source, destination }: Ends): Flow {
  return {
    ...{ source_ip: source.ip, source_port: source.port, source_pod: source.pod },
    ...{ source_namespace: source.namespace, source_workload: source.workload },
    ...{ source_service: source.service, source_name: source.name },
    ...{ source_identity: source.identity, source_labels: source.labels },
    ...{ destination_ip: destination.ip, destination_port: destination.port },
    ...{ destination_pod: destination.pod, destination_namespace: destination.namespace },
    ...{ destination_workload: destination.workload, destination_service: destination.service },
    ...{ destination_name: destination.name, destination_identity: destination.identity },
    destination_labels: destination.labels,
  }
}

/** `shop/cart`, `example.com`, `world (8.8.8.8)`, `10.0.0.9`. */
export function calledEnd({ namespace, workload, pod, service, name, ip }: FlowEnd): string {
  const own = workload || pod || service
  if (own !== '') return namespace === '' ? own : `${namespace}/${own}`
  if (name !== '' && ip !== '') return `${name} (${ip})`
  return name || ip || 'unknown'
}

export function portText(port: number): string {
  return port === 0 ? '' : `:${port}`
}

/** The flow is told as that of the end that a sensor stood at, where that is a pod. */
export function placeOfFlow({ source, destination }: Ends, isEgress: boolean): EventPlace {
  const ends = isEgress ? [source, destination] : [destination, source]
  const own = ends.find(({ pod, workload }) => pod !== '' || workload !== '')
  if (own === undefined)
    return { ...nowhere, namespace: ends.map((end) => end.namespace).find(Boolean) ?? '' }
  const { namespace, workload, workload_kind, pod } = own
  return { ...nowhere, namespace, workload, workload_kind, pod }
}

export function flowFields(row: Flow, ends: Ends): EventField[] {
  const { source, destination } = ends
  return saying([
    ['event.kind', 'event'],
    ['event.action', row.verdict ?? ''],
    ['event.outcome', row.outcome === 2 ? 'failure' : row.outcome === 1 ? 'success' : ''],
    ['event.reason', row.drop_reason ?? ''],
    ['network.transport', row.protocol ?? ''],
    ['network.direction', row.direction ?? ''],
    ['network.protocol.name', row.l7_protocol ?? ''],
    ['network.bytes', (row.source_bytes ?? 0) + (row.destination_bytes ?? 0)],
    ['network.packets', (row.source_packets ?? 0) + (row.destination_packets ?? 0)],
    ['rule.name', (row.policies ?? []).join(', ')],
    ...endFields('source', source),
    ...endFields('destination', destination),
    ['source.bytes', row.source_bytes ?? 0],
    ['destination.bytes', row.destination_bytes ?? 0],
    ['user_agent.original', row.user_agent ?? ''],
  ])
}

function endFields(side: string, end: FlowEnd): EventField[] {
  return [
    [`${side}.ip`, end.ip],
    [`${side}.port`, end.port],
    [`${side}.domain`, end.name],
    [`${side}.namespace`, end.namespace],
    [`${side}.workload`, end.workload],
    [`${side}.pod`, end.pod],
    [`${side}.service`, end.service],
  ]
}
