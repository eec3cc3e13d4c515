/**
 * A store with seeded telemetry for tests: the bench generator's requests, decoded as a receiver
 * would and inserted in one go. Everything lies within the half hour before `now_ms`.
 */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openStore, type Store, type StoreConfig } from '../src/store/store.ts'
import { Summaries } from '../src/store/summaries.ts'
import { Batch } from '../src/wire/batch.ts'
import { KnownIdentities } from '../src/wire/known-identities.ts'
import { decodeKubernetesEvents } from '../src/wire/kubernetes/events.ts'
import { decodeKubernetesObjects } from '../src/wire/kubernetes/objects.ts'
import { decodeOtlpMetricsJson } from '../src/wire/otlp/json.ts'
import { decodeOtlpLogs } from '../src/wire/otlp/logs.ts'
import { decodeOtlpMetrics } from '../src/wire/otlp/metrics.ts'
import { decodeOtlpTraces } from '../src/wire/otlp/traces.ts'
import { logsRequest, metricsRequest, random, spansRequest } from './bench/generate.ts'
import { lines, type Told, toldCluster } from './kubernetes/told.ts'
import { startStandIn } from './store/stand-in.ts'

const spread_ms = 1_800_000
const silent = { info() {}, warn() {}, error() {} }

export type Fixture = {
  store: Store
  now_ms: number
  records: { logs: number; spans: number; points: number }
  clusters: { eu: Told; us: Told }
  close: () => Promise<void>
}

/** The embedded engine, or a server: where none is at hand, the engine on a TCP port stands in. */
export type StoreMode = 'embedded' | 'server'

export async function openFixture(seed: number, mode: StoreMode): Promise<Fixture> {
  const dir = await mkdtemp(join(tmpdir(), 'crowsnest-fixture-'))
  const now_ms = Date.now()
  const standIn = mode === 'server' ? await startStandIn(join(dir, 'server')) : undefined
  const config: StoreConfig = { dir: join(dir, 'store'), ...standIn }
  const store = await openStore(config, { log: silent, now_ms: () => now_ms })
  const records = await fill(store, seed, now_ms)
  const clusters = {
    eu: toldCluster({ cluster: 'eu-1', nodes: 3, pods: 120, now_ms, seed }),
    us: toldCluster({ cluster: 'us-1', nodes: 2, pods: 60, now_ms, seed }),
  }
  for (const told of Object.values(clusters)) await tell(store, told, now_ms)
  const summaries = new Summaries(store, silent)
  for (let later_ms = 0; later_ms <= 90_000; later_ms += 15_000) {
    await summaries.run(now_ms + later_ms)
  }
  const close = async () => {
    await store.close()
    await standIn?.stop()
    await rm(dir, { recursive: true, force: true })
  }
  return { store, now_ms, records, clusters, close }
}

async function fill(store: Store, seed: number, now_ms: number) {
  const r = random(seed)
  const batch = new Batch()
  const context = {
    arrived_ms: now_ms,
    time_ms_min: 0,
    time_ms_max: now_ms + 1000,
    known: new KnownIdentities(),
  }
  const sum = { logs: 0, spans: 0, points: 0 }
  for (let i = 0; i < 5; i++) {
    const logs = decodeOtlpLogs(logsRequest(r, 1000, now_ms, spread_ms), context, batch)
    const spans = decodeOtlpTraces(spansRequest(r, 1000, now_ms, spread_ms), context, batch)
    sum.logs += logs.accepted
    sum.spans += spans.accepted
  }
  for (let back_ms = spread_ms; back_ms > 0; back_ms -= 60_000) {
    const points = decodeOtlpMetrics(metricsRequest(r, 320, now_ms - back_ms), context, batch)
    sum.points += points.accepted
  }
  for (const { table, bytes } of batch.tables()) {
    await store.insert(table, [bytes], { token: `fixture-${seed}-${table}` })
  }
  return sum
}

/** A cluster as its agent tells it. */
async function tell(store: Store, told: Told, now_ms: number): Promise<void> {
  const batch = new Batch()
  const context = {
    arrived_ms: now_ms,
    time_ms_min: 0,
    time_ms_max: now_ms + 1000,
    cluster: told.cluster,
    known: new KnownIdentities(),
  }
  decodeKubernetesObjects(lines(told.objects), context, batch)
  decodeKubernetesEvents(lines(told.events), context, batch)
  decodeOtlpMetricsJson(Buffer.from(JSON.stringify(told.metrics)), context, batch)
  for (const { table, bytes } of batch.tables()) {
    await store.insert(table, [bytes], { token: `fixture-${told.cluster}-${table}` })
  }
}
