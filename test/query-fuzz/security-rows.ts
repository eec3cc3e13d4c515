/** Events of Kubernetes, its audit log, sensors and flows of a place. */
import {
  arrived_ms,
  common,
  type Making,
  now_ms,
  services,
  spread_ms,
  type TableRows,
  time_ns,
} from './rows.ts'

export function securityRows(kind: 'kubernetes' | 'security', making: Making): TableRows[] {
  const each = <Row>(make: (at: number) => Row) => Array.from({ length: 5 }, (_, at) => make(at))
  if (kind === 'kubernetes') {
    return [{ table: 'kubernetes_events', rows: each((at) => kubernetesEvent(making, at)) }]
  }
  return [
    { table: 'audit_events', rows: each((at) => auditEvent(making, at)) },
    { table: 'security_events', rows: each((at) => securityEvent(making, at)) },
    { table: 'network_flows', rows: each((at) => networkFlow(making, at)) },
  ]
}

const moment_ms = ({ dice }: Making) => now_ms - 30_000 - dice.whole(spread_ms)

function kubernetesEvent(making: Making, at: number) {
  const { mark, dice, place } = making
  const { cluster, namespace, workload, node } = common(making, dice.pick(services))
  const time = moment_ms(making)
  return {
    ...{ cluster, namespace, workload, node, time, first_time: time, ingested_time: time },
    event_uid: `event-${place.letter}-${at}`,
    kind: dice.pick(['Pod', 'Deployment']),
    name: `object-${mark}`,
    reason: dice.pick(['BackOff', 'Scheduled']),
    type: dice.pick(['Normal', 'Warning']),
    message: `pod ${mark} did ${dice.pick(['start', 'fail'])}`,
    count: 1 + dice.whole(5),
  }
}

function auditEvent(making: Making, at: number) {
  const { mark, dice, place } = making
  return {
    ...common(making, dice.pick(services)),
    ...{ time: time_ns(moment_ms(making)), ingested_time: arrived_ms },
    audit_id: `audit-${place.letter}-${at}`,
    stage: 'ResponseComplete',
    verb: dice.pick(['get', 'delete']),
    user: dice.pick(['admin', `user-${mark}`]),
    user_groups: ['system:authenticated', `group-${mark}`],
    source_ip: `10.0.0.${at}`,
    resource: dice.pick(['pods', 'secrets']),
    object_name: `object-${mark}`,
    outcome: dice.pick(['success', 'failure']),
    status_code: dice.pick([200, 403]),
    annotations: { [`own.${mark}`]: 'x' },
    request_object: JSON.stringify({ secret: mark }),
    sentence: `somebody of ${mark} did something`,
  }
}

function securityEvent(making: Making, at: number) {
  const { mark, dice, place } = making
  return {
    ...common(making, dice.pick(services)),
    ...{ time: time_ns(moment_ms(making)), ingested_time: arrived_ms },
    sensor: dice.pick(['falco', 'tetragon']),
    event_uid: `security-${place.letter}-${at}`,
    rule: dice.pick(['Shell in container', `rule ${mark}`]),
    priority: dice.pick(['Warning', 'Critical']),
    severity_number: dice.pick([13, 21]),
    tags: ['container', `tag-${mark}`],
    process_name: dice.pick(['sh', 'bash']),
    process_command: `cat /${mark}`,
    user: 'root',
    file_path: `/etc/${mark}`,
    sentence: `a shell in ${mark}`,
    fields: { 'proc.name': 'sh', [`own.${mark}`]: 'x' },
  }
}

function networkFlow(making: Making, at: number) {
  const { mark, dice, place } = making
  return {
    ...common(making, dice.pick(services)),
    ...{ time: time_ns(moment_ms(making)), ingested_time: arrived_ms },
    sensor: 'hubble',
    flow_uid: `flow-${place.letter}-${at}`,
    verdict: dice.pick(['forwarded', 'dropped']),
    direction: dice.pick(['ingress', 'egress']),
    protocol: dice.pick(['TCP', 'UDP']),
    source_ip: `10.1.0.${at}`,
    source_namespace: place.namespace,
    source_pod: `pod-${mark}`,
    destination_ip: `10.2.0.${at}`,
    destination_port: dice.pick([53, 443]),
    destination_namespace: place.namespace,
    destination_name: `name-${mark}`,
    source_bytes: dice.whole(4_000),
    trace_id: '',
    sentence: `${mark} talked to somebody`,
  }
}
