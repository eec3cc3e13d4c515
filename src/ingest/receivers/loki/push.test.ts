/** Push requests in both forms, against each other and against what was meant. */
import { existsSync, readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { capture_ms, corpus, decodeAlone, fluentBit } from '../../../../test/ingest/decode-alone.ts'
import { encodePush } from '../../../../test/wire/loki-proto.ts'
import { snappyEncode } from '../../../../test/wire/snappy.ts'
import { decodeLokiJson } from './push-json.ts'
import { decodeLokiProtobuf } from './push-protobuf.ts'

type Entry = { ns: bigint; line: string; metadata: Record<string, string> }
type Stream = { labels: Record<string, string>; entries: Entry[] }

const asJson = (streams: Stream[]) =>
  JSON.stringify({
    streams: streams.map(({ labels, entries }) => ({
      stream: labels,
      values: entries.map(({ ns, line, metadata }) => [String(ns), line, metadata]),
    })),
  })
const asProtobuf = (streams: Stream[]) => {
  const labelText = (labels: Record<string, string>) =>
    `{${Object.entries(labels).map(([key, value]) => `${key}=${JSON.stringify(value)}`)}}`
  const plain = streams.map(({ labels, entries }) => ({
    labels: labelText(labels),
    entries: entries.map(({ ns, line, metadata }) => ({
      timestamp: { seconds: String(ns / 1_000_000_000n), nanos: Number(ns % 1_000_000_000n) },
      line,
      structuredMetadata: Object.entries(metadata).map(([name, value]) => ({ name, value })),
    })),
  }))
  return snappyEncode(encodePush({ streams: plain }))
}

const label = fc.constantFrom('a', 'b', 'app', 'pod', 'namespace', 'level', 'job', 'stream')
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 40 }),
  fc.constantFrom('warn', 'stdout', '\u0000\b\f\\"/', '\ud83d\ude00', ''),
)
const line = fc.oneof(
  text,
  fc.constantFrom(
    '{"level":"info","msg":"hi"}',
    '{"log":"{\\"msg\\":\\"in\\"}\\n","stream":"stdout","kubernetes":{"pod_name":"p-0"}}',
    '{"log":"x","stream":',
    'level=error broken',
  ),
)
const entry = fc.record({
  ns: fc.bigInt({ min: 0n, max: 10n ** 15n }).map((ns) => BigInt(capture_ms) * 1_000_000n - ns),
  line,
  metadata: fc.dictionary(label, text, { maxKeys: 3, noNullPrototype: true }),
})
const stream = fc.record({
  labels: fc.dictionary(label, text, { minKeys: 1, maxKeys: 5, noNullPrototype: true }),
  entries: fc.array(entry, { maxLength: 5 }),
})

test('both forms of any request give the same rows, one for each entry', () => {
  fc.assert(
    fc.property(fc.array(stream, { maxLength: 4 }), (streams) => {
      const json = decodeAlone(decodeLokiJson, asJson(streams))
      const protobuf = decodeAlone(decodeLokiProtobuf, asProtobuf(streams))
      const all = streams.flatMap(({ entries }) => entries)
      expect(json.outcome).toMatchObject({ accepted: all.length, rejected: 0 })
      expect(json.logs.map(({ time }) => time)).toEqual(all.map(({ ns }) => ns))
      expect(protobuf.logs).toEqual(json.logs)
      // To the byte as it was sent, but for what a shipper wrapped around the line.
      const isWrapped = (line: string) => line.startsWith('{"log":"{')
      const sent = all.map(({ line }) => (isWrapped(line) ? 'in' : line))
      expect(json.logs.map(({ body }) => body)).toEqual(sent)
    }),
    { numRuns: 150 },
  )
})

describe('what shippers send', () => {
  test('Promtail: labels, structured metadata, and labels behind their entries', () => {
    const { outcome, logs } = decodeAlone(
      decodeLokiJson,
      readFileSync(corpus('loki/promtail.json')),
    )
    expect(outcome).toMatchObject({ accepted: 3, rejected: 0 })
    const [first, second, third] = logs
    expect(first).toMatchObject({
      namespace: 'shop',
      pod: 'cart-7d9f8b6c5d-x2x1z',
      container: 'cart',
      node: 'worker-1',
      service: 'cart',
      time: 1795234983256874811n,
      body: 'level=error msg="payment \\"refused\\"" order=17',
      attributes: { app: 'cart', job: 'shop/cart', stream: 'stderr' },
    })
    expect(second).toMatchObject({
      body: expect.stringMatching(/^\{"level":"info","msg":"GET \/cart\/1",/),
      severity_text: 'warn',
      trace_id: 'a'.repeat(32),
      attributes: { user: '가ñ' },
    })
    expect(third).toMatchObject({ body: 'values before their labels', service: 'varlogs' })
  })

  test('a line that is an object stays one; what it says is beside it', () => {
    const line = ' {"level":"warn","message":"slow","status":500,"a":{"b":"c"}}\n'
    const values = [[`${capture_ms}000000`, line]]
    const push = JSON.stringify({ streams: [{ stream: { app: 'cart' }, values }] })
    expect(decodeAlone(decodeLokiJson, push).logs).toMatchObject([
      {
        body: line,
        severity_text: 'warn',
        attributes: { message: 'slow', 'a.b': 'c' },
        numbers: { status: 500 },
      },
    ])
  })

  test('the older form', () => {
    const body = readFileSync(corpus('loki/old-form.json'))
    const { logs } = decodeAlone(decodeLokiJson, body)
    expect(logs).toMatchObject([
      { body: 'the older form', time: 1795234983256874811n, service: 'web' },
      { body: 'with an offset', time: 1795234984500000000n, attributes: { foo: 'bar' } },
    ])
  })

  const capture = fluentBit('loki.loki-api-v1-push-1.body')
  test.skipIf(!existsSync(capture))('Fluent Bit (skipped without its capture)', () => {
    const { outcome, logs } = decodeAlone(decodeLokiJson, readFileSync(capture))
    expect(outcome).toMatchObject({ accepted: 43, rejected: 0 })
    expect(logs.map(({ body }) => body)).toEqual([
      ...Array.from({ length: 40 }, (_, i) => `GET /cart/${i + 1} took ${7 * (i + 1)}ms`),
      'java.lang.IllegalStateException: part one part two',
      '\tat com.example.Foo(Foo.java:1)',
      expect.stringMatching(/^한국어 español .*broken utf8$/),
    ])
    expect(logs[0]).toMatchObject({
      cluster: 'c1',
      service: 'fluentbit',
      severity_text: 'info',
      trace_id: '5b8aa5a2d2c872e8321cf37308d69df2',
    })
  })
})

describe('what is refused beside what is stored', () => {
  const ns = `${capture_ms}000000`
  const old = `${capture_ms - 30 * 86_400_000}000000`
  const push = (...values: unknown[]) =>
    JSON.stringify({ streams: [{ stream: { app: 'cart' }, values }] })
  test.each<[string, string, object, RegExp]>([
    [
      'entries that are too old',
      push([old, 'x'], [ns, 'y'], [old, 'z']),
      { accepted: 1, rejected: 2, reasons: { time_too_old: 2 } },
      new RegExp(
        `^entry for stream '\\{"app":"cart"\\}' has timestamp too old: 2026-10-22T.*, ` +
          'oldest acceptable timestamp is: 2026-11-07T.*, ' +
          'total ignored: 2 out of 3 \\(2 time_too_old\\)$',
      ),
    ],
    [
      'timestamps that are numbers',
      push([Number(ns), 'x'], [ns, 'y']),
      { accepted: 1, rejected: 1, reasons: { value_invalid: 1 } },
      /^expected the timestamp to be a string of nanoseconds/,
    ],
    [
      'timestamps that are no numbers',
      push(['now', 'x'], ['-5', 'x'], ['', 'x'], [`${ns}0`, 'x'], [ns, 'y']),
      { accepted: 1, rejected: 4 },
      /4 value_invalid/,
    ],
    [
      'entries that are none',
      push('x', [], [ns], 7, null, { a: 1 }, [ns, 'y']),
      { accepted: 1, rejected: 6 },
      /total ignored: 6 out of 7/,
    ],
    [
      'metadata that is no text',
      push([ns, 'x', { a: 1 }], [ns, 'x', 'y'], [ns, 'y', {}, 'more']),
      { accepted: 1, rejected: 2 },
      /structured metadata to be strings/,
    ],
    [
      'a stream with a bad label',
      JSON.stringify({
        streams: [
          { stream: { 'a-b': 'x' }, values: [[ns, 'x'], 'y'] },
          { stream: { app: 'cart' }, values: [[ns, 'y']] },
        ],
      }),
      { accepted: 1, rejected: 2 },
      /"a-b" is no label name/,
    ],
  ])('%s', (_name, body, outcome, says) => {
    const seen = decodeAlone(decodeLokiJson, body)
    expect(seen.outcome).toMatchObject(outcome)
    expect(seen.outcome.message).toMatch(says)
    expect(seen.logs.map((row) => row.body)).toEqual(['y'])
    expect(seen.refused[0]?.sample?.length).toBeGreaterThan(0)
  })

  test('a bad stream of protobuf', () => {
    const entries = [{ timestamp: { seconds: capture_ms / 1000, nanos: 2_000_000_000 }, line: 'x' }]
    const good = [{ timestamp: { seconds: capture_ms / 1000 }, line: 'y' }]
    const streams = [
      { labels: '{a="b"', entries: good },
      { labels: '{a="b"}', entries },
      { labels: '{a="b"}', entries: good },
    ]
    const seen = decodeAlone(decodeLokiProtobuf, snappyEncode(encodePush({ streams })))
    expect(seen.outcome).toMatchObject({
      accepted: 1,
      rejected: 2,
      reasons: { label_invalid: 1, value_invalid: 1 },
    })
  })
})

test('random bytes in a request never do worse than be refused', () => {
  const whole = Buffer.from(
    asJson([{ labels: { app: 'cart' }, entries: [{ ns: 1n, line: 'a"b', metadata: { a: 'b' } }] }]),
  )
  const change = fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255) })
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const body = Buffer.from(whole)
      for (const { at, byte } of changes) body[at] = byte
      for (const decode of [decodeLokiJson, decodeLokiProtobuf]) {
        try {
          decodeAlone(decode, body)
        } catch (error) {
          expect(error).toMatchObject({ code: 'payload_malformed' })
        }
      }
    }),
    { numRuns: 500 },
  )
})
