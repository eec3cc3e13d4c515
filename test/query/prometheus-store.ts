/** A store on a real engine that takes remote write and OTLP metrics as the product does. */

import { everything } from '../../src/model/question.ts'
import { type QueryContext, queryLimits } from '../../src/query/context.ts'
import { Batch } from '../../src/wire/batch.ts'
import { KnownIdentities } from '../../src/wire/known-identities.ts'
import { decodeOtlpMetrics } from '../../src/wire/otlp/metrics.ts'
import { decodeRemoteWrite1 } from '../../src/wire/remote-write/version-1.ts'
import { type FixtureStore, openFixtureStore } from '../store/fixture-store.ts'
import { encode, type Plain } from '../wire/otlp-proto.ts'
import { encodeWrite } from '../wire/remote-write-proto.ts'

export type Points = readonly (readonly [time_ms: number, value: number])[]
/** Labels with __name__, and points; histograms as remote write has them. */
export type Written = { labels: Record<string, string>; points?: Points; histograms?: Plain[] }

export type PrometheusStore = {
  fixture: FixtureStore
  write(series: readonly Written[]): Promise<void>
  writeBody(body: Uint8Array): Promise<void>
  writeOtlp(message: Plain): Promise<void>
  /** After the tables were emptied: series are told anew. */
  forget(): void
  context(over?: Partial<QueryContext>): QueryContext
  close(): Promise<void>
}

export async function openPrometheusStore(now_ms: number): Promise<PrometheusStore> {
  const fixture = await openFixtureStore()
  let known = new KnownIdentities()
  const decode = { arrived_ms: now_ms, time_ms_min: 0, time_ms_max: now_ms * 2 }
  let inserts = 0
  const insert = async (batch: Batch) => {
    const token = `written ${++inserts}`
    for (const { table, bytes } of batch.tables()) {
      await fixture.store.insert(table, [bytes], { token: `${token} ${table}` })
    }
    known.commit(batch)
  }
  const writeBody = async (body: Uint8Array) => {
    const batch = new Batch()
    const { accepted, rejected, message } = decodeRemoteWrite1(body, { ...decode, known }, batch)
    if (rejected > 0 || accepted === 0) {
      throw new Error(`accepted ${accepted}, rejected ${rejected}: ${message}`)
    }
    await insert(batch)
  }
  return {
    fixture,
    writeBody,
    write: (series) => writeBody(writeRequest(series)),
    writeOtlp: async (message) => {
      const batch = new Batch()
      decodeOtlpMetrics(encode('MetricsData', message), { ...decode, known }, batch)
      await insert(batch)
    },
    forget: () => {
      known = new KnownIdentities()
    },
    context: (over = {}) => ({
      store: fixture.store,
      scope: everything,
      now_ms,
      limits: queryLimits,
      ...over,
    }),
    close: () => fixture.close(),
  }
}

/** Sorted labels, as Prometheus demands them. */
export function writeRequest(series: readonly Written[]): Uint8Array {
  const timeseries = series.map(({ labels, points = [], histograms = [] }) => ({
    labels: Object.entries(labels)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, value]) => ({ name, value })),
    samples: points.map(([timestamp, value]) => ({ timestamp, value })),
    histograms,
  }))
  return withStaleMarkers(encodeWrite('WriteRequest', { timeseries }))
}

/** Stands for a stale marker, whose bits a number on its way through arrays would lose. */
export const stale = -7.25e300

function withStaleMarkers(body: Uint8Array): Uint8Array {
  const sent = Buffer.from(body)
  const standIn = Buffer.from(Float64Array.of(stale).buffer)
  const marker = Buffer.from(BigUint64Array.of(0x7ff0_0000_0000_0002n).buffer)
  for (let at = sent.indexOf(standIn); at >= 0; at = sent.indexOf(standIn, at))
    marker.copy(sent, at)
  return sent
}
