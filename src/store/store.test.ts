/** The store's promises, on the embedded engine and on its stand-in for a ClickHouse server. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { fixtureRows } from '../../test/store/fixture-rows.ts'
import { type StandIn, startStandIn } from '../../test/store/stand-in.ts'
import { Fault } from '../model/faults.ts'
import { type TableName, tables } from '../model/tables.ts'
import { StoreError } from './client.ts'
import { durableSettings } from './durable.ts'
import { readMigrations, stepsOf } from './migrate.ts'
import { sql } from './sql.ts'
import { type ClickHouseStore, openStore } from './store.ts'

const log = { info() {}, warn() {}, error() {} }
const context = { log, now_ms: Date.now }
const day = Date.UTC(2026, 10, 20)

describe.each(['embedded', 'server'] as const)('a store (%s)', (mode) => {
  let dir: string
  let standIn: StandIn | undefined
  let store: ClickHouseStore

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'crowsnest-store-'))
    standIn = mode === 'server' ? await startStandIn(dir) : undefined
    store = (await openStore({ dir, ...standIn }, context)) as ClickHouseStore
  })

  afterAll(async () => {
    await store.close()
    await standIn?.stop()
    rmSync(dir, { recursive: true, force: true })
  })

  const one = async (query: ReturnType<typeof sql>) =>
    Object.values((await store.rows<Record<string, unknown>>(query))[0]!)[0]
  const fault = async (asked: Promise<unknown>) => {
    const error = await asked.then(
      () => undefined,
      (thrown: unknown) => thrown,
    )
    expect(error).toBeInstanceOf(Fault)
    return (error as Fault).code
  }

  it('answers in rows and in columns', async () => {
    const query = sql`SELECT number, toString(number) AS text FROM numbers(2)`
    expect(await store.rows(query)).toEqual([
      { number: '0', text: '0' },
      { number: '1', text: '1' },
    ])
    expect(await store.columns(query)).toEqual({
      columns: { number: ['0', '1'], text: ['0', '1'] },
      rows: 2,
    })
  })

  it('names the columns of an empty answer', async () => {
    const query = sql`SELECT 1 AS a, 2 AS b FROM numbers(0)`
    expect(await store.columns(query)).toEqual({ columns: { a: [], b: [] }, rows: 0 })
    expect(await store.rows(query)).toEqual([])
  })

  it('returns any string, id and number as it was put in', async () => {
    const hostile = [
      '',
      "'",
      "\\'",
      '\\',
      '\0',
      "';DROP TABLE logs;--",
      '`',
      '\u2028',
      '🙂',
      '{a:Int8}',
      '?',
      '%',
      '\x1a',
    ]
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...hostile))
    const hex = fc.string({
      unit: fc.constantFrom(...'0123456789abcdef'),
      minLength: 32,
      maxLength: 32,
    })
    const number = fc.double({ noNaN: true, noDefaultInfinity: true })
    const whole = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 64n - 1n })
    const f = async (s: string, id: string, n: number, w: bigint) => {
      const [row] = await store.rows(
        sql`SELECT ${s} AS s, hex(${sql.hexId(id, 16)}) AS id, toString(5-${w}+${w}) AS five,
          toString(${w}) AS w, ${s} IN ${[s, 'x']} AS in_list, toFloat64(${n}) AS n,
          1 AS ${sql.identifier(`c${s}`)}`,
      )
      const { s: s2, id: id2, w: w2, in_list, n: n2, ...rest } = row as Record<string, unknown>
      expect([s2, id2, w2, in_list]).toEqual([s, id.toUpperCase(), String(w), 1])
      expect(n2).toBeCloseTo(n, 10 - Math.log10(Math.abs(n) + 1e-300))
      expect(Object.keys(rest)).toEqual(['five', `c${s}`])
    }
    await fc.assert(fc.asyncProperty(text, hex, number, whole, f), { numRuns: 60 })
    expect(await one(sql`SELECT (1 IN ${[]}, 1 NOT IN ${[]})`)).toEqual([0, 1])
  })

  it('nothing of a failed query reaches the next answer', async () => {
    const failing = [
      sql`SELECT throwIf(number = 50000) FROM numbers(300000) SETTINGS max_block_size = 1000`,
      sql`SELECT number FROM numbers(100000000000) SETTINGS max_execution_time = 0.2, limit = 0`,
      sql`SELECT number FROM numbers(100000) SETTINGS max_result_rows = 10, max_block_size = 5`,
      sql`SELECT groupArray(number) FROM numbers(100000000) SETTINGS max_memory_usage = 50000000`,
      sql`SELECT count() FROM nowhere`,
    ]
    for (const query of failing) {
      for (const lane of ['page', 'page', 'health', 'write'] as const) {
        await expect(store.rows(query, { lane })).rejects.toBeInstanceOf(Fault)
        expect(await store.rows(sql`SELECT 'mine' AS whose`, { lane })).toEqual([{ whose: 'mine' }])
      }
    }
  })

  it('turns refusals into faults', async () => {
    const slow = sql`SELECT count() FROM numbers(100000000000) WHERE cityHash64(number) = 1`
    expect(await fault(store.rows(slow, { timeout_ms: 300 }))).toBe('query_timeout')
    const large = sql`SELECT groupArray(number) FROM numbers(100000000)`
    expect(await fault(store.rows(large, { memory_bytes_max: 50e6 }))).toBe('query_memory')
    expect(await fault(store.rows(sql`SELECT nope`))).toBe('query_failed')
    expect(await one(sql`SELECT getSetting('max_memory_usage') < 1e9`)).toBe(1)
  })

  it('caps rows and forgets a query’s limits with it', async () => {
    const query = sql`SELECT number FROM numbers(10) ORDER BY number DESC`
    expect(await store.rows(query, { rows_max: 2 })).toEqual([{ number: '9' }, { number: '8' }])
    expect(await store.rows(query)).toHaveLength(10)
    const counted = sql`SELECT count() FROM (SELECT number FROM numbers(10))`
    expect(await store.rows(counted, { rows_max: 3 })).toEqual([{ 'count()': '10' }])
  })

  it('an abandoned question frees its caller and the engine at once', async () => {
    const slow = sql`SELECT count() FROM numbers(100000000000) WHERE cityHash64(number) = 1`
    const asks = Array.from({ length: 4 }, () => new AbortController())
    const asked = asks.map((stop) => store.rows(slow, { signal: stop.signal }))
    const running = async () => {
      const [row] = await store.rows<{ n: string }>(
        sql`SELECT count() AS n FROM system.processes WHERE query LIKE '%numbers(100000000000)%'
          AND query NOT LIKE '%processes%'`,
        { lane: 'health' },
      )
      return Number(row!.n)
    }
    const until = async (n: number) => {
      const deadline = Date.now() + 15_000
      while ((await running()) !== n && Date.now() < deadline);
      expect(await running()).toBe(n)
    }
    await until(2)
    for (const stop of asks) stop.abort()
    for (const each of asked) await expect(each).rejects.toThrow('Aborted')
    // The engine works on none of them any longer: both sessions are free again.
    await until(0)
    expect(await one(sql`SELECT 1`)).toBe(1)
  })

  it('has the columns that the model names, and no others', async () => {
    const rows = await store.rows<{ table: TableName; name: string; type: string; kind: string }>(
      sql`SELECT table, name, type, default_kind AS kind FROM system.columns
        WHERE database = currentDatabase() AND table != 'migrations' AND table NOT LIKE '%_view'
        ORDER BY table, position`,
    )
    const made: Record<string, { columns: object; derived: object }> = {}
    for (const { table, name, type, kind } of rows) {
      made[table] ??= { columns: {}, derived: {} }
      Object.assign(kind === 'ALIAS' ? made[table].derived : made[table].columns, { [name]: type })
    }
    expect(made).toEqual(tables)
    for (const [name, { columns }] of Object.entries(tables)) {
      expect(Object.keys(made[name]!.columns)).toEqual(Object.keys(columns))
    }
  })

  it('has every table’s durable settings', async () => {
    const made = await store.rows<{ name: string; engine_full: string }>(
      sql`SELECT name, engine_full FROM system.tables
        WHERE database = currentDatabase() AND engine LIKE '%MergeTree'`,
    )
    expect(made.map((table) => table.name).sort()).toEqual(
      [...Object.keys(tables), 'migrations'].sort(),
    )
    const wanted = { ...durableSettings, non_replicated_deduplication_window: 10_000 }
    for (const { name, engine_full } of made) {
      const has = Object.entries(wanted).filter(([key, value]) =>
        engine_full.includes(`${key} = ${value}`),
      )
      expect([name, Object.fromEntries(has)]).toEqual([name, wanted])
    }
  })

  it('stores row bytes as they were meant', async () => {
    const attributes = { 'http.route': '/a', empty: '' }
    const span = {
      cluster: 'c',
      time: day + 1,
      duration_ns: 5,
      trace_id: 'ab'.repeat(16),
      kind: 'server',
      status: 'error',
      attributes,
      numbers: { n: 1.5 },
      'events.time': [day, day + 1],
      'events.name': ['x', 'y'],
      'events.attributes': [{}, { k: 'v' }],
    }
    await store.insert('spans', [fixtureRows('spans', [span])], { token: 'meant' })
    const [row] = await store.rows(
      sql`SELECT cluster, toUnixTimestamp64Milli(time) AS time, kind, status, hex(trace_id) AS id,
        attributes, numbers, events.name AS names, events.attributes AS kv, attribute_items AS items
        FROM spans WHERE trace_id = ${sql.hexId('ab'.repeat(16), 16)}`,
    )
    expect(row).toEqual({
      cluster: 'c',
      time: String(day + 1),
      kind: 'server',
      status: 'error',
      id: 'AB'.repeat(16),
      attributes,
      numbers: { n: 1.5 },
      names: ['x', 'y'],
      kv: [{}, { k: 'v' }],
      items: ['http.route=/a', 'empty='],
    })
    await store.insert('spans', [], { token: 'nothing' })
  })

  it('refuses bytes that are no rows, and keeps nothing of them', async () => {
    const good = fixtureRows('logs', [{ body: 'kept?', time: day, service: 'broken' }])
    const bad = store.insert('logs', [good, good.subarray(0, good.length - 3)], { token: 'bad' })
    const error = await bad.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(StoreError)
    expect((error as StoreError).retryable).toBe(false)
    expect(await one(sql`SELECT count() FROM logs WHERE service = 'broken'`)).toBe('0')
  })

  it('a repeated token changes nothing, in tables and views, days and large blocks', async () => {
    const count = 70_000
    const rows = Array.from({ length: count }, (_, i) => ({
      time: day + (i % 3) * 86_400_000 + i,
      service: 'repeated',
      name: `op ${i % 7}`,
      kind: 'server',
      trace_id: i.toString(16).padStart(32, '0'),
      span_id: i.toString(16).padStart(16, '0'),
      duration_ns: i,
    }))
    const bytes = fixtureRows('spans', rows)
    const totals = () =>
      one(sql`SELECT concat(
        (SELECT count() FROM spans WHERE service = 'repeated'), ' ',
        (SELECT sum(spans) FROM trace_index WHERE root_service = 'repeated'), ' ',
        (SELECT sum(calls) FROM span_metrics_1m WHERE service = 'repeated'), ' ',
        (SELECT sum(calls) FROM service_metrics_1m WHERE service = 'repeated'), ' ',
        (SELECT toUInt64(sum(arraySum(mapValues(duration_histogram)))) FROM service_metrics_1m
          WHERE service = 'repeated'))`)
    const all = (n: number) => `${n} ${n} ${n} ${n} ${n}`
    await store.insert('spans', [bytes], { token: 'first' })
    await store.insert('spans', [bytes.subarray(0, 100), bytes.subarray(100)], { token: 'first' })
    expect(await totals()).toBe(all(count))
    // The same rows under another token are other rows.
    await store.insert('spans', [bytes], { token: 'second' })
    await store.insert('spans', [bytes], { token: 'first' })
    expect(await totals()).toBe(all(2 * count))
    await store.command(sql`DETACH TABLE spans`)
    await store.command(sql`ATTACH TABLE spans`)
    await store.insert('spans', [bytes], { token: 'second' })
    expect(await totals()).toBe(all(2 * count))
  })

  it('takes what a repeated token had not finished', async () => {
    const rows = [0, 1].map((i) => ({
      time: day + i * 86_400_000,
      service: 'halved',
      kind: 'server',
    }))
    const insert = (part: typeof rows) =>
      store.insert('spans', [fixtureRows('spans', part)], { token: 'halved' })
    // A kill between the two days' parts leaves the first day only.
    await insert(rows.slice(0, 1))
    await insert(rows)
    await insert(rows)
    const counted = sql`SELECT (SELECT count() FROM spans WHERE service = 'halved'),
      (SELECT sum(calls) FROM span_metrics_1m WHERE service = 'halved')`
    expect(Object.values((await store.rows<object>(counted))[0]!)).toEqual(['2', '2'])
  })

  it('knows its health', async () => {
    const health = await store.health()
    expect(health).toMatchObject({ ready: true, mode, restarts: 0 })
    expect(health.version).toMatch(/^\d+\.\d+/)
    expect(health.disk_bytes).toBeGreaterThan(1_000)
    expect(health.disk_free_bytes).toBeGreaterThan(1e6)
  })
})

describe('the DDL of a cluster', () => {
  let dir: string
  let store: ClickHouseStore
  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'crowsnest-cluster-'))
    store = (await openStore({ dir }, context)) as ClickHouseStore
  })
  afterAll(async () => {
    await store.close()
    rmSync(dir, { recursive: true, force: true })
  })

  it('is understood by the engine, statement by statement', async () => {
    const statements = readMigrations().flatMap((file) =>
      stepsOf(file, 'fleet').flatMap((step) => step.statements),
    )
    expect(statements.length).toBeGreaterThan(30)
    for (const statement of statements) {
      const [row] = await store.rows<{ text: string }>(
        sql`SELECT formatQuerySingleLine(${statement}) AS text`,
      )
      expect(row!.text).toMatch(/ ON CLUSTER (fleet|`fleet`)/)
      expect(row!.text).toMatch(
        /ENGINE = (Replicated|Distributed)|^CREATE MATERIALIZED VIEW|^ALTER TABLE/,
      )
      expect(row!.text).not.toMatch(/\{(table |view|target|source|engine|durable)/)
    }
  })
})

it('a killed engine comes back; meanwhile the fault says since when', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'crowsnest-killed-'))
  const store = (await openStore({ dir }, context)) as ClickHouseStore
  try {
    const row = fixtureRows('logs', [{ time: day, body: 'survives' }])
    await store.insert('logs', [row], { token: 'before' })
    const running = store.rows(sql`SELECT sleep(3)`).catch((error: unknown) => error)
    store.engine!.kill()
    expect(await running).toMatchObject({ code: 'store_unavailable' })
    const away = store.insert('logs', [row], { token: 'away' })
    await expect(away).rejects.toMatchObject({ code: 0, retryable: true })
    expect(await store.health()).toMatchObject({ ready: false })
    const deadline = Date.now() + 15_000
    let rows: unknown[] = []
    while (rows.length === 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, 50))
      rows = await store.rows(sql`SELECT body FROM logs`).catch(() => [])
    }
    expect(rows).toEqual([{ body: 'survives' }])
    expect(store.engine!.restarts).toBe(1)
    await store.insert('logs', [row], { token: 'before' })
    expect(await store.rows(sql`SELECT body FROM logs`)).toHaveLength(1)
  } finally {
    const pid = store.engine!.pid!
    await store.close()
    expect(() => readFileSync(`/proc/${pid}/status`)).toThrow()
    rmSync(dir, { recursive: true, force: true })
  }
})
