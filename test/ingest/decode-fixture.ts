/** One body through one decoder, without sockets: what it answers and the rows it makes. */

import { objectsInMemory } from '../../src/ingest/parts.ts'
import type { Decode, RecordContext } from '../../src/ingest/receiver.ts'
import type { RowRefusal } from '../../src/ingest/records/log-rows.ts'
import { noPipelines } from '../../src/ingest/records/record-pipelines.ts'
import type { WrittenTable } from '../../src/model/tables.ts'
import { Batch } from '../../src/wire/batch.ts'
import { KnownIdentities } from '../../src/wire/known-identities.ts'
import { type Row, readRows } from './read-rows.ts'

export const fixture_ms = Date.UTC(2026, 10, 21, 10)
const day_ms = 86_400_000

export function decodeContext(known = new KnownIdentities()): RecordContext {
  const now_ms = () => fixture_ms
  return {
    arrived_ms: fixture_ms,
    time_ms_min: fixture_ms - 14 * day_ms,
    time_ms_max: fixture_ms + day_ms,
    known,
    parts: {
      objects: objectsInMemory(now_ms),
      pipelines: noPipelines,
      server: { name: 'test', version: '0', cluster_uuid: 'test' },
      now_ms,
    },
    refused: () => {},
  }
}

export type Decoded = {
  outcome: ReturnType<Decode>
  refusals: RowRefusal[]
  batch: Batch
  rows(table: WrittenTable): Row[]
}

/** With a `known` that is given, what it stores counts as durable for the next call. */
export function decoded(
  decode: Decode,
  body: string | Uint8Array,
  known?: KnownIdentities,
): Decoded {
  const refusals: RowRefusal[] = []
  const batch = new Batch()
  const context = { ...decodeContext(known), refused: (one: RowRefusal) => void refusals.push(one) }
  const bytes = typeof body === 'string' ? Buffer.from(body) : body
  const outcome = decode(bytes, context, batch)
  known?.commit(batch)
  return { outcome, refusals, batch, rows: (table) => readRows(table, batch.get(table).written()) }
}
