/** The one-pass decoders against the oracle: random messages, as protobuf and as JSON. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { day_ms, logsData, metricsData, now_ms, tracesData } from '../../../test/wire/messages.ts'
import type { Bounds, Expected } from '../../../test/wire/oracle.ts'
import { expectMetrics } from '../../../test/wire/oracle-metrics.ts'
import { expectLogs, expectSpans } from '../../../test/wire/oracle-signals.ts'
import {
  decode,
  encode,
  type Plain,
  type RequestName,
  toJson,
} from '../../../test/wire/otlp-proto.ts'
import { type Row, readRows } from '../../../test/wire/row-reader.ts'
import { writtenTables } from '../../model/tables.ts'
import { Batch } from '../batch.ts'
import { KnownIdentities } from '../known-identities.ts'
import { decodeOtlpLogsJson, decodeOtlpMetricsJson, decodeOtlpTracesJson } from './json.ts'
import { decodeOtlpLogs } from './logs.ts'
import { decodeOtlpMetrics } from './metrics.ts'
import { decodeOtlpTraces } from './traces.ts'

const bounds = {
  arrived_ms: now_ms,
  time_ms_min: now_ms - 30 * day_ms,
  time_ms_max: now_ms + day_ms,
}

type Signal = {
  name: RequestName
  messages: fc.Arbitrary<Plain>
  binary: typeof decodeOtlpLogs
  json: typeof decodeOtlpLogsJson
  expected: (request: Plain, bounds: Bounds) => Expected
}

const signals: Signal[] = [
  {
    name: 'LogsData',
    messages: logsData,
    binary: decodeOtlpLogs,
    json: decodeOtlpLogsJson,
    expected: expectLogs,
  },
  {
    name: 'TracesData',
    messages: tracesData,
    binary: decodeOtlpTraces,
    json: decodeOtlpTracesJson,
    expected: expectSpans,
  },
  {
    name: 'MetricsData',
    messages: metricsData,
    binary: decodeOtlpMetrics,
    json: decodeOtlpMetricsJson,
    expected: expectMetrics,
  },
]

/** Puts the oracle's spelled-out identity in place of each id: equal ids, equal identities. */
class Ids {
  readonly #spelled = new Map<unknown, unknown>()
  readonly #ids = new Map<unknown, unknown>()

  match(actual: Row, expected: Row): Row {
    const matched = { ...actual }
    for (const column of ['resource_id', 'series_id']) {
      if (!(column in actual)) continue
      const spelled = expected[column]
      const id = actual[column]
      if (!this.#ids.has(spelled) && !this.#spelled.has(id)) {
        this.#ids.set(spelled, id)
        this.#spelled.set(id, spelled)
      }
      if (this.#ids.get(spelled) === id) matched[column] = this.#spelled.get(id)
    }
    return matched
  }
}

describe.each(signals)('$name', ({ name, messages, binary, json, expected: oracle }) => {
  test('gives the rows and counts of the oracle', () => {
    const ids = new Ids()
    fc.assert(
      fc.property(messages, fc.constantFrom('', 'prod'), (message, cluster) => {
        const bytes = encode(name, message)
        const batch = new Batch()
        const outcome = binary(bytes, { ...bounds, cluster, known: new KnownIdentities() }, batch)
        const expected = oracle(decode(name, bytes), { ...bounds, cluster })
        expect(outcome.accepted).toBe(expected.accepted)
        expect(outcome.reasons).toEqual(expected.reasons)
        for (const table of writtenTables) {
          const wanted = expected.rows[table] ?? []
          const buffer = batch.get(table)
          const rows = readRows(table, buffer.written())
          expect(rows.length).toBe(buffer.rows)
          expect(rows.length).toBe(wanted.length)
          expect(rows.map((row, i) => ids.match(row, wanted[i]!))).toEqual(wanted)
        }
      }),
      { numRuns: 400 },
    )
  })

  test('gives equal bytes for JSON and protobuf', () => {
    fc.assert(
      fc.property(messages, (message) => {
        const context = { ...bounds, known: new KnownIdentities() }
        const [a, b] = [new Batch(), new Batch()]
        const bytes = encode(name, message)
        const sent = binary(bytes, context, a)
        expect(json(toJson(decode(name, bytes)), context, b)).toEqual(sent)
        for (const table of writtenTables) {
          expect(Buffer.compare(a.get(table).written(), b.get(table).written())).toBe(0)
        }
      }),
      { numRuns: 200 },
    )
  })
})
