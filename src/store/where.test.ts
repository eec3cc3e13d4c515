/** The engine's answer to a search against the oracle's, over generated rows and searches. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { FixtureRow } from '../../test/store/fixture-rows.ts'
import { type FixtureStore, openFixtureStore } from '../../test/store/fixture-store.ts'
import {
  matches,
  type OracleRow,
  oracleNow_ms,
  type RecordTable,
} from '../../test/store/where-oracle.ts'
import { Fault } from '../model/faults.ts'
import { parse } from '../model/search/parse.ts'
import { print } from '../model/search/print.ts'
import type { Comparison, SearchTree } from '../model/search/tree.ts'
import { sql } from './sql.ts'
import { where } from './where.ts'

const clock = { now_ms: oracleNow_ms }
const nowhere = { from: 0, to: 0 }

/** Few words, so that searches hit; hostile ones among them. */
const words = fc.oneof(
  fc.constantFrom('cart', 'Cart', 'timeout', 'TIMEOUT', 'refused', 'time', 'user42', '500', 'abc'),
  fc.constantFrom(
    '',
    '%',
    '_',
    "'",
    '\\',
    "\\'",
    '--',
    '/*',
    '한국',
    'É',
    'é',
    'ΟΔΟΣ',
    '💥',
    '\ud800',
  ),
  fc.constantFrom(
    '\0',
    '\n',
    '\x01a',
    'a\x7f',
    '\u00a0',
    'K',
    'İ',
    'ß',
    '`',
    '{x}',
    '=',
    'a=b',
    '?',
    '$1',
  ),
)
const sentence = fc
  .array(fc.tuple(words, fc.constantFrom(' ', ' ', '-', '/', '=', '.', ': ')), { maxLength: 6 })
  .map((parts) => parts.flat().join('').slice(0, -1).toWellFormed())
const short = fc.oneof(words, sentence).map((text) => text.toWellFormed())
const value = fc.oneof(short, fc.constantFrom('200', '404', '500', '-1', '0.5', 'true', 'GET'))
const keys = [
  ...[
    'http.status_code',
    'http.response.status_code',
    'host.name',
    'host.hostname',
    'a',
    'a=b',
    "k'",
  ],
  ...[
    'db.system',
    'labels.a',
    'deployment.environment',
    'exception.type',
    'error.type',
    'b%',
    '한국',
  ],
]
const attributes = fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 4 })
const numbers = fc.dictionary(
  fc.constantFrom(...keys),
  fc.constantFrom(0, 200, 404, 500, -1, 0.5, 1e6),
  { maxKeys: 3 },
)
const resources: Record<string, string>[] = [
  {},
  { 'host.name': 'cart', a: '500' },
  { 'host.name': 'Cart', 'deployment.environment.name': 'cart', "k'": "'" },
  { 'host.hostname': '한국', a: '', 'process.pid': '404' },
]
const hex = (size: number) =>
  fc
    .constantFrom('', '4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7aaaaaaaaaaaaaaaa')
    .map((id) => id.slice(0, size))
const times = fc.constantFrom(0, 1, 59, 60, 900, 86_400).map((s) => oracleNow_ms - s * 1000)
const place = {
  cluster: short,
  namespace: short,
  pod: short,
  service: fc.constantFrom('cart', 'Cart', 'pay', ''),
  resource_id: fc.nat(resources.length - 1),
  time: times,
  attributes,
}
const logRow = fc.record({
  ...place,
  numbers,
  body: sentence,
  severity_number: fc.constantFrom(0, 1, 5, 9, 10, 13, 17, 20, 21, 24),
  severity_text: fc.constantFrom('', 'WARN', 'Notice', 'error'),
  event_name: short,
  template_id: fc.constantFrom(0, 7, 500),
  trace_id: hex(32),
})
const spanRow = fc.record({
  ...place,
  numbers,
  name: short,
  status_message: sentence,
  duration_ns: fc.constantFrom(0, 999, 1_000_000, 200_000_000, 1_500_000_000),
  http_status_code: fc.constantFrom(0, 200, 404, 500),
  kind: fc.constantFrom('unspecified', 'server', 'client'),
  status: fc.constantFrom('unset', 'ok', 'error'),
  peer_kind: fc.constantFrom('none', 'database'),
  trace_id: hex(32),
  parent_span_id: hex(16),
  events: fc.array(fc.tuple(short, attributes), { maxLength: 2 }),
})
const seriesRow = fc.record({
  ...place,
  metric: short,
  kind: fc.constantFrom('gauge', 'sum'),
  monotonic: fc.boolean(),
  description: sentence,
})

const field: Record<RecordTable, string[]> = {
  logs: ['service', 'service.name', 'pod', 'kubernetes.namespace', 'body', 'message', 'event_name'],
  spans: ['service', 'name', 'status_message', 'pod', 'events.name'],
  metric_series: ['service', 'metric', 'description', 'pod'],
}
const operators: Comparison[] = [':', ':', ':', '<', '<=', '>', '>=']

const pieces = fc.oneof(
  { weight: 3, arbitrary: value.map((text) => [text]) },
  { weight: 1, arbitrary: fc.array(short, { minLength: 2, maxLength: 3 }) },
)
const typed: Record<RecordTable, [string, string[]][]> = {
  logs: [
    ['severity', ['warn', 'ERROR', 'Warning', 'notice', 'trace', '9', '17']],
    ['severity_number', ['9', '17', '0']],
    ['time', ['now', 'now-1m', 'now-15m', '2026-11-21', 'now/d', `${oracleNow_ms}`]],
  ],
  spans: [
    ['duration', ['200ms', '1.5s', '999', '1ms', '0', '1 h']],
    ['http.response.status_code', ['404', '500', '0', '1kb']],
    ['@timestamp', ['now', 'now-1m', '2026-11', 'now-1d/d']],
  ],
  metric_series: [['time', ['now', 'now-1m']]],
}
const exact: Record<RecordTable, [string, string[]][]> = {
  logs: [
    ['trace_id', ['4bf92f3577b34da6a3ce929d0e0e4736', '00F067AA-0ba902b7aaaaaaaaaaaaaaaa']],
    ['template_id', ['7', '0', '18446744073709551615']],
    ['resource_id', ['1', '0']],
  ],
  spans: [
    ['kind', ['server', 'SPAN_KIND_CLIENT'.toLowerCase().slice(10), 'Internal']],
    ['status', ['ok', 'ERROR']],
    ['event.outcome', ['success', 'failure', 'unknown']],
    ['peer_kind', ['none', 'database']],
    ['parent_span_id', ['4bf92f3577b34da6', '0000000000000000']],
  ],
  metric_series: [
    ['kind', ['gauge', 'histogram']],
    ['monotonic', ['true', 'false']],
  ],
}
const patterns: Record<string, string[][]> = {
  logs: [
    ['trace_id', '4bf9', ''],
    ['trace_id', '', '0e', ''],
    ['severity', '', 'r', ''],
    ['severity_number', '1', ''],
  ],
  spans: [
    ['kind', 's', ''],
    ['http_status_code', '', '0', ''],
    ['parent_span_id', '0', ''],
  ],
  metric_series: [['kind', '', 'u', '']],
}

function searches(table: RecordTable) {
  const compare = (name: string, operator: Comparison, parts: readonly string[]): SearchTree => ({
    tag: 'compare',
    field: name,
    operator: parts.length > 1 ? ':' : operator,
    value: parts,
    value_from: 0,
    ...nowhere,
  })
  const textFields = ['body', 'message', 'status_message', 'description']
  const attribute = fc.constantFrom(
    ...keys,
    'http.target',
    'environment',
    'attributes.a',
    'resource.attributes.a',
    'process.pid',
  )
  const leaf: fc.Arbitrary<SearchTree> = fc.oneof(
    pieces.map((parts): SearchTree => ({ tag: 'text', value: parts, ...nowhere })),
    fc
      .tuple(fc.constantFrom(...field[table]), fc.constantFrom(...operators), pieces)
      .map(([name, operator, parts]) =>
        compare(name, textFields.includes(name) ? ':' : operator, parts),
      ),
    fc
      .tuple(attribute, fc.constantFrom(...operators), pieces)
      .map(([name, operator, parts]) => compare(name, operator, parts)),
    fc
      .constantFrom(...typed[table])
      .chain(([name, texts]) =>
        fc
          .tuple(fc.constantFrom(...operators), fc.constantFrom(...texts))
          .map(([operator, text]) => compare(name, operator, [text])),
      ),
    fc
      .constantFrom(...exact[table])
      .chain(([name, texts]) =>
        fc.constantFrom(...texts).map((text) => compare(name, ':', [text])),
      ),
    fc.constantFrom(...patterns[table]!).map(([name, ...parts]) => compare(name!, ':', parts)),
    fc
      .constantFrom(...field[table], ...keys, ...exact[table].map(([name]) => name), 'a*', '*')
      .filter((name) => name !== '*')
      .map((name): SearchTree => ({ tag: 'exists', field: name, ...nowhere })),
    fc
      .tuple(fc.constantFrom('*', 'host.*', 'k8s.*', '*.type'), pieces)
      .map(([name, parts]) => compare(name, ':', parts)),
  )
  return fc.letrec<{ tree: SearchTree }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3, depthIdentifier: 'search' },
      leaf,
      tie('tree').map((part): SearchTree => ({ tag: 'not', part, ...nowhere })),
      fc
        .tuple(fc.constantFrom('and', 'or'), fc.array(tie('tree'), { minLength: 2, maxLength: 3 }))
        .map(([tag, parts]): SearchTree => ({ tag: tag as 'and' | 'or', parts, ...nowhere })),
    ),
  })).tree
}

let fixture: FixtureStore
beforeAll(async () => {
  fixture = await openFixtureStore()
  await fixture.add(
    'resources',
    resources.map((resource, id) => ({
      resource_id: id,
      time: oracleNow_ms,
      attributes: resource,
    })),
  )
})
afterAll(() => fixture.close())

type Loaded = { rows: OracleRow[]; key: string }

/** Rows in two parts, each with its own number in the column `scope`. */
async function load(table: RecordTable, rows: Record<string, unknown>[]): Promise<Loaded> {
  const numbered = rows.map((row, number) => {
    const { events, ...columns } = row as {
      events?: [string, Record<string, string>][]
    } & typeof row
    const spanEvents = events && {
      'events.time': events.map(() => oracleNow_ms),
      'events.name': events.map(([name]) => name),
      'events.attributes': events.map(([, map]) => map),
    }
    return {
      ...columns,
      ...spanEvents,
      scope: `${number}`,
      ...(table === 'metric_series' ? { series_id: number } : {}),
    }
  })
  const half = Math.floor(numbered.length / 2)
  for (const part of [numbered.slice(0, half), numbered.slice(half)]) {
    await fixture.add(table, part as FixtureRow<typeof table>[])
  }
  const oracle = numbered.map((row) => ({
    ...row,
    resource: resources[(row as unknown as { resource_id: number }).resource_id]!,
  })) as unknown as OracleRow[]
  return { rows: oracle, key: 'scope' }
}

async function answer(text: string, table: RecordTable): Promise<string[]> {
  const found = await fixture.store.rows<{ scope: string }>(
    sql`SELECT scope FROM ${sql.identifier(table)} WHERE ${where(parse(text), table, clock)}`,
  )
  return found.map(({ scope }) => scope).sort()
}

/** The first row that only one of the two found: enough to see why. */
function differing(found: string[], wanted: string[], rows: OracleRow[]) {
  const extra = found.filter((key) => !wanted.includes(key))
  const missing = wanted.filter((key) => !found.includes(key))
  const first = extra[0] ?? missing[0]
  if (first === undefined) return []
  return [{ extra: extra.length, missing: missing.length, row: rows[Number(first)] }]
}

/** Generated values may not fit their fields; which do not is the table below. */
function fits(text: string, table: RecordTable): boolean {
  try {
    where(parse(text), table, clock)
    return true
  } catch (error) {
    if (error instanceof Fault && error.code === 'search_type') return false
    throw error
  }
}

const expected = (text: string, table: RecordTable, rows: OracleRow[]) =>
  rows
    .filter((row) => matches(parse(text), row, table))
    .map((row) => `${row.scope}`)
    .sort()

describe.each<[RecordTable, fc.Arbitrary<Record<string, unknown>>]>([
  ['logs', logRow],
  ['spans', spanRow],
  ['metric_series', seriesRow],
])('%s', (table, row) => {
  it('answers as the oracle does', async () => {
    const { rows } = await load(table, fc.sample(row, 400))
    let hits = 0
    await fc.assert(
      fc.asyncProperty(searches(table), async (tree) => {
        const text = print(tree)
        fc.pre(fits(text, table))
        const found = await answer(text, table)
        if (found.length > 0 && found.length < rows.length) hits++
        expect(differing(found, expected(text, table, rows), rows), text).toEqual([])
      }),
      { numRuns: 150 },
    )
    // Searches that find nothing or everything prove little.
    expect(hits).toBeGreaterThan(30)
  }, 120_000)
})

describe('values that do not fit their field', () => {
  const f = (table: RecordTable, text: string, position: number, got: string) =>
    it(text, () => {
      try {
        where(parse(text), table, clock)
      } catch (error) {
        expect(error).toBeInstanceOf(Fault)
        expect(error).toMatchObject({ code: 'search_type', details: { position, got } })
        return
      }
      throw new Error('compiled')
    })
  f('spans', 'x duration >= soon', 14, 'soon')
  f('spans', 'duration:20*', 9, '20*')
  f('spans', 'http.status_code:abc', 17, 'abc')
  f('spans', 'kind:servr', 5, 'servr')
  f('spans', 'kind > server', 7, 'server')
  f('logs', 'trace_id:abc', 9, 'abc')
  f('logs', 'trace_id > 4bf92f3577b34da6a3ce929d0e0e4736', 11, '4bf92f3577b34da6a3ce929d0e0e4736')
  f('logs', 'time > yesterday', 7, 'yesterday')
  f('logs', 'body > a', 7, 'a')
  f('logs', 'severity >= loud', 12, 'loud')
  f('logs', 'template_id:18446744073709551616', 12, '18446744073709551616')
  f('metric_series', 'monotonic:maybe', 10, 'maybe')
})
