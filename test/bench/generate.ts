/**
 * Seeded telemetry for benchmarks, stamped around a given time: logs of a Kubernetes fleet, spans
 * of traces with five attributes, and metric points. Yields OTLP protobuf requests ready to send.
 */
import { ProtobufWriter } from './protobuf-writer.ts'

export type Random = () => number

/** Mulberry32: small, seeded, good enough for load. */
export function random(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

const services = [
  'storefront',
  'cart',
  'checkout',
  'payment',
  'catalog',
  'shipping',
  'search',
  'auth',
]
const pods_max = 120

/**
 * Log lines in the manner of real components: about 143 bytes on average, few templates, many
 * values.
 */
const lines: ((r: Random) => string)[] = [
  (r) =>
    `${ip(r)} - - "GET /api/products/${int(r, 9999)}?page=${int(r, 40)} HTTP/1.1" 200 ` +
    `${int(r, 90000)} ` +
    `"-" "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36" ${int(r, 900)}ms upstream=catalog`,
  (r) =>
    `INFO dfs.DataNode$PacketResponder: PacketResponder ${int(r, 3)} for block ` +
    `blk_${int(r, 1e12)} ` +
    `terminating after receiving ${int(r, 67108864)} bytes from /${ip(r)}:${int(r, 65535)}`,
  (r) =>
    `Accepted order ${hex(r, 12)} for customer ${int(r, 1e6)} ` +
    `total=${(r() * 900).toFixed(2)} EUR ` +
    `items=${int(r, 12)} warehouse=eu-${int(r, 5)} reservation confirmed by inventory service`,
  (r) =>
    `Connection to database primary at ${ip(r)}:5432 lost: timeout after ${int(r, 30000)} ms, ` +
    'retrying ' +
    `with backoff attempt ${int(r, 8)} of 8; pool has ${int(r, 50)} idle connections`,
  (r) =>
    `level=info ts=${int(r, 1e9)} caller=scheduler.go:${int(r, 900)} component=scheduler ` +
    'msg="pod assigned" ' +
    `pod=${services[int(r, 8)]}-${hex(r, 10)} node=worker-${int(r, 40)} attempts=${int(r, 3)}`,
  (r) =>
    `User ${int(r, 1e5)} session ${hex(r, 16)} authenticated with provider github ` +
    `in ${int(r, 400)} ms ` +
    'granted scopes read:profile read:orders write:cart',
  (r) =>
    `GC pause (G1 Evacuation Pause) (young) ${int(r, 900)}M->${int(r, 300)}M(2048M) ` +
    `${(r() * 90).toFixed(3)}ms ` +
    `workers=${int(r, 8)} promotion failed=false humongous regions: ${int(r, 12)}`,
  (r) =>
    `warning: certificate for *.shop.example expires in ${int(r, 60)} days, ` +
    'issuer CN=Shop Internal CA ' +
    `serial=${hex(r, 20)} requested by ingress controller replica ${int(r, 4)}`,
]

/** One of the lines above, with values of its own. */
export function logLine(r: Random): string {
  return lines[int(r, lines.length)]?.(r) ?? ''
}

function int(r: Random, below: number): number {
  return Math.floor(r() * below)
}
function hex(r: Random, length: number): string {
  let text = ''
  while (text.length < length) text += int(r, 0x100000).toString(16).padStart(5, '0')
  return text.slice(0, length)
}
function ip(r: Random): string {
  return `10.${int(r, 4)}.${int(r, 256)}.${int(r, 256)}`
}
function id(r: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => int(r, 256))
}

function resource(writer: ProtobufWriter, pod: number): void {
  const service = services[pod % services.length] ?? ''
  writer.message(1, () => {
    for (const [key, value] of [
      ['service.name', service],
      ['service.version', '2.3.1'],
      ['k8s.cluster.name', 'bench'],
      ['k8s.namespace.name', pod % 3 === 0 ? 'shop' : 'platform'],
      ['k8s.deployment.name', service],
      ['k8s.pod.name', `${service}-7f9c4d-${pod}`],
      ['k8s.pod.uid', `0000-${pod}-aaaa`],
      ['k8s.node.name', `worker-${pod % 12}`],
      ['k8s.container.name', service],
    ] as const) {
      writer.attribute(1, key, value)
    }
  })
}

const severities = [9, 9, 9, 9, 9, 9, 9, 9, 5, 13, 13, 17]

/** One request of log records spread over a few pods. */
export function logsRequest(
  r: Random,
  records: number,
  now_ms: number,
  spread_ms: number,
): Uint8Array {
  const writer = new ProtobufWriter()
  const pods = 4
  for (let p = 0; p < pods; p++) {
    writer.message(1, () => {
      resource(writer, int(r, pods_max))
      writer.message(2, () => {
        for (let i = 0; i < records / pods; i++)
          writer.message(2, () => logRecord(writer, r, now_ms, spread_ms))
      })
    })
  }
  return writer.take()
}

function logRecord(writer: ProtobufWriter, r: Random, now_ms: number, spread_ms: number): void {
  const time = nanoseconds(now_ms - r() * spread_ms, r)
  writer.fixed64(1, time)
  writer.fixed64(11, time)
  writer.number(2, severities[int(r, severities.length)] ?? 9)
  writer.message(5, () => writer.string(1, logLine(r)))
  writer.attribute(6, 'log.iostream', r() < 0.9 ? 'stdout' : 'stderr')
  writer.attribute(6, 'thread.name', `worker-${int(r, 16)}`)
  writer.attribute(6, 'code.line.number', int(r, 400))
  if (r() < 0.3) {
    writer.raw(9, id(r, 16))
    writer.raw(10, id(r, 8))
  }
}

/** A time in ns; the part below a millisecond is random, as clocks give it. */
function nanoseconds(time_ms: number, r: Random): bigint {
  return BigInt(Math.floor(time_ms)) * 1_000_000n + BigInt(int(r, 1_000_000))
}

/** One request of whole traces: a tree of about ten spans each, over the services. */
export function spansRequest(
  r: Random,
  spans: number,
  now_ms: number,
  spread_ms: number,
): Uint8Array {
  const writer = new ProtobufWriter()
  const perService = new Map<number, (() => void)[]>()
  for (let made = 0; made < spans; made += 10) planTrace(r, perService, writer, now_ms, spread_ms)
  for (const [service, writes] of perService) {
    writer.message(1, () => {
      resource(writer, service + services.length * int(r, 4))
      writer.message(2, () => {
        for (const write of writes) writer.message(2, write)
      })
    })
  }
  return writer.take()
}

function planTrace(
  r: Random,
  perService: Map<number, (() => void)[]>,
  writer: ProtobufWriter,
  now_ms: number,
  spread_ms: number,
): void {
  const trace = id(r, 16)
  const start_ms = now_ms - r() * spread_ms
  let parent: Uint8Array | undefined
  let width_ms = 40 + r() * 400
  for (let i = 0; i < 10; i++) {
    const span = id(r, 8)
    const service = (i >> 1) % services.length
    const plan = {
      trace,
      span,
      parent,
      kind: i % 2 === 0 ? 2 : 3,
      start_ms: start_ms + i,
      width_ms,
    }
    const writes = perService.get(service) ?? []
    writes.push(() => writeSpan(writer, r, plan))
    perService.set(service, writes)
    parent = span
    width_ms *= 0.8
  }
}

type SpanPlan = {
  trace: Uint8Array
  span: Uint8Array
  parent: Uint8Array | undefined
  kind: number
  start_ms: number
  width_ms: number
}

function writeSpan(writer: ProtobufWriter, r: Random, plan: SpanPlan): void {
  const start = nanoseconds(plan.start_ms, r)
  const failed = r() < 0.02
  writer.raw(1, plan.trace)
  writer.raw(2, plan.span)
  if (plan.parent !== undefined) writer.raw(4, plan.parent)
  writer.string(5, plan.kind === 2 ? `GET /api/route${int(r, 12)}` : 'GET')
  writer.number(6, plan.kind)
  writer.fixed64(7, start)
  writer.fixed64(8, start + BigInt(Math.floor(plan.width_ms * 1e6 * (0.5 + r()))))
  writer.attribute(9, 'http.request.method', 'GET')
  writer.attribute(9, 'http.response.status_code', failed ? 500 : 200)
  writer.attribute(9, 'url.path', `/api/route${int(r, 12)}`)
  writer.attribute(9, 'server.address', `service-${int(r, 8)}.shop.svc`)
  writer.attribute(9, 'network.protocol.version', '1.1')
  if (failed) writer.message(15, () => writer.number(3, 2))
}

/** One request of gauge and counter points; the series stay the same from call to call. */
export function metricsRequest(r: Random, series: number, now_ms: number): Uint8Array {
  const writer = new ProtobufWriter()
  const metrics = ['cpu.time', 'memory.usage', 'http.server.requests', 'queue.depth']
  const perPod = 40
  for (let first = 0; first < series; first += perPod * metrics.length) {
    writer.message(1, () => {
      resource(writer, Math.floor(first / (perPod * metrics.length)))
      writer.message(2, () => {
        for (const metric of metrics) writeMetric(writer, r, metric, perPod, now_ms)
      })
    })
  }
  return writer.take()
}

function writeMetric(
  writer: ProtobufWriter,
  r: Random,
  metric: string,
  points: number,
  now_ms: number,
): void {
  const counter = metric === 'cpu.time' || metric === 'http.server.requests'
  writer.message(2, () => {
    writer.string(1, metric)
    writer.string(3, metric === 'memory.usage' ? 'By' : '1')
    writer.message(counter ? 7 : 5, () => {
      for (let i = 0; i < points; i++) {
        writer.message(1, () => {
          writer.fixed64(3, BigInt(Math.floor(now_ms)) * 1_000_000n)
          const base = counter ? Math.floor(now_ms / 100) : 50
          writer.double(4, base + Math.floor(r() * 20))
          writer.attribute(7, 'state', `state-${i}`)
        })
      }
      if (counter) {
        writer.number(2, 2)
        writer.number(3, 1)
      }
    })
  })
}
