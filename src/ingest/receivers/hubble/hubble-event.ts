/** From a line of Hubble's export, or of `hubble observe -o json`, to a flow. */
import { outcomes } from '../../../model/security.ts'
import { severityOfWord } from '../../../pipeline/severity-text.ts'
import {
  calledEnd,
  type Ends,
  endColumns,
  type Flow,
  flowFields,
  placeOfFlow,
  portText,
} from '../security/flow.ts'
import { NoEvent } from '../security/no-event.ts'
import { nowhere, type ReadEvent, saying } from '../security/read-event.ts'
import {
  isObject,
  isTrue,
  lineAt,
  listAt,
  member,
  objectAt,
  type Sent,
  timeAt,
  wordAt,
  wordsAt,
} from '../security/sent.ts'
import { endOf, transports } from './flow-end.ts'
import { type Request, requestOf } from './layer-seven.ts'

export function hubbleEvent(sent: Sent): ReadEvent | NoEvent {
  const isItself = isObject(member(sent, 'lost_events')) || isObject(member(sent, 'node_status'))
  return isItself ? ofHubbleItself(sent) : ofFlow(sent)
}

function ofFlow(sent: Sent): ReadEvent<'network_flows'> | NoEvent {
  // Older ones print the flow alone.
  const flow = isObject(member(sent, 'flow')) ? objectAt(sent, 'flow') : sent
  const verdict = wordAt(flow, 'verdict').toLowerCase()
  if (verdict === '') return new NoEvent('a flow of Hubble has a verdict')
  const ends = { source: endOf(flow, 'source'), destination: endOf(flow, 'destination') }
  const request = requestOf(flow)
  const node = (wordAt(sent, 'node_name') || wordAt(flow, 'node_name')).split('/')
  const row = rowOf(flow, ends, request, verdict)
  const place = placeOfFlow(ends, row.direction === 'egress')
  const trace_id = traceOf(flow)
  return {
    table: 'network_flows',
    row: trace_id === '' ? row : { ...row, trace_id: Buffer.from(trace_id, 'hex') },
    time_ns: timeAt(flow, 'time') ?? timeAt(sent, 'time'),
    event_name: 'network.flow',
    dataset: 'hubble.flows',
    severity: severityOf(row),
    sentence: sentenceOf(row, ends, request),
    place: {
      ...place,
      cluster: node.length > 1 ? node[0]! : '',
      node: node.at(-1) ?? '',
      service: place.pod === '' && place.workload === '' ? 'hubble' : '',
    },
    fields: saying([
      ...flowFields(row, ends),
      ['hubble.observation_point', row.observation_point ?? ''],
      ['hubble.summary', wordAt(flow, 'Summary')],
      ['http.request.method', row.l7_protocol === 'http' ? (row.l7_method ?? '') : ''],
      ['url.original', row.l7_protocol === 'http' ? (row.l7_target ?? '') : ''],
      ['http.response.status_code', row.l7_protocol === 'http' ? Number(row.l7_status) : 0],
      ['dns.question.name', row.l7_protocol === 'dns' ? (row.l7_target ?? '') : ''],
      ['trace_id', trace_id],
    ]),
  }
}

const failed = new Set(['dropped', 'error'])

function rowOf(flow: Sent, ends: Ends, request: Request | undefined, verdict: string): Flow {
  const direction = wordAt(flow, 'traffic_direction').toLowerCase()
  const l4 = objectAt(flow, 'l4')
  const transport = transports.find((name) => isObject(member(l4, name))) ?? ''
  const outcome = outcomes.indexOf(failed.has(verdict) ? 'failure' : 'success')
  return {
    sensor: 'hubble',
    kind: (wordAt(flow, 'Type') || 'L3_L4').toLowerCase(),
    flow_uid: wordAt(flow, 'uuid'),
    ...{ verdict, outcome },
    drop_reason: verdict === 'dropped' ? dropReason(flow) : '',
    direction: direction === 'ingress' || direction === 'egress' ? direction : '',
    is_reply: isTrue(flow, 'is_reply'),
    protocol: transport.toLowerCase(),
    ...endColumns(ends),
    policies: policiesOf(flow),
    observation_point: wordAt(flow, 'trace_observation_point').toLowerCase(),
    ...request?.columns,
  }
}

function dropReason(flow: Sent): string {
  const number = wordAt(flow, 'drop_reason')
  return wordAt(flow, 'drop_reason_desc') || (number === '' ? '' : `reason ${number}`)
}

const policyLists = [
  'egress_allowed_by',
  'ingress_allowed_by',
  'egress_denied_by',
  'ingress_denied_by',
]

function policiesOf(flow: Sent): string[] {
  return policyLists.flatMap((list) =>
    listAt(flow, list)
      .filter(isObject)
      .map((policy) => {
        const namespace = wordAt(policy, 'namespace')
        return `${namespace === '' ? '' : `${namespace}/`}${wordAt(policy, 'name')}`
      }),
  )
}

function traceOf(flow: Sent): string {
  const trace_id = wordAt(objectAt(flow, 'trace_context', 'parent'), 'trace_id')
  return /^[0-9a-f]{32}$/i.test(trace_id) ? trace_id : ''
}

function severityOf({ verdict, l7_status, l7_protocol }: Flow): string {
  if (verdict === 'error') return 'error'
  if (verdict === 'dropped') return 'warn'
  return l7_protocol === 'http' && Number(l7_status) >= 500 ? 'error' : 'info'
}

/** The port that tells what it is about is the server's. */
function sentenceOf(
  row: Flow,
  { source, destination }: Ends,
  request: Request | undefined,
): string {
  const from = `${calledEnd(source)}${row.is_reply ? portText(source.port) : ''}`
  const to = `${calledEnd(destination)}${row.is_reply ? '' : portText(destination.port)}`
  const why = row.drop_reason === '' ? '' : `: ${row.drop_reason}`
  const said = [request?.text ?? row.protocol, row.verdict].filter(Boolean).join(' ')
  return `${from} → ${to} ${said}${why}${row.is_reply ? ' (reply)' : ''}`
}

/** What Hubble could not see, and which nodes it sees, are worth knowing where flows are read. */
function ofHubbleItself(sent: Sent): ReadEvent<'security_events'> {
  const lost = objectAt(sent, 'lost_events')
  const status = objectAt(sent, 'node_status')
  const isLost = isObject(member(sent, 'lost_events'))
  const node = wordAt(sent, 'node_name').split('/').at(-1) ?? ''
  const count = wordAt(lost, 'num_events_lost')
  const nodes = wordsAt(status, 'node_names').join(', ') || node
  return {
    table: 'security_events',
    row: {
      ...{ sensor: 'hubble', kind: isLost ? 'lost_events' : 'node_status' },
      severity_number: severityOfWord(isLost ? 'warn' : 'info'),
    },
    time_ns: timeAt(sent, 'time'),
    event_name: isLost ? 'hubble.lost_events' : 'hubble.node_status',
    dataset: 'hubble.flows',
    severity: isLost ? 'warn' : 'info',
    sentence: isLost
      ? `Hubble lost ${count || 'some'} events on ${node || 'a node'} (${wordAt(lost, 'source')})`
      : `Hubble: ${nodes} ${wordAt(status, 'state_change')} ${lineAt(status, 'message')}`.trim(),
    place: { ...nowhere, node, service: 'hubble' },
    fields: [],
  }
}
