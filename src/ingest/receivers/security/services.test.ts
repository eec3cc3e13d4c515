/** The receivers over real sockets: paths, answers, tokens, and event lines that came as OTLP. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { auditEvent, eventList } from '../../../../test/ingest/audit-samples.ts'
import { openRig, type Rig } from '../../../../test/ingest/rig.ts'

let rig: Rig
beforeEach(async () => {
  rig = await openRig()
})
afterEach(() => rig.close())

async function ask(path: string, init: RequestInit = {}) {
  const answer = await fetch(`http://${rig.address('otlp_http')}${path}`, init)
  const said = await answer.text()
  return { status: answer.status, said: said && JSON.parse(said), headers: answer.headers }
}
const post = (path: string, body: string, headers: Record<string, string> = {}) =>
  ask(path, { method: 'POST', body, headers })
const now = () => rig.clock.now_ms()
const alert = () => ({
  ...{ rule: 'Terminal shell in container', priority: 'Notice', output: 'A shell', hostname: 'n1' },
  ...{ time: new Date(now()).toISOString(), source: 'syscall' },
  output_fields: { 'k8s.ns.name': 'shop', 'k8s.pod.name': 'redis-0', 'proc.name': 'sh' },
})

it('answers as webhooks expect', async () => {
  const good = auditEvent({}, now())
  expect(await post('/ingest/kubernetes/audit', eventList(good))).toMatchObject({
    ...{ status: 200, said: {} },
  })
  const half = eventList(auditEvent({}, now()), { kind: 'Event' })
  expect(await post('/ingest/kubernetes/audit', half)).toMatchObject({
    status: 200,
    said: { rejected: 1, reasons: { value_missing: 1 } },
  })
  expect(await post('/ingest/falco', '<x/>')).toMatchObject({
    ...{ status: 400, said: { code: 'payload_malformed' } },
  })
  const put = await ask('/ingest/hubble', { method: 'PUT', body: '{}' })
  expect(put).toMatchObject({ status: 405 })
  expect(put.headers.get('allow')).toBe('POST')
  expect((await ask('/ingest/falco/ping')).status).toBe(200)
  expect((await ask('/ingest/falco/healthz')).status).toBe(200)
  expect((await post('/ingest/falco/', JSON.stringify(alert()))).status).toBe(200)
  expect(rig.counters.records()).toMatchObject([
    { source: 'kubernetes_audit', accepted: 2, rejected: { value_missing: 1 } },
    { source: 'falco', accepted: 1 },
  ])
})

it('binds what a token sends to its cluster, and lets nobody else in', async () => {
  rig.tokens.set('t', { token_id: '1', cluster: 'eu-1' })
  const body = eventList(auditEvent({}, now()))
  expect((await post('/ingest/kubernetes/audit', body)).status).toBe(401)
  expect((await ask('/ingest/falco/healthz')).status).toBe(200)
  const headers = { authorization: 'Bearer t' }
  expect((await post('/ingest/kubernetes/audit', body, headers)).status).toBe(200)
  for (const table of ['logs', 'audit_events'] as const) {
    expect(rig.segments.rows(table).map(({ cluster }) => cluster)).toEqual(['eu-1'])
  }
})

it('tells when to come again, and then stores what it could not', async () => {
  const body = eventList(auditEvent({}, now()))
  rig.segments.failsWith = new Error('the disk is gone')
  const busy = await post('/ingest/kubernetes/audit', body)
  expect(busy.status).toBe(503)
  expect(Number(busy.headers.get('retry-after'))).toBeGreaterThan(0)
  rig.segments.failsWith = undefined
  rig.clock.advance(10_000)
  expect((await post('/ingest/kubernetes/audit', body)).status).toBe(200)
  expect((await post('/ingest/kubernetes/audit', body)).status).toBe(200)
  expect(rig.segments.rows('audit_events')).toHaveLength(1)
})

describe('lines of logs that are events land as events', () => {
  const otlp = (attributes: Record<string, string>, lines: string[]) =>
    JSON.stringify({
      resourceLogs: [
        {
          resource: {
            attributes: Object.entries(attributes).map(([key, value]) => ({
              ...{ key, value: { stringValue: value } },
            })),
          },
          scopeLogs: [{ logRecords: lines.map((line) => ({ body: { stringValue: line } })) }],
        },
      ],
    })
  const json = { 'content-type': 'application/json' }
  const f = (
    name: string,
    attributes: Record<string, string>,
    lines: () => string[],
    table: 'audit_events' | 'security_events' | 'network_flows',
    row: object,
    plain: string[] = [],
  ) =>
    it(name, async () => {
      const answer = await post('/v1/logs', otlp(attributes, [...lines(), ...plain]), json)
      expect(answer).toMatchObject({ status: 200, said: {} })
      expect(rig.segments.rows(table)).toMatchObject([row])
      const logs = rig.segments.rows('logs')
      expect(logs).toHaveLength(1 + plain.length)
      const events = logs.filter(({ event_name }) => event_name !== '')
      expect(events.map(({ body }) => body)).toEqual([rig.segments.rows(table)[0]!.sentence])
      expect(logs.filter(({ event_name }) => event_name === '').map(({ body }) => body)).toEqual(
        plain,
      )
      expect(rig.counters.records()).toMatchObject([
        { source: 'otlp', accepted: lines().length + plain.length },
      ])
    })
  const place = { 'k8s.cluster.name': 'c1', 'k8s.node.name': 'n1' }

  f(
    'the audit file of an agent, with a line that is none',
    { ...place, 'data_stream.dataset': 'kubernetes.audit_logs', 'service.name': 'kube-apiserver' },
    () => {
      const late = auditEvent({ auditID: 'one' }, now())
      return [{ ...late, stage: 'RequestReceived' }, late].map((one) => JSON.stringify(one))
    },
    'audit_events',
    { cluster: 'c1', namespace: 'default', node: '', user: 'minikube-user' },
    ['{"kind":"Event","of":"something else"}', 'plain text', '{"cut off'],
  )
  f(
    'the output of Falco, about another pod',
    {
      ...place,
      ...{
        'k8s.namespace.name': 'falco',
        'k8s.pod.name': 'falco-x',
        'k8s.container.name': 'falco',
      },
    },
    () => [JSON.stringify(alert())],
    'security_events',
    {
      cluster: 'c1',
      namespace: 'shop',
      pod: 'redis-0',
      workload: 'redis',
      node: 'n1',
      container: '',
    },
    ['Falco version: 0.41.0 (x86_64)'],
  )
  f(
    'access logs of a sidecar, about its own pod',
    {
      ...place,
      ...{ 'k8s.namespace.name': 'shop', 'k8s.pod.name': 'web-0', 'service.name': 'web' },
      ...{ 'k8s.container.name': 'istio-proxy', 'k8s.statefulset.name': 'web' },
    },
    () => [
      `[${new Date(now()).toISOString()}] "GET /x HTTP/1.1" 200 - via_upstream - "-" 0 5 3 2 "-" ` +
        '"curl/8" "id" "web.shop" "10.0.0.7:80" inbound|80|| 127.0.0.6:1 10.0.0.7:80 ' +
        '10.0.0.5:1 - default',
    ],
    'network_flows',
    {
      ...{ cluster: 'c1', namespace: 'shop', pod: 'web-0', workload: 'web', service: 'web' },
      ...{ destination_workload: 'web', destination_namespace: 'shop', destination_pod: 'web-0' },
      ...{ container: 'istio-proxy', sentence: '10.0.0.5 → shop/web:80 GET /x 200 in 3 ms' },
    },
    ['2026-11-21T10:00:00Z\tinfo\txdsproxy\tconnected'],
  )
  it('not from other containers', async () => {
    const lines = [JSON.stringify(auditEvent({}, now())), JSON.stringify(alert())]
    await post('/v1/logs', otlp({ ...place, 'k8s.container.name': 'app' }, lines), json)
    expect(rig.segments.rows('logs').map(({ body }) => body)).toEqual(lines)
    expect(rig.segments.rows('audit_events')).toEqual([])
  })
  it('and are refused and counted as other records are', async () => {
    const old = auditEvent({}, now() - 20 * 86_400_000)
    const attributes = { 'data_stream.dataset': 'kubernetes.audit_logs' }
    const answer = await post('/v1/logs', otlp(attributes, [JSON.stringify(old), 'x']), json)
    expect(answer.said).toMatchObject({ partialSuccess: { rejectedLogRecords: '1' } })
    expect(rig.counters.records()).toMatchObject([{ accepted: 1, rejected: { time_too_old: 1 } }])
  })
})
