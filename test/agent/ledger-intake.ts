/**
 * A real intake on real segments, without an engine behind it: what it acknowledged is read back
 * from the write-ahead files. It can be ended without notice and opened again on the same port.
 */
import { readFileSync } from 'node:fs'
import { systemClock } from '../../src/ingest/clock.ts'
import { Counters } from '../../src/ingest/counters.ts'
import { createIntake } from '../../src/ingest/intake.ts'
import { KnownChunks } from '../../src/ingest/known-chunks.ts'
import { startListeners } from '../../src/ingest/listen.ts'
import { type Signal, signals } from '../../src/ingest/receiver.ts'
import { receivers } from '../../src/ingest/receivers.ts'
import { tokenFrom } from '../../src/ingest/token.ts'
import type { WrittenTable } from '../../src/model/tables.ts'
import { storedIds } from '../../src/store/chunk-ids.ts'
import { blocksOf } from '../../src/store/segment-blocks.ts'
import { openSegments } from '../../src/store/segments.ts'
import { KnownIdentities } from '../../src/wire/known-identities.ts'
import { type Row, readRows } from '../ingest/read-rows.ts'

const day_ms = 24 * 3600 * 1000
const log = { info() {}, warn() {}, error() {} }

/** Takes whatever comes. */
export const anyToken = '*'

export type LedgerIntake = Awaited<ReturnType<typeof openLedgerIntake>>

export async function openLedgerIntake(options: { dir: string; port?: number; token?: string }) {
  const { dir, port = 0, token } = options
  const context = { log, now_ms: Date.now }
  const segments = await openSegments({ dir }, context)
  const chunks = new KnownChunks()
  const store = { rows: async () => [] }
  const needs = { store, segments, now_ms: Date.now(), log }
  const ids = await storedIds(needs, { chunks_max: 1, documents_bytes_max: 1 })
  for (const id of ids.chunks) chunks.add(id)
  const counters = new Counters()
  const past_ms_max = Object.fromEntries(signals.map((one) => [one, day_ms]))
  const intake = createIntake({
    segments,
    known: new KnownIdentities(),
    chunks,
    now_ms: Date.now,
    counters,
    limits: { past_ms_max: past_ms_max as Record<Signal, number>, future_ms_max: day_ms },
  })
  const valid = { token }
  const listeners = await startListeners(
    { listeners: [{ name: 'otlp_http', address: `127.0.0.1:${port}` }] },
    {
      receivers,
      intake,
      authorize: (headers) =>
        valid.token === anyToken || tokenFrom(headers) === valid.token ? {} : undefined,
      counters: new Counters(),
      clock: systemClock,
      log,
    },
  )
  const address = listeners.bound[0]!.address
  return {
    url: `http://${address}`,
    port: Number(address.split(':').at(-1)),
    chunks,
    valid,
    /** Log records that it stored. */
    accepted: () =>
      counters
        .records()
        .reduce((sum, { signal, accepted }) => sum + (signal === 'logs' ? accepted : 0), 0),
    /** Open requests are cut off, as when the process is killed. */
    end: async () => {
      await listeners.close(0)
      await segments.close()
    },
  }
}

/** The body of every log record that lies in the segments. */
export async function storedBodies(dir: string): Promise<string[]> {
  return (await storedRows(dir, 'logs')).map(({ body }) => String(body))
}

export async function storedRows(dir: string, wanted: WrittenTable): Promise<Row[]> {
  const segments = await openSegments({ dir, tick_ms: 0 }, { log, now_ms: Date.now })
  const rows = segments.waiting().flatMap((segment) => {
    const { blocks } = blocksOf(readFileSync(segment.path), segment)
    const parts = blocks.filter(({ table }) => table === wanted).flatMap(({ bytes }) => bytes)
    return parts.flatMap((part) => readRows(wanted, part))
  })
  await segments.close()
  return rows
}

/**
 * Of the numbers 1 to `last`, each of which was sent once: those that are not there exactly once.
 */
export function ledgerOf(bodies: readonly string[], last: number) {
  const counts = new Map<number, number>()
  for (const body of bodies) counts.set(Number(body), (counts.get(Number(body)) ?? 0) + 1)
  const all = Array.from({ length: last }, (_, at) => at + 1)
  return {
    stored: bodies.length,
    lost: all.filter((n) => !counts.has(n)).length,
    duplicated: [...counts.values()].filter((count) => count > 1).length,
  }
}
