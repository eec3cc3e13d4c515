/**
 * Prints how many records a decoder turns into rows per CPU-second, beside protobufjs to objects to
 * JSON text in the same run. Run it with: node src/wire/otlp/decode.bench.ts
 */

import { decode, encode, type Plain, type RequestName } from '../../../test/wire/otlp-proto.ts'
import { Batch } from '../batch.ts'
import { KnownIdentities } from '../known-identities.ts'
import { decodeOtlpLogs } from './logs.ts'
import { decodeOtlpMetrics } from './metrics.ts'
import { decodeOtlpTraces } from './traces.ts'

const records = 10_000
const resources = 10
const now_ms = Date.now()
const ns = (away_ms: number): string => `${now_ms + away_ms}123456`
const text = (key: string, stringValue: string): Plain => ({ key, value: { stringValue } })
const int = (key: string, intValue: number): Plain => ({ key, value: { intValue } })
const id = (length: number, seed: number): Buffer => {
  const bytes = Buffer.alloc(length, 0x5a)
  bytes.writeUInt32LE(Math.imul(seed + 1, 0x9e3779b1) >>> 0)
  return bytes
}

const bodies = [
  '081109 203615 148 INFO dfs.DataNode$PacketResponder: PacketResponder 1 for block blk_# done',
  'GET /api/v1/orders/#?user=1723 200 12ms from 10.128.4.23 agent "Mozilla/5.0 (X11; Linux)"',
  'Failed password for invalid user webmaster from 173.234.31.# port 38926 ssh2 on the gateway pod',
  'nova.osapi_compute.wsgi.server [req-b9000564-fe1a-409b-b8cc-1e88b294cd1d 113d3a99c3da401fbd]' +
    ' 10.11.10.1 "GET /v2/54fadb412c4e40cdbaed9335e4c35a9e/servers/#" status: 200 len: 1893',
]

function logRecord(i: number): Plain {
  return {
    timeUnixNano: ns(-i),
    observedTimeUnixNano: ns(0),
    severityNumber: 9,
    severityText: 'INFO',
    body: { stringValue: bodies[i % bodies.length]!.replace('#', String(i)) },
    attributes: [
      text('log.iostream', 'stdout'),
      text('log.file.path', '/var/log/pods/shop_cart-7d9f8b6c5d-abcde/main/0.log'),
      text('code.function', 'handleRequest'),
      int('thread.id', i % 900),
    ],
    ...(i % 2 ? { traceId: id(16, i), spanId: id(8, i) } : {}),
  }
}

function span(i: number): Plain {
  return {
    traceId: id(16, i >> 3),
    spanId: id(8, i),
    parentSpanId: id(8, i - 1),
    name: `GET /api/orders/${i % 7}`,
    kind: 1 + (i % 5),
    startTimeUnixNano: ns(-i),
    endTimeUnixNano: ns(-i + 40),
    attributes: [
      text('http.request.method', 'GET'),
      text('url.path', `/api/orders/${i}`),
      text('server.address', 'orders.shop.svc.cluster.local'),
      text('network.protocol.version', '1.1'),
      int('http.response.status_code', 200),
      int('server.port', 8080),
    ],
    ...(i % 20 ? {} : { events: [{ timeUnixNano: ns(-i), name: 'retry', attributes: [] }] }),
    status: {},
  }
}

function metric(i: number): Plain {
  const dataPoints = Array.from({ length: 20 }, (_, point) => ({
    startTimeUnixNano: ns(-60_000),
    timeUnixNano: ns(0),
    asInt: i * point,
    attributes: [text('http.route', `/route/${point}`), int('http.response.status_code', 200)],
  }))
  return { name: `http.server.requests_${i % 50}`, sum: { dataPoints, aggregationTemporality: 2 } }
}

type Make = (i: number) => Plain

function request(names: [string, string, string], count: number, make: Make): Plain {
  const [top, scopes, leaf] = names
  const list = Array.from({ length: resources }, (_, r) => ({
    resource: {
      attributes: [
        ...[text('service.name', `shop-${r}`), text('k8s.namespace.name', 'shop')],
        ...[text('k8s.pod.name', `shop-${r}-7d9f8b6c5d-abcde`), text('k8s.node.name', 'node-3')],
        ...[text('k8s.deployment.name', `shop-${r}`), text('k8s.container.name', 'main')],
      ],
    },
    [scopes]: [
      {
        scope: { name: 'io.opentelemetry.shop' },
        [leaf]: Array.from({ length: count / resources }, (_, i) => make(r * 1000 + i)),
      },
    ],
  }))
  return { [top]: list }
}

function perCpuSecond(cpu_seconds_min: number, run: () => number): number {
  run()
  const start = process.cpuUsage()
  let done = 0
  while (true) {
    done += run()
    const { user, system } = process.cpuUsage(start)
    const cpu_seconds = (user + system) / 1e6
    if (cpu_seconds >= cpu_seconds_min) return done / cpu_seconds
  }
}

function measure(name: RequestName, message: Plain, decodeRows: typeof decodeOtlpLogs): void {
  const bytes = encode(name, message)
  const known = new KnownIdentities()
  const batch = new Batch()
  const range = { time_ms_min: now_ms - 864e5, time_ms_max: now_ms + 864e5 }
  const ours = (): number => {
    batch.clear()
    const { accepted } = decodeRows(bytes, { arrived_ms: now_ms, ...range, known }, batch)
    known.commit(batch)
    return accepted
  }
  const accepted = ours()
  perCpuSecond(0.5, ours)
  const rate = perCpuSecond(1, ours)
  const peer = perCpuSecond(1, () => {
    JSON.stringify(decode(name, bytes))
    return accepted
  })
  const bytesIn = Math.round(bytes.length / accepted)
  const size = `${bytesIn} B in, ${Math.round(batch.bytes() / accepted)} B out`
  const thousand = (value: number): string => `${Math.round(value / 1000)}k`
  const ratio = (rate / peer).toFixed(1)
  const beside = `protobufjs to JSON ${thousand(peer)} (${ratio}x)`
  console.log(`${name}: ${thousand(rate)} a CPU-second, ${beside}, ${size}`)
}

measure(
  'LogsData',
  request(['resourceLogs', 'scopeLogs', 'logRecords'], records, logRecord),
  decodeOtlpLogs,
)
measure(
  'TracesData',
  request(['resourceSpans', 'scopeSpans', 'spans'], records, span),
  decodeOtlpTraces,
)
measure(
  'MetricsData',
  request(['resourceMetrics', 'scopeMetrics', 'metrics'], 500, metric),
  decodeOtlpMetrics,
)
