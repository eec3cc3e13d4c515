/** Webhooks of sensors and of the API server, for the suite of such protocols. */
import type { WrittenTable } from '../../src/model/tables.ts'
import { auditEvent } from './audit-samples.ts'
import { day_ms, httpWay, text } from './http-way.ts'
import type { ServiceSample, ServiceWay } from './service-way.ts'

type Make = (time: Date, number: number) => object

function eventsOf({ good, old, now_ms }: ServiceSample, make: Make): object[] {
  return Array.from({ length: good + old }, (_, i) =>
    make(new Date(i < good ? now_ms - 1000 + i : now_ms - 15 * day_ms), i),
  )
}

function lines(events: readonly object[]): Uint8Array {
  return Buffer.from(events.map((one) => `${JSON.stringify(one)}\n`).join(''))
}

function way(
  receiver: string,
  path: string,
  table: WrittenTable,
  sample: (sample: ServiceSample) => Uint8Array,
): ServiceWay {
  return httpWay({
    ...{ name: `${receiver} webhook`, receiver, listener: 'otlp_http', signal: 'logs', table },
    ...{ encodings: ['gzip', 'zstd'], path, stored_status: 200, partly_status: 200, sample },
    headers: { 'content-type': 'application/json' },
    rejectedOf: (body) => Number(/"rejected":(\d+)/.exec(body)?.[1] ?? 0),
    hostile: {
      'what is no JSON': text('hello\nworld\n'),
      'a number': text('7\n'),
      'a string without an end': text('{"message":"x'),
      'a list without an end': text('['),
      'lists without end': text('['.repeat(50_000)),
      'nesting without end': text('{"a":'.repeat(50_000)),
      'bytes that are no text': () => Uint8Array.from({ length: 64 }, (_, i) => 128 + i),
    },
  })
}

function lineWay(receiver: string, table: WrittenTable, make: Make): ServiceWay {
  return way(receiver, `/ingest/${receiver}`, table, (sample) => lines(eventsOf(sample, make)))
}

export const securityWays: readonly ServiceWay[] = [
  way('kubernetes_audit', '/ingest/kubernetes/audit', 'audit_events', (sample) => {
    const items = eventsOf(sample, (time) => auditEvent({}, time.getTime()))
    return Buffer.from(JSON.stringify({ kind: 'EventList', metadata: {}, items }))
  }),
  lineWay('falco', 'security_events', (time, number) => ({
    ...{ rule: `rule ${number}`, priority: 'Warning', output: 'it happened', source: 'syscall' },
    ...{ time: time.toISOString(), hostname: 'n1', output_fields: { 'proc.name': 'sh' } },
  })),
  lineWay('tetragon', 'security_events', (time, number) => ({
    process_exec: { process: { binary: '/bin/sh', pid: number, pod: { name: `cart-${number}` } } },
    ...{ node_name: 'n1', time: time.toISOString() },
  })),
  lineWay('hubble', 'network_flows', (time, number) => ({
    flow: { verdict: 'FORWARDED', uuid: `${number}`, l4: { TCP: { destination_port: 80 } } },
    ...{ node_name: 'n1', time: time.toISOString() },
  })),
  lineWay('calico', 'network_flows', (time, number) => ({
    ...{ action: 'allow', reporter: 'src', source_name: `cart-${number}`, dest_name: 'pub' },
    ...{ source_namespace: 'shop', start_time: time.toISOString(), proto: 'tcp' },
  })),
  lineWay('envoy', 'network_flows', (time, number) => ({
    ...{ start_time: time.toISOString(), method: 'GET', path: `/${number}`, response_code: 200 },
    ...{ upstream_cluster: 'outbound|80||cart.shop.svc.cluster.local', duration: 3 },
  })),
]
