/** Seeded fuzzing of whole connections: whatever comes, each ends soon, with a fault or without. */
import { expect, test } from 'vitest'
import { fuzzForward } from '../../../../test/ingest/ways-fluent-forward.ts'
import { Fault } from '../../../model/faults.ts'
import { KnownIdentities } from '../../../wire/known-identities.ts'
import { Counters } from '../../counters.ts'
import { createIntake, type Intake } from '../../intake.ts'
import type { StreamConnection } from '../../receiver.ts'
import { serveForward } from './stream.ts'

const cases = Number(process.env.FUZZ_CASES ?? 3_000)
const past_ms = 1e13
const past_ms_max = {
  logs: past_ms,
  traces: past_ms,
  metrics: past_ms,
  objects: past_ms,
  events: past_ms,
  coverage: past_ms,
}

test(`${cases} connections`, async () => {
  const next = randomOf(20_261_121)
  const intake = createIntake({
    segments: { append: async () => {} },
    known: new KnownIdentities(),
    now_ms: () => 1_700_000_000_000,
    counters: new Counters(),
    limits: { past_ms_max, future_ms_max: 1e12 },
  })
  let slowest_ms = 0
  for (let i = 0; i < cases; i++) {
    const body = fuzzForward(next)
    const began_ms = performance.now()
    try {
      await serveForward(connectionOf(intake, body, next))
    } catch (error) {
      if (!(error instanceof Fault)) {
        throw new Error(`case ${i}: ${Buffer.from(body).toString('hex')}`, { cause: error })
      }
      expect(error.status).toBeLessThan(500)
    }
    slowest_ms = Math.max(slowest_ms, performance.now() - began_ms)
  }
  expect(slowest_ms).toBeLessThan(1_000)
}, 600_000)

function connectionOf(intake: Intake, body: Uint8Array, next: () => number): StreamConnection {
  async function* pieces() {
    for (let at = 0; at < body.length; ) {
      const length = 1 + Math.floor(next() * body.length)
      yield body.slice(at, at + length)
      at += length
    }
  }
  return {
    remote_address: '',
    parts: intake.parts,
    settings: {
      body_bytes_max: 65_536,
      hostname: 'crow',
      shared_key: '',
      users: new Map(),
      trusted: new Map(),
    },
    pieces: pieces(),
    write: async () => {},
    random: (bytes) => new Uint8Array(bytes),
    authorize: () => ({}),
    take: (signal, decode, bytes, from, chunk_id) =>
      intake.take({ source: 'fluent_forward', signal, decode, chunk_id }, bytes, from),
  }
}

function randomOf(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 0x1_0000_0000
  }
}
