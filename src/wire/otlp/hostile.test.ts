/**
 * Hostile and odd input: the right answer, bounded memory, nothing but payload_malformed thrown.
 */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { day_ms, logsData, metricsData, now_ms, tracesData } from '../../../test/wire/messages.ts'
import { encode, type Plain } from '../../../test/wire/otlp-proto.ts'
import { type Row, readRows } from '../../../test/wire/row-reader.ts'
import { Fault } from '../../model/faults.ts'
import { limits } from '../../model/limits.ts'
import { Batch } from '../batch.ts'
import { KnownIdentities } from '../known-identities.ts'
import type { DecodeContext } from './context.ts'
import { decodeOtlpLogsJson, decodeOtlpTracesJson } from './json.ts'
import { decodeOtlpLogs } from './logs.ts'
import { decodeOtlpMetrics } from './metrics.ts'
import { decodeOtlpTraces } from './traces.ts'

const context = (more: Partial<DecodeContext> = {}): DecodeContext => ({
  arrived_ms: now_ms,
  time_ms_min: now_ms - 30 * day_ms,
  time_ms_max: now_ms + day_ms,
  known: new KnownIdentities(),
  ...more,
})

function codeOf(run: () => unknown): string {
  try {
    run()
    return 'accepted'
  } catch (error) {
    if (error instanceof Fault) return error.code
    throw error
  }
}

function logs(records: Plain[], resource: Plain = {}): Uint8Array {
  return encode('LogsData', { resourceLogs: [{ resource, scopeLogs: [{ logRecords: records }] }] })
}

function logRows(bytes: Uint8Array): { rows: Row[]; message: string } {
  const batch = new Batch()
  const { message } = decodeOtlpLogs(bytes, context(), batch)
  return { rows: readRows('logs', batch.get('logs').written()), message }
}

const len = (field: number, ...parts: Uint8Array[]): Uint8Array => {
  const payload = Buffer.concat(parts)
  const head: number[] = [(field << 3) | 2]
  let length = payload.length
  for (; length >= 0x80; length = Math.floor(length / 128)) head.push((length & 0x7f) | 0x80)
  return Buffer.concat([Buffer.from([...head, length]), payload])
}
const raw = (...bytes: number[]): Uint8Array => Buffer.from(bytes)
const asLogs = (record: Uint8Array): Uint8Array => len(1, len(2, len(2, record)))

describe('malformed protobuf', () => {
  const f = (what: string, record: Uint8Array, detail: RegExp): void => {
    test(what, () => {
      expect(() => decodeOtlpLogs(asLogs(record), context(), new Batch())).toThrow(detail)
    })
  }
  f('length lie', raw(0x1a, 0x7f), /length is larger than the payload, at byte \d/)
  f('length of 2^35', raw(0x1a, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f), /length is larger/)
  f('cut fixed64', raw(0x09, 1, 2, 3), /cut off/)
  f('cut varint', raw(0x10, 0xff), /cut off/)
  f('overlong varint', raw(0x10, ...Array(11).fill(0xff)), /longer than 10 bytes/)
  f('field number 0', raw(0x00, 0x01), /number 0/)
  f('group', raw(0xa3, 0x06, 0xa4, 0x06), /wire type 3/)
  f('wire type 7', raw(0x0f), /wire type 7/)
  f('tag without payload', raw(0x09), /cut off/)

  test('every prefix of a message is refused or read, never anything else', () => {
    const bytes = logs([{ body: { stringValue: 'x' }, timeUnixNano: `${now_ms}000000` }])
    for (let end = 0; end < bytes.length; end++) {
      const code = codeOf(() => decodeOtlpLogs(bytes.slice(0, end), context(), new Batch()))
      expect(['accepted', 'payload_malformed']).toContain(code)
    }
  })
})

describe('odd but legal protobuf', () => {
  test('unknown fields, overlong lengths and fields of a wrong wire type are stepped over', () => {
    const record = Buffer.concat([
      raw(0xf8, 0x06, 0x05),
      len(15, raw(1, 2, 3)),
      raw(0x2a, 0x83, 0x80, 0x00, 0x0a, 0x01, 0x68),
      raw(0x48, 0x07),
    ])
    const { rows } = logRows(asLogs(record))
    expect(rows).toMatchObject([{ body: 'h', trace_id: '00'.repeat(16) }])
  })

  test('a resource after its records still names them', () => {
    const service = len(1, len(1, Buffer.from('service.name')), len(2, len(1, Buffer.from('cart'))))
    const { rows } = logRows(len(1, len(2, len(2, raw())), len(1, service)))
    expect(rows).toMatchObject([{ service: 'cart' }])
  })

  test('invalid UTF-8 keeps its bytes', () => {
    const { rows } = logRows(asLogs(len(5, len(1, raw(0xff, 0xfe, 0x41)))))
    expect(rows).toMatchObject([{ body: '\xff\xfeA' }])
  })

  test('an empty request is a success', () => {
    for (const decode of [decodeOtlpLogs, decodeOtlpTraces, decodeOtlpMetrics]) {
      const outcome = decode(raw(), context(), new Batch())
      expect(outcome).toEqual({ accepted: 0, rejected: 0, reasons: {}, message: '' })
    }
  })
})

describe('limits', () => {
  test('a long body is cut at a character and says so', () => {
    const body = `a${'é'.repeat(limits.log_body_bytes_max / 2)}`
    const { rows, message } = logRows(logs([{ body: { stringValue: body } }]))
    expect((rows[0]!.body as string).length).toBe(limits.log_body_bytes_max - 1)
    expect(rows[0]).toMatchObject({
      attributes: { 'log.truncated': 'true' },
      numbers: { 'log.original_length': limits.log_body_bytes_max + 1 },
    })
    expect(message).toContain('bodies were cut')
  })

  test('long keys and values are cut', () => {
    const [key, text] = ['k'.repeat(2000), 'v'.repeat(100_000)]
    const nested = { arrayValue: { values: [{ stringValue: text }] } }
    const { rows } = logRows(
      logs([
        {
          attributes: [
            { key, value: { stringValue: text } },
            { key: 'n', value: nested },
          ],
        },
      ]),
    )
    const stored = rows[0]!.attributes as Record<string, string>
    expect(stored['k'.repeat(1024)]?.length).toBe(64 * 1024)
    expect(stored.n?.length).toBe(64 * 1024)
  })

  test('a million attributes leave 1024 and a message', () => {
    const one = len(6, len(1, Buffer.from('k')), len(2, len(1, Buffer.from('v'))))
    const many = Buffer.alloc(one.length * 1_000_000)
    for (let i = 0; i < 1_000_000; i++) {
      many.set(one, i * one.length)
      many[i * one.length + 4] = i & 0x7f
    }
    expect(Object.keys(logRows(asLogs(many)).rows[0]!.attributes as Row).length).toBe(128)
    const attributes = Array.from({ length: 3000 }, (_, i) => ({ key: `k${i}`, value: {} }))
    const { rows, message } = logRows(logs([{ attributes }]))
    expect(Object.keys(rows[0]!.attributes as Row).length).toBe(limits.attributes_max)
    expect(message).toBe('1976 attributes past 1024 a record were dropped.')
  })
})

describe('limits of a request', () => {
  test('events past the limit are dropped and counted', () => {
    const id = { traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 1) }
    const events = Array.from({ length: 1030 }, () => ({ name: 'e' }))
    const spans = [{ ...id, startTimeUnixNano: `${now_ms}000000`, events }]
    const batch = new Batch()
    const bytes = encode('TracesData', { resourceSpans: [{ scopeSpans: [{ spans }] }] })
    expect(decodeOtlpTraces(bytes, context(), batch)).toMatchObject({
      accepted: 1,
      message: '6 events past 1024 a span were dropped.',
    })
    const [row] = readRows('spans', batch.get('spans').written())
    expect(row!['events.name']).toHaveLength(1024)
  })

  test('nesting of any depth is refused without recursion', () => {
    let value: Uint8Array = len(1, Buffer.from('x'))
    for (let i = 0; i < 1000; i++) value = len(5, len(1, value))
    expect(decodeOtlpLogs(asLogs(len(5, value)), context(), new Batch())).toMatchObject({
      accepted: 0,
      reasons: { nesting_too_deep: 1 },
    })
  })

  test('two bytes a record cannot fill the memory', () => {
    const record = raw(0x12, 0x00)
    const scope = Buffer.alloc(8 * 1024 * 1024, record)
    const names = ['k8s.pod.name', 'k8s.node.name', 'service.name', 'k8s.container.name']
    const attributes = names.map((name) =>
      len(1, len(1, Buffer.from(name)), len(2, len(1, Buffer.alloc(256, 'x')))),
    )
    const batch = new Batch()
    const outcome = decodeOtlpLogs(len(1, len(1, ...attributes), len(2, scope)), context(), batch)
    expect(outcome.accepted + outcome.rejected).toBe(scope.length / 2)
    expect(outcome.reasons.record_too_large).toBe(outcome.rejected)
    expect(batch.bytes()).toBeLessThan(257 * 1024 * 1024)
  })
})

describe('JSON', () => {
  const f = (text: string, code: string): void => {
    test(text.slice(0, 60), () => {
      const bytes = new TextEncoder().encode(text)
      expect(codeOf(() => decodeOtlpLogsJson(bytes, context(), new Batch()))).toBe(code)
    })
  }
  f('{}', 'accepted')
  f('{"resourceLogs":null,"other":[1]}', 'accepted')
  f('{"__proto__":{"resourceLogs":[]},"constructor":1}', 'accepted')
  f('', 'payload_malformed')
  f('[]', 'payload_malformed')
  f('{"resourceLogs":[1]}', 'payload_malformed')
  f('{"resourceLogs":{}}', 'payload_malformed')
  f(
    '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1e3"}]}]}]}',
    'payload_malformed',
  )
  f(
    '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"severityNumber":"INFO"}]}]}]}',
    'payload_malformed',
  )
  f('['.repeat(100_000), 'payload_malformed')
  f('{"a":'.repeat(100_000), 'payload_malformed')

  test('reads numbers as text or number, ids as hexadecimal in any case', () => {
    const big = { key: '__proto__', value: { intValue: '9007199254740993' } }
    const span = {
      traceId: '5B8AA5A2d2c872e8321cf37308d69df2',
      spanId: '051581bf3cb55c13',
      startTimeUnixNano: now_ms * 1e6,
      endTimeUnixNano: `${now_ms}000007`,
      attributes: [big],
    }
    const text = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans: [span] }] }] })
    const batch = new Batch()
    const outcome = decodeOtlpTracesJson(new TextEncoder().encode(text), context(), batch)
    expect(outcome.accepted).toBe(1)
    const [row] = readRows('spans', batch.get('spans').written())
    expect(row!.trace_id).toBe('5b8aa5a2d2c872e8321cf37308d69df2')
    expect(Object.entries(row!.attributes as Row)).toEqual([['__proto__', '9007199254740993']])
  })
})

describe('identities', () => {
  test('a resource row comes once a day, until committed once a batch', () => {
    const known = new KnownIdentities()
    const record = (away_ms: number): Plain => ({ timeUnixNano: `${now_ms + away_ms}000000` })
    const bytes = logs([record(0), record(1), record(-day_ms), record(0)])
    const rowsOf = (): Row[] => {
      const batch = new Batch()
      decodeOtlpLogs(bytes, context({ known }), batch)
      if (commit) known.commit(batch)
      return readRows('resources', batch.get('resources').written())
    }
    let commit = false
    expect(rowsOf().length).toBe(2)
    commit = true
    expect(rowsOf().map((row) => row.time)).toEqual(
      [0, day_ms].map((away) => BigInt(now_ms - away)),
    )
    expect(rowsOf()).toEqual([])
  })

  test('the cluster of the token wins over the sender and is part of the identity', () => {
    const attributes = [{ key: 'k8s.cluster.name', value: { stringValue: 'forged' } }]
    const batch = new Batch()
    for (const cluster of ['prod', 'test', 'prod']) {
      decodeOtlpLogs(logs([{}], { attributes }), context({ cluster }), batch)
    }
    const rows = readRows('logs', batch.get('logs').written())
    expect(rows.map((row) => row.cluster)).toEqual(['prod', 'test', 'prod'])
    expect(new Set(rows.map((row) => row.resource_id)).size).toBe(2)
    expect(readRows('resources', batch.get('resources').written())).toMatchObject([
      { attributes: { 'k8s.cluster.name': 'prod' } },
      { attributes: { 'k8s.cluster.name': 'test' } },
    ])
  })
})

describe.each([
  { signal: 'logs', decode: decodeOtlpLogs, name: 'LogsData', messages: logsData },
  { signal: 'traces', decode: decodeOtlpTraces, name: 'TracesData', messages: tracesData },
  { signal: 'metrics', decode: decodeOtlpMetrics, name: 'MetricsData', messages: metricsData },
] as const)('mutated $signal', ({ decode, name, messages }) => {
  test('are decoded or refused as malformed, in bounded memory', () => {
    const samples = fc.sample(messages, { numRuns: 50, seed: 7 }).map((m) => encode(name, m))
    const batch = new Batch()
    const seen: Record<string, number> = {}
    let state = 12345
    const random = (below: number): number => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff
      return (state >>> 8) % below
    }
    for (let i = 0; i < 4000; i++) {
      const bytes = Uint8Array.from(samples[random(samples.length)]!)
      if (bytes.length === 0) continue
      for (let m = random(3); m >= 0; m--) bytes[random(bytes.length)] = random(256)
      const cut = random(4) === 0 ? random(bytes.length) : bytes.length
      batch.clear()
      const code = codeOf(() => decode(bytes.subarray(0, cut), context(), batch))
      seen[code] = (seen[code] ?? 0) + 1
      expect(batch.bytes()).toBeLessThan(1024 * 1024)
    }
    expect(Object.keys(seen).sort()).toEqual(['accepted', 'payload_malformed'])
    expect(Math.min(...Object.values(seen))).toBeGreaterThan(100)
  })
})

test('what a receiver sees of identities is bounded by the batch', () => {
  const dataPoints = Array.from({ length: 5000 }, (_, i) => ({
    timeUnixNano: `${now_ms}000000`,
    asInt: 1,
    attributes: [{ key: 'id', value: { intValue: i } }],
  }))
  const metrics = [{ name: 'm', gauge: { dataPoints } }]
  const bytes = encode('MetricsData', { resourceMetrics: [{ scopeMetrics: [{ metrics }] }] })
  const known = new KnownIdentities({ identities_max: 1000 })
  const batch = new Batch()
  expect(decodeOtlpMetrics(bytes, context({ known }), batch).accepted).toBe(5000)
  expect(batch.get('metric_series').rows).toBe(5000)
  expect(batch.newIdentities.size).toBe(5001)
  known.commit(batch)
  batch.clear()
  expect(batch.newIdentities.size).toBe(0)
  expect(batch.tables()).toEqual([])
})
