/**
 * Line filters as SQL on a record's body. The index of words is asked first where a filter's text
 * holds whole words: without that the engine would read every body.
 */
import { type Sql, sql } from '../../../store/sql.ts'
import { likePattern } from '../../../store/where-like.ts'
import type { LineOperator, LineText, StageOf } from '../ast.ts'
import { readPattern } from '../pipeline/pattern.ts'

/** Exactly the expression of the index on logs, as in store/where-text.ts. */
const bodyWords = sql`arrayFilter(word -> word NOT LIKE '%0%',
  splitByNonAlpha(translate(lower(body), '123456789', '000000000')))`
const words_max = 8
const separators = /[\t-\r -/:-@[-`{-~]+/

/** Undefined where the engine has no such test: the line is then tested in JavaScript. */
export function lineCondition(stage: StageOf<'line'>): Sql | undefined {
  const conditions = stage.any.map((one) => textCondition(stage.operator, one))
  if (!conditions.every((condition) => condition !== undefined)) return undefined
  const some = any(conditions)
  return stage.operator.startsWith('|') ? some : sql`NOT ${some}`
}

function any(conditions: readonly Sql[]): Sql {
  return sql`(${sql.join(conditions, sql` OR `)})`
}

function textCondition(operator: LineOperator, { text, isIp }: LineText): Sql | undefined {
  if (isIp) return undefined
  const isWanted = operator.startsWith('|')
  if (operator.endsWith('~')) {
    const condition = sql`match(body, ${goRegex(text)})`
    return isWanted ? withWords(literalsOf(text), condition) : condition
  }
  if (operator.endsWith('>')) return patternCondition(text, isWanted)
  if (text === '') return sql`true`
  const condition = sql`position(body, ${text}) > 0`
  return isWanted ? withWords([text], condition) : condition
}

/** The engine lets dots match line ends unless it is told otherwise; Go does not. */
export function goRegex(pattern: string): string {
  return `(?-s)${pattern}`
}

/** Words that must be in every line with these texts, looked up in the index. */
function withWords(texts: readonly string[], condition: Sql): Sql {
  const words = [...new Set(texts.flatMap(innerWords))].slice(0, words_max)
  if (words.length === 0) return condition
  return sql.all([...words.map((word) => sql`has(${bodyWords}, ${word})`), condition])
}

/**
 * Whole words of a text that may be cut out of a line: the first and the last may go on in the
 * line. Words with digits and with letters beyond ASCII are not in the index as they are.
 */
function innerWords(text: string): string[] {
  const lower = text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
  const words = lower.split(separators)
  return words.slice(1, -1).filter((word) => /^[a-z]+$/.test(word))
}

/** Texts that every match of the regular expression holds; none where that is not plain to see. */
function literalsOf(pattern: string): string[] {
  return /^[\w :/,@#%&"'<>=;~!-]+$/.test(pattern) ? [pattern] : []
}

function patternCondition(text: string, isWanted: boolean): Sql | undefined {
  const parts = readPattern(text, false)
  const literals = parts.flatMap((part) => ('literal' in part ? [part.literal] : []))
  if (literals.length === 0) return parts.length === 0 ? sql`body = ''` : sql`body != ''`
  if (text.includes('\n')) return undefined
  // A capture takes at least one character and as few as it can.
  const source = parts.map((part) =>
    'literal' in part ? part.literal.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&') : '.+?',
  )
  const like = sql`body LIKE ${likePattern(['', ...literals, ''])}`
  // What fits must be like this; whether it does is then seen in JavaScript.
  return isWanted && source.length > 0 ? withWords(literals, like) : undefined
}

/** Whether the condition says all that the stage says, or only what must hold. */
export function isExactLine(stage: StageOf<'line'>): boolean {
  return !stage.any.some(({ isIp }) => isIp) && !stage.operator.endsWith('>')
}
