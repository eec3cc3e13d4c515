/** Hubble's words for one end of a flow. */
import { type FlowEnd, nobody, withWorkload } from '../security/flow.ts'
import {
  countAt,
  isObject,
  listAt,
  objectAt,
  type Sent,
  wordAt,
  wordsAt,
} from '../security/sent.ts'

/** `reserved:world` names what is no pod. */
const reserved = 'reserved:'

export function endOf(flow: Sent, side: 'source' | 'destination'): FlowEnd {
  const end = objectAt(flow, side)
  const labels = wordsAt(end, 'labels')
  const [first] = listAt(end, 'workloads').filter(isObject)
  const names = wordsAt(flow, `${side}_names`)
  const [kept] = labels.filter((label) => label.startsWith(reserved))
  const pod = wordAt(end, 'pod_name')
  return withWorkload({
    ...nobody,
    ip: wordAt(objectAt(flow, 'IP'), side),
    port: portOf(flow, `${side}_port`),
    namespace: wordAt(end, 'namespace'),
    workload: first === undefined ? '' : wordAt(first, 'name'),
    workload_kind: first === undefined ? '' : wordAt(first, 'kind'),
    pod,
    service: wordAt(objectAt(flow, `${side}_service`), 'name'),
    name: names[0] ?? kept?.slice(reserved.length) ?? '',
    identity: countAt(end, 'identity', 0xffff_ffff),
    labels,
  })
}

export const transports = ['TCP', 'UDP', 'SCTP', 'ICMPv4', 'ICMPv6'] as const

function portOf(flow: Sent, name: string): number {
  const l4 = objectAt(flow, 'l4')
  for (const transport of transports) {
    const port = countAt(objectAt(l4, transport), name, 65_535)
    if (port > 0) return port
  }
  return 0
}
