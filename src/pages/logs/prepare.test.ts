/** What the Logs page decides before it draws. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { highlighted, oneLine, prettyJson, wordsOf } from './prepare.ts'

test('the words of a search are what bodies are searched for', () => {
  const f = (search: string, words: string[]) => expect(wordsOf(search)).toEqual(words)
  f('', [])
  f('timeout service:cart', ['timeout'])
  f('"connection lost" body:retry severity >= warn', ['connection lost', 'retry'])
  f('(((', [])
})

test('highlighting marks every match and loses nothing', () => {
  expect(highlighted('Timeout after timeout', ['timeout'])).toEqual([
    { text: 'Timeout', is_match: true },
    { text: ' after ', is_match: false },
    { text: 'timeout', is_match: true },
  ])
  fc.assert(
    fc.property(
      fc.string(),
      fc.array(fc.string({ minLength: 1 }), { maxLength: 3 }),
      (text, words) => {
        const parts = highlighted(text, words)
        expect(parts.map((part) => part.text).join('')).toBe(text)
      },
    ),
  )
})

test('a JSON body is indented, any other is left alone', () => {
  expect(prettyJson('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}')
  expect(prettyJson('{broken')).toBeUndefined()
  expect(prettyJson('plain')).toBeUndefined()
})

test('a row is one line, whatever the body holds', () => {
  expect(oneLine('a\n\tb')).toBe('a ⏎ b')
  expect(oneLine('\u001b[31mred')).toBe('␛[31mred')
})
