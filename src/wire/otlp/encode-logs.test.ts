/** The encoder against protobufjs and against our own decoder. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decode, type Plain } from '../../../test/wire/otlp-proto.ts'
import { Batch } from '../batch.ts'
import { viewOf } from '../copy-bytes.ts'
import { KnownIdentities } from '../known-identities.ts'
import {
  type AttributeValue,
  encodeAttributes,
  encodeResource,
  encodeScope,
  LogsEncoder,
} from './encode-logs.ts'
import { decodeOtlpLogs } from './logs.ts'

const scope = encodeScope('crowsnest.agent', '1.2')

function plainValue(value: Plain): unknown {
  if (value.intValue !== undefined) return BigInt(value.intValue)
  return value.stringValue ?? value.doubleValue ?? value.boolValue
}

function asDecoded(value: AttributeValue): unknown {
  if (typeof value === 'bigint') return value
  return typeof value === 'number' && Number.isSafeInteger(value) ? BigInt(value) : value
}

const value = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 60 }),
  fc.string({ minLength: 100, maxLength: 20_000 }),
  fc.integer(),
  fc.maxSafeInteger(),
  fc.constantFrom(0, 127, 128, 2 ** 31, 2 ** 32, -1, Number.MAX_SAFE_INTEGER),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.double({ noNaN: true }).filter((number) => !Object.is(number, -0)),
  fc.boolean(),
)
const attributes = fc.dictionary(fc.string({ unit: 'grapheme', minLength: 1 }), value, {
  maxKeys: 8,
  noNullPrototype: true,
})
const record = fc.record({
  seconds: fc.integer({ min: 0, max: 9_223_372_035 }),
  nanoseconds: fc.integer({ min: 0, max: 999_999_999 }),
  severity: fc.integer({ min: 0, max: 24 }),
  text: fc.constantFrom('', 'warn'),
  body: fc.string({ unit: 'grapheme', maxLength: 400 }),
  trace: fc.constantFrom('', '5b8aa5a2d2c872e8321cf37308d69df2'),
  span: fc.constantFrom('', '051581BF3CB55C13'),
  shared: attributes,
  own: attributes,
})

describe('what protobufjs reads', () => {
  test('is what was written, for any records of several resources', () => {
    const groups = fc.array(
      fc.record({ resource: attributes, records: fc.array(record, { maxLength: 4 }) }),
      { maxLength: 4 },
    )
    const encoder = new LogsEncoder(64)
    fc.assert(
      fc.property(groups, fc.integer({ min: 0, max: 4e12 }), (all, observed_ms) => {
        encoder.observed(observed_ms)
        for (const group of all) {
          encoder.resource(encodeResource(group.resource), scope)
          for (const one of group.records) {
            encoder.begin(one.seconds, one.nanoseconds)
            encoder.severity(one.severity)
            if (one.text !== '') encoder.severityText(one.text)
            encoder.bodyText(one.body)
            encoder.attributes(viewOf(encodeAttributes(one.shared)))
            for (const [key, own] of Object.entries(one.own)) encoder.attribute(key, own)
            if (one.trace !== '') encoder.traceId(one.trace)
            if (one.span !== '') encoder.spanId(one.span)
            encoder.end()
          }
        }
        const read = decode('LogsData', encoder.lend())
        expect(encoder.records).toBe(0)
        const resources = read.resourceLogs ?? []
        expect(resources.length).toBe(all.length)
        resources.forEach((one: Plain, at: number) => {
          expectPairs(one.resource?.attributes, all[at]!.resource)
          expect(one.scopeLogs[0].scope).toMatchObject({ name: 'crowsnest.agent', version: '1.2' })
          const records = one.scopeLogs[0].logRecords ?? []
          expect(records.length).toBe(all[at]!.records.length)
          records.forEach((found: Plain, index: number) => {
            expectRecord(found, all[at]!.records[index]!, observed_ms)
          })
        })
      }),
      { numRuns: 150 },
    )
  })
})

function expectPairs(found: Plain[] = [], written: Record<string, AttributeValue>): void {
  const pairs = found.map((pair) => [pair.key, plainValue(pair.value)])
  expect(pairs).toEqual(Object.entries(written).map(([key, one]) => [key, asDecoded(one)]))
}

function expectRecord(found: Plain, written: Plain, observed_ms: number): void {
  const time = BigInt(written.seconds) * 1_000_000_000n + BigInt(written.nanoseconds)
  expect(found.timeUnixNano ?? '0').toBe(String(BigInt.asUintN(64, time)))
  expect(found.observedTimeUnixNano ?? '0').toBe(String(BigInt(observed_ms) * 1_000_000n))
  expect(found.severityNumber ?? 0).toBe(written.severity)
  expect(found.severityText ?? '').toBe(written.text)
  expect(found.body.stringValue).toBe(written.body)
  expect(Buffer.from(found.traceId ?? []).toString('hex')).toBe(written.trace)
  expect(Buffer.from(found.spanId ?? []).toString('hex')).toBe(written.span.toLowerCase())
  const pairs = (found.attributes ?? []).map((pair: Plain) => [pair.key, plainValue(pair.value)])
  const both = [...Object.entries(written.shared), ...Object.entries(written.own)]
  expect(pairs).toEqual(both.map(([key, one]) => [key, asDecoded(one as AttributeValue)]))
}

test('our decoder accepts every record', () => {
  const now_ms = Date.UTC(2026, 10, 21)
  const encoder = new LogsEncoder()
  encoder.observed(now_ms)
  for (let i = 0; i < 1000; i++) {
    encoder.resource(encodeResource({ 'k8s.pod.name': `cart-${i % 7}` }), scope)
    encoder.begin(now_ms / 1000 - i, i)
    encoder.bodyText(`line ${i}`)
    encoder.end()
  }
  const batch = new Batch()
  const context = {
    arrived_ms: now_ms,
    time_ms_min: now_ms - 86_400_000,
    time_ms_max: now_ms + 86_400_000,
    known: new KnownIdentities(),
  }
  expect(decodeOtlpLogs(encoder.lend(), context, batch)).toMatchObject({
    accepted: 1000,
    rejected: 0,
  })
  expect(batch.get('logs').rows).toBe(1000)
})
