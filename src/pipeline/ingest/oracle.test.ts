/** Readers and searches beside slow, obvious ones. */
import fc from 'fast-check'
import { RE2JS } from 're2js'
import { expect, it } from 'vitest'
import { ranOn } from '../../../test/ingest/pipeline-fixture.ts'
import { toPlain } from '../document.ts'
import { IngestRun } from './ingest-run.ts'
import { readJson } from './json-text.ts'
import { UserRegex } from './user-regex.ts'

const run = () => new IngestRun(new Map(), { now_ms: () => 0, find: () => undefined })

const atoms = fc.constantFrom(
  'a',
  'b',
  '.',
  '[ab]',
  '[^a]',
  '\\b',
  '^',
  '$',
  'é',
  '😀',
  '\\d',
  '(a|b)',
)
const quantifiers = fc.constantFrom('', '', '', '*', '+', '?', '*?', '+?', '{1,2}', '{2}')
const pieces = fc.array(fc.tuple(atoms, quantifiers), { minLength: 1, maxLength: 6 })
const patterns = fc
  .array(pieces, { minLength: 1, maxLength: 3 })
  .map((all) =>
    all.map((one) =>
      one.map(([a, q]) => (/[\^$]|\\b/.test(a) && a !== '[^a]' ? a : a + q)).join(''),
    ),
  )
  .map((all) => (all.length > 1 ? `(${all.join(')|(')})` : all[0]!))
const texts = fc.string({
  unit: fc.constantFrom('a', 'b', 'é', '😀', ' ', '\n', '1'),
  maxLength: 12,
})

it('finds what re2js finds', () => {
  fc.assert(
    fc.property(patterns, texts, (pattern, text) => {
      const regex = new UserRegex(pattern)
      const search = regex.search(text, run())
      const oracle = RE2JS.compile(pattern).matcher(text)
      for (let i = 0; i < 20; i++) {
        const isFound = oracle.find()
        expect(search.find()).toBe(isFound)
        if (!isFound) return
        for (let group = 0; group <= oracle.groupCount(); group++) {
          expect(search.group(group)).toBe(oracle.group(group))
        }
      }
    }),
    { numRuns: 3000, seed: 11 },
  )
})

/** Java's split on a plain separator, by its documentation. */
function javaSplit(text: string, separator: string): string[] {
  const found = text.split(separator)
  if (found.length === 1) return found
  while (found.length > 0 && found.at(-1) === '') found.pop()
  return found
}

const words = fc.string({ unit: fc.constantFrom('a', '-', '=', ' ', '|'), maxLength: 14 })

it('splits as a plain split does, and joins again', () => {
  fc.assert(
    fc.property(words, fc.constantFrom('-', '|', '=', '--', '-='), (text, separator) => {
      const quoted = separator.replace('|', '\\|')
      const split = { split: { field: 'a', separator: quoted } }
      expect(ranOn([split], { a: text }).source.a).toEqual(javaSplit(text, separator))
      const whole = { split: { field: 'a', separator: quoted, preserve_trailing: true } }
      const back = ranOn([whole, { join: { field: 'a', separator } }], { a: text })
      expect(back.source.a).toBe(text)
    }),
    { numRuns: 300, seed: 12 },
  )
})

it('reads pairs as splitting by hand does', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(words, words), { maxLength: 4 }), (pairs) => {
      const text = pairs.map(([key, value]) => `k${key}=${value}`).join(' ')
      const expected = new Map<string, string[]>()
      let isWrong = false
      for (const pair of javaSplit(text, ' ')) {
        const at = pair.indexOf('=')
        if (at < 0) isWrong = true
        else {
          const key = pair.slice(0, at)
          expected.set(key, [...(expected.get(key) ?? []), pair.slice(at + 1)])
        }
        if (isWrong || at === 0) break
      }
      fc.pre(![...expected.keys()].includes(''))
      const kv = { kv: { field: 'm', field_split: ' ', value_split: '=', target_field: 't' } }
      const ran = ranOn([kv], { m: text })
      if (isWrong) expect(ran.failed?.reason).toMatch(/does not contain value_split/)
      else {
        const plain = Array.from(expected, ([key, all]) => [key, all.length > 1 ? all : all[0]])
        expect(ran.source.t ?? {}).toEqual(Object.fromEntries(plain))
      }
    }),
    { numRuns: 300, seed: 13 },
  )
})

it('dissects as a lazy regular expression does', () => {
  const delimiters = fc.constantFrom(' ', '-', ' - ', '=', '|')
  fc.assert(
    fc.property(fc.array(delimiters, { minLength: 1, maxLength: 4 }), words, (between, text) => {
      const pattern = `${between.map((one, i) => `%{k${i}}${one}`).join('')}%{last}`
      const escaped = between.map((one) => `([\\s\\S]*?)${one.replace('|', '\\|')}`).join('')
      const match = new RegExp(`^${escaped}([\\s\\S]*)$`).exec(text)
      const ran = ranOn([{ dissect: { field: 'm', pattern } }], { m: text })
      if (match === null) expect(ran.failed?.type).toBe('dissect_exception')
      else {
        expect(ran.source.last).toBe(match.at(-1))
        for (const i of between.keys()) expect(ran.source[`k${i}`]).toBe(match[i + 1])
      }
    }),
    { numRuns: 300, seed: 14 },
  )
})

it('reads JSON as JSON.parse does, and refuses what it refuses', () => {
  const options = { allowDuplicateKeys: true, isStrict: true }
  fc.assert(
    fc.property(fc.json({ maxDepth: 4 }), (text) => {
      expect(toPlain(readJson(text, options))).toEqual(JSON.parse(text))
    }),
    { numRuns: 300, seed: 15 },
  )
  const broken = fc.tuple(
    fc.json({ maxDepth: 2 }),
    fc.nat(),
    fc.constantFrom('', '"', '{', ',', 'x'),
  )
  fc.assert(
    fc.property(broken, ([text, at, put]) => {
      const place = at % (text.length + 1)
      const bad = text.slice(0, place) + put + text.slice(place + 1)
      let expected: unknown
      let isWrong = false
      try {
        expected = JSON.parse(bad)
      } catch {
        isWrong = true
      }
      if (isWrong) expect(() => readJson(bad, options)).toThrow()
      else expect(toPlain(readJson(bad, options))).toEqual(expected)
    }),
    { numRuns: 600, seed: 16 },
  )
})

it('keeps every digit of a long', () => {
  const options = { allowDuplicateKeys: false, isStrict: true }
  expect(readJson('9223372036854775807', options)).toBe(9_223_372_036_854_775_807n)
  expect(readJson('[1e2, -0.5, 1234567890123456789012]', options)).toEqual([
    100,
    -0.5,
    Number('1234567890123456789012'),
  ])
})
