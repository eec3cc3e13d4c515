/**
 * From a flow of Calico to ours: Goldmane's and Whisker's, nested or flat, in snake or camel case,
 * and the flow logs of Calico Enterprise and Cloud.
 */
import { outcomes } from '../../../model/security.ts'
import {
  calledEnd,
  type Ends,
  endColumns,
  type Flow,
  type FlowEnd,
  flowFields,
  nobody,
  placeOfFlow,
  portText,
  withWorkload,
} from '../security/flow.ts'
import { NoEvent } from '../security/no-event.ts'
import type { ReadEvent } from '../security/read-event.ts'
import {
  countAt,
  isObject,
  jsonOf,
  listAt,
  member,
  objectAt,
  type Sent,
  timeOf,
  wordAt,
} from '../security/sent.ts'

const verdicts: Readonly<Record<string, string>> = {
  ...{ allow: 'forwarded', deny: 'dropped', pass: 'passed' },
}

export function calicoEvent(sent: Sent): ReadEvent<'network_flows'> | NoEvent {
  const flow = isObject(member(sent, 'flow')) ? objectAt(sent, 'flow') : sent
  const read = readerOf(flow)
  const action = read.word('action').toLowerCase()
  if (action === '') return new NoEvent('a flow of Calico has an action')
  const ends = { source: endOf(read, 'source'), destination: endOf(read, 'dest') }
  const row = rowOf(read, ends, Object.hasOwn(verdicts, action) ? verdicts[action]! : action)
  const place = placeOfFlow(ends, row.reporter === 'source')
  const why = row.verdict === 'dropped' && row.policies?.length ? `: ${row.policies[0]}` : ''
  const { source, destination } = ends
  const to = `${calledEnd(destination)}${portText(destination.port)}`
  return {
    table: 'network_flows',
    row,
    time_ns: timeOf(read.number('start_time')) ?? timeOf(read.word('start_time')),
    event_name: 'network.flow',
    dataset: 'calico.flows',
    severity: row.verdict === 'dropped' ? 'warn' : 'info',
    sentence: `${calledEnd(source)} → ${to} ${row.protocol} ${row.verdict}${why}`,
    place: {
      ...place,
      node: wordAt(sent, 'host') || wordAt(sent, 'node_name'),
      // A workload of unknown kind names no service by itself.
      service: place.pod !== '' || place.workload_kind !== '' ? '' : place.workload || 'calico',
    },
    fields: flowFields(row, ends),
  }
}

type Reader = {
  word(name: string): string
  number(name: string): number
  /** Lists, objects and the like. */
  raw(name: string): unknown
}

/** Finds `source_name` there, as sourceName, and in the member key. */
function readerOf(flow: Sent): Reader {
  const key = isObject(member(flow, 'key')) ? objectAt(flow, 'key') : objectAt(flow, 'Key')
  const find = (name: string): readonly [Sent, string] => {
    const camel = name.replace(/_([a-z])/g, (_all, letter: string) => letter.toUpperCase())
    for (const from of [flow, key]) {
      for (const spelled of [name, camel]) if (Object.hasOwn(from, spelled)) return [from, spelled]
    }
    return [flow, name]
  }
  return {
    word: (name) => wordAt(...find(name)),
    number: (name) => countAt(...find(name)),
    raw: (name) => member(...find(name)),
  }
}

/** What Calico calls what is no workload of the cluster. */
const networks: Readonly<Record<string, string>> = { pub: 'public network', pvt: 'private network' }

function endOf(read: Reader, side: 'source' | 'dest'): FlowEnd {
  const own = (name: string) => absent(read.word(`${side}_${name}`))
  const name = own('name')
  const shared = own('name_aggr') || name
  const type = own('type').toLowerCase()
  const isWorkload = type === '' ? own('namespace') !== '' : /^(?:wep|workloadendpoint)$/.test(type)
  const network = Object.hasOwn(networks, shared) ? networks[shared]! : shared
  return withWorkload({
    ...nobody,
    ip: own('ip'),
    port: Math.min(65_535, read.number(`${side}_port`)),
    namespace: own('namespace'),
    ...(isWorkload ? workloadOf(shared) : {}),
    pod: isWorkload && !name.endsWith('*') ? name : '',
    service: side === 'dest' ? absent(read.word('dest_service_name')) : '',
    name: isWorkload ? '' : network,
    labels: labelsOf(read.raw(`${side}_labels`)),
  })
}

function absent(word: string): string {
  return word === '-' ? '' : word
}

/** `cart-7d9c5b6f4-*` are the pods of a deployment, `cart-*` those of another controller. */
function workloadOf(shared: string): Pick<FlowEnd, 'workload' | 'workload_kind'> {
  if (!shared.endsWith('-*')) return { workload: '', workload_kind: '' }
  const made = /^(.+)-[bcdf-hj-np-tv-z2-9]{6,10}-\*$/.exec(shared)
  if (made !== null) return { workload: made[1]!, workload_kind: 'Deployment' }
  return { workload: shared.slice(0, -2), workload_kind: '' }
}

function labelsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.filter((label) => typeof label === 'string').slice(0, 128)
  if (typeof value === 'string')
    return value
      .split(/\s*[|,]\s*/)
      .filter(Boolean)
      .slice(0, 128)
  const labels = isObject(value) ? listAt(value, 'labels') : []
  return labels.filter((label): label is string => typeof label === 'string')
}

function rowOf(read: Reader, ends: Ends, verdict: string): Flow {
  const said = read.word('reporter').toLowerCase()
  const isSource = said.startsWith('src') || said.startsWith('source')
  const [outgoing, incoming] = isSource ? ['out', 'in'] : ['in', 'out']
  const start = timeOf(read.number('start_time')) ?? timeOf(read.word('start_time'))
  const end = timeOf(read.number('end_time')) ?? timeOf(read.word('end_time'))
  const took_ns = start === undefined || end === undefined ? 0 : Number(end - start)
  const protocol = read.word('proto') || read.word('protocol')
  return {
    ...{ sensor: 'calico', kind: 'l3_l4', verdict, duration_ns: Math.max(0, took_ns) },
    outcome: outcomes.indexOf(verdict === 'dropped' ? 'failure' : 'success'),
    direction: isSource ? 'egress' : 'ingress',
    reporter: isSource ? 'source' : 'destination',
    protocol: protocol.toLowerCase(),
    ...endColumns(ends),
    policies: policiesOf(read.raw('policies')),
    source_bytes: read.number(`bytes_${outgoing}`),
    destination_bytes: read.number(`bytes_${incoming}`),
    source_packets: read.number(`packets_${outgoing}`),
    destination_packets: read.number(`packets_${incoming}`),
    connections: Math.min(
      0xffff_ffff,
      read.number('num_connections_started') || read.number('num_flows_started'),
    ),
  }
}

/** `0|tier|shop/policy|deny|0` of flow logs as it is; Goldmane's by tier, namespace and name. */
function policiesOf(value: unknown): string[] {
  if (!isObject(value)) return []
  const lists = ['all_policies', 'enforced', 'enforcedPolicies', 'enforced_policies']
  return lists
    .flatMap((list) => listAt(value, list))
    .flatMap((policy) => {
      if (typeof policy === 'string') return [policy.slice(0, 1024)]
      if (!isObject(policy)) return []
      const [tier, namespace, name] = ['tier', 'namespace', 'name'].map((part) =>
        wordAt(policy, part),
      )
      const path = [tier, namespace, name].filter(Boolean).join('/')
      return [path === '' ? jsonOf(policy).slice(0, 1024) : path]
    })
}
