/** The whole shop over real sockets for a few seconds, sending to a receiver of our own. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, openControl } from './control.ts'
import { openShop, type Shop } from './shop.ts'
import { openSink, plain, until } from './sink-fixture.ts'

const folder = mkdtempSync(join(tmpdir(), 'crowsnest-demo-'))
let sink: Awaited<ReturnType<typeof openSink>>
let shop: Shop
let closed: Promise<void> | undefined

beforeAll(async () => {
  sink = await openSink()
  shop = await openShop({
    destination: { http_url: sink.url, json_only: true },
    requests_per_second: 400,
    seed: 5,
    past_ms: 3 * 60_000,
    past_budget_ms: 2000,
    scenarios: [],
    all_in_turn: false,
  })
  await until('requests', () => shop.requests() >= 250)
  await shop.past
  closed = shop.close()
  await closed
})

afterAll(async () => {
  if (closed === undefined) await shop?.close()
  await sink?.close()
  rmSync(folder, { recursive: true, force: true })
})

test('at least twelve services send spans, logs and metrics', () => {
  const services = (of: { resource: Record<string, unknown> }[]) =>
    new Set(of.map(({ resource }) => resource['service.name'])).size
  expect(services(sink.spans)).toBeGreaterThanOrEqual(12)
  expect(services(sink.logs)).toBeGreaterThanOrEqual(12)
  expect(services(sink.metrics)).toBeGreaterThanOrEqual(12)
  for (const { resource } of sink.spans) expect(resource['k8s.pod.name']).toBeTypeOf('string')
})

test('spans over sockets hang together: no orphans, storefront is the root', () => {
  const byId = new Map(sink.spans.map((span) => [span.spanId, span]))
  // What was under way when the shop closed has no parent yet; it is a small part.
  const orphans = sink.spans.filter(
    ({ parentSpanId = '', traceId }) =>
      parentSpanId !== '' && byId.get(parentSpanId)?.traceId !== traceId,
  )
  expect(orphans.length).toBeLessThan(0.02 * sink.spans.length)
  const roots = sink.spans.filter(({ parentSpanId = '' }) => parentSpanId === '')
  const names = new Set(roots.map(({ resource }) => resource['service.name']))
  expect([...names].sort()).toEqual(['email', 'storefront'])
})

test('the gRPC hop carries the trace', () => {
  const server = sink.spans.find(
    ({ kind, resource }) => kind === 2 && resource['service.name'] === 'currency',
  )
  expect(plain(server?.attributes ?? [])).toMatchObject({
    'rpc.system': 'grpc',
    'rpc.service': 'shop.currency.v1.CurrencyService',
    'rpc.method': 'Convert',
  })
  const parent = sink.spans.find(({ spanId }) => spanId === server?.parentSpanId)
  expect(parent?.resource['service.name']).toBe('checkout')
})

test('metrics of every kind arrive, one service in delta, some with exemplars', () => {
  const kinds = new Set(sink.metrics.flatMap((metric) => Object.keys(metric)))
  for (const kind of ['sum', 'gauge', 'histogram', 'exponentialHistogram']) {
    expect(kinds).toContain(kind)
  }
  const deltas = sink.metrics.filter(({ histogram }) => histogram?.aggregationTemporality === 1)
  expect(new Set(deltas.map(({ resource }) => resource['service.name']))).toEqual(new Set(['ads']))
  const exemplars = sink.metrics
    .filter(({ name }) => name === 'http.server.request.duration')
    .flatMap(({ histogram }) => histogram?.dataPoints ?? [])
    .flatMap((point) => point.exemplars ?? [])
  expect(exemplars.length).toBeGreaterThan(0)
  const traces = new Set(sink.spans.map(({ traceId }) => traceId))
  const [first] = exemplars as { traceId: string; asDouble: number }[]
  expect(traces).toContain(first?.traceId)
  const units = new Map(sink.metrics.map(({ name, unit }) => [name, unit]))
  expect(units.get('http.server.request.duration')).toBe('s')
  expect(units.get('process.memory.usage')).toBe('By')
})

test('the past was told too', async () => {
  const told = await shop.past
  expect(told?.spans).toBeGreaterThan(500)
  expect(told?.logs).toBeGreaterThan(200)
})

test('the control socket switches scenarios; a second shop gets its own', async () => {
  const path = join(folder, 'control.sock')
  const first = await openControl(path, shop.switch)
  const second = await openControl(path, shop.switch)
  expect(first.path).toBe(path)
  expect(second.path).not.toBe(path)
  const answer = await ask(path, { scenario: 'slow-database', on: true })
  expect(answer).toMatchObject({ ok: true, says: 'slow-database is now on' })
  expect(shop.switch.list()).toEqual(['slow-database'])
  await Promise.all([first.close(), second.close()])
  expect(existsSync(path)).toBe(false)
  await expect(ask(path, 'list')).rejects.toThrow()
})
