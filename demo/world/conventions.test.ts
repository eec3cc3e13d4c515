/** Both generations name the same facts, and trace context survives its header. */
import { ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { expect, test } from 'vitest'
import { database, httpClient, httpServer, messaging } from './conventions.ts'
import { extract, inject } from './traceparent.ts'

const client = { method: 'GET', scheme: 'http', host: 'cart.shop', port: 8080, path: '/c' } as const

test('HTTP client', () => {
  const f = (generation: 'old' | 'new', resend_count: number, expected: object) =>
    expect(httpClient(generation, { ...client, resend_count })).toEqual(expected)
  const old = {
    'http.method': 'GET',
    'http.url': 'http://cart.shop:8080/c',
    'http.flavor': '1.1',
    'net.peer.name': 'cart.shop',
    'net.peer.port': 8080,
  }
  f('old', 0, old)
  f('old', 2, { ...old, 'http.resend_count': 2 })
  f('new', 3, {
    'http.request.method': 'GET',
    'url.full': 'http://cart.shop:8080/c',
    'server.address': 'cart.shop',
    'server.port': 8080,
    'network.protocol.version': '1.1',
    'http.request.resend_count': 3,
  })
  const plain = { ...client, scheme: 'https', port: 443, resend_count: 0 } as const
  expect(httpClient('new', plain)['url.full']).toBe('https://cart.shop/c')
})

test('HTTP server: the query is part of the old target, and apart in the new', () => {
  const facts = {
    method: 'GET',
    route: '/search',
    path: '/search',
    query: 'q=tent',
    host: 'h',
    port: 8080,
    client_address: '203.0.113.9',
    user_agent: 'x',
  }
  expect(httpServer('old', facts)).toMatchObject({ 'http.target': '/search?q=tent' })
  expect(httpServer('new', facts)).toMatchObject({ 'url.path': '/search', 'url.query': 'q=tent' })
  expect(httpServer('new', { ...facts, route: undefined })).not.toHaveProperty('http.route')
})

test('databases', () => {
  const facts = { host: 'h', port: 1, namespace: 'n', collection: 'c', operation: 'o', text: 't' }
  const f = (generation: 'old' | 'new', system: 'redis' | 'postgresql' | 'mongodb', has: object) =>
    expect(database(generation, { ...facts, system })).toMatchObject(has)
  f('old', 'postgresql', { 'db.system': 'postgresql', 'db.name': 'n', 'db.sql.table': 'c' })
  f('old', 'mongodb', { 'db.mongodb.collection': 'c', 'net.peer.name': 'h', 'db.statement': 't' })
  f('new', 'redis', { 'db.system.name': 'redis', 'db.namespace': 'n', 'server.address': 'h' })
  const redis = database('old', { ...facts, system: 'redis', namespace: '3', collection: '' })
  expect(redis).toMatchObject({ 'db.redis.database_index': 3 })
  expect(redis).not.toHaveProperty('db.sql.table')
})

test('messaging', () => {
  const facts = {
    topic: 'orders',
    operation: 'process',
    key: 'k',
    partition: 2,
    offset: 7,
    group: 'g',
    body_bytes: 10,
  } as const
  expect(messaging('old', facts)).toMatchObject({
    'messaging.operation': 'process',
    'messaging.kafka.consumer.group': 'g',
  })
  expect(messaging('new', facts)).toMatchObject({
    'messaging.operation.type': 'process',
    'messaging.consumer.group.name': 'g',
    'messaging.destination.partition.id': '2',
  })
})

test('trace context crosses a header, and nothing malformed does', () => {
  const span = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: 'b7ad6b7169203331' }
  const headers: Record<string, string> = {}
  inject(trace.setSpanContext(ROOT_CONTEXT, { ...span, traceFlags: 1 }), headers)
  expect(headers.traceparent).toBe('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01')
  const taken = trace.getSpanContext(extract(headers))
  expect(taken).toMatchObject({ ...span, traceFlags: 1, isRemote: true })
  const f = (traceparent: string) => expect(extract({ traceparent })).toBe(ROOT_CONTEXT)
  f('')
  f('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331')
  f('00-00000000000000000000000000000000-b7ad6b7169203331-01')
  f('00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01')
  f('00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01')
  const nothing: Record<string, string> = {}
  inject(ROOT_CONTEXT, nothing)
  expect(nothing).toEqual({})
})
