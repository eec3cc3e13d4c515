/** Both decoders against the oracle, over random requests that go on from one to the next. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { expectStored, type Stored } from '../../../test/wire/oracle-remote-write.ts'
import type { Plain } from '../../../test/wire/otlp-proto.ts'
import { firstRequest, secondRequest, write_now_ms } from '../../../test/wire/random-write.ts'
import { decodeWrite, encodeWrite } from '../../../test/wire/remote-write-proto.ts'
import { type Row, readRows } from '../../../test/wire/row-reader.ts'
import type { WrittenTable } from '../../model/tables.ts'
import { Batch } from '../batch.ts'
import { KnownIdentities } from '../known-identities.ts'
import { decodeRemoteWrite1 } from './version-1.ts'
import { decodeRemoteWrite2 } from './version-2.ts'

const bounds = { time_ms_min: write_now_ms - 100_000_000, time_ms_max: write_now_ms + 1000 }
const latin1 = (text: string) => Buffer.from(text).toString('latin1')
const shapes: Record<number, string> = { 2: 'custom', 3: 'exponential' }

/** Series rows of all requests so far, by id and day. */
class Seen {
  readonly keys = new Map<bigint, string>()
  readonly rows = new Map<string, Row[]>()

  add(rows: Row[]): void {
    for (const row of rows) {
      const labels = Object.entries(row.attributes as Row).sort(([a], [b]) => (a < b ? -1 : 1))
      const shape = shapes[row.kind as number] ?? 'numbers'
      const key = JSON.stringify([row.metric, labels, shape])
      const id = row.series_id as bigint
      expect(this.keys.get(id) ?? key, 'one id, one series').toBe(key)
      this.keys.set(id, key)
      const day = `${key} ${(Number(row.time) / 86_400_000) | 0}`
      this.rows.set(day, [...(this.rows.get(day) ?? []), row])
    }
  }
}

function check(version: 1 | 2, requests: Plain[]): Record<string, number> {
  const known = new KnownIdentities()
  const remembered = new Map<string, Plain>()
  const seen = new Seen()
  const told: Record<string, number> = { samples: 0, histograms: 0, exemplars: 0, rejected: 0 }
  for (const request of requests) {
    const name = version === 1 ? 'WriteRequest' : 'Request'
    const body = encodeWrite(name, request)
    const batch = new Batch()
    const decode = version === 1 ? decodeRemoteWrite1 : decodeRemoteWrite2
    const outcome = decode(body, { arrived_ms: write_now_ms, ...bounds, known }, batch)
    known.commit(batch)
    const expected = expectStored(version, decodeWrite(name, body), bounds, remembered)
    expect(outcome.reasons).toEqual(expected.reasons)
    const { samples, histograms, exemplars } = outcome
    expect({ samples, histograms, exemplars }).toEqual({
      samples: expected.samples.length,
      histograms: expected.histograms.length,
      exemplars: expected.exemplars.length,
    })
    expect(outcome.accepted).toBe(samples + histograms + exemplars)
    expect(outcome.message === '').toBe(outcome.rejected === 0)
    const rows = (table: WrittenTable) => readRows(table, batch.get(table).written())
    seen.add(rows('metric_series'))
    compare(expected, rows, seen)
    for (const kind of ['samples', 'histograms', 'exemplars'] as const) told[kind]! += outcome[kind]
    told.rejected! += outcome.rejected
  }
  return told
}

function compare(expected: Stored, rows: (table: WrittenTable) => Row[], seen: Seen): void {
  const key = (row: Row) => seen.keys.get(row.series_id as bigint)
  const samples = rows('metric_samples').map((row) => ({
    key: key(row),
    time: Number(row.time),
    start_time: Number(row.start_time),
    value: row.value,
  }))
  expect(samples).toEqual(expected.samples.map((row) => ({ ...row, key: latin1(row.key) })))
  const histograms = rows('metric_histograms').map((row) => ({ ...row, key: key(row) }))
  const sent = expected.histograms.map(({ key: one, time, start_time, ...row }) => ({
    ...{ key: latin1(one), time: BigInt(time), start_time: BigInt(start_time), ...row },
  }))
  expect(histograms.length).toBe(sent.length)
  for (const [i, row] of sent.entries()) expect(histograms[i]).toMatchObject(row)
  const exemplars = rows('metric_exemplars').map(({ metric, time, value, ...row }) => {
    const labels = { ...(row.attributes as Row) }
    if (!/^0*$/.test(row.trace_id as string)) labels.trace_id = row.trace_id
    if (!/^0*$/.test(row.span_id as string)) labels.span_id = row.span_id
    return { metric, time: Number(time), value, labels }
  })
  expect(exemplars).toEqual(expected.exemplars.map(asText))
  for (const [one, row] of expected.series) {
    // What alternates, a gauge of buckets and a counter, is told once each.
    const told = seen.rows.get(latin1(one)) ?? []
    expect(told, one).toContainEqual(expect.objectContaining(asText(row)))
  }
}

/** Text in rows is read as latin1. */
function asText(value: Plain): Plain {
  if (typeof value === 'string') return latin1(value)
  if (typeof value !== 'object' || value === null) return value
  const pairs = Object.entries(value).map(([name, one]) => [latin1(name), asText(one)])
  return Object.fromEntries(pairs)
}

const runs = { numRuns: 400, seed: 17 }

test('1.0 stores what the oracle says', () => {
  const told = { samples: 0, histograms: 0, exemplars: 0, rejected: 0 }
  fc.assert(
    fc.property(fc.array(firstRequest, { minLength: 1, maxLength: 4 }), (requests) => {
      const one = check(1, requests)
      for (const kind of Object.keys(told) as (keyof typeof told)[]) told[kind] += one[kind]!
    }),
    runs,
  )
  for (const [kind, count] of Object.entries(told)) expect(count, kind).toBeGreaterThan(300)
})

test('2.0 stores what the oracle says', () => {
  const told = { samples: 0, histograms: 0, exemplars: 0, rejected: 0 }
  fc.assert(
    fc.property(fc.array(secondRequest, { minLength: 1, maxLength: 4 }), (requests) => {
      const one = check(2, requests)
      for (const kind of Object.keys(told) as (keyof typeof told)[]) told[kind] += one[kind]!
    }),
    runs,
  )
  for (const [kind, count] of Object.entries(told)) expect(count, kind).toBeGreaterThan(300)
})
