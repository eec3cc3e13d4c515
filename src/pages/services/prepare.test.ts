/** What the Services pages decide: order, health and the shape of the map. */
import { expect, test } from 'vitest'
import type { PeerKind, ServiceList } from './contract.ts'
import { healthOf, mapGraph, serviceRows, shortNames } from './prepare.ts'

test('health follows the share of failures', () => {
  const f = (calls: number, errors: number, health: string) =>
    expect(healthOf(calls, errors)).toBe(health)
  f(0, 0, 'unknown')
  f(1000, 0, 'ok')
  f(1000, 9, 'ok')
  f(1000, 10, 'warn')
  f(1000, 50, 'bad')
})

const list = (services: [string, number, number][]): ServiceList => ({
  bucket_ms: 60_000,
  time_ms: [0],
  service: services.map((s) => s[0]),
  namespace: services.map(() => 'shop'),
  calls: services.map((s) => s[1]),
  errors: services.map((s) => s[2]),
  p50_ns: services.map(() => 1),
  p95_ns: services.map(() => 2),
  p99_ns: services.map(() => 3),
  calls_before: services.map(() => 0),
  errors_before: services.map(() => 0),
  p95_ns_before: services.map(() => null),
  calls_series: services.map((s) => [s[1]]),
  errors_series: services.map((s) => [s[2]]),
  p95_ns_series: services.map(() => [null]),
})

test('failing services come first, healthy ones by traffic, and text narrows', () => {
  const answer = list([
    ['cart', 100, 0],
    ['ads', 900, 1],
    ['payment', 10, 5],
  ])
  expect(serviceRows(answer, 10_000, '').map((row) => row.service)).toEqual([
    'payment',
    'ads',
    'cart',
  ])
  expect(serviceRows(answer, 10_000, ' PAY ').map((row) => row.service)).toEqual(['payment'])
  expect(serviceRows(answer, 10_000, 'cart')[0]).toMatchObject({
    per_second: 10,
    error_series: [0],
  })
})

test('the map draws users before what they call, and sums what a node receives', () => {
  const rows: [string, string, PeerKind, number, number][] = [
    ['storefront', 'user', 'user', 100, 10],
    ['storefront', 'cart', 'service', 50, 0],
    ['checkout', 'cart', 'service', 50, 10],
    ['cart', 'redis', 'database', 80, 0],
  ]
  const graph = mapGraph({
    service: rows.map((r) => r[0]),
    peer_service: rows.map((r) => r[1]),
    peer_kind: rows.map((r) => r[2]),
    peer_system: rows.map(() => ''),
    calls: rows.map((r) => r[3]),
    errors: rows.map((r) => r[4]),
    p50_ns: rows.map(() => null),
    p95_ns: rows.map(() => null),
  })
  expect(graph.edges[0]).toMatchObject({ from: 'user:user', to: 'service:storefront' })
  expect(graph.nodes.find((node) => node.id === 'service:cart')).toMatchObject({
    calls: 100,
    errors: 10,
    health: 'bad',
  })
  expect(graph.nodes.find((node) => node.id === 'service:checkout')?.health).toBe('unknown')
})

test('names on the map keep what tells them apart', () => {
  const short = (...names: string[]) => [...shortNames(names).values()]
  expect(short('checkout', 'api.payments.example')).toEqual(['checkout', 'api.payments.example'])
  expect(short('db.data.svc.cluster.local')).toEqual(['db'])
  expect(short('db.a.svc.cluster.local', 'db.b.svc')).toEqual(['db.a', 'db.b'])
  expect(short('db', 'db.a.svc.cluster.local')).toEqual(['db', 'db.a'])
})
