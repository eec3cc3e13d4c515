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
import {
  auditRow,
  eventRow,
  flowRow,
  keys,
  logRow,
  resources,
  seriesRow,
  short,
  spanRow,
  value,
} from '../../test/store/where-rows.ts'
import { Fault } from '../model/faults.ts'
import { parse } from '../model/search/parse.ts'
import { print } from '../model/search/print.ts'
import type { Comparison, SearchTree } from '../model/search/tree.ts'
import { securityTables } from '../model/security-tables.ts'
import { sql } from './sql.ts'
import { where } from './where.ts'

const clock = { now_ms: oracleNow_ms }
const nowhere = { from: 0, to: 0 }

const field: Record<RecordTable, string[]> = {
  logs: ['service', 'service.name', 'pod', 'kubernetes.namespace', 'body', 'message', 'event_name'],
  spans: ['service', 'name', 'status_message', 'pod', 'events.name'],
  metric_series: ['service', 'metric', 'description', 'pod'],
  audit_events: ['user', 'user.name', 'verb', 'user_groups', 'sentence', 'object_name'],
  security_events: ['rule', 'falco.rule', 'tags', 'process_command', 'sentence', 'pod'],
  network_flows: ['verdict', 'source_labels', 'sentence', 'pod'],
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
  audit_events: [
    ['duration', ['999', '1ms', '0']],
    ['http.response.status_code', ['200', '403', '0']],
  ],
  security_events: [
    ['severity', ['warn', 'ERROR', 'notice', '9', '17']],
    ['process.pid', ['1', '404', '0']],
  ],
  network_flows: [
    ['destination.port', ['53', '443', '0']],
    ['source.bytes', ['500', '1mb', '0']],
  ],
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
  audit_events: [
    ['outcome', ['success', 'FAILURE', 'unknown']],
    ['objects_cut', ['true', 'false']],
  ],
  security_events: [['resource_id', ['1', '0']]],
  network_flows: [
    ['is_reply', ['true', 'false']],
    ['trace.id', ['4bf92f3577b34da6a3ce929d0e0e4736']],
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
  audit_events: [['outcome', '', 'c', '']],
  security_events: [['severity', '', 'r', '']],
  network_flows: [['trace_id', '4bf9', '']],
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
  const textFields = ['body', 'message', 'status_message', 'description', 'sentence']
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

const keyOf = (table: RecordTable) => (table in securityTables ? 'container' : 'scope')

/** Rows in two parts, each with its own number in the column that nothing here searches. */
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
      [keyOf(table)]: `${number}`,
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
  return { rows: oracle, key: keyOf(table) }
}

async function answer(text: string, table: RecordTable): Promise<string[]> {
  const found = await fixture.store.rows<{ key: string }>(
    sql`SELECT ${sql.identifier(keyOf(table))} AS key FROM ${sql.identifier(table)}
      WHERE ${where(parse(text), table, clock)}`,
  )
  return found.map(({ key }) => key).sort()
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
    .map((row) => `${row[keyOf(table)]}`)
    .sort()

describe.each<[RecordTable, fc.Arbitrary<Record<string, unknown>>, number]>([
  ['logs', logRow, 120],
  ['spans', spanRow, 120],
  ['metric_series', seriesRow, 120],
  ['audit_events', auditRow, 50],
  ['security_events', eventRow, 50],
  ['network_flows', flowRow, 50],
])('%s', (table, row, runs) => {
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
      { numRuns: runs },
    )
    // Searches that find nothing or everything prove little.
    expect(hits).toBeGreaterThan(runs / 5)
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
