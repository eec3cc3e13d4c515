/**
 * Matchers as they test a label's value. People's expressions run on RE2 alone, anchored at both
 * ends; alternatives of plain words are compared as words, which is what most of them are.
 */
import { RE2JS } from 're2js'
import { type Labels, type Matcher, QueryError } from '../series.ts'
import { labelOf } from './labels.ts'

const pattern_length_max = 20_000
const cache_max = 1000
const compiled = new Map<string, RE2JS>()

/** Compiled as ^(?s:pattern)$; throws QueryError with RE2's words. */
export function regularExpression(pattern: string): RE2JS {
  const known = compiled.get(pattern)
  if (known !== undefined) return known
  if (pattern.length > pattern_length_max) {
    throw new QueryError('bad_data', 'error parsing regexp: expression too large')
  }
  let made: RE2JS
  try {
    made = RE2JS.compile(`^(?s:${pattern})$`)
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error)
    throw new QueryError('bad_data', said.replace(/^(error parsing regexp: )?/, '$1'))
  }
  if (compiled.size >= cache_max) compiled.clear()
  compiled.set(pattern, made)
  return made
}

const wordsOnly = /^[A-Za-z0-9_\-/ :,@%&=;<>#~"'!]*(\|[A-Za-z0-9_\-/ :,@%&=;<>#~"'!]*)*$/

const isWords = (pattern: string): boolean => wordsOnly.test(pattern)

/** Throws QueryError where the pattern is none. Lists of words, however long, always are. */
export function checkExpression(pattern: string): void {
  if (!isWords(pattern)) regularExpression(pattern)
}

/** Whether a value matches. A missing label is the empty value. */
export function tester(matcher: Matcher): (value: string) => boolean {
  const { operator, value } = matcher
  if (operator === '=') return (text) => text === value
  if (operator === '!=') return (text) => text !== value
  const isWanted = operator === '=~'
  if (isWords(value)) {
    const words = new Set(value.split('|'))
    return (text) => words.has(text) === isWanted
  }
  const expression = regularExpression(value)
  if (value === '.*') return () => isWanted
  if (value === '.+') return (text) => (text !== '') === isWanted
  const known = new Map<string, boolean>()
  return (text) => {
    let is = known.get(text)
    if (is === undefined) {
      is = expression.matches(text)
      if (known.size >= cache_max) known.clear()
      known.set(text, is)
    }
    return is === isWanted
  }
}

/** Whether a label set matches them all. */
export function selects(matchers: readonly Matcher[]): (labels: Labels) => boolean {
  const tests = matchers.map((matcher) => [matcher.name, tester(matcher)] as const)
  return (labels) => tests.every(([name, test]) => test(labelOf(labels, name)))
}
