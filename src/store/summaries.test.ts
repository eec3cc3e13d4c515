/** Service edges and field values from spans and logs on the engine, by times passed in. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FixtureStore, openFixtureStore, silentLog } from '../../test/store/fixture-store.ts'
import { sql } from './sql.ts'
import { Summaries } from './summaries.ts'

const minute_ms = 60_000
const start = Date.UTC(2026, 10, 20, 12)

let fixture: FixtureStore
beforeAll(async () => {
  fixture = await openFixtureStore()
})
afterAll(() => fixture.close())

type SpanText = {
  at: number
  id: string
  trace?: string
  parent?: string
  kind?: string
  service: string
  peer?: string
  ms?: number
  failed?: boolean
  links?: [string, string][]
}
const hex = (name: string, size: number) =>
  name === '' ? '' : Buffer.from(name.padEnd(size, '_')).toString('hex')

const addSpans = (spans: SpanText[]) =>
  fixture.add(
    'spans',
    spans.map((span) => {
      const [kind, name, system] = (span.peer ?? 'none').split(':')
      return {
        cluster: 'c',
        namespace: 'n',
        service: span.service,
        time: span.at,
        ingested_time: span.at,
        trace_id: hex(span.trace ?? 't', 16),
        span_id: hex(span.id, 8),
        parent_span_id: hex(span.parent ?? '', 8),
        kind: span.kind ?? 'server',
        duration_ns: (span.ms ?? 1) * 1_000_000,
        status: span.failed ? 'error' : 'unset',
        peer_kind: kind,
        peer_service: name ?? '',
        peer_system: system ?? '',
        'links.trace_id': (span.links ?? []).map(([trace]) => hex(trace, 16)),
        'links.span_id': (span.links ?? []).map(([, id]) => hex(id, 8)),
        'links.attributes': (span.links ?? []).map(() => ({})),
      }
    }),
  )

/** `service > peer (kind system) calls/errors ms`, of one minute. */
const edges = async (minute: number) => {
  const rows = await fixture.store.rows<Record<string, string>>(
    sql`SELECT concat(service, ' > ', peer_service, ' (', toString(peer_kind),
        if(peer_system = '', '', ' '), peer_system, ') ', toString(calls), '/', toString(errors),
        ' ', toString(duration_ns_sum / 1e6)) AS text,
        arraySum(mapValues(duration_histogram)) = calls AND cluster = 'c' AND namespace = 'n'
          AS is_whole
      FROM service_edges_1m FINAL
      WHERE time = toDateTime(${minute / 1_000}) AND calls > 0 ORDER BY text`,
  )
  expect(rows.every((row) => Number(row.is_whole) === 1)).toBe(true)
  return rows.map((row) => row.text)
}

describe('service edges', () => {
  it('pairs both sides, names exits, and knows where requests enter', async () => {
    const m = start
    await addSpans([
      { at: m + 1_000, id: 'root', service: 'web', ms: 50 },
      { at: m + 1_010, id: 'c1', parent: 'root', kind: 'client', service: 'web', ms: 30 },
      { at: m + 1_020, id: 's1', parent: 'c1', service: 'cart', ms: 20, failed: true },
      {
        at: m + 1_021,
        id: 'db1',
        parent: 's1',
        kind: 'client',
        service: 'cart',
        peer: 'database:orders:postgresql',
        ms: 2,
      },
      {
        at: m + 1_022,
        id: 'db2',
        parent: 's1',
        kind: 'client',
        service: 'cart',
        peer: 'database::redis',
        ms: 3,
        failed: true,
      },
      // An SDK's span over the HTTP client's span: one call.
      {
        at: m + 1_030,
        id: 'sdk',
        parent: 'root',
        kind: 'client',
        service: 'web',
        peer: 'external:api.pay.example',
        ms: 9,
      },
      {
        at: m + 1_031,
        id: 'http',
        parent: 'sdk',
        kind: 'client',
        service: 'web',
        peer: 'external:api.pay.example',
        ms: 8,
      },
      // A client span that names nothing and meets nobody says nothing.
      { at: m + 1_040, id: 'lost', parent: 'root', kind: 'client', service: 'web' },
      // A queue: one consumer by parent, one by link (and by both at once, counted once).
      {
        at: m + 1_050,
        id: 'p1',
        parent: 's1',
        kind: 'producer',
        service: 'cart',
        peer: 'messaging:orders:kafka',
      },
      {
        at: m + 1_060,
        id: 'k1',
        parent: 'p1',
        kind: 'consumer',
        service: 'mail',
        ms: 4,
        links: [['t', 'p1']],
      },
      {
        at: m + 1_070,
        id: 'k2',
        trace: 'u',
        kind: 'consumer',
        service: 'stock',
        ms: 5,
        links: [
          ['t', 'p1'],
          ['x', 'y'],
        ],
      },
      {
        at: m + 1_080,
        id: 'p2',
        parent: 's1',
        kind: 'producer',
        service: 'cart',
        peer: 'messaging:audit:kafka',
      },
      { at: m + 1_090, id: 'inner', parent: 's1', kind: 'internal', service: 'cart' },
    ])
    const summaries = new Summaries(fixture.store, silentLog)
    expect((await summaries.run(m + 2 * minute_ms)).edge_minutes).toBe(1)
    expect(await edges(m)).toEqual([
      'cart > audit (messaging kafka) 1/0 1',
      'cart > mail (service) 1/0 4',
      'cart > orders (database postgresql) 1/0 2',
      'cart > redis (database redis) 1/1 3',
      'cart > stock (service) 1/0 5',
      'web > api.pay.example (external) 1/0 8',
      'web > cart (service) 1/1 20',
      'web > user (user) 1/0 50',
    ])
  })

  it('finds the other side in the next minute, and only work that is due is done', async () => {
    const m = start + 5 * minute_ms
    const summaries = new Summaries(fixture.store, silentLog)
    await addSpans([
      {
        at: m + 59_990,
        id: 'a',
        trace: 'v',
        kind: 'client',
        service: 'web',
        peer: 'external:cart.svc',
      },
    ])
    // The current minute: the call is too young to be called external.
    await summaries.run(m + 59_995)
    expect(await edges(m)).toEqual([])
    expect((await summaries.run(m + 59_999)).edge_minutes).toBe(0)
    // Closed, and the other side still missing: external for now.
    await summaries.run(m + minute_ms + 41_000)
    expect(await edges(m)).toEqual(['web > cart.svc (external) 1/0 1'])
    expect((await summaries.run(m + minute_ms + 60_000)).edge_minutes).toBe(0)
    // It comes late, in the next minute: the external edge is gone.
    await addSpans([
      { at: m + minute_ms + 10, id: 'b', trace: 'v', parent: 'a', service: 'cart', ms: 7 },
    ])
    await summaries.run(m + 3 * minute_ms)
    expect(await edges(m)).toEqual(['web > cart (service) 1/0 7'])
    // After a restart the same comes out.
    await new Summaries(fixture.store, silentLog).run(m + 4 * minute_ms)
    expect(await edges(m)).toEqual(['web > cart (service) 1/0 7'])
    expect(await edges(start)).toHaveLength(8)
  })
})

describe('field values', () => {
  const values = async (signal: string, field: string) => {
    const rows = await fixture.store.rows<{ value: string; rows: string }>(
      sql`SELECT value, sum(rows) AS rows FROM field_values
        WHERE signal = ${signal} AND field = ${field}
        GROUP BY value ORDER BY value`,
    )
    return Object.fromEntries(rows.map((row) => [row.value, Number(row.rows)]))
  }

  it('are sampled once each, also over a restart', async () => {
    const now = start + 3_600_000
    const logs = Array.from({ length: 30 }, (_, i) => ({
      time: now + i,
      ingested_time: now + i,
      cluster: 'c',
      service: i % 3 === 0 ? 'cart' : 'web',
      severity_number: 17,
      attributes: { 'http.route': `/r${i % 2}`, long: 'x'.repeat(200), unique: `id ${i}` },
      numbers: { 'retry.count': 2 },
    }))
    await fixture.add('logs', logs)
    const summaries = new Summaries(fixture.store, silentLog)
    await summaries.run(now + 10_000)
    expect(await values('logs', 'service')).toEqual({})
    expect((await summaries.run(now + 26_000)).field_windows).toBe(1)
    expect(await values('logs', 'service')).toEqual({ cart: 10, web: 20 })
    expect(await values('logs', 'severity')).toEqual({ error: 30 })
    expect(await values('logs', 'http.route')).toEqual({ '/r0': 15, '/r1': 15 })
    expect(await values('logs', 'retry.count')).toEqual({ 2: 30 })
    expect(await values('logs', 'long')).toEqual({ '': 30 })
    expect(Object.keys(await values('logs', 'unique'))).toHaveLength(20)
    // A second server that knows nothing: progress comes from the store.
    await new Summaries(fixture.store, silentLog).run(now + 30_000)
    // And one that died before it could save how far it came.
    await fixture.store.command(sql`TRUNCATE TABLE job_progress`)
    await new Summaries(fixture.store, silentLog).run(now + 21_000)
    expect(await values('logs', 'service')).toEqual({ cart: 10, web: 20 })
  })

  it('scale a sample up to all rows', async () => {
    const now = start + 7_200_000
    const logs = Array.from({ length: 50_000 }, (_, i) => ({
      time: now + (i % 9_000),
      ingested_time: now + 1,
      service: `sampled`,
      span_id: i.toString(16).padStart(16, '0'),
    }))
    await fixture.add('logs', logs)
    await new Summaries(fixture.store, silentLog).run(now + 20_500)
    const seen = (await values('logs', 'service')).sampled!
    expect(seen).toBeGreaterThan(45_000)
    expect(seen).toBeLessThan(55_000)
  })
})
