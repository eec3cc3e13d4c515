/** Time ranges and places as text, and what they show on the engine, for every table. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FixtureStore, openFixtureStore } from '../../test/store/fixture-store.ts'
import {
  type DataClass,
  dataClasses,
  everything,
  type RangeAsk,
  type Scope,
} from '../model/question.ts'
import { type TableName, tables } from '../model/tables.ts'
import { sql } from './sql.ts'
import { within } from './within.ts'

const from_ms = Date.UTC(2026, 10, 20, 10, 3, 7)
const range = { from_ms, to_ms: from_ms + 100 }

describe('time ranges in the type of the table, widened to its interval', () => {
  const f = (table: TableName, from: string, to: string) =>
    it(table, () =>
      expect(within(table, range, everything).text).toBe(`(time >= ${from}) AND (time < ${to})`),
    )
  const nano = (text: string) => `fromUnixTimestamp64Nano(${text})`
  const milli = (text: string) => `fromUnixTimestamp64Milli(${text})`
  f('logs', nano('1795168987000000000'), nano('1795168987100000000'))
  f('metric_samples', milli('1795168987000'), milli('1795168987100'))
  f('metric_series', milli('1795132800000'), milli('1795219200000'))
  f('span_metrics_1m', 'toDateTime(1795168980)', 'toDateTime(1795169040)')
  f('metric_samples_5m', 'toDateTime(1795168800)', 'toDateTime(1795169100)')
})

describe('places', () => {
  const f = (place: Partial<RangeAsk>, scope: Partial<Scope>, text: string) =>
    it(text, () => {
      const whole = within('logs', { ...range, ...place }, { ...everything, ...scope }).text
      expect(whole.split(' AND ').slice(2).join(' AND ')).toBe(text)
    })
  f({}, {}, '')
  f({ cluster: 'a' }, {}, "(cluster = 'a')")
  f({ namespace: "b'" }, {}, "(namespace = 'b\\'')")
  f({}, { clusters: ['a', 'b'] }, "(cluster IN ('a', 'b'))")
  f({}, { clusters: [] }, '(false)')
  f({ cluster: 'c' }, { clusters: ['a'] }, "(cluster = 'c') AND (cluster IN ('a'))")
})

describe('on the engine', () => {
  let fixture: FixtureStore
  beforeAll(async () => {
    fixture = await openFixtureStore()
    const places = [
      { cluster: 'a', namespace: 'x', service: 's' },
      { cluster: 'b', namespace: 'x', service: 's' },
    ]
    for (const [i, place] of places.entries()) {
      const series = { metric: 'm', series_id: i + 1 }
      const ids = { trace_id: `${i + 1}`.repeat(32), span_id: `${i + 1}`.repeat(16) }
      const span = { ...place, ...ids, time: from_ms, name: 'op', kind: 'server' }
      await fixture.add('spans', [span])
      await fixture.add('logs', [{ ...place, time: from_ms }])
      await fixture.add('resources', [{ ...place, resource_id: i, time: from_ms - 3_600_000 }])
      await fixture.add('metric_series', [{ ...place, ...series, time: from_ms - 3_600_000 }])
      await fixture.add('metric_samples', [{ ...series, time: from_ms, value: 1 }])
      await fixture.add('metric_histograms', [{ ...series, time: from_ms }])
      await fixture.add('metric_exemplars', [{ ...series, time: from_ms }])
      const object = { cluster: place.cluster, namespace: place.namespace, time: from_ms }
      await fixture.add('kubernetes_objects', [{ ...object, kind: 'Pod', name: 'p', uid: `${i}` }])
      await fixture.add('kubernetes_events', [{ ...object, event_uid: `${i}` }])
      await fixture.add('agent_coverage', [object])
      await fixture.add('audit_events', [object])
      await fixture.add('security_events', [object])
      await fixture.add('network_flows', [object])
    }
  })
  afterAll(() => fixture.close())

  const isOfNoClass = (table: TableName) => /^(resources|agent_)/.test(table)
  const classOf = (table: TableName): DataClass => {
    if (/^(audit|security|network)_/.test(table)) return 'security'
    if (/^kubernetes_/.test(table)) return 'kubernetes'
    if (/^metric_/.test(table)) return 'metrics'
    return /^(span|trace|service)/.test(table) ? 'traces' : 'logs'
  }

  const count = async (table: TableName, ask: RangeAsk, scope: Scope) => {
    const query = sql`SELECT toUInt32(count()) AS n FROM ${sql.identifier(table)}
      WHERE ${within(table, ask, scope)}`
    return (await fixture.store.rows<{ n: number }>(query))[0]!.n
  }
  const filledByJobs = ['service_edges_1m', 'field_values', 'job_progress']
  /** Chunks are the store's own memory: nobody asks for them. */
  const unasked = new Set([...filledByJobs, 'ingest_chunks'])
  const names = (Object.keys(tables) as TableName[]).filter((name) => !unasked.has(name))

  it.each(names)('%s shows what the asker may see, and the range only', async (table) => {
    expect(await count(table, range, everything)).toBe(2)
    expect(await count(table, { ...range, cluster: 'a' }, everything)).toBe(1)
    expect(await count(table, range, { ...everything, clusters: ['b'], namespaces: ['x'] })).toBe(1)
    expect(await count(table, { ...range, cluster: 'a' }, { ...everything, clusters: ['b'] })).toBe(
      0,
    )
    expect(await count(table, range, { ...everything, namespaces: ['y'] })).toBe(0)
    expect(await count(table, range, { ...everything, classes: [] })).toBe(0)
    expect(await count(table, range, { ...everything, classes: [classOf(table)] })).toBe(2)
    const others = dataClasses.filter((one) => one !== classOf(table))
    if (!isOfNoClass(table)) {
      expect(await count(table, range, { ...everything, classes: others })).toBe(0)
    }
    const day_ms = 86_400_000
    const before = { from_ms: from_ms - 2 * day_ms, to_ms: from_ms - day_ms }
    expect(await count(table, before, everything)).toBe(0)
  })
})
