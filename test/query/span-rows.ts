/** Spans and resources of a small shop as fixture rows, for tests of TraceQL, Tempo and Jaeger. */
import type { FixtureRow } from '../store/fixture-rows.ts'

export const shopTime_ms = Date.UTC(2026, 10, 20, 10, 0, 0)
const ms = 1_000_000n

export const frontend = {
  cluster: 'one',
  namespace: 'shop',
  pod: 'frontend-1',
  service: 'frontend',
  resource_id: 11,
}
export const cart = {
  cluster: 'one',
  namespace: 'shop',
  pod: 'cart-1',
  service: 'cart',
  resource_id: 12,
}
export const bank = {
  cluster: 'one',
  namespace: 'bank',
  pod: 'ledger-1',
  service: 'ledger',
  resource_id: 13,
}

export const shopResources: FixtureRow<'resources'>[] = [
  {
    ...frontend,
    time: shopTime_ms,
    attributes: { 'service.name': 'frontend', 'service.version': '1.2', 'process.pid': '41' },
  },
  {
    ...cart,
    time: shopTime_ms,
    attributes: { 'service.name': 'cart', 'deployment.environment': 'prod', debug: 'true' },
  },
  { ...bank, time: shopTime_ms, attributes: { 'service.name': 'ledger', secret: 'vault' } },
]

export const traceA = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa1'
export const traceB = 'bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb2'
export const traceC = 'ccccccccccccccccccccccccccccccc3'
const at = (offset_ms: number) => (BigInt(shopTime_ms) + BigInt(offset_ms)) * ms

/**
 * A: checkout of frontend calls cart, which queries its database and fails. B: a page of frontend
 * alone. C: begins in the bank's ledger, which is another namespace, and calls cart.
 */
export const shopSpans: FixtureRow<'spans'>[] = [
  {
    ...frontend,
    time: at(1_000),
    duration_ns: 200n * ms,
    trace_id: traceA,
    span_id: '00000000000000a1',
    name: 'GET /checkout',
    kind: 'server',
    status: 'error',
    scope: 'http',
    attributes: { 'http.method': 'GET', 'http.route': '/checkout', sampled: 'true' },
    numbers: { 'http.status_code': 500, ratio: 0.25 },
  },
  {
    ...frontend,
    time: at(1_010),
    duration_ns: 150n * ms,
    trace_id: traceA,
    span_id: '00000000000000a2',
    parent_span_id: '00000000000000a1',
    name: 'cart.Get',
    kind: 'client',
    attributes: { 'rpc.system': 'grpc' },
    peer_service: 'cart',
  },
  {
    ...cart,
    time: at(1_020),
    duration_ns: 120n * ms,
    trace_id: traceA,
    span_id: '00000000000000a3',
    parent_span_id: '00000000000000a2',
    name: 'cart.Get',
    kind: 'server',
    status: 'error',
    status_message: 'no stock',
    attributes: { 'rpc.system': 'grpc' },
    'events.time': [at(1_030)],
    'events.name': ['exception'],
    'events.attributes': [{ 'exception.type': 'OutOfStock', retries: '3' }],
  },
  {
    ...cart,
    time: at(1_030),
    duration_ns: 40n * ms,
    trace_id: traceA,
    span_id: '00000000000000a4',
    parent_span_id: '00000000000000a3',
    name: 'SELECT',
    kind: 'client',
    peer_kind: 'database',
    peer_system: 'redis',
    peer_service: 'redis',
    attributes: { 'db.system': 'redis' },
    numbers: { rows: 7 },
  },
  {
    ...frontend,
    time: at(61_000),
    duration_ns: 30n * ms,
    trace_id: traceB,
    span_id: '00000000000000b1',
    name: 'GET /',
    kind: 'server',
    status: 'ok',
    attributes: { 'http.method': 'GET', 'http.route': '/' },
    numbers: { 'http.status_code': 200 },
  },
  {
    ...bank,
    time: at(121_000),
    duration_ns: 90n * ms,
    trace_id: traceC,
    span_id: '00000000000000c1',
    name: 'secret transfer',
    kind: 'server',
    attributes: { 'vault.key': 'gold' },
  },
  {
    ...cart,
    time: at(121_010),
    duration_ns: 50n * ms,
    trace_id: traceC,
    span_id: '00000000000000c2',
    parent_span_id: '00000000000000c1',
    name: 'cart.Pay',
    kind: 'server',
    numbers: { amount: 12.5 },
    'links.trace_id': [traceB],
    'links.span_id': ['00000000000000b1'],
    'links.attributes': [{ why: 'retry' }],
  },
]
