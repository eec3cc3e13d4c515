/**
 * A real Prometheus writes to us what it scrapes: every series it has is stored as it has it, and
 * nothing is refused. It must be installed; without it the test says so.
 */
import { afterEach, expect, test } from 'vitest'
import {
  exporterPath,
  prometheusPath,
  prometheusVersion,
  RealPrometheus,
} from '../../../../test/ingest/real-prometheus.ts'
import { openRig, type Rig, until } from '../../../../test/ingest/rig.ts'
import { type Row, readRows } from '../../../../test/wire/row-reader.ts'
import type { WrittenTable } from '../../../model/tables.ts'

let rig: Rig | undefined
let real: RealPrometheus | undefined
afterEach(async () => {
  real?.stop()
  await rig?.close()
})

const rowsOf = (rig: Rig, table: WrittenTable): Row[] =>
  rig.segments.appended
    .filter((part) => part.table === table)
    .flatMap(({ bytes }) => readRows(table, bytes))

const missing = prometheusPath === undefined ? 'prometheus' : 'prometheus-node-exporter'
const isInstalled = prometheusPath !== undefined && exporterPath !== undefined

test.for([1, 2] as const)(
  'remote write %i.0 of a real Prometheus',
  { timeout: 90_000 },
  async (version, context) => {
    if (!isInstalled) return context.skip(`${missing} is not installed on this machine`)
    const [major, minor] = prometheusVersion()!
    if (version === 2 && major < 3 && minor < 54) {
      return context.skip(`Prometheus ${major}.${minor} does not write 2.0`)
    }
    rig = await openRig()
    real = new RealPrometheus()
    await real.start(`http://${rig.address('otlp_http')}/api/v1/write`, version)
    const rows = (table: WrittenTable) => rowsOf(rig!, table)
    const seriesOf = (metric: string) =>
      rows('metric_series').filter((one) => one.metric === metric)
    const isStale = () => rows('metric_samples').some((row) => row.value === 'stale')
    await until('a stale marker', isStale, 25_000).catch((error) => {
      throw new Error(`${error.message}\n${real!.log()}`)
    })
    await until('histograms', () => rows('metric_histograms').length > 0, 25_000)
    await until('metadata', () => seriesOf('native_seconds').some((one) => one.description), 25_000)

    const [counts] = rig.counters.records().filter(({ source }) => source === 'prometheus')
    expect(counts).toMatchObject({ rejected: {} })
    expect(counts?.accepted).toBeGreaterThan(1000)
    const metrics = (await real.get('/metrics'))!
    const failed = metrics.match(/^prometheus_remote_storage_\w+_failed_total\{.*$/gm) ?? []
    expect(failed.length).toBeGreaterThan(2)
    for (const line of failed) expect(line).toMatch(/ 0$/)

    const selector = encodeURIComponent('{job!=""}')
    const { data } = JSON.parse((await real.get(`/api/v1/series?match[]=${selector}`))!)
    const theirs = (data as Record<string, string>[]).map(({ __name__, ...labels }) =>
      spelled(__name__!, { ...labels, cluster: 'demo' }),
    )
    const ours = rows('metric_series').map((row) =>
      spelled(row.metric as string, row.attributes as Record<string, string>),
    )
    expect(theirs.length).toBeGreaterThan(300)
    expect([...new Set(ours)].sort()).toEqual(theirs.sort())

    expect(seriesOf('node_cpu_seconds_total').at(-1)).toMatchObject({
      ...{ kind: 1, temporality: 2, monotonic: 1, cluster: 'demo', service: 'node' },
      description: 'Seconds the CPUs spent in each mode.',
    })
    expect(rows('metric_histograms')[0]).toMatchObject({
      ...{ metric: 'native_seconds', count: 9n, sum: 12.5, scale: 2, zero_count: 1n },
      ...{ positive_offset: -2, positive_counts: [3n, 4n, 0n, 0n, 0n, 1n], zero_threshold: 0.001 },
    })
    expect(seriesOf('native_seconds').at(-1)).toMatchObject({ kind: 3, temporality: 2 })
    expect(rows('metric_exemplars')[0]).toMatchObject({
      ...{ metric: 'jobs_total', value: 0.5, attributes: { user: 'a' } },
      trace_id: '0102030405060708090a0b0c0d0e0f10',
    })
  },
)

function spelled(metric: string, labels: Record<string, string>): string {
  const pairs = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))
  return `${metric} ${JSON.stringify(pairs)}`
}
