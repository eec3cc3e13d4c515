/** The one-pass parser: tables of facts, random texts and mangled texts against the slow oracle. */
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { type OracleSample, readSlowly } from '../../../test/wire/exposition-oracle.ts'
import { Fault } from '../../model/faults.ts'
import {
  type ExpositionFormat,
  ExpositionParser,
  expositionBounds,
  expositionFormat,
} from './exposition.ts'

function parse(text: string, format: ExpositionFormat = 'text') {
  return parsePieces([text], format)
}

function parsePieces(pieces: readonly string[], format: ExpositionFormat) {
  const parser = new ExpositionParser(format)
  const samples: OracleSample[] = []
  for (const piece of pieces) {
    parser.feed(piece)
    take(parser, samples)
  }
  parser.finish()
  take(parser, samples)
  const families: Record<string, object> = Object.create(null)
  for (const { name, ...said } of parser.families.values()) families[name] = said
  return { samples, families }
}

function take(parser: ExpositionParser, samples: OracleSample[]): void {
  while (parser.next()) {
    const { name, labels } = parser.readSeries()
    const sample: OracleSample = {
      name,
      labels: Object.fromEntries(labels),
      value: parser.value,
      time_ms: parser.time_ms,
    }
    const { exemplar } = parser
    if (exemplar !== undefined) {
      sample.exemplar = { ...exemplar, labels: Object.fromEntries(exemplar.labels) }
    }
    samples.push(sample)
  }
}

function answer(text: string, format: ExpositionFormat, pieces = [text]) {
  try {
    return parsePieces(pieces, format)
  } catch (error) {
    if (error instanceof Fault && error.code === 'payload_malformed') return { refused: true }
    throw error
  }
}

test('samples of the text format', () => {
  const f = (line: string, expected: Partial<OracleSample>) =>
    expect(parse(line).samples).toEqual([
      { labels: {}, time_ms: undefined, ...expected } as OracleSample,
    ])

  f('up 1', { name: 'up', value: 1 })
  f('  up\t1\t', { name: 'up', value: 1 })
  f('up 1 1395066363000', { name: 'up', value: 1, time_ms: 1_395_066_363_000 })
  f('up -0', { name: 'up', value: -0 })
  f('a:b_c9 1.458255915e9', { name: 'a:b_c9', value: 1_458_255_915 })
  f('x NaN', { name: 'x', value: Number.NaN })
  f('x +Inf -3982045', { name: 'x', value: Number.POSITIVE_INFINITY, time_ms: -3_982_045 })
  f('x -inf', { name: 'x', value: Number.NEGATIVE_INFINITY })
  f('x .5', { name: 'x', value: 0.5 })
  f('x 12345678901234567890', { name: 'x', value: 12_345_678_901_234_567_000 })
  f('x{a="b"} 2', { name: 'x', labels: { a: 'b' }, value: 2 })
  f('x { a = "b" , c="d", } 2', { name: 'x', labels: { a: 'b', c: 'd' }, value: 2 })
  f('x{a="b"}2', { name: 'x', labels: { a: 'b' }, value: 2 })
  f('x{} 2', { name: 'x', value: 2 })
  f('x{a=""} 2', { name: 'x', value: 2 })
  f('x{a="}\\"\\\\\\n\\d,{"} 2', { name: 'x', labels: { a: '}"\\\n\\d,{' }, value: 2 })
  f('x{a="日本 é"} 2', { name: 'x', labels: { a: '日本 é' }, value: 2 })
  f('{"my.metric","a.b"="c"} 1', { name: 'my.metric', labels: { 'a.b': 'c' }, value: 1 })
  f('{"a.b"="c","my \\"m\\""} 1', { name: 'my "m"', labels: { 'a.b': 'c' }, value: 1 })
  f('x{"a.b"="c"} 1', { name: 'x', labels: { 'a.b': 'c' }, value: 1 })
})

test('samples of OpenMetrics', () => {
  const f = (line: string, expected: Partial<OracleSample>) =>
    expect(parse(`${line}\n# EOF\n`, 'openmetrics').samples).toEqual([
      { labels: {}, time_ms: undefined, ...expected } as OracleSample,
    ])

  f('x_total 17.0 1520879607.789', { name: 'x_total', value: 17, time_ms: 1_520_879_607_789 })
  f('x_bucket{le="1.0"} 8 # {trace_id="KOO5S4vxi0o"} 0.67', {
    name: 'x_bucket',
    labels: { le: '1.0' },
    value: 8,
    exemplar: { labels: { trace_id: 'KOO5S4vxi0o' }, value: 0.67, time_ms: undefined },
  })
  f('x_total 8 1.5 # {} 9.8 1520879607.789', {
    name: 'x_total',
    value: 8,
    time_ms: 1500,
    exemplar: { labels: {}, value: 9.8, time_ms: 1_520_879_607_789 },
  })
})

test('what is told of families', () => {
  const text = [
    '# HELP a what it\\n does \\\\ says',
    '# TYPE a counter',
    '# just a comment',
    '#',
    '# TYPE "b.c" gauge',
    '# TYPE d untyped',
    '# UNIT e_seconds seconds',
    '# EOF',
  ].join('\n')
  expect({ ...parse(text, 'openmetrics').families }).toEqual({
    a: { type: 'counter', help: 'what it\n does \\ says', unit: '' },
    'b.c': { type: 'gauge', help: '', unit: '' },
    d: { type: 'unknown', help: '', unit: '' },
    e_seconds: { type: 'unknown', help: '', unit: 'seconds' },
  })
})

test('refuses, and says where', () => {
  const f = (text: string, expected: RegExp, format: ExpositionFormat = 'text') =>
    expect(() => parse(text, format)).toThrow(expected)

  f('a 1\nb\n', /expected a value after b, in line 2: b/)
  f('a ""', /expected a number, got """"/)
  f('a 0x10', /expected a number/)
  f('a 1_000', /expected a number/)
  f('a 1e999', /expected a number/)
  f('a 1 1.5', /expected a time, got "1.5"/)
  f('a 1 2 3', /expected the end of the line/)
  f('a{b="c} 1', /a quoted text does not end/)
  f('a{b="c\n"} 1', /a quoted text does not end/)
  f('a{b="c" 1', /the labels do not end/)
  f('a{b="c",b="d"} 1', /label b is there twice/)
  f('a{9="c"} 1', /expected the name of a label/)
  f('a{b} 1', /expected = after a label/)
  f('{b="c"} 1', /expected the name of a metric/)
  f('a{"b"} 1', /expected = after a label/)
  f('9a 1', /expected the name of a metric, got "9"/)
  f('a 1 # {} 1', /expected the end of the line/)
  f('# TYPE a thing', /"thing" is no type/)
  f('a 1', /does not end with # EOF: it was cut off/, 'openmetrics')
  f('# EOF\na 1', /something follows # EOF/, 'openmetrics')
  f('a 1 # {b="c"} x\n# EOF', /expected the value of an exemplar/, 'openmetrics')
})

test('bounds are answers', () => {
  const f = (text: string, bounds: Partial<typeof expositionBounds>, expected: RegExp) =>
    expect(() => {
      const parser = new ExpositionParser('text', { ...expositionBounds, ...bounds })
      parser.feed(text).finish()
      while (parser.next()) parser.readSeries()
    }).toThrow(expected)

  f('a 1\nb 1\nc 1', { samples_max: 2 }, /more than 2 samples/)
  f('a{b="1",c="2"} 1', { labels_max: 1 }, /more than 1 labels/)
  f(`a{b="${'x'.repeat(99)}"} 1`, { line_length_max: 99 }, /longer than 99 characters/)
  f('# TYPE a gauge\n# HELP b x\n# UNIT c s\n# HELP c x', { samples_max: 2 }, /more than 2 types/)
})

test('a line that never ends is refused as soon as it is too long', () => {
  const parser = new ExpositionParser('text', { ...expositionBounds, line_length_max: 99 })
  const more = () => parser.feed('x'.repeat(40)).next()
  expect([more(), more()]).toEqual([false, false])
  expect(more).toThrow(/longer than 99 characters/)
})

test('the format follows the content type', () => {
  const f = (type: string, expected: ExpositionFormat) =>
    expect(expositionFormat(type)).toBe(expected)
  f('application/openmetrics-text; version=1.0.0; charset=utf-8', 'openmetrics')
  f('Application/OpenMetrics-Text', 'openmetrics')
  f('text/plain; version=0.0.4', 'text')
  f('application/openmetrics-texts', 'text')
  f('', 'text')
})

const anyText = fc.string({ unit: 'binary', maxLength: 12 })
const labelValue = fc.oneof(anyText, fc.constantFrom('', '"', '\\', '\n', '}', ' # {'))
const escaped = (text: string) =>
  text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
const number = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.constantFrom('NaN', '+Inf', '-Inf', '1.', '+5', '1e3', '0.1E-2'),
)
const blank = fc.constantFrom(' ', '\t', '  ')
const plainName = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,8}$/)
const label = fc
  .tuple(fc.oneof(plainName, anyText), labelValue)
  .map(([name, value]) =>
    /^[a-zA-Z_]\w*$/.test(name)
      ? `${name}="${escaped(value)}"`
      : `"${escaped(name)}"="${escaped(value)}"`,
  )
const labels = fc.uniqueArray(label, { maxLength: 4, selector: (text) => text.split('=')[0] })
const sampleText = fc
  .record({ name: plainName, labels, blank, number, time: fc.option(fc.integer()) })
  .map(({ name, labels: all, blank: space, number: value, time }) => {
    const braces = all.length === 0 ? '' : `{${all.join(',')}}`
    return `${name}${braces}${space}${value}${time === null ? '' : space + time}`
  })
const metaText = fc
  .record({
    word: fc.constantFrom('HELP', 'TYPE', 'UNIT', 'EOF', 'x'),
    name: plainName,
    rest: fc.oneof(fc.constantFrom('counter', 'gauge', 'histogram', 'seconds'), anyText),
  })
  .map(({ word, name, rest }) => `# ${word} ${name} ${escaped(rest)}`)
const exemplarText = fc.tuple(sampleText, labels, number).map(([sample, all, value]) => {
  return `${sample} # {${all.join(',')}} ${value}`
})
const exposition = fc
  .array(fc.oneof({ weight: 4, arbitrary: sampleText }, metaText, exemplarText), { maxLength: 8 })
  .map((lines) => `${lines.join('\n')}\n`)

test('agrees with the oracle on random texts', () => {
  let read = 0
  fc.assert(
    fc.property(exposition, fc.boolean(), (text, isOpen) => {
      const format = isOpen ? 'openmetrics' : 'text'
      const whole = isOpen ? `${text}# EOF\n` : text
      const expected = readSlowly(whole, format)
      if ('samples' in expected) read += expected.samples.length
      expect(answer(whole, format)).toEqual(expected)
    }),
    { numRuns: 1500, seed: 7 },
  )
  expect(read).toBeGreaterThan(1000)
})

/** As it may come out of a socket: in pieces, of which some are empty. */
function cutAt(text: string, places: readonly number[]): string[] {
  const cuts = [0, ...places.map((at) => at % (text.length + 1)), text.length].sort((a, b) => a - b)
  return cuts.slice(1).map((end, at) => text.slice(cuts[at], end))
}

test('agrees with the oracle on mangled texts', () => {
  const piece = fc.constantFrom(
    ...['"', '\\', '{', '}', '=', ',', ' ', '\n', '#', '# EOF', '1', 'e', 'NaN', '+', '.', ':'],
    ...['# TYPE a counter', '# HELP ', '\t', 'a', '{"', '"}', '\r', '\u0000', '日'],
  )
  const change = fc.tuple(fc.nat(200), fc.nat(3), piece)
  let refused = 0
  fc.assert(
    fc.property(exposition, fc.array(change, { minLength: 1, maxLength: 4 }), (text, changes) => {
      let mangled = text
      for (const [at, cut, put] of changes) {
        const place = at % (mangled.length + 1)
        mangled = mangled.slice(0, place) + put + mangled.slice(place + cut)
      }
      // What was decoded from UTF-8 holds no half characters.
      mangled = mangled.toWellFormed()
      for (const format of ['text', 'openmetrics'] as const) {
        const expected = readSlowly(mangled, format)
        if ('refused' in expected) refused++
        expect(answer(mangled, format), JSON.stringify(mangled)).toEqual(expected)
        const pieces = cutAt(
          mangled,
          changes.map(([at]) => at),
        )
        expect(answer(mangled, format, pieces), JSON.stringify(pieces)).toEqual(expected)
      }
    }),
    { numRuns: 4000, seed: 11 },
  )
  expect(refused).toBeGreaterThan(1000)
})
