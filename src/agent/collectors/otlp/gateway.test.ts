/** The node's OTLP gateway: both transports, every refusal, and whose pod a request is from. */
import { once } from 'node:events'
import { connect } from 'node:http2'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { afterEach, expect, test } from 'vitest'
import { collectorContext } from '../../../../test/agent/collector-context.ts'
import { decode, encode, type Plain } from '../../../../test/wire/otlp-proto.ts'
import { framed } from '../../../wire/grpc/frames.ts'
import type { ResourceWords } from '../../../wire/otlp/resource-rewrite-words.ts'
import type { Cluster, ContainerInfo, PodInfo } from '../../kubernetes/cluster.ts'
import { otlp } from './collector.ts'
import { senderOf } from './enrich.ts'

const closing: (() => unknown)[] = []
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close()
})

const start = (name: string, id: string, restart_count: number): ContainerInfo => ({
  name,
  id,
  restart_count,
  image: 'shop:1',
  ports: [],
})

function pod(name: string, ip: string, containers: ContainerInfo[]): PodInfo {
  return {
    namespace: 'shop',
    name,
    uid: `uid-${name}`,
    log_uid: `uid-${name}`,
    ip,
    host_network: false,
    node: 'n1',
    started_ms: 0,
    labels: { app: name },
    annotations: {},
    owners: [],
    workload_kind: 'Pod',
    workload: name,
    containers,
    phase: 'Running',
    is_deleted: false,
  }
}

const local = pod('local', '127.0.0.1', [start('app', 'c1', 1), start('app', 'c0', 0)])
const other = pod('other', '10.0.0.2', [start('a', 'a0', 0), start('b', 'b3', 3)])
const known = [local, other]
const cluster = {
  cluster_uid: 'cu',
  pods: {
    byIp: (ip: string) => known.find((one) => one.ip === ip),
    byUid: (uid: string) => known.find((one) => one.uid === uid),
    byContainerId(id: string) {
      const found = known.find(({ containers }) => containers.some((one) => one.id === id))
      const container = found?.containers.find((one) => one.id === id)
      return found && container ? { pod: found, container } : undefined
    },
  },
} as unknown as Cluster

async function gateway() {
  const given = collectorContext<'otlp'>(
    { grpc: '127.0.0.1:0', http: '127.0.0.1:0' },
    cluster,
    'node',
  )
  let bound = { http: '', grpc: '' }
  const log = { info: (words: typeof bound) => (bound = words), error() {}, warn() {} }
  const context = { ...given.context, log: log as unknown as typeof given.context.log }
  const running = await otlp.start(context)
  closing.push(() => running.stop())
  const post = (signal: string, body: Uint8Array | string, headers: Record<string, string> = {}) =>
    fetch(`http://${bound.http}/v1/${signal}`, {
      method: 'POST',
      body: Buffer.from(body),
      headers: { 'content-type': 'application/x-protobuf', ...headers },
    })
  return { ...given, running, bound, post }
}

async function call(address: string, service: string, frame: Uint8Array, more = {}) {
  const session = connect(`http://${address}`)
  try {
    const stream = session.request({
      ':method': 'POST',
      ':path': `/opentelemetry.proto.collector.${service}/Export`,
      'content-type': 'application/grpc',
      te: 'trailers',
      ...more,
    })
    let answer: Record<string, unknown> = {}
    const take = (headers: Record<string, unknown>) => (answer = { ...answer, ...headers })
    stream.on('response', take).on('trailers', take).resume()
    stream.end(frame)
    await once(stream, 'close')
    return answer
  } finally {
    session.destroy()
  }
}

const text = (key: string, stringValue: string) => ({ key, value: { stringValue } })
const logs = (...attributes: Plain[]) =>
  encode('LogsData', {
    resourceLogs: [{ resource: { attributes }, scopeLogs: [{ logRecords: [{}, {}] }] }],
  })

/** Attributes of the first resource of the newest chunk. */
function attributes(chunks: readonly { body: Uint8Array }[]): Record<string, string> {
  const [{ resource }] = decode('LogsData', chunks.at(-1)!.body).resourceLogs
  const pairs = (resource?.attributes ?? []) as Plain[]
  return Object.fromEntries(pairs.map(({ key, value }) => [key, value.stringValue]))
}

test('HTTP: records of a pod carry its name; what they say themselves stays', async () => {
  const { sink, post, running } = await gateway()
  const answer = await post('logs', logs(text('service.name', 'mine')))
  expect(answer.status).toBe(200)
  expect(sink.chunks[0]).toMatchObject({ signal: 'logs', records: 2 })
  expect(attributes(sink.chunks)).toMatchObject({
    'service.name': 'mine',
    'k8s.cluster.name': 'prod',
    'k8s.cluster.uid': 'cu',
    'k8s.pod.name': 'local',
    'k8s.container.name': 'app',
    'container.id': 'c1',
    'k8s.pod.label.app': 'local',
  })
  for (const compress of [gzipSync, zstdCompressSync]) {
    const name = compress === gzipSync ? 'gzip' : 'zstd'
    const packed = await post('logs', compress(logs()), { 'content-encoding': name })
    expect(packed.status).toBe(200)
  }
  expect(attributes(sink.chunks)['k8s.pod.name']).toBe('local')
  expect(running.coverage()).toMatchObject([{ state: 'arriving', records: 6, dropped: 0 }])
})

test('HTTP: JSON becomes protobuf; traces and metrics go their own way', async () => {
  const { sink, post } = await gateway()
  const json = { 'content-type': 'application/json' }
  const body = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ severityText: 'INFO' }] }] }] }
  const answer = await post('logs', JSON.stringify(body), json)
  expect([answer.status, await answer.text()]).toEqual([200, '{}'])
  expect(attributes(sink.chunks)['k8s.pod.name']).toBe('local')
  const span = encode('TracesData', { resourceSpans: [{ scopeSpans: [{ spans: [{}] }] }] })
  expect((await post('traces', span)).status).toBe(200)
  expect(sink.chunks.at(-1)).toMatchObject({ signal: 'traces', records: 1 })
  const points = { gauge: { dataPoints: [{}, {}] } }
  const metric = { resourceMetrics: [{ scopeMetrics: [{ metrics: [points, points] }] }] }
  expect((await post('metrics', encode('MetricsData', metric))).status).toBe(200)
  expect(sink.chunks.at(-1)).toMatchObject({ signal: 'metrics', records: 4 })
})

test('HTTP: every refusal has its status, and a full spool says when to come back', async () => {
  const { sink, post, bound, running } = await gateway()
  const status = async (answer: Promise<Response>) => (await answer).status
  expect(await status(post('logs', Buffer.from([0xff, 0xff])))).toBe(400)
  expect(await status(post('logs', '{', { 'content-type': 'application/json' }))).toBe(400)
  expect(await status(post('logs', logs(), { 'content-type': 'text/plain' }))).toBe(415)
  expect(await status(post('logs', logs(), { 'content-encoding': 'br' }))).toBe(415)
  expect(await status(post('logs', logs(), { 'content-encoding': 'gzip' }))).toBe(400)
  expect(await status(post('profiles', logs()))).toBe(404)
  expect(await status(fetch(`http://${bound.http}/v1/logs`))).toBe(405)
  const bomb = gzipSync(Buffer.alloc(32 * 1024 * 1024))
  expect(await status(post('logs', bomb, { 'content-encoding': 'gzip' }))).toBe(413)
  expect(sink.chunks).toEqual([])
  sink.isFull = true
  const busy = await post('logs', logs())
  expect([busy.status, busy.headers.get('retry-after')]).toEqual([429, '5'])
  expect(running.coverage()).toMatchObject([{ state: 'dropped', reason: 'spool_full', dropped: 2 }])
  expect(running.health().state).toBe('healthy')
})

test('gRPC: three services, compressed too, and refusals that exporters understand', async () => {
  const { sink, bound } = await gateway()
  const ok = await call(bound.grpc, 'logs.v1.LogsService', framed(logs()))
  expect(ok['grpc-status']).toBe('0')
  expect(attributes(sink.chunks)['k8s.pod.name']).toBe('local')
  const packed = framed(gzipSync(logs()))
  packed[0] = 1
  const gzip = { 'grpc-encoding': 'gzip' }
  expect(await call(bound.grpc, 'logs.v1.LogsService', packed, gzip)).toMatchObject({
    'grpc-status': '0',
  })
  const empty = framed(new Uint8Array(0))
  expect(await call(bound.grpc, 'trace.v1.TraceService', empty)).toMatchObject({
    'grpc-status': '0',
  })
  const f = async (service: string, frame: Uint8Array, code: string) =>
    expect((await call(bound.grpc, service, frame))['grpc-status']).toBe(code)
  await f('logs.v1.LogsService', framed(Buffer.from([0xff])), '3')
  await f('logs.v1.LogsService', Buffer.from([0, 0, 0]), '3')
  await f('profiles.v1.ProfilesService', empty, '12')
  expect(sink.chunks).toHaveLength(2)
  sink.isFull = true
  const busy = await call(bound.grpc, 'logs.v1.LogsService', framed(logs()))
  expect(busy['grpc-status']).toBe('14')
  expect(busy['grpc-status-details-bin']).toBeDefined()
})

test('who sent it: address, uid, container, connection; containers by name and restart', () => {
  const nothing: ResourceWords = {
    keys: new Set<string>(),
    pod_ip: '',
    pod_uid: '',
    container_id: '',
    container_name: '',
    restart_count: undefined,
  }
  const f = (words: Partial<ResourceWords>, peer: string, id: string) => {
    const found = senderOf(cluster, { ...nothing, ...words }, peer)
    expect(found === undefined ? 'nobody' : `${found.pod.name} ${found.container?.id}`).toBe(id)
  }
  f({}, '10.9.9.9', 'nobody')
  f({}, '127.0.0.1', 'local c1')
  f({}, '10.0.0.2', 'other undefined')
  f({ container_name: 'b' }, '10.0.0.2', 'other b3')
  f({ container_name: 'b', restart_count: 0 }, '10.0.0.2', 'other b3')
  f({ container_name: 'app', restart_count: 0 }, '127.0.0.1', 'local c0')
  f({ container_name: 'gone' }, '127.0.0.1', 'local undefined')
  f({ container_id: 'a0' }, '127.0.0.1', 'other a0')
  f({ pod_uid: 'uid-other', container_name: 'a' }, '127.0.0.1', 'other a0')
  f({ pod_ip: '10.0.0.2', pod_uid: 'uid-local' }, '127.0.0.1', 'other undefined')
  f({ pod_ip: '10.1.1.1' }, '127.0.0.1', 'local c1')
})

test('an address that is no address is refused before anything runs', async () => {
  const { context } = collectorContext<'otlp'>({ grpc: 'off', http: 'nonsense' }, undefined, 'node')
  await expect(otlp.start(context)).rejects.toThrow(/nonsense/)
})
