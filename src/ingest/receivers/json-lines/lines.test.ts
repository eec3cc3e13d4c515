/** JSON records in every shape of body that senders make. */
import { existsSync, readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { corpus, decodeAlone, fluentBit } from '../../../../test/ingest/decode-alone.ts'
import { defaultsOf } from './defaults.ts'
import { jsonLines, type LineError } from './lines.ts'

function read(body: string | Uint8Array, query = '') {
  const errors: LineError[] = []
  const decode = jsonLines(defaultsOf(new URLSearchParams(query)), errors)
  return { ...decodeAlone(decode, body), errors }
}

describe('records in a body', () => {
  test.each<[string, string, string[], [line: number, record: number][]]>([
    ['nothing', '', [], []],
    ['blank lines', '\n \r\n\n', [], []],
    ['lines', '{"message":"a"}\n{"message":"b"}\r\n', ['a', 'b'], []],
    ['one object', '{"message":"a"}', ['a'], []],
    ['one over lines', '{\n  "message": "a",\n  "x": [\n1]\n}\n', ['a'], []],
    ['no newline between', '{"message":"a"}{"message":"b"} {"message":"c"}', ['a', 'b', 'c'], []],
    ['an array', '[{"message":"a"},\n {"message":"b"}]', ['a', 'b'], []],
    ['an empty array', '[ ]', [], []],
    ['arrays and lines', '[{"message":"a"}]\n{"message":"b"}\n[]', ['a', 'b'], []],
    ['commas after lines', '{"message":"a"},\n{"message":"b"},\n', ['a', 'b'], []],
    ['a byte order mark', '\ufeff{"message":"a"}', ['a'], []],
    ['JSON text sequences', '\u001e{"message":"a"}\n\u001e{"message":"b"}\n', ['a', 'b'], []],
    ['a line that is none', '{"message":"a"}\nhello\n{"message":"b"}', ['a', 'b'], [[2, 2]]],
    ['a number', '{"message":"a"}\n7\n{"message":"b"}', ['a', 'b'], [[2, 2]]],
    ['a cut line', '{"message":"a\n{"message":"b"}\n', ['b'], [[1, 1]]],
    ['a missing brace', '{"x":1\n{"message":"b"}\n', ['b'], [[1, 1]]],
    ['a missing value', '{"x":\n{"message":"b"}\n{"message":"c"}', ['b', 'c'], [[1, 1]]],
    ['a word after', '{"message":"a"} x\n{"message":"b"}', ['a', 'b'], [[1, 2]]],
    ['a bad item', '[{"message":"a"},\n{"x":tru},{"message":"b"}]', ['a', 'b'], [[2, 2]]],
    [
      'items that are none',
      '[1,"],",{"message":"b"},[{}]]',
      ['b'],
      [
        [1, 1],
        [1, 2],
        [1, 4],
      ],
    ],
    ['a cut array', '[{"message":"a"},{"message":"b"}', ['a', 'b'], [[1, 3]]],
    ['commas without items', '[,{"message":"a"}]', ['a'], [[1, 1]]],
  ])('%s', (_name, body, bodies, errors) => {
    const seen = read(body)
    expect(seen.logs.map((row) => row.body)).toEqual(bodies)
    expect(seen.errors.map(({ line, record }) => [line, record])).toEqual(errors)
    expect(seen.outcome).toMatchObject({ accepted: bodies.length, rejected: errors.length })
  })

  test('are all there, whatever stands between them', () => {
    const record = fc
      .record({ message: fc.string({ unit: 'grapheme', minLength: 1 }), extra: fc.json() })
      .map(({ message, extra }) => ({ message: `m${message}.`, extra: JSON.parse(extra) }))
    const between = fc.constantFrom('\n', '\r\n', '', ' ', '\n\n', ',\n')
    const shape = fc.oneof(between, fc.constant('array'), fc.constant('indented'))
    fc.assert(
      fc.property(fc.array(record, { maxLength: 8 }), shape, (records, how) => {
        const lines = records.map((one) => JSON.stringify(one))
        const indented = records.map((one) => JSON.stringify(one, undefined, 2)).join('\n')
        const body =
          how === 'array' ? `[${lines}]` : how === 'indented' ? indented : lines.join(how)
        const { outcome, logs } = read(body)
        expect(outcome).toMatchObject({ accepted: records.length, rejected: 0 })
        expect(logs.map((row) => row.body)).toEqual(records.map(({ message }) => message))
      }),
      { numRuns: 200 },
    )
  })
})

describe('what senders send', () => {
  const capture = fluentBit('http.jsonl-1.body')
  test.skipIf(!existsSync(capture))('Fluent Bit (skipped without its capture)', () => {
    const { outcome, logs } = read(readFileSync(capture))
    expect(outcome).toMatchObject({ accepted: 43, rejected: 0 })
    expect(logs[0]).toMatchObject({
      body: 'GET /cart/1 took 7ms',
      time: 1795234983314612415n,
      severity_text: 'info',
    })
    expect(logs.at(-1)?.body).toMatch(/^한국어 español/)
  })

  test("Fluent Bit's array, with each of its times", () => {
    const { logs } = read(readFileSync(corpus('json-lines/fluent-bit.json')))
    expect(logs.map(({ time, body }) => [time, body])).toEqual([
      [1795234983256874000n, 'first'],
      [1795234984500000000n, 'second'],
      [1795234985123000000n, 'third'],
    ])
  })

  test('Vector, with a line that was cut', () => {
    const { outcome, logs, errors } = read(readFileSync(corpus('json-lines/vector.ndjson')))
    expect(outcome).toMatchObject({ accepted: 3, rejected: 1 })
    expect(errors).toMatchObject([{ line: 4, record: 3, reason: 'line_malformed' }])
    expect(logs).toMatchObject([
      { body: 'GET /cart 200', time: 1795234983256874811n, attributes: { host: 'web-1' } },
      { body: '한국어 español', severity_number: 13 },
      { body: 'after it', trace_id: '5b8aa5a2d2c872e8321cf37308d69df2' },
    ])
  })
})

test('the address fills in what records do not say', () => {
  const lines = '{"message":"a"}\n{"message":"b","service_name":"own","kubernetes.namespace":"x"}'
  const { logs } = read(lines, 'service=cart&namespace=shop&cluster=c1&dataset=web&other=1')
  expect(logs).toMatchObject([
    {
      service: 'cart',
      namespace: 'shop',
      cluster: 'c1',
      attributes: { 'data_stream.dataset': 'web' },
    },
    { service: 'own', namespace: 'x', cluster: 'c1' },
  ])
})

describe('bodies made to be slow', () => {
  test.each<[string, string]>([
    ['lines that are none', 'x\n'.repeat(2_000_000)],
    ['objects that never end', '{"a":[1,\n'.repeat(300_000)],
    ['one array that never ends', `{"a":[\n${'7,\n'.repeat(1_000_000)}`],
    ['braces', '{'.repeat(5_000_000)],
    ['an array of braces', `[${'{'.repeat(5_000_000)}`],
    ['brackets', '['.repeat(5_000_000)],
    ['a text without an end', `{"a":"${'x'.repeat(5_000_000)}`],
    ['commas', `[${','.repeat(1_000_000)}`],
  ])('%s', (_name, body) => {
    const began_ms = performance.now()
    const { outcome, errors } = read(body)
    expect(outcome.accepted).toBe(0)
    expect(outcome.rejected).toBeGreaterThan(0)
    expect(errors.length).toBeLessThanOrEqual(100)
    expect(performance.now() - began_ms).toBeLessThan(5_000)
  })
})
