/**
 * Words and phrases in text, whatever their case. A word matches a whole word of the text; a phrase
 * must occur as typed and its words must be whole words. `time*` matches a word that starts so.
 */
import type { Pieces } from '../model/search/tree.ts'
import { type Sql, sql } from './sql.ts'
import { like, likePattern } from './where-like.ts'

/** Exactly the expression of the index on logs: the engine then answers from the index alone. */
const bodyWords = sql`arrayFilter(word -> word NOT LIKE '%0%',
  splitByNonAlpha(translate(lower(body), '123456789', '000000000')))`

/** So many words of a phrase are looked up in the index; verifying the rest costs little then. */
const phrase_words_max = 16

export function textMatches(column: string, value: Pieces): Sql {
  const text = value.length === 1 ? value[0]! : undefined
  if (text === undefined) return patternMatches(column, value)
  const expression = sql.identifier(column)
  if (text === '') return sql`${expression} = ''`
  const folded = foldingOf(text)
  const words = wordsOf(lowerAscii(text))
  if (words.length === 1 && words[0]!.length === text.length) return hasWord(column, words[0]!)
  const indexed = column === 'body' ? words.filter(isIndexed).slice(0, phrase_words_max) : []
  const rest = words.filter((word) => !indexed.includes(word))
  const conditions = [...new Set(indexed)].map((word) => hasWord(column, word))
  conditions.push(
    folded === 'ascii'
      ? sql`positionCaseInsensitive(${expression}, ${text}) > 0`
      : sql`position(lowerUTF8(${expression}), lowerUTF8(${text})) > 0`,
  )
  if (rest.length > 0) conditions.push(hasAllWords(expression, rest, folded))
  return sql.all(conditions)
}

/** How upper and lower case are told apart: beyond ASCII only where the text has such letters. */
type Folding = 'ascii' | 'unicode'

function foldingOf(text: string): Folding {
  const beyond = text.replace(/[\0-\x7f]+/g, '')
  return beyond.toLowerCase() === beyond && beyond.toUpperCase() === beyond ? 'ascii' : 'unicode'
}

/** Whether the word is in the index as it is: those with digits are left out. */
function isIndexed(word: string): boolean {
  return !/[0-9]/.test(word) && foldingOf(word) === 'ascii'
}

function hasWord(column: string, word: string): Sql {
  const expression = sql.identifier(column)
  if (column === 'body' && isIndexed(word)) return sql`has(${bodyWords}, ${word})`
  const folding = foldingOf(word)
  const verified = hasAllWords(expression, [word], folding)
  if (folding === 'unicode') return verified
  // Finding the bytes first is four times as fast as cutting every text into words.
  return sql`positionCaseInsensitive(${expression}, ${word}) > 0 AND ${verified}`
}

function hasAllWords(expression: Sql, words: readonly string[], folding: Folding): Sql {
  const unique = [...new Set(words)]
  if (folding === 'ascii') {
    return unique.length === 1
      ? sql`has(splitByNonAlpha(lower(${expression})), ${unique[0]!})`
      : sql`hasAll(splitByNonAlpha(lower(${expression})), array${unique})`
  }
  const lowered = unique.map((word) => sql`lowerUTF8(${word})`)
  return sql`hasAll(splitByNonAlpha(lowerUTF8(${expression})), [${sql.join(lowered)}])`
}

function patternMatches(column: string, value: Pieces): Sql {
  const expression = sql.identifier(column)
  const folding = foldingOf(value.join(''))
  const text = folding === 'ascii' ? sql`lower(${expression})` : sql`lowerUTF8(${expression})`
  const isOneWord = value.every((piece) => !separator.test(piece))
  // Separators in the pattern: it cannot match one word, so it is looked for anywhere in the text.
  const pieces = isOneWord ? value : ['', ...value, '']
  const pattern =
    folding === 'ascii'
      ? sql`${likePattern(pieces.map(lowerAscii))}`
      : sql`lowerUTF8(${likePattern(pieces)})`
  if (!isOneWord) return sql`${text} LIKE ${pattern}`
  const exists = sql`arrayExists(word -> word LIKE ${pattern}, splitByNonAlpha(${text}))`
  const longest = value.reduce((best, piece) => (piece.length > best.length ? piece : best), '')
  if (folding === 'unicode' || longest === '') return exists
  return sql`positionCaseInsensitive(${expression}, ${longest}) > 0 AND ${exists}`
}

/** What splitByNonAlpha splits at: white space and punctuation of ASCII, and nothing else. */
const separator = /[\t-\r -/:-@[-`{-~]/

/** The words of a text as the engine cuts them. */
export function wordsOf(text: string): string[] {
  return text.split(/[\t-\r -/:-@[-`{-~]+/).filter((word) => word !== '')
}

export function lowerAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}

/** A pattern over a keyword column: case matters, the whole value must match. */
export function keywordMatches(expression: Sql, value: Pieces): Sql {
  return value.length === 1 ? sql`${expression} = ${value[0]!}` : like(expression, value)
}
