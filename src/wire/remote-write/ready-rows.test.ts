/** The short way of a series that is known stores what the long way stores, or leaves it alone. */
import fc from 'fast-check'
import { afterEach, expect, test, vi } from 'vitest'
import type { Plain } from '../../../test/wire/otlp-proto.ts'
import { encodeWrite } from '../../../test/wire/remote-write-proto.ts'
import { readRows } from '../../../test/wire/row-reader.ts'
import { Fault } from '../../model/faults.ts'
import { Batch } from '../batch.ts'
import { KnownIdentities } from '../known-identities.ts'
import { ReadyRows } from './ready-rows.ts'
import { decodeRemoteWrite1 } from './version-1.ts'
import { decodeRemoteWrite2 } from './version-2.ts'

const now_ms = 1_800_000_000_000
const day_ms = 86_400_000
const decoders = { 1: decodeRemoteWrite1, 2: decodeRemoteWrite2 } as const
type Version = keyof typeof decoders

afterEach(() => {
  vi.restoreAllMocks()
})

/** What a request came to: its points as row bytes, and its counts. */
function stored(version: Version, body: Uint8Array, known: KnownIdentities): unknown {
  const batch = new Batch()
  const bounds = { time_ms_min: now_ms - 3 * day_ms, time_ms_max: now_ms + 1000 }
  try {
    const context = { arrived_ms: now_ms, ...bounds, known }
    const { message, ...counts } = decoders[version](body, context, batch)
    known.commit(batch)
    const bytes = (['metric_samples', 'metric_histograms'] as const).map((table) =>
      Buffer.from(batch.get(table).written()).toString('hex'),
    )
    return { counts, bytes, rows: batch.get('metric_samples').rows }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    return { fault: error.message }
  }
}

/** One memory for all of them against a new memory for each. */
function check(version: Version, bodies: readonly Uint8Array[]): void {
  const known = new KnownIdentities()
  const warm = bodies.map((body) => stored(version, body, known))
  const cold = bodies.map((body) => stored(version, body, new KnownIdentities()))
  expect(warm).toEqual(cold)
}

const value = fc.oneof(fc.double(), fc.constantFrom(0, 1, Number.NaN))
const time = fc.oneof(
  { arbitrary: fc.constant(now_ms), weight: 6 },
  fc.integer({ min: now_ms - day_ms, max: now_ms + 2000 }),
  fc.constantFrom(0, -5, now_ms - 4 * day_ms),
)
const sample = fc.record({ value, timestamp: time })
const samples = fc.oneof(
  { arbitrary: fc.tuple(sample), weight: 9 },
  fc.array(sample, { maxLength: 3 }),
)
const histogram = fc.record({ timestamp: fc.constant(now_ms), sum: value, schema: fc.constant(2) })
const histograms = fc.oneof(
  { arbitrary: fc.constant([]), weight: 9 },
  fc.array(histogram, { maxLength: 1 }),
)
const points = fc.array(fc.record({ samples, histograms }), { minLength: 4, maxLength: 4 })

function bodyOf(version: Version, series: Plain[], start: number): Uint8Array {
  const names = ['up', 'requests_total', `n${'x'.repeat(220)}`, 'seconds']
  if (version === 1) {
    const timeseries = series.map((one, i) => ({
      labels: [
        { name: '__name__', value: names[i] },
        { name: 'job', value: 'cart' },
      ],
      ...one,
    }))
    return encodeWrite('WriteRequest', { timeseries })
  }
  const symbols = ['', '__name__', 'job', 'cart', ...names]
  const timeseries = series.map((one, i) => {
    const list = one.samples as Plain[]
    const started = list.map((each) => (start === i ? { ...each, startTimestamp: 5 } : each))
    return { labelsRefs: [1, 4 + i, 2, 3], ...one, samples: started }
  })
  return encodeWrite('Request', { symbols, timeseries })
}

/** Bytes that are changed, taken out or put in. */
const change = fc.tuple(fc.nat(4000), fc.nat(255), fc.nat(2))
const changes = fc.oneof(
  { arbitrary: fc.constant([]), weight: 5 },
  fc.array(change, { minLength: 1, maxLength: 2 }),
)

test.each([1, 2] as const)('%s.0, also when it is mangled', (version) => {
  const store = vi.spyOn(ReadyRows.prototype, 'store')
  const request = fc.tuple(points, changes, fc.nat(8))
  fc.assert(
    fc.property(fc.array(request, { minLength: 2, maxLength: 8 }), (requests) => {
      const plain = Array.from({ length: 4 }, () => ({
        samples: [{ value: 1, timestamp: now_ms }],
        histograms: [],
      }))
      const first = bodyOf(version, plain, -1)
      const bodies = requests.map(([series, mangling, start]) => {
        const body = [...bodyOf(version, series, start)]
        for (const [at, byte, cut] of mangling) body.splice(at % (body.length + 1), cut, byte)
        return Uint8Array.from(body)
      })
      check(version, [first, first, ...bodies])
    }),
    { numRuns: 250, seed: 11 },
  )
  const outcomes = store.mock.results.map((result) => result.value)
  expect(outcomes.filter((isStored) => isStored === true).length).toBeGreaterThan(1000)
  expect(outcomes.filter((isStored) => isStored === false).length).toBeGreaterThan(500)
})

/** A TimeSeries message of labels a=b and __name__=up, and what follows. */
function message(...tail: number[]): Uint8Array {
  const label = (name: string, text: string) => {
    const inner = [10, name.length, ...Buffer.from(name), 18, text.length, ...Buffer.from(text)]
    return [10, inner.length, ...inner]
  }
  const inner = [...label('__name__', 'up'), ...label('a', 'b'), ...tail]
  return Uint8Array.from([10, inner.length, ...inner])
}

test('what is unusual goes the long way', () => {
  const stamp = [16, ...varint(now_ms)]
  const one = [9, 0, 0, 0, 0, 0, 0, 0xf0, 0x3f]
  const stale = [9, 2, 0, 0, 0, 0, 0, 0xf0, 0x7f]
  const usual = message(18, 16, ...one, ...stamp)
  const unusual = [
    message(18, 16, ...stale, ...stamp),
    message(18, 16, ...stamp, ...one),
    message(18, 7, ...stamp),
    message(18, 9, ...one),
    message(18, 0),
    message(18, 18, ...one, ...stamp, 40, 1),
    message(18, 16, ...one, ...stamp, 18, 16, ...one, ...stamp),
    message(18, 16, ...one, ...stamp, 10, 6, 10, 1, 120, 18, 1, 121),
    message(10, 6, 10, 1, 120, 18, 1, 121, 18, 16, ...one, ...stamp),
    message(18, 0x90, 0, ...one, ...stamp),
    message(18, 17, ...one, ...stamp),
    message(18, 15, ...one, ...stamp),
    message(18),
    message(),
  ]
  for (const body of unusual) check(1, [usual, usual, usual, body, usual])
})

test('a start that a draft of 2.0 tells beside the samples is kept', () => {
  const text = (word: string) => [34, word.length, ...Buffer.from(word)]
  const symbols = [...text(''), ...text('__name__'), ...text('up')]
  const body = (...more: number[]) => {
    const inner = [10, 2, 1, 2, 18, 7, 16, ...varint(now_ms), ...more]
    return Uint8Array.from([...symbols, 42, inner.length, ...inner])
  }
  check(2, [body(), body(), body(), body(48, ...varint(now_ms - 7)), body()])
})

function varint(number: number): number[] {
  const bytes: number[] = []
  for (let rest = BigInt(number); rest > 0n; rest >>= 7n) {
    bytes.push(Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0))
  }
  return bytes
}

test('on another day the row of a series comes once more', () => {
  const known = new KnownIdentities()
  const rows = [1, 1, 1, 2, 2, 2, 0, 0, 0].map((days) => {
    const batch = new Batch()
    const context = { arrived_ms: now_ms, time_ms_min: 0, time_ms_max: now_ms, known }
    const series = [{ samples: [{ value: 1, timestamp: now_ms - days * day_ms }] }]
    decodeRemoteWrite1(bodyOf(1, series, -1), context, batch)
    known.commit(batch)
    return batch.get('metric_series').rows
  })
  expect(rows).toEqual([1, 0, 0, 1, 0, 0, 1, 0, 0])
})

test('an exemplar alone belongs to what came last, whichever way that went', () => {
  const known = new KnownIdentities()
  const write = (...tail: number[]) => {
    const batch = new Batch()
    const context = { arrived_ms: now_ms, time_ms_min: 0, time_ms_max: now_ms, known }
    try {
      decodeRemoteWrite1(message(...tail), context, batch)
      known.commit(batch)
    } catch (error) {
      if (!(error instanceof Fault)) throw error
    }
    const ids = (['metric_samples', 'metric_histograms', 'metric_exemplars'] as const).map(
      (table) => readRows(table, batch.get(table).written())[0]?.series_id,
    )
    return { samples: ids[0], histograms: ids[1], exemplars: ids[2] }
  }
  const stamp = varint(now_ms)
  const number = [18, 7, 16, ...stamp]
  const histogram = [34, 7, 120, ...stamp]
  const exemplar = [26, 7, 24, ...stamp]
  const { samples } = write(...number)
  write(...number)
  expect(write(...number)).toMatchObject({ samples })
  expect(write(...exemplar).exemplars).toBe(samples)
  const { histograms } = write(...histogram)
  expect(histograms).not.toBe(samples)
  expect(write(...exemplar).exemplars).toBe(histograms)
  write(...number)
  expect(write(...exemplar).exemplars).toBe(samples)
  write(...number)
  // Broken behind the histogram: nothing of it is stored, and yet it came last.
  write(...histogram, 18, 1, 9)
  write(...number)
  expect(write(...exemplar).exemplars).toBe(samples)
})
