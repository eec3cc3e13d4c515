/** Rewriting then decoding equals decoding then adding; anything else in the bytes stays. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { logsData, metricsData, tracesData } from '../../../test/wire/messages.ts'
import { decode, encode, type Plain, type RequestName } from '../../../test/wire/otlp-proto.ts'
import { Fault } from '../../model/faults.ts'
import { type RewriteSignal, readyAttributes, rewriteResources } from './resource-rewrite.ts'

const signals: [RewriteSignal, RequestName, fc.Arbitrary<Plain>][] = [
  ['logs', 'LogsData', logsData],
  ['traces', 'TracesData', tracesData],
  ['metrics', 'MetricsData', metricsData],
]
const added = { 'k8s.pod.name': 'pod', 'service.name': 'ours', a: 'ä'.repeat(90), '': 'empty' }

/** The slow way: every resource as an object, and what it lacks put at its end. */
function addedTo(request: Plain, attributes: Record<string, string>): Plain {
  for (const one of Object.values(request).flat() as Plain[]) {
    one.resource ??= {}
    const has = new Set((one.resource.attributes ?? []).map(({ key }: Plain) => key ?? ''))
    for (const [key, stringValue] of Object.entries(attributes)) {
      if (has.has(key)) continue
      one.resource.attributes ??= []
      one.resource.attributes.push({ ...(key === '' ? {} : { key }), value: { stringValue } })
    }
  }
  return request
}

/** Scopes' members; of metrics the points in whichever field they are. */
function countOf(value: Plain, names: RegExp): number {
  if (typeof value !== 'object' || value === null) return 0
  return Object.entries(value as Record<string, Plain>).reduce((sum, [key, member]) => {
    if (names.test(key) && Array.isArray(member)) return sum + member.length
    return sum + countOf(member, names)
  }, 0)
}

describe.each(signals)('%s', (signal, name, messages) => {
  test('rewriting then decoding equals decoding then adding', () => {
    fc.assert(
      fc.property(messages, fc.subarray(Object.keys(added)), (message, keys) => {
        const bytes = encode(name, message)
        const attributes = Object.fromEntries(
          Object.entries(added).filter(([key]) => keys.includes(key)),
        )
        const { body } = rewriteResources(bytes, signal, () => readyAttributes(attributes))
        const expected =
          keys.length === 0 ? decode(name, bytes) : addedTo(decode(name, bytes), attributes)
        expect(decode(name, body)).toEqual(expected)
      }),
      { numRuns: 150 },
    )
  })

  test('records are counted, untouched bytes are the same bytes', () => {
    fc.assert(
      fc.property(messages, (message) => {
        const bytes = encode(name, message)
        const names = signal === 'metrics' ? /^dataPoints$/ : /^(logRecords|spans)$/
        const result = rewriteResources(bytes, signal, () => undefined)
        expect(result.body).toBe(bytes)
        expect(result.records).toBe(countOf(decode(name, bytes), names))
      }),
      { numRuns: 60 },
    )
  })

  test('broken bytes are refused with payload_malformed or rewritten, never worse', () => {
    const ready = readyAttributes(added)
    let refused = 0
    fc.assert(
      fc.property(messages, fc.nat(), fc.nat(255), (message, at, byte) => {
        const bytes = encode(name, message).slice()
        if (bytes.length === 0) return
        bytes[at % bytes.length] = byte
        try {
          rewriteResources(bytes, signal, () => ready)
        } catch (error) {
          expect(error).toBeInstanceOf(Fault)
          expect((error as Fault).code).toBe('payload_malformed')
          refused++
        }
      }),
      { numRuns: 300, seed: 7 },
    )
    expect(refused).toBeGreaterThan(0)
  })
})

const len = (field: number, ...parts: Uint8Array[]): Uint8Array => {
  const payload = Buffer.concat(parts)
  return Buffer.concat([Buffer.from([(field << 3) | 2, payload.length]), payload])
}
const keyValue = (key: string, ...value: number[]) =>
  len(1, len(1, Buffer.from(key)), len(2, Buffer.from(value)))

test('the words that tell a pod, in the types that senders use', () => {
  const f = (resource: Uint8Array, expected: object) => {
    rewriteResources(len(1, len(1, resource)), 'logs', (words) => {
      expect(words).toMatchObject(expected)
      return undefined
    })
  }
  const text = (word: string) => [0x0a, word.length, ...Buffer.from(word)]
  f(keyValue('k8s.container.restart_count', 0x18, 3), { restart_count: 3 })
  f(keyValue('k8s.container.restart_count', ...text('12')), { restart_count: 12 })
  f(keyValue('k8s.container.restart_count', ...text('x')), { restart_count: undefined })
  f(keyValue('container.id', ...text('containerd://ab')), { container_id: 'ab' })
  f(keyValue('k8s.pod.ip', ...text('10.0.0.1')), { pod_ip: '10.0.0.1' })
  f(Buffer.alloc(0), { pod_uid: '', container_name: '', restart_count: undefined })
})

test('a resource in two parts becomes one; fields that nobody knows stay', () => {
  const unknown = Buffer.from([0xf8, 0x06, 0x2a])
  const first = len(1, keyValue('a', 0x18, 1))
  const second = len(1, keyValue('b', 0x18, 2))
  const body = Buffer.concat([unknown, len(1, first, unknown, second), unknown])
  const result = rewriteResources(body, 'logs', () => readyAttributes({ b: 'no', c: 'x' }))
  const [{ resource }] = decode('LogsData', result.body).resourceLogs
  expect(resource.attributes.map(({ key }: Plain) => key)).toEqual(['a', 'b', 'c'])
  const copies = Buffer.from(result.body).toString('hex').split(unknown.toString('hex')).length - 1
  expect(copies).toBe(3)
})
