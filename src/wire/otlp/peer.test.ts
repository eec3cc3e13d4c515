/** Whom a span's other side is, as a table of facts over both generations of conventions. */
import { describe, expect, test } from 'vitest'
import { now_ms } from '../../../test/wire/messages.ts'
import { encode } from '../../../test/wire/otlp-proto.ts'
import { readRows } from '../../../test/wire/row-reader.ts'
import { Batch } from '../batch.ts'
import { KnownIdentities } from '../known-identities.ts'
import { decodeOtlpTraces } from './traces.ts'

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']
const peerKinds = ['none', 'external', 'database', 'messaging']

function f(kind: string, attributes: Record<string, string>, peer: string): void {
  test(`${kind} ${JSON.stringify(attributes)}`, () => {
    const span = {
      ...{ traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 1), kind: kinds.indexOf(kind) },
      startTimeUnixNano: `${now_ms}000000`,
      attributes: Object.entries(attributes).map(([key, stringValue]) => ({
        key,
        value: { stringValue },
      })),
    }
    const batch = new Batch()
    const context = { arrived_ms: now_ms, time_ms_min: 0, time_ms_max: now_ms + 1 }
    const bytes = encode('TracesData', { resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })
    decodeOtlpTraces(bytes, { ...context, known: new KnownIdentities() }, batch)
    const [row] = readRows('spans', batch.get('spans').written())
    const { peer_service, peer_kind, peer_system } = row!
    expect(`${peerKinds[peer_kind as number]} ${peer_service} ${peer_system}`).toBe(peer)
  })
}

describe('database', () => {
  f(
    'client',
    { 'db.system.name': 'postgresql', 'db.namespace': 'shop' },
    'database shop postgresql',
  )
  f('client', { 'db.system': 'redis' }, 'database redis redis')
  f('client', { 'db.system': 'redis', 'net.peer.name': 'cache' }, 'database cache redis')
  f('client', { 'db.name': 'shop', 'server.address': 'pg-0' }, 'database pg-0 ')
  f(
    'client',
    { 'db.system': 'mysql', 'peer.service': 'orders-db', 'server.address': '10.0.0.1' },
    'database orders-db mysql',
  )
})

describe('messaging', () => {
  const kafka = { 'messaging.system': 'kafka', 'server.address': 'broker' }
  f('producer', { ...kafka, 'messaging.destination.name': 'orders' }, 'messaging orders kafka')
  f('producer', { ...kafka, 'messaging.destination': 'old' }, 'messaging old kafka')
  f('consumer', { ...kafka, 'messaging.destination.name': 'orders' }, 'messaging orders kafka')
  f('producer', kafka, 'messaging broker kafka')
})

describe('external', () => {
  f(
    'client',
    { 'server.address': 'api.example', 'http.request.method': 'GET' },
    'external api.example http',
  )
  f(
    'client',
    { 'http.url': 'https://u:p@api.example:8443/x?y', 'http.method': 'GET' },
    'external api.example http',
  )
  f('client', { 'http.host': 'api.example:80' }, 'external api.example ')
  f('client', { 'url.full': 'http://[2001:db8::1]:80/' }, 'external 2001:db8::1 ')
  f('client', { 'rpc.system': 'grpc', 'net.peer.name': 'cart' }, 'external cart grpc')
  f('client', { 'service.peer.name': 'cart', 'peer.service': 'old' }, 'external cart ')
})

describe('none', () => {
  f('server', { 'server.address': 'me', 'http.request.method': 'GET' }, 'none  ')
  f('internal', { 'db.system': 'sqlite' }, 'none  ')
  f('consumer', { 'server.address': 'x' }, 'none  ')
  f('client', {}, 'none  ')
})
