/** What can be typed at a place of a query in any of the languages. Pure: knows no names. */
import type { QueryLanguage } from './contract.ts'

export type WrittenLanguage = Exclude<QueryLanguage, 'search'>

export type Place = {
  of: 'metrics' | 'labels' | 'values'
  /** The label whose value is typed. */
  label: string
  /** The matchers around, without the one that is being typed. */
  selector: string
  typed: string
  /** Where what is typed begins. */
  from: number
}

const quotedValue = /(?:^|[{,(\s&|])([A-Za-z_.][\w.:]*)\s*(?:=~|!~|!=|=)\s*"((?:[^"\\]|\\.)*)$/
const labelList = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^()]*)$/i
const word = /[A-Za-z_][\w.:]*$/
const context_characters = 4_000

export function placeAt(language: WrittenLanguage, text: string, cursor: number): Place {
  const before = text.slice(Math.max(0, cursor - context_characters), cursor)
  const typed = word.exec(before)?.[0] ?? ''
  const plain = { label: '', selector: '', typed, from: cursor - typed.length }
  if (language === 'esql') {
    const source = /\bfrom\s+([^\s|]+(?:\s*,\s*[^\s|]+)*)/i.exec(text)?.[1] ?? ''
    return { ...plain, of: 'labels', selector: source }
  }
  const braces = bracesAt(before)
  const value = quotedValue.exec(before)
  if (value !== null && (braces !== undefined || language === 'traceql')) {
    const [, label = '', own = ''] = value
    const selector = braces === undefined ? '' : selectorOf(language, before, braces, label)
    return { of: 'values', label, selector, typed: own, from: cursor - own.length }
  }
  if (braces !== undefined) {
    return { ...plain, of: 'labels', selector: selectorOf(language, before, braces, typed) }
  }
  if (labelList.test(before)) return { ...plain, of: 'labels' }
  return { ...plain, of: language === 'promql' ? 'metrics' : 'labels' }
}

/** Where the brace that is open at the end began; texts in quotes are passed over. */
function bracesAt(before: string): number | undefined {
  let open: number | undefined
  let isQuoted = false
  for (let at = 0; at < before.length; at++) {
    const character = before[at]
    if (isQuoted && character === '\\') at++
    else if (character === '"') isQuoted = !isQuoted
    else if (isQuoted) continue
    else if (character === '{') open = at
    else if (character === '}') open = undefined
  }
  return open
}

/** Whole matchers before the cursor, so that only what goes with them is offered. */
function selectorOf(
  language: WrittenLanguage,
  before: string,
  open: number,
  typed: string,
): string {
  if (language === 'traceql') return ''
  const inside = before.slice(open + 1)
  const whole = inside.match(/[A-Za-z_][\w.:]*\s*(?:=~|!~|!=|=)\s*"(?:[^"\\]|\\.)*"/g) ?? []
  const others = whole.filter((one) => typed === '' || !one.startsWith(`${typed}=`))
  const metric = language === 'promql' ? (word.exec(before.slice(0, open))?.[0] ?? '') : ''
  return metric === '' && others.length === 0 ? '' : `${metric}{${others.join(',')}}`
}
