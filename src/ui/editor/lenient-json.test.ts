/** JSON as people write it: read, printed, and places found in it by their paths. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contextAt } from './json-context.ts'
import { placeOf } from './json-place.ts'
import { prettyJson, printValue, strictJson } from './json-print.ts'
import { readJson } from './lenient-json.ts'

function strict(text: string): string[] {
  const { values, problem } = readJson(text)
  if (problem !== undefined) return [`${problem.code} ${text.slice(problem.from, problem.to)}`]
  return values.map(strictJson)
}

test('what people write becomes JSON', () => {
  const f = (text: string, ...expected: string[]) => expect(strict(text), text).toEqual(expected)
  f('{"a": 1}', '{"a":1}')
  f('# one\n{"a": 1, // two\n "b": [true, null]}', '{"a":1,"b":[true,null]}')
  f('{"source": """\nctx.a = "b";\n"""}', '{"source":"\\nctx.a = \\"b\\";\\n"}')
  f('{"index":{}}\n{"message":"x"}\n', '{"index":{}}', '{"message":"x"}')
  f('{"url": "http://a//b#c"}', '{"url":"http://a//b#c"}')
  f('{"n": 12345678901234567890.10}', '{"n":12345678901234567890.10}')
  f('{"tab": "a\tb"}', '{"tab":"a\\tb"}')
  f('{"__proto__": 1}', '{"__proto__":1}')
  f('')
})

test('what is wrong is told with its place', () => {
  const f = (text: string, expected: string) => expect(strict(text), text).toEqual([expected])
  f('{"a": }', 'value }')
  f('{"a": 1,}', 'value ,')
  f('{"a" 1}', 'colon 1')
  f('{"a": 1 "b": 2}', 'comma "')
  f('{a: 1}', 'key a')
  f('{"a": "b\n}', 'string "b')
  f('{"a": """b', 'string """')
  f('{"a": [1, 2', 'end 2')
  f('{"a": tru}', 'value tru')
  f('{"a": 01}', 'value 01')
  f('['.repeat(200), 'depth [')
})

test('any JSON is read as JSON.parse reads it, and printed so that it is the same', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 5 }), (value) => {
      const text = JSON.stringify(value)
      const [node] = readJson(text).values
      expect(JSON.parse(strictJson(node!))).toEqual(JSON.parse(text))
      const [again] = readJson(prettyJson(node!)).values
      expect(JSON.parse(strictJson(again!))).toEqual(JSON.parse(text))
    }),
    { numRuns: 300 },
  )
})

test('no text makes it throw, and a problem lies within it', () => {
  const pieces = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    '"',
    '"""',
    ':',
    ',',
    '1',
    '\\',
    '#',
    '\n',
    'a',
  )
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 40 }), (parts) => {
      const text = parts.join('')
      const { problem } = readJson(text)
      if (problem === undefined) return
      expect(problem.from).toBeGreaterThanOrEqual(0)
      expect(problem.to).toBeLessThanOrEqual(text.length)
    }),
    { numRuns: 500 },
  )
})

test('it is printed for people', () => {
  expect(printValue({ processors: [{ set: { field: 'a', value: 'b' } }, { drop: {} }] })).toBe(
    `{
  "processors": [
    {
      "set": {
        "field": "a",
        "value": "b"
      }
    },
    {
      "drop": {}
    }
  ]
}`,
  )
  expect(printValue({ script: { source: 'a\nb' } })).toContain('"""a\nb"""')
  expect(printValue({ formats: ['ISO8601', 'UNIX'] })).toContain('["ISO8601", "UNIX"]')
})

describe('a place that a server names', () => {
  const source = `{
  "processors": [
    { "set": { "field": "a.b", "value": "x" } },
    { "script": { "source": """def x = 1;
ctx.y = ;""" } },
    { "script": { "source": "a\\n\\"b\\" = 1" } }
  ]
}`
  const [root] = readJson(source).values
  test.each([
    ['processors[0].set.value', undefined, '"x"'],
    ['processors[0].set', undefined, '"set"'],
    ['processors[0].set.missing', undefined, '"set"'],
    ['processors[9]', undefined, '"processors"'],
    ['', undefined, '{'],
    ['processors[1].script.source', { line: 2, column: 9 }, ';'],
    ['processors[2].script.source', { line: 2, column: 5 }, '='],
    ['processors[2].script.source', { line: 9, column: 9 }, '1'],
  ])('%s %j', (path, position, expected) => {
    const { from, to } = placeOf(source, root!, path, position)
    expect(source.slice(from, to)).toBe(expected)
  })
})

test('the cursor is found in what is being typed', () => {
  const f = (text: string, expected: unknown) => {
    const cursor = text.indexOf('|')
    const found = contextAt(text.replace('|', ''), 0, cursor)
    expect(found && { path: found.path.join('.'), at: found.at, typed: found.typed }, text).toEqual(
      expected,
    )
  }
  f('{"|', { path: '', at: 'key', typed: '' })
  f('{"processors": [{"se|', { path: 'processors.0', at: 'key', typed: 'se' })
  f('{"processors": [{"a": {}}, {"set": {"fie|": 1}', {
    ...{ path: 'processors.1.set', at: 'key', typed: 'fie' },
  })
  f('{"set": {"override": tr|', { path: 'set', at: 'value', typed: 'tr' })
  f('{"patterns": ["%{IP|', { path: 'patterns.0', at: 'value', typed: '%{IP' })
  f('|', undefined)
  f('{ # note|', undefined)
})
