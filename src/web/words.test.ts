/** Every text exists in every language, with the same holes and elements, and under one owner. */
import { expect, test } from 'vitest'
import { languages } from '../ui/i18n/translate.ts'
import { allWords } from './words.ts'

test('the three dictionaries have equal keys', () => {
  for (const words of allWords) {
    const keys = Object.keys(words.en).sort()
    for (const language of languages) expect(Object.keys(words[language]).sort()).toEqual(keys)
  }
})

test('a text has the same holes and elements in every language', () => {
  const marks = (text: string) => (text.match(/\{\w+\}|<\/?\w+>/g) ?? []).sort()
  for (const words of allWords) {
    for (const [key, text] of Object.entries(words.en)) {
      for (const language of languages) {
        expect([key, language, marks(words[language][key] ?? '')]).toEqual([
          key,
          language,
          marks(text),
        ])
      }
    }
  }
})

test('no text is empty and no two dictionaries claim one key', () => {
  const seen = new Set<string>()
  for (const words of allWords) {
    for (const language of languages) {
      const empty = Object.entries(words[language]).filter(([, text]) => text.trim() === '')
      expect(empty).toEqual([])
    }
    for (const key of Object.keys(words.en)) {
      expect(seen.has(key), key).toBe(false)
      seen.add(key)
    }
  }
})
