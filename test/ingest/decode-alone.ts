/** Runs a receiver's decoder by itself, without sockets: what it answers, stores and refuses. */

import { objectsInMemory } from '../../src/ingest/parts.ts'
import type { Decode, RecordContext } from '../../src/ingest/receiver.ts'
import type { RowRefusal } from '../../src/ingest/records/log-rows.ts'
import { noPipelines } from '../../src/ingest/records/record-pipelines.ts'
import type { DecodeOutcome } from '../../src/model/outcome.ts'
import { Batch } from '../../src/wire/batch.ts'
import { KnownIdentities } from '../../src/wire/known-identities.ts'
import { type Row, readRows } from './read-rows.ts'

/** When what the captures hold has just happened. */
export const capture_ms = Date.UTC(2026, 10, 21, 4, 23, 10)

export function decodeAlone(
  decode: Decode,
  body: Uint8Array | string,
  arrived_ms = capture_ms,
): { outcome: DecodeOutcome; logs: Row[]; spans: Row[]; resources: Row[]; refused: RowRefusal[] } {
  const refused: RowRefusal[] = []
  const context: RecordContext = {
    arrived_ms,
    time_ms_min: arrived_ms - 14 * 86_400_000,
    time_ms_max: arrived_ms + 86_400_000,
    known: new KnownIdentities(),
    parts: {
      objects: objectsInMemory(() => arrived_ms),
      pipelines: noPipelines,
      server: { name: 'test', version: '0', cluster_uuid: 'test' },
      now_ms: () => arrived_ms,
    },
    refused: (refusal) => refused.push(refusal),
  }
  const batch = new Batch()
  const sent = typeof body === 'string' ? Buffer.from(body) : body
  const outcome = decode(sent, context, batch)
  const rowsOf = (table: 'logs' | 'spans' | 'resources') => {
    const { bytes, length } = batch.get(table)
    return readRows(table, bytes.slice(0, length))
  }
  return {
    outcome,
    logs: rowsOf('logs'),
    spans: rowsOf('spans'),
    resources: rowsOf('resources'),
    refused,
  }
}

/** A file of ours in test/corpus. */
export const corpus = (path: string): URL => new URL(`../corpus/${path}`, import.meta.url)
/** A capture that a checkout may lack. */
export const fluentBit = (name: string): URL =>
  new URL(`../../../shared/testdata/fluent-bit/${name}`, import.meta.url)
