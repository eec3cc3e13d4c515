/** Severity: six ordered words over OpenTelemetry's numbers 1 to 24; a record without has 0. */
import { Fault } from '../model/faults.ts'
import { parseNumber } from '../model/quantity.ts'
import { type Compare, type Comparison, plain } from '../model/search/tree.ts'
import { type Sql, sql } from './sql.ts'
import { matchesPieces } from './where-like.ts'
import { lowerAscii } from './where-text.ts'

/** Each word begins at its number and covers four. */
const words = { trace: 1, debug: 5, info: 9, warn: 13, error: 17, fatal: 21 } as const

const otherSpellings: Readonly<Record<string, keyof typeof words>> = {
  information: 'info',
  informational: 'info',
  warning: 'warn',
  err: 'error',
}

/** Words that are no level here, such as notice, are compared with the text that was sent. */
export function severityMatches(term: Compare, number: Sql, sent: Sql): Sql {
  const text = plain(term.value)
  if (text === undefined) {
    const pieces = term.value.map(lowerAscii)
    const starts = Object.entries(words).filter(([word]) => matchesPieces(word, pieces))
    if (starts.length === 0) return sql`false`
    return sql.join(
      starts.map(([, start]) => within(number, ':', start)),
      sql` OR `,
    )
  }
  const word = lowerAscii(text)
  const level = Object.hasOwn(otherSpellings, word) ? otherSpellings[word]! : word
  if (Object.hasOwn(words, level)) {
    return within(number, term.operator, words[level as keyof typeof words])
  }
  const value = parseNumber(text)
  if (value !== undefined) return numberMatches(number, term.operator, value)
  if (term.operator === ':') return sql`lower(${sent}) = ${word}`
  throw new Fault('search_type', {
    field: term.field,
    expected: `one of ${Object.keys(words).join(', ')}`,
    got: text === '' ? 'nothing' : text.slice(0, 80),
    position: term.value_from,
  })
}

function within(number: Sql, operator: Comparison, start: number): Sql {
  switch (operator) {
    case ':':
      return sql`${number} BETWEEN ${start} AND ${start + 3}`
    case '<':
      return sql`${number} BETWEEN 1 AND ${start - 1}`
    case '<=':
      return sql`${number} BETWEEN 1 AND ${start + 3}`
    case '>':
      return sql`${number} >= ${start + 4}`
    case '>=':
      return sql`${number} >= ${start}`
  }
}

function numberMatches(number: Sql, operator: Comparison, value: number): Sql {
  switch (operator) {
    case ':':
      return sql`${number} = ${value}`
    case '<':
      return sql`(${number} != 0 AND ${number} < ${value})`
    case '<=':
      return sql`(${number} != 0 AND ${number} <= ${value})`
    case '>':
      return sql`(${number} != 0 AND ${number} > ${value})`
    case '>=':
      return sql`(${number} != 0 AND ${number} >= ${value})`
  }
}
