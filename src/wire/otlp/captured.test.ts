/**
 * Requests captured from a real Fluent Bit. They lie beside the repository; without them the test
 * says so and checks nothing.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readRows } from '../../../test/wire/row-reader.ts'
import { Batch } from '../batch.ts'
import { KnownIdentities } from '../known-identities.ts'
import { decodeOtlpLogs } from './logs.ts'
import { decodeOtlpMetrics } from './metrics.ts'

const folder = join(import.meta.dirname, '../../../../shared/testdata/fluent-bit')
const isHere = existsSync(folder)
if (!isHere) console.warn(`No captured requests at ${folder}: these tests check nothing.`)

const context = () => ({
  arrived_ms: 1_800_000_000_000,
  time_ms_min: 0,
  time_ms_max: 2_000_000_000_000,
  known: new KnownIdentities(),
})

test.runIf(isHere)('Fluent Bit’s log records are all taken, bodies as JSON text', () => {
  const batch = new Batch()
  const body = readFileSync(join(folder, 'otlp-logs.v1-logs-1.body'))
  expect(decodeOtlpLogs(body, context(), batch)).toMatchObject({ accepted: 43, rejected: 0 })
  const rows = readRows('logs', batch.get('logs').written())
  expect(rows.length).toBe(43)
  expect(rows.every((row) => row.service === 'unknown_service')).toBe(true)
  expect(JSON.parse(String(rows[0]?.body))).toMatchObject({ level: 'info' })
})

test.runIf(isHere)('Fluent Bit’s node metrics become series and samples', () => {
  const batch = new Batch()
  const body = readFileSync(join(folder, 'otlp-metrics.v1-metrics-1.body'))
  expect(decodeOtlpMetrics(body, context(), batch)).toMatchObject({ accepted: 434, rejected: 0 })
  const series = readRows('metric_series', batch.get('metric_series').written())
  const samples = readRows('metric_samples', batch.get('metric_samples').written())
  expect(new Set(series.map((row) => row.series_id))).toEqual(
    new Set(samples.map((row) => row.series_id)),
  )
  expect(series[0]).toMatchObject({ metric: 'node_cpu_seconds_total', attributes: { cpu: '0' } })
})
