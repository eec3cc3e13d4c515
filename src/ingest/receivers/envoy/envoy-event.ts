/** From an access log entry of Envoy or Istio to a flow with its request. */
import { outcomes } from '../../../model/security.ts'
import {
  calledEnd,
  type Ends,
  endColumns,
  type Flow,
  type FlowEnd,
  flowFields,
  nobody,
  portText,
} from '../security/flow.ts'
import { NoEvent } from '../security/no-event.ts'
import { type EventPlace, nowhere, type ReadEvent, saying } from '../security/read-event.ts'
import { countAt, cut, lineAt, type Sent, timeAt } from '../security/sent.ts'
import { harmlessFlags, responseFlags } from './response-flags.ts'

/** `place` is the proxy's own, where its log was read: with it the near end has a name. */
export function envoyEvent(sent: Sent, place?: EventPlace): ReadEvent<'network_flows'> | NoEvent {
  const time_ns = timeAt(sent, 'start_time')
  if (time_ns === undefined || !Object.hasOwn(sent, 'response_code')) {
    return new NoEvent('an access log entry has a start_time and a response_code')
  }
  const cluster = upstreamOf(shown(sent, 'upstream_cluster'))
  const ends = endsOf(sent, cluster, place)
  const row = rowOf(sent, ends, cluster)
  return {
    table: 'network_flows',
    row,
    time_ns,
    event_name: 'access.log',
    dataset: 'istio.access_logs',
    severity: severityOf(row),
    sentence: sentenceOf(row, ends),
    place: place ?? placeOf(ends, cluster),
    fields: fieldsOf(sent, row, ends, place === undefined),
  }
}

/** A dash stands for nothing in JSON too. */
function shown(sent: Sent, name: string): string {
  const word = lineAt(sent, name)
  return word === '-' ? '' : word
}

type Upstream = {
  name: string
  direction: string
  port: number
  namespace: string
  service: string
}

/** `outbound|8000||httpbin.foo.svc.cluster.local`, `inbound|8080||`, `PassthroughCluster`. */
function upstreamOf(name: string): Upstream {
  const [side = '', port = '', , host = ''] = name.split(/\||_\.(?=\d)|_\._/)
  const isIstio = side === 'outbound' || side === 'inbound'
  const [service = '', namespace = '', kind = ''] = host.split('.')
  const isService = isIstio && kind === 'svc'
  return {
    name,
    direction: isIstio ? (side === 'outbound' ? 'egress' : 'ingress') : '',
    port: isIstio && /^\d{1,5}$/.test(port) ? Math.min(65_535, Number(port)) : 0,
    namespace: isService ? namespace : '',
    service: isService ? service : isIstio ? host : '',
  }
}

/** `10.0.0.5:43210`, `[2001:db8::7]:443`; a pipe or a name is no address. */
function addressOf(text: string): Pick<FlowEnd, 'ip' | 'port'> {
  const match = /^\[?([0-9a-fA-F.:]+?)\]?:(\d{1,5})$/.exec(text)
  if (match === null) return { ip: '', port: 0 }
  return { ip: match[1]!, port: Math.min(65_535, Number(match[2])) }
}

function endsOf(sent: Sent, upstream: Upstream, place: EventPlace | undefined): Ends {
  const isInbound = upstream.direction === 'ingress'
  const near = place === undefined ? {} : nearEnd(place)
  const local = addressOf(shown(sent, 'downstream_local_address'))
  const target = isInbound ? local : addressOf(shown(sent, 'upstream_host'))
  const reached = target.ip === '' ? local : target
  const host = shown(sent, 'authority') || shown(sent, 'requested_server_name')
  return {
    source: {
      ...nobody,
      ...addressOf(shown(sent, 'downstream_remote_address')),
      ...(isInbound ? {} : near),
    },
    destination: {
      ...nobody,
      ...reached,
      namespace: upstream.namespace,
      service: upstream.service,
      ...(isInbound ? near : {}),
      port: upstream.port || reached.port,
      name: upstream.service === '' ? cut(host.replace(/:\d+$/, ''), 253) : '',
    },
  }
}

function nearEnd({ namespace, workload, pod }: EventPlace): Partial<FlowEnd> {
  return { namespace, workload, pod }
}

/** Without the proxy's own place the service that was asked for is what it is about. */
function placeOf({ destination }: Ends, { service, namespace }: Upstream): EventPlace {
  return { ...nowhere, namespace, service: service || destination.name || 'envoy' }
}

function flagsOf(sent: Sent): string[] {
  return shown(sent, 'response_flags')
    .split(',')
    .map((flag) => flag.trim())
    .filter(Boolean)
}

function rowOf(sent: Sent, ends: Ends, upstream: Upstream): Flow {
  const code = countAt(sent, 'response_code', 999)
  const flags = flagsOf(sent)
  const details = shown(sent, 'response_code_details')
  const isDenied = flags.includes('UAEX') || details.includes('rbac_access_denied')
  const isBlocked = upstream.name === 'BlackHoleCluster'
  const broken = flags.filter((flag) => !harmlessFlags.has(flag))
  const isFailed = code >= 400 || (code === 0 && broken.length > 0) || isBlocked
  // What the other side answered was let through, whatever it says.
  const isBroken = broken.length > 0 || (isFailed && details !== 'via_upstream')
  const verdict = isDenied || isBlocked ? 'denied' : isBroken ? 'error' : 'forwarded'
  const l7_method = shown(sent, 'method')
  const protocol = shown(sent, 'protocol')
  return {
    ...{ sensor: 'envoy', kind: 'access', verdict },
    duration_ns: countAt(sent, 'duration', 1e12) * 1_000_000,
    outcome: outcomes.indexOf(isFailed ? 'failure' : 'success'),
    drop_reason: reasonOf(flags, details, verdict),
    direction: upstream.direction,
    reporter: upstream.direction === 'ingress' ? 'destination' : 'source',
    protocol: 'tcp',
    ...endColumns(ends),
    source_bytes: countAt(sent, 'bytes_received'),
    destination_bytes: countAt(sent, 'bytes_sent'),
    l7_protocol: l7_method === '' ? '' : 'http',
    l7_type: protocol.toLowerCase(),
    l7_method,
    l7_target: shown(sent, 'path'),
    l7_status: code === 0 ? '' : String(code),
    l7_host: cut(shown(sent, 'authority'), 1024),
    response_flags: flags.join(','),
    user_agent: cut(shown(sent, 'user_agent'), 1024),
    request_id: cut(shown(sent, 'request_id'), 128),
  }
}

function reasonOf(flags: readonly string[], details: string, verdict: string): string {
  const [flag] = flags
  if (flag !== undefined && Object.hasOwn(responseFlags, flag)) return responseFlags[flag]!
  return verdict === 'forwarded' ? '' : cut(details, 256)
}

function severityOf({ l7_status, verdict }: Flow): string {
  const code = Number(l7_status)
  if (code >= 500) return 'error'
  return code >= 400 || verdict !== 'forwarded' ? 'warn' : 'info'
}

function sentenceOf(row: Flow, { source, destination }: Ends): string {
  const from = calledEnd(source)
  const to = `${calledEnd(destination)}${portText(destination.port)}`
  const request = row.l7_method === '' ? `tcp ${row.verdict}` : `${row.l7_method} ${row.l7_target}`
  const took_ms = Math.round((row.duration_ns ?? 0) / 1e6)
  const code = row.l7_status === '' ? '' : ` ${row.l7_status}`
  const why =
    row.drop_reason === ''
      ? ''
      : ` (${row.response_flags || row.drop_reason}${
          row.response_flags === '' ? '' : `: ${row.drop_reason}`
        })`
  return `${from} → ${to} ${request}${code} in ${took_ms} ms${why}`
}

const kept = [
  ...['response_code_details', 'connection_termination_details', 'route_name'],
  ...['upstream_transport_failure_reason', 'upstream_cluster', 'upstream_host'],
  ...['upstream_local_address', 'upstream_service_time', 'requested_server_name'],
]

function fieldsOf(sent: Sent, row: Flow, ends: Ends, isAlone: boolean): ReadEvent['fields'] {
  const trace = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-/.exec(shown(sent, 'traceparent'))
  return saying([
    ...flowFields(row, ends),
    ['http.request.method', row.l7_method ?? ''],
    ['url.original', row.l7_target ?? ''],
    ['url.path', (row.l7_target ?? '').split('?', 1)[0] ?? ''],
    ['url.domain', row.l7_host ?? ''],
    ['http.response.status_code', Number(row.l7_status)],
    ['http.request.id', row.request_id ?? ''],
    ['network.forwarded_ip', shown(sent, 'x_forwarded_for')],
    ['event.duration', row.duration_ns ?? 0],
    ['envoy.response_flags', row.response_flags ?? ''],
    ...kept.map((name) => [`envoy.${name}`, shown(sent, name)] as const),
    ['trace_id', shown(sent, 'trace_id') || (trace?.[1] ?? '')],
    ['span_id', trace?.[2] ?? ''],
    ['k8s.pod.name', isAlone ? shown(sent, 'pod_name') : ''],
  ])
}
