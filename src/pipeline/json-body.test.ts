/** JSON bodies in the spellings of the loggers people use. */
import { describe, expect, test } from 'vitest'
import { foundJson, readJsonBody } from './json-body.ts'

const near_s = 1_795_234_983
const trace = '5b8aa5a2d2c872e8321cf37308d69df2'
const span = '051581bf3cb55c13'

function read(text: string) {
  if (!readJsonBody(text, near_s)) return undefined
  const { keys, values, message, severity, trace_id, span_id } = foundJson
  const seconds = foundJson.is_timed ? foundJson.seconds : undefined
  const attributes = Object.fromEntries(keys.map((key, at) => [key, values[at]]))
  return { message, severity, trace_id, span_id, seconds, attributes }
}

describe('a JSON body', () => {
  const is = (
    text: string,
    expected: { attributes?: object; [key: string]: unknown } | undefined,
  ) =>
    test(text.slice(0, 80), () => {
      const found = read(text)
      if (expected === undefined) expect(found).toBeUndefined()
      else {
        expect(found).toMatchObject({ ...expected, attributes: {} })
        if (expected.attributes !== undefined)
          expect(found!.attributes).toEqual(expected.attributes)
      }
    })
  is('{"level":"info","msg":"hi"}', { message: 'hi', severity: 9, attributes: {} })
  is('{"level":30,"time":1795234983256,"pid":1,"msg":"pino"}', {
    ...{ message: 'pino', severity: 9, seconds: near_s, attributes: { pid: 1 } },
  })
  is('{"severity":"ERROR","message":"gke","httpRequest":{"status":500,"a":{"b":true}}}', {
    ...{ message: 'gke', severity: 17 },
    attributes: { 'httpRequest.status': 500, 'httpRequest.a.b': true },
  })
  is(`{"@timestamp":"2026-11-21T04:23:03.256Z","log.level":"warn","trace.id":"${trace}"}`, {
    ...{ message: undefined, severity: 13, seconds: near_s, trace_id: trace, attributes: {} },
  })
  is(`{"trace":{"id":"${trace}"},"span":{"id":"${span}"},"log":"x"}`, {
    ...{ message: 'x', trace_id: trace, span_id: span },
  })
  is(`{"traceId":"${trace}","spanId":"${span}"}`, { trace_id: trace, span_id: span })
  is('{"trace_id":"123","msg":"x"}', { trace_id: '', attributes: { trace_id: '123' } })
  is('{"level":"loud","msg":"x"}', { severity: 0, attributes: { level: 'loud' } })
  // A time of another day is about something else.
  is('{"time":"2020-01-01T00:00:00Z","msg":"x"}', {
    ...{ seconds: undefined, attributes: { time: '2020-01-01T00:00:00Z' } },
  })
  is('{"msg":{"a":1}}', { message: undefined, attributes: { 'msg.a': 1 } })
  is('{"msg":"a","message":"b"}', { message: 'a', attributes: { message: 'b' } })
  is('{"a":[1,{"b":2}],"n":null,"e":""}', { attributes: { a: '[1,{"b":2}]', e: '' } })
  is('{"id":9007199254740993,"big":123456789012345678901234567890,"f":1.5}', {
    attributes: { id: 9007199254740993n, big: 1.2345678901234568e29, f: 1.5 },
  })
  is('{"__proto__":{"x":1},"constructor":"c","msg":"m"}', {
    ...{ message: 'm', attributes: { '__proto__.x': 1, constructor: 'c' } },
  })
  is('[1,2]', undefined)
  is('{"broken":', undefined)
  is('{}', { attributes: {} })

  test('one with very many members keeps what a record may have', () => {
    const members = Object.fromEntries(Array.from({ length: 5000 }, (_, i) => [`k${i}`, i]))
    expect(readJsonBody(JSON.stringify(members), near_s)).toBe(true)
    expect(foundJson.keys.length + foundJson.dropped).toBe(5000)
    expect(foundJson.keys.length).toBeLessThan(1024)
  })

  test('one that nests a thousand deep is flattened only so far', () => {
    const text = `${'{"a":'.repeat(1000)}1${'}'.repeat(1000)}`
    expect(readJsonBody(text, near_s)).toBe(true)
    expect(foundJson.keys).toHaveLength(1)
    expect(foundJson.keys[0]!.split('.').length).toBeLessThan(12)
  })
})
