/**
 * gRPC on the wire: frames split and merged, lies, deadlines, abuse of HTTP/2, and many calls at
 * once.
 */
import http2 from 'node:http2'
import net from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { otlpSample } from '../../test/ingest/otlp-samples.ts'
import { openRig, type Rig, until } from '../../test/ingest/rig.ts'
import { connectGrpc, grpcFrame, type Sent, sendGrpc } from '../../test/ingest/senders.ts'

const path = '/opentelemetry.proto.collector.logs.v1.LogsService/Export'
let rig: Rig
let session: http2.ClientHttp2Session
beforeEach(async () => {
  rig = await openRig({ limits: { body_bytes_max: 1_000_000 } })
  session = connectGrpc(rig.address('otlp_grpc'))
})
afterEach(async () => {
  session.destroy()
  await rig.close()
  expect(rig.logged).toEqual([])
})

const logs = (good = 1) =>
  otlpSample('application/x-protobuf', 'logs', { good, old: 0, now_ms: Date.now() })
const call = (more: Partial<Sent> = {}) =>
  sendGrpc(session, { path, chunks: [grpcFrame(logs())], ...more })

describe('frames', () => {
  test('byte by byte', async () => {
    const chunks = Array.from(grpcFrame(logs()), (byte) => Buffer.from([byte]))
    expect((await call({ chunks })).grpcStatus).toBe(0)
    expect(rig.segments.count()).toBe(1)
  })

  const f = (name: string, sent: Partial<Sent>, grpcStatus: number, says: RegExp) =>
    test(name, async () => {
      const answer = await call(sent)
      expect(answer.grpcStatus).toBe(grpcStatus)
      expect(decodeURIComponent(String(answer.headers['grpc-message']))).toMatch(says)
      expect(rig.segments.appended).toEqual([])
      expect((await call()).grpcStatus, 'the session lives on').toBe(0)
    })
  f('no message', { chunks: [] }, 3, /no message/)
  f('shorter than announced', { chunks: [grpcFrame(logs(), 0, 9999)] }, 3, /shorter than announced/)
  f('longer than announced', { chunks: [grpcFrame(logs(), 0, 3)] }, 3, /more than one message/)
  f('two messages', { chunks: [grpcFrame(logs()), grpcFrame(logs())] }, 3, /more than one/)
  f('4 GiB announced', { chunks: [grpcFrame(logs(), 0, 0xffffffff)] }, 8, /larger than 1000000/)
  f('compressed without an encoding', { chunks: [grpcFrame(logs(), 1)] }, 3, /names no encoding/)
  f('an unknown method', { path: '/a.B/C' }, 12, /nothing at \/a\.B\/C/)
  f('a timeout that is no time', { headers: { 'grpc-timeout': 'soon' } }, 3, /not a time/)
})

test('an encoding may be named and not used', async () => {
  expect((await call({ headers: { 'grpc-encoding': 'gzip' } })).grpcStatus).toBe(0)
})

test('bodies that are refused do not use up the window of the connection', async () => {
  const chunks = [grpcFrame(Buffer.alloc(1_500_000))]
  for (let round = 0; round < 12; round++) expect((await call({ chunks })).grpcStatus).toBe(8)
  expect((await call({ chunks: [grpcFrame(logs(5000))] })).grpcStatus).toBe(0)
})

test('many calls at once on one connection', async () => {
  const answers = await Promise.all(Array.from({ length: 300 }, () => call()))
  expect(answers.filter(({ grpcStatus }) => grpcStatus === 0).length).toBe(300)
  expect(rig.segments.count()).toBe(300)
})

describe('deadlines', () => {
  test.each([
    ['1S', 1000],
    ['250m', 250],
    ['1M', 60_000],
  ])('%s that passes while the message arrives', async (timeout, passes_ms) => {
    const headers = { 'grpc-timeout': timeout }
    const calling = call({ headers, isUnfinished: true })
    await until('it arrives', () => rig.listeners.stats().in_flight_bytes > 0)
    rig.clock.advance(passes_ms - 1)
    expect(rig.listeners.stats().in_flight_requests).toBe(1)
    rig.clock.advance(1)
    expect((await calling).grpcStatus).toBe(4)
    expect(rig.segments.appended).toEqual([])
  })

  test('a sender that hangs up is counted and stores nothing', async () => {
    const other = connectGrpc(rig.address('otlp_grpc'))
    const calling = sendGrpc(other, { path, chunks: [grpcFrame(logs())], isUnfinished: true })
    await until('it arrives', () => rig.listeners.stats().in_flight_bytes > 0)
    other.destroy()
    await expect(calling).rejects.toThrow()
    const stats = () => rig.listeners.stats()
    await until('it is counted', () => stats().listeners[1]!.abandoned === 1)
    expect(stats()).toMatchObject({ in_flight_bytes: 0, in_flight_requests: 0 })
    expect(rig.segments.appended).toEqual([])
  })
})

describe('abuse of the connection', () => {
  const raw = (): net.Socket => {
    const [host, port] = rig.address('otlp_grpc').split(':') as [string, string]
    const socket = net.connect(Number(port), host)
    socket.on('error', () => {})
    socket.resume()
    return socket
  }
  const closed = (socket: net.Socket) => until('it is closed', () => socket.destroyed)
  const connections = () => rig.listeners.stats().listeners[1]!.connections

  test('a peer that says nothing is closed after the time for headers', async () => {
    const socket = raw()
    await until('it is connected', () => connections() === 2)
    rig.clock.advance(9_000)
    expect(socket.destroyed).toBe(false)
    rig.clock.advance(2_000)
    await closed(socket)
    expect((await call()).grpcStatus).toBe(0)
  })

  test('a peer that speaks HTTP/1.1 is closed', async () => {
    const socket = raw()
    socket.write('POST / HTTP/1.1\r\nhost: x\r\n\r\n')
    await closed(socket)
  })

  test('opening and resetting streams without end closes the connection', async () => {
    const hostile = connectGrpc(rig.address('otlp_grpc'))
    const headers = { ':method': 'POST', ':path': path, 'content-type': 'application/grpc' }
    let opened = 0
    while (!hostile.destroyed && opened < 20_000) {
      for (let burst = 0; burst < 50 && !hostile.destroyed; burst++, opened++) {
        const stream = hostile.request(headers)
        stream.on('error', () => {})
        stream.close(http2.constants.NGHTTP2_CANCEL)
      }
      await new Promise((resolve) => setImmediate(resolve))
    }
    expect(hostile.destroyed).toBe(true)
    expect(opened).toBeLessThan(20_000)
    expect((await call()).grpcStatus).toBe(0)
  })

  test('pings that keep a connection alive are answered', async () => {
    await call()
    const pong = await new Promise((resolve) => session.ping((error) => resolve(error)))
    expect(pong).toBeNull()
  })
})
