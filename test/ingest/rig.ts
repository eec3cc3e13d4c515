/** The ingest room with real sockets, and fakes of what lies behind: segments, tokens and time. */
import type { Clock } from '../../src/ingest/clock.ts'
import { Counters } from '../../src/ingest/counters.ts'
import { createIntake, type Intake } from '../../src/ingest/intake.ts'
import { type ListenConfig, type Listeners, startListeners } from '../../src/ingest/listen.ts'
import type { ReceiverParts } from '../../src/ingest/parts.ts'
import {
  type Authorize,
  type ListenerName,
  listenerNames,
  type Signal,
  signals,
} from '../../src/ingest/receiver.ts'
import { receivers } from '../../src/ingest/receivers.ts'
import { tokenFrom } from '../../src/ingest/token.ts'
import { limits } from '../../src/model/limits.ts'
import type { WrittenTable } from '../../src/model/tables.ts'
import type { TableRows } from '../../src/store/segments.ts'
import { KnownIdentities } from '../../src/wire/known-identities.ts'
import { type Row, readRows } from './read-rows.ts'

const day_ms = 24 * 3600 * 1000
const past_ms = 14 * day_ms

/** Keeps what was appended in memory; can be told to fail or to wait, as disks do. */
export class FakeSegments {
  appended: TableRows[] = []
  failsWith: Error | undefined
  held: Promise<void> | undefined

  append = async (batch: readonly TableRows[]): Promise<void> => {
    const copies = batch.map((part) => ({ ...part, bytes: part.bytes.slice() }))
    await this.held
    if (this.failsWith) throw this.failsWith
    this.appended.push(...copies)
  }

  rows(table: WrittenTable): Row[] {
    const parts = this.appended.filter((part) => part.table === table)
    return parts.flatMap((part) => readRows(table, part.bytes))
  }

  /** Of the tables that hold records, not identities. */
  count(): number {
    const records: WrittenTable[] = ['logs', 'spans', 'metric_samples', 'metric_histograms']
    records.push('kubernetes_objects', 'kubernetes_events', 'agent_coverage')
    const parts = this.appended.filter((part) => records.includes(part.table))
    return parts.reduce((sum, part) => sum + part.rows, 0)
  }
}

/** Stands still until it is advanced; then it runs what is due. */
export class FakeClock implements Clock {
  #now_ms = Date.now()
  readonly #runs = new Set<() => void>()

  now_ms = (): number => this.#now_ms

  every = (_interval_ms: number, run: () => void): (() => void) => {
    this.#runs.add(run)
    return () => this.#runs.delete(run)
  }

  advance(ms: number): void {
    this.#now_ms += ms
    for (const run of this.#runs) run()
  }
}

export type Rig = {
  segments: FakeSegments
  clock: FakeClock
  counters: Counters
  listeners: Listeners
  intake: Intake
  /** Token to the token's id and cluster; empty means ingest is open. */
  tokens: Map<string, { token_id: string; cluster: string }>
  logged: object[]
  address(name: ListenerName): string
  close(): Promise<void>
}

const rigListeners: readonly ListenerName[] = [
  ...(['otlp_http', 'otlp_grpc'] as const),
  ...listenerNames.filter((name) => !name.startsWith('otlp_')),
]

export type RigConfig = Partial<ListenConfig> & { parts?: ReceiverParts }

export async function openRig({ parts, ...config }: RigConfig = {}): Promise<Rig> {
  const segments = new FakeSegments()
  const clock = new FakeClock()
  const counters = new Counters()
  const tokens: Rig['tokens'] = new Map()
  const logged: object[] = []
  const log = (details: object) => void logged.push(details)
  const authorize: Authorize = (headers) =>
    tokens.size === 0 ? {} : tokens.get(tokenFrom(headers) ?? '')
  const intake = createIntake({
    segments,
    known: new KnownIdentities(),
    now_ms: clock.now_ms,
    counters,
    ...(parts && { parts }),
    limits: {
      past_ms_max: Object.fromEntries(signals.map((one) => [one, past_ms])) as Record<
        Signal,
        number
      >,
      future_ms_max: limits.future_ms_max,
    },
  })
  const listeners = await startListeners(
    { listeners: rigListeners.map((name) => ({ name, address: '127.0.0.1:0' })), ...config },
    { receivers, intake, authorize, counters, clock, log: { warn: log, error: log } },
  )
  return {
    segments,
    clock,
    counters,
    listeners,
    intake,
    tokens,
    logged,
    address: (name) => listeners.bound.find((one) => one.name === name)!.address,
    close: () => listeners.close(1_000),
  }
}

/** Waits for something another process or socket does, and says what did not happen in time. */
export async function until(what: string, isTrue: () => boolean, within_ms = 5_000): Promise<void> {
  const end_ms = Date.now() + within_ms
  while (!isTrue()) {
    if (Date.now() > end_ms) throw new Error(`waited ${within_ms} ms for: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
