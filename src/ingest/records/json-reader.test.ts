/** The reader of JSON beside JSON.parse: the same fields, and the same texts refused. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { viewOf } from '../../wire/copy-bytes.ts'
import { FlatRecord, valueKinds } from './flat-record.ts'
import { jsonProblem, readJsonObject } from './json-reader.ts'
import { pathOf } from './paths.ts'

const record = new FlatRecord()

function read(text: string): Map<string, string | number> | undefined {
  record.clear()
  // Between other bytes, as in a request.
  const bytes = Buffer.from(`{"x":1}\n${text}\n{"y":2}`)
  const end = bytes.length - 8
  if (!readJsonObject(record, bytes, viewOf(bytes), 8, end)) return undefined
  const fields = new Map<string, string | number>()
  for (let i = 0; i < record.count; i++) {
    const isText = record.kind[i] === valueKinds.text
    fields.set(record.paths[i]!.name, isText ? record.textAt(i) : record.value[i]!)
  }
  return fields
}

/** The same by way of objects: slow and plain. */
function flattened(value: object): Map<string, string | number> {
  const fields = new Map<string, string | number>()
  const put = (name: string, member: unknown) => {
    if (member === null) return
    if (Array.isArray(member)) {
      const [only] = member
      if (member.length === 1 && typeof only === 'string') fields.set(name, only.toWellFormed())
      else if (member.length > 0) fields.set(name, JSON.stringify(member))
    } else if (typeof member === 'object') walk(`${name}.`, member as object)
    else if (typeof member === 'number') {
      // Whole ones that may have lost digits stay text.
      const isExact = Number.isSafeInteger(member) || !/^-?\d+$/.test(String(member))
      fields.set(name, isExact ? member : String(member))
    } else fields.set(name, String(member).toWellFormed())
  }
  const walk = (prefix: string, of: object) => {
    for (const [key, member] of Object.entries(of)) put(prefix + key.toWellFormed(), member)
  }
  walk('', value)
  return fields
}

test('reads what JSON.parse reads', () => {
  const value = fc.letrec((tie) => ({
    any: fc.oneof(
      { depthSize: 'small' },
      fc.string({ unit: 'binary' }),
      fc.string(),
      fc.double({ noNaN: true, noDefaultInfinity: true }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.array(tie('any'), { maxLength: 4 }),
      tie('object'),
    ),
    object: fc.dictionary(fc.string({ maxLength: 8, unit: 'binary' }), tie('any'), { maxKeys: 6 }),
  }))
  const property = fc.property(value.object, fc.constantFrom(0, 2), (object, indent) => {
    const text = JSON.stringify(object)
    const parsed = JSON.parse(text)
    if (indent === 0) expect(read(text)).toEqual(flattened(parsed))
    else {
      const names = read(JSON.stringify(object, undefined, indent))
      expect([...(names?.keys() ?? [])]).toEqual([...flattened(parsed).keys()])
    }
  })
  fc.assert(property, { numRuns: 500, seed: 7 })
})

test('objects that come again are read as the first time, whatever is around them', () => {
  const member = fc.oneof(
    fc.constantFrom('node-7', 'a "quoted" one', '', 'é', 'x'.repeat(30), 7, 0.5, true, null),
    fc.constantFrom(['a'], [1, { b: 2 }], [], { f: 'inner' }, { f: 'inner', e: { d: 1 } }),
  )
  const inner = fc.record(
    { name: member, uid: member, 'a.b': member, a: member, e: member },
    { requiredKeys: [] },
  )
  const outer = fc.record(
    { host: inner, agent: inner, 'host.name': member, k: fc.record({ pod: inner }) },
    { requiredKeys: [] },
  )
  const several = fc.array(outer, { minLength: 1, maxLength: 3 })
  const property = fc.property(several, (documents) => {
    for (const document of [...documents, ...documents, ...documents]) {
      const text = JSON.stringify(document)
      expect(read(text)).toEqual(flattened(JSON.parse(text)))
    }
  })
  fc.assert(property, { numRuns: 300, seed: 11 })
})

test('a known object is too deep where it would be too deep when read', () => {
  const levels = (count: number) => `${'{"l":'.repeat(count)}1${'}'.repeat(count)}`
  const at = (depth: number) => `{"p":${'{"q":'.repeat(depth)}${levels(20)}${'}'.repeat(depth)}}`
  // The same path by dotted names, at another depth.
  const dotted = (depth: number) => `{"p${'.q'.repeat(depth)}":${levels(20)}}`
  const oracle = Array.from({ length: 40 }, (_, depth) => new FlatRecord() && read(at(depth)))
  for (let again = 0; again < 3; again++) {
    for (let depth = 0; depth < 40; depth++) {
      expect(read(dotted(depth)) === undefined).toBe(false)
      expect(read(at(depth)) === undefined, `${depth}`).toBe(oracle[depth] === undefined)
    }
  }
  expect(oracle[0]).toBeDefined()
  expect(oracle[39]).toBeUndefined()
})

function accepts(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
  } catch {
    return false
  }
}

test('refuses what JSON.parse refuses, whatever is broken', () => {
  const seeds = [
    '{"a":[1,{"b":[true,null,"x\\n"]},-0.5e+3],"c":{"d":""},"e":12345678901234567890}',
    '{"level":"info","tags":["a"],"n":0,"f":1.25,"z":{"a":{"b":[]}},"t":false}',
  ]
  const letters = '{}[]",:0123456789.eE+-\\utrfalsn \t/'
  const change = fc.tuple(fc.nat({ max: 80 }), fc.nat({ max: 2 }), fc.constantFrom(...letters, ''))
  const property = fc.property(
    fc.constantFrom(...seeds),
    fc.array(change, { minLength: 1, maxLength: 3 }),
    (seed, changes) => {
      let text = seed
      for (const [at, gone, put] of changes) text = text.slice(0, at) + put + text.slice(at + gone)
      expect(read(text) !== undefined, text).toBe(accepts(text))
    },
  )
  fc.assert(property, { numRuns: 4_000, seed: 11 })
})

test('what is no object is refused', () => {
  for (const text of [
    ...['', ' ', '7', '"a"', '[]', '[{}]', 'null', '{', '}', '{]', '[}', '{}}', '{} {}', '{"a"}'],
    ...['{"a":}', '{"a":1,}', '{,}', '{"a" 1}', '{a:1}', "{'a':1}", '{"a":1 "b":2}'],
    ...['{"a":[1,]}', '{"a":[,1]}', '{"a":[1 2]}', '{"a":[}', '{"a":[1}', '{"a":[{]}'],
    ...['{"a":[{"b":1,}]}', '{"a":[{"b"}]}', '{"a":[{1:2}]}', '{"a":[{,}]}', '{"a":[[1,]]}'],
    ...['{"a":01}', '{"a":1.}', '{"a":.5}', '{"a":-}', '{"a":+1}', '{"a":1e}', '{"a":1e+}'],
    ...['{"a":NaN}', '{"a":Infinity}', '{"a":tru}', '{"a":nul}', '{"a":0x1}', '{"a":1_0}'],
    ...['{"a":"\n"}', '{"a":"\t"}', '{"a":"\\x"}', '{"a":"\\u12"}', '{"a":"\\u12g4"}', '{"a":"'],
    ...['{"a":["\\x"]}', '{"a":["\\u1"]}', '{"a":[{"\\q":1}]}', '{"a":"b\\"}', '{"a":[-]}'],
  ]) {
    expect(read(text), text).toBeUndefined()
    expect(accepts(text), text).toBe(false)
    expect(jsonProblem.detail, text).not.toBe('')
  }
})

test('nesting has an end, in objects and in arrays', () => {
  const objects = (depth: number) => `${'{"a":'.repeat(depth)}1${'}'.repeat(depth)}`
  const arrays = (depth: number) => `{"a":${'['.repeat(depth)}${']'.repeat(depth)}}`
  expect(read(objects(32))?.size).toBe(1)
  expect(read(arrays(32))?.size).toBe(1)
  for (const text of [objects(33), arrays(33), objects(100_000), arrays(100_000)]) {
    expect(read(text)).toBeUndefined()
    expect(jsonProblem.isTooDeep).toBe(true)
  }
})

test('numbers are exact or stay text', () => {
  const f = (text: string, expected: string | number) =>
    expect(read(`{"n":${text}}`)?.get('n')).toBe(expected)
  f('0', 0)
  f('-0.0', -0)
  f('10', 10)
  f('0.1', 0.1)
  f('123456789.012345', 123456789.012345)
  f('-1.5E-3', -0.0015)
  f('9007199254740991', 9007199254740991)
  f('9007199254740993', '9007199254740993')
  f('-12345678901234567890', '-12345678901234567890')
  f('1e400', '1e400')
  f('3.14159265358979323846', Math.PI)
})

test('names from outside are names', () => {
  const fields = read('{"__proto__":{"polluted":1},"constructor":{"prototype":{"a":2}}}')
  expect([...fields!.keys()]).toEqual(['__proto__.polluted', 'constructor.prototype.a'])
  expect(({} as { polluted?: number }).polluted).toBeUndefined()
})

test('the last of equal names counts, and a text of one item is that text', () => {
  expect(read('{"a":1,"a":2}')).toEqual(new Map([['a', 2]]))
  expect(read('{"tags":["x\\ty"],"none":[],"blank":[ ],"two":["a","b"]}')).toEqual(
    new Map([
      ['tags', 'x\ty'],
      ['two', '["a","b"]'],
    ]),
  )
})

test('a thousand fields are kept, and the others counted', () => {
  const members = Array.from({ length: 2000 }, (_, i) => `"k${i}":${i}`)
  read(`{${members.join(',')}}`)
  expect(record.count + record.dropped).toBe(2000)
  expect(record.count).toBeGreaterThanOrEqual(1024)
  expect(record.indexOf(pathOf('k1023'))).toBe(1023)
})
