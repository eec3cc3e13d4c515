/**
 * Events as lines that other shippers bring: each lands once, typed, with one row of logs, whatever
 * the protocol and whether the shipper left the line whole or took it apart.
 */
import { readFileSync } from 'node:fs'
import { encode } from '@msgpack/msgpack'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { auditEvent } from '../../../../test/ingest/audit-samples.ts'
import { openRig, type Rig } from '../../../../test/ingest/rig.ts'
import { sendForward } from '../../../../test/ingest/ways-fluent-forward.ts'
import type { SecurityTable } from '../../../wire/security/typed-rows.ts'

let rig: Rig
beforeAll(async () => {
  rig = await openRig()
})
afterAll(() => rig.close())
beforeEach(() => {
  rig.segments.appended = []
})

type Json = Record<string, unknown>
const now = () => rig.clock.now_ms()
const iso = () => new Date(now()).toISOString()
const corpus = (file: string): Json =>
  JSON.parse(readFileSync(`test/corpus/${file}`, 'utf8').split('\n', 1)[0]!)

type Sample = { event(): Json; table: SecurityTable; row: Json; container: string }
const samples: Record<string, Sample> = {
  audit: {
    event: () => auditEvent({}, now()),
    table: 'audit_events',
    row: { user: 'minikube-user', verb: 'list', resource: 'secrets', decision: 'allow' },
    container: 'kube-apiserver',
  },
  falco: {
    event: () => ({
      ...{ hostname: 'n1', output: 'A shell', priority: 'Notice', rule: 'Terminal shell' },
      output_fields: { 'k8s.ns.name': 'shop', 'k8s.pod.name': 'redis-0', 'proc.name': 'sh' },
      ...{ source: 'syscall', tags: ['shell', 'T1059'], time: iso() },
    }),
    table: 'security_events',
    row: {
      ...{ sensor: 'falco', rule: 'Terminal shell', process_name: 'sh', namespace: 'shop' },
      ...{ pod: 'redis-0', tags: ['shell', 'T1059'], node: 'n1' },
    },
    container: 'falco',
  },
  tetragon: {
    event: () => ({ ...corpus('tetragon/export.log'), time: iso() }),
    table: 'security_events',
    row: { sensor: 'tetragon', kind: 'process_exec', process_path: '/usr/bin/curl' },
    container: 'export-stdout',
  },
  hubble: {
    event: () => {
      const event = corpus('hubble/events.log')
      return { ...event, flow: { ...(event.flow as Json), time: iso() } }
    },
    table: 'network_flows',
    row: { sensor: 'hubble', verdict: 'forwarded', source_workload: 'cart' },
    container: 'hubble-export-stdout',
  },
  calico: {
    event: () => ({ ...corpus('calico/enterprise.log'), start_time: Math.floor(now() / 1000) }),
    table: 'network_flows',
    row: { sensor: 'calico', verdict: 'dropped', destination_ip: '203.0.113.9' },
    container: '',
  },
  envoy: {
    event: () => ({ ...corpus('envoy/istio.json'), start_time: iso() }),
    table: 'network_flows',
    row: { sensor: 'envoy', verdict: 'forwarded', l7_target: '/x', l7_status: '200' },
    container: 'istio-proxy',
  },
}

async function post(listener: 'otlp_http' | 'loki' | 'elastic', path: string, body: string) {
  const type = path.includes('jsonl') || path.includes('bulk') ? 'x-ndjson' : 'json'
  const headers = { 'content-type': `application/${type}` }
  const address = rig.address(listener)
  const answer = await fetch(`http://${address}${path}`, { method: 'POST', body, headers })
  expect([answer.status, await answer.text()]).toEqual([
    expect.toSatisfy((status: number) => status < 300),
    expect.not.stringMatching(/"errors":true|"rejected":[1-9]/),
  ])
}
const bulk = (document: object) =>
  post('elastic', '/_bulk', `{"create":{"_index":"logs-x-default"}}\n${JSON.stringify(document)}\n`)
const loki = (stream: object, line: string) =>
  post(
    'loki',
    '/loki/api/v1/push',
    JSON.stringify({ streams: [{ stream, values: [[`${now()}000000`, line]] }] }),
  )
const forward = (record: object) =>
  sendForward(rig, { body: encode(['kube.x', Math.floor(now() / 1000), record]) }, 1)
const inContainer = (container_name: string) =>
  container_name === ''
    ? {}
    : { kubernetes: { namespace_name: 'sensors', pod_name: 'sensor-x', container_name } }
const otlp = (attributes: object, body: object) =>
  post(
    'otlp_http',
    '/v1/logs',
    JSON.stringify({
      resourceLogs: [
        {
          resource: {
            attributes: Object.entries(attributes).map(([key, stringValue]) => ({
              ...{ key, value: { stringValue } },
            })),
          },
          scopeLogs: [{ logRecords: [{ timeUnixNano: `${now()}000000`, body }] }],
        },
      ],
    }),
  )
const anyValue = (value: unknown): object => {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'number') return { doubleValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } }
  const values = Object.entries(value as Json).map(([key, one]) => ({ key, value: anyValue(one) }))
  return { kvlistValue: { values } }
}

const ways: Record<string, (event: Json, container: string) => Promise<unknown>> = {
  'Promtail, a file': (event) => loki({ filename: '/var/log/x.log' }, JSON.stringify(event)),
  'Promtail, a pod': (event, container) =>
    loki({ namespace: 'sensors', pod: 'x', container }, JSON.stringify(event)),
  'Filebeat, the line whole': (event, container) =>
    bulk({
      ...{ '@timestamp': iso(), message: JSON.stringify(event), agent: { type: 'filebeat' } },
      ...(container === '' ? {} : { kubernetes: { container: { name: container } } }),
    }),
  'Filebeat, JSON under a name': (event) => bulk({ '@timestamp': iso(), json: event }),
  'Fluent Bit es with Merge_Log': (event, container) =>
    bulk({
      ...{ '@timestamp': iso(), log: JSON.stringify(event), stream: 'stdout' },
      ...{ ...inContainer(container), ...event },
    }),
  'Fluent Bit forward, the line whole': (event, container) =>
    forward({ log: `${JSON.stringify(event)}\n`, ...inContainer(container) }),
  'Fluent Bit forward, taken apart': (event, container) =>
    forward({ ...event, ...inContainer(container) }),
  'Fluent Bit http, taken apart': (event) =>
    post('otlp_http', '/ingest/jsonl', JSON.stringify([{ date: now() / 1000, ...event }])),
  'a collector, a pod': (event, container) =>
    otlp(container === '' ? {} : { 'k8s.container.name': container, 'k8s.pod.name': 'x' }, {
      stringValue: JSON.stringify(event),
    }),
  'a collector that takes JSON apart': (event, container) =>
    otlp(
      container === ''
        ? { 'data_stream.dataset': 'calico.flows' }
        : { 'k8s.container.name': container },
      anyValue(event),
    ),
  'a collector, a file': (event) =>
    otlp({ 'host.name': 'n1' }, { stringValue: JSON.stringify(event) }),
}

describe.each(Object.entries(ways))('%s', (_way, send) => {
  it.each(Object.entries(samples))('%s', async (_kind, { event, table, row, container }) => {
    await send(event(), container)
    expect(rig.segments.rows(table)).toMatchObject([row])
    const [typed] = rig.segments.rows(table)
    expect(rig.segments.rows('logs')).toMatchObject([
      { body: typed!.sentence, event_name: expect.stringMatching(/./), time: typed!.time },
    ])
  })
})

describe('what is no event stays a line', () => {
  const f = (name: string, send: () => Promise<unknown>, body: () => string) =>
    it(name, async () => {
      await send()
      for (const { table } of Object.values(samples)) expect(rig.segments.rows(table)).toEqual([])
      expect(rig.segments.rows('logs').map(({ body }) => body)).toEqual([body()])
    })
  const said = '{"kind":"Event","apiVersion":"audit.k8s.io/v1","auditID":"1","stage":"Panic"}'
  f(
    'printed by a container that is none of theirs',
    () => loki({ namespace: 'shop', pod: 'web-0', container: 'web' }, said),
    () => said,
  )
  f(
    'taken apart by a shipper in such a container',
    () => forward({ ...samples.falco!.event(), message: 'm', ...inContainer('web') }),
    () => 'm',
  )
  f(
    'with half of the fields',
    () => bulk({ message: 'm', output_fields: { a: 1 } }),
    () => 'm',
  )
  f(
    'a stage of something else',
    () => bulk({ message: 'm', auditID: '1', stage: 'Done' }),
    () => 'm',
  )
  f(
    'another version',
    () => bulk({ ...samples.audit!.event(), apiVersion: 'v1', msg: 'm' }),
    () => 'm',
  )
  const access = JSON.stringify({ process_time: 1, path: '/'.repeat(40) })
  f(
    'a line that begins alike',
    () => otlp({}, { stringValue: access }),
    () => access,
  )
})

it('an audit event that two shippers read is stored once', async () => {
  const event = auditEvent({}, now())
  const line = JSON.stringify(event)
  await loki({ filename: '/var/log/kubernetes/audit.log' }, line)
  await forward({ log: line })
  await otlp({ 'host.name': 'n1' }, { stringValue: line })
  await bulk({ '@timestamp': iso(), kubernetes: { audit: event } })
  expect(rig.segments.rows('audit_events')).toHaveLength(1)
  expect(rig.segments.rows('logs')).toHaveLength(1)
})

it('one that is too old is refused and counted as other records are', async () => {
  const count = () => rig.counters.records().find(({ source }) => source === 'loki')!.rejected
  const before = count()?.time_too_old ?? 0
  const line = JSON.stringify(auditEvent({}, now() - 40 * 86_400_000))
  const at = `${now()}000000`
  const body = { streams: [{ stream: { filename: '/x' }, values: [[at, line]] }] }
  const answer = await fetch(`http://${rig.address('loki')}/loki/api/v1/push`, {
    ...{ method: 'POST', body: JSON.stringify(body) },
    headers: { 'content-type': 'application/json' },
  })
  await answer.text()
  expect(count()?.time_too_old ?? 0).toBe(before + 1)
  expect(rig.segments.rows('logs')).toEqual([])
})
