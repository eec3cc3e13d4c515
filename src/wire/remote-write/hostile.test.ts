/** Requests that no sender means: mangled, huge, self-referring. None may throw but a Fault. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { firstRequest, secondRequest, write_now_ms } from '../../../test/wire/random-write.ts'
import { encodeWrite } from '../../../test/wire/remote-write-proto.ts'
import { readRows } from '../../../test/wire/row-reader.ts'
import { Fault } from '../../model/faults.ts'
import { Batch } from '../batch.ts'
import { KnownIdentities } from '../known-identities.ts'
import { snappyDecode } from '../snappy/decode.ts'
import { decodeRemoteWrite1 } from './version-1.ts'
import { decodeRemoteWrite2 } from './version-2.ts'

const known = new KnownIdentities()
const context = {
  arrived_ms: write_now_ms,
  time_ms_min: 0,
  time_ms_max: write_now_ms * 2,
  known,
}
const decoders = [decodeRemoteWrite1, decodeRemoteWrite2]

test('mangled requests are faults or whole rows', () => {
  const change = fc.tuple(fc.nat(2000), fc.nat(255), fc.nat(3))
  const any = fc.oneof(
    firstRequest.map((request) => ({ body: encodeWrite('WriteRequest', request), version: 0 })),
    secondRequest.map((request) => ({ body: encodeWrite('Request', request), version: 1 })),
  )
  let refused = 0
  let read = 0
  fc.assert(
    fc.property(any, fc.array(change, { maxLength: 3 }), ({ body, version }, changes) => {
      const mangled = [...body]
      for (const [at, byte, cut] of changes) mangled.splice(at % (body.length + 1), cut, byte)
      const batch = new Batch()
      try {
        const outcome = decoders[version]!(Uint8Array.from(mangled), context, batch)
        const { samples, histograms, exemplars } = outcome
        expect(batch.get('metric_samples').rows).toBe(samples)
        expect(batch.get('metric_histograms').rows).toBe(histograms)
        expect(batch.get('metric_exemplars').rows).toBe(exemplars)
        for (const { table, rows, bytes } of batch.tables()) {
          expect(readRows(table, bytes).length).toBe(rows)
        }
        read++
      } catch (error) {
        if (!(error instanceof Fault)) throw error
        expect(error.code).toBe('payload_malformed')
        refused++
      }
    }),
    { numRuns: 1500, seed: 23 },
  )
  expect(refused).toBeGreaterThan(300)
  expect(read).toBeGreaterThan(300)
})

function within(ms: number, run: () => void): void {
  const began_ms = performance.now()
  run()
  expect(performance.now() - began_ms).toBeLessThan(ms)
}

test('a request of nothing but symbols is bounded', () => {
  const body = new Uint8Array(4_000_000)
  for (let i = 0; i < body.length; i += 2) body[i] = 34
  within(2000, () =>
    expect(() => decodeRemoteWrite2(body, context, new Batch())).toThrow(/than 1000000 symbols/),
  )
})

test('a million references of one series are bounded', () => {
  const refs = new Uint8Array(1_000_000)
  const length = [0xc0, 0x84, 0x3d]
  const body = Buffer.concat([
    Buffer.from([34, 0, 42, 0xc4, 0x84, 0x3d, 10, ...length]),
    Buffer.from(refs),
  ])
  within(2000, () => {
    const outcome = decodeRemoteWrite2(body, context, new Batch())
    expect(outcome).toMatchObject({ accepted: 0, reasons: { label_invalid: 1 } })
  })
})

test('samples of two bytes cannot make rows without end', () => {
  // One series with a long name, and millions of samples at time 0.
  const name = Buffer.alloc(1000, 'n')
  const label = Buffer.concat([
    Buffer.from([10, 8]),
    Buffer.from('__name__'),
    Buffer.from([18, 0xe8, 7]),
    name,
  ])
  const labels = Buffer.concat([Buffer.from([10, 0xf5, 7]), label])
  const samples = Buffer.alloc(1_000_000)
  for (let i = 0; i < samples.length; i += 2) samples[i] = 18
  const inner = Buffer.concat([labels, samples])
  const head = [10]
  for (let rest = inner.length; ; rest = Math.floor(rest / 128)) {
    head.push(rest < 128 ? rest : (rest % 128) + 128)
    if (rest < 128) break
  }
  const body = Buffer.concat([Buffer.from(head), inner])
  const batch = new Batch()
  within(4000, () => {
    const { accepted, reasons } = decodeRemoteWrite1(body, context, batch)
    expect(accepted + (reasons.record_too_large ?? 0)).toBe(500_000)
    expect(reasons.record_too_large).toBeGreaterThan(100_000)
  })
  expect(batch.bytes()).toBeLessThan(300 * 1024 * 1024)
})

const captured = join(
  import.meta.dirname,
  '../../../../shared/testdata/fluent-bit/remote-write.api-v1-write-1.body',
)
const isHere = existsSync(captured)
if (!isHere) console.warn(`No captured request at ${captured}: its test checks nothing.`)

test.runIf(isHere)('Fluent Bit’s node metrics are stored whole', () => {
  const body = snappyDecode(readFileSync(captured), 1024 * 1024)
  const batch = new Batch()
  const outcome = decodeRemoteWrite1(body, { ...context, known: new KnownIdentities() }, batch)
  expect(outcome).toMatchObject({ accepted: 434, rejected: 0, samples: 434, message: '' })
  const [row] = readRows('metric_series', batch.get('metric_series').written())
  expect(row).toMatchObject({
    metric: 'node_cpu_seconds_total',
    kind: 1,
    monotonic: 1,
    attributes: { cpu: '0', mode: 'idle' },
  })
})
