/**
 * DISSECT and GROK as one regular expression of RE2 and the columns that its groups fill. The
 * engine runs it, never this process.
 */
import { grokPattern } from './grok-bank.ts'

export type PatternColumn = {
  name: string
  /** Groups whose texts are joined, in order; the first that matched, for grok. */
  groups: readonly number[]
  type: 'keyword' | 'integer' | 'long' | 'double' | 'boolean'
}
export type TextPattern = { regex: string; columns: readonly PatternColumn[]; isJoined: boolean }

const quoted = (text: string) => text.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')

const keys_max = 100

/** Throws an Error that says what is wrong. */
export function dissectPattern(pattern: string): TextPattern {
  const first = pattern.indexOf('%{')
  if (first < 0) throw new Error('Unable to find any keys or delimiters.')
  let regex = `(?s)^${quoted(pattern.slice(0, first))}`
  const found = new Map<string, { group: number; order: number }[]>()
  let groups = 0
  for (let at = first; at < pattern.length; ) {
    const end = pattern.indexOf('}', at)
    if (end < 0) throw new Error('a key has no end')
    const next = pattern.indexOf('%{', end)
    const after = pattern.slice(end + 1, next < 0 ? undefined : next)
    if (after === '' && next >= 0) throw new Error('two keys need a delimiter between them')
    const word = pattern.slice(at + 2, end)
    const [, sign = '', name = '', order, arrow] =
      /^([?+]?)([^/>]*?)(?:\/(\d{1,4}))?(->)?$/.exec(word) ?? []
    if (/[*&]/.test(word)) throw new Error('Reference keys are not supported')
    const delimiter =
      after === '' ? '' : arrow === undefined ? quoted(after) : `(?:${quoted(after)})+`
    regex += `(${next < 0 && after === '' ? '.*' : '.*?'})${delimiter}`
    groups++
    if (sign !== '?' && name !== '') {
      const own = found.get(name) ?? []
      own.push({ group: groups, order: order === undefined ? own.length : Number(order) })
      found.set(name, own)
    }
    if (groups > keys_max) throw new Error(`more than ${keys_max} keys`)
    at = next < 0 ? pattern.length : next
  }
  const columns = [...found].map(([name, parts]): PatternColumn => {
    const sorted = parts.toSorted((a, b) => a.order - b.order).map(({ group }) => group)
    return { name, groups: sorted, type: 'keyword' }
  })
  return { regex, columns, isJoined: true }
}

const types = {
  int: 'integer',
  long: 'long',
  float: 'double',
  double: 'double',
  boolean: 'boolean',
} as const
const reference = /%\{([A-Za-z0-9_]+)(?::([\w@$.[\]-]+))?(?::(\w+))?\}/g
const length_max = 30_000
const depth_max = 16

export function grokExpression(pattern: string): TextPattern {
  const columns = new Map<string, { groups: number[]; type: PatternColumn['type'] }>()
  const marks: { name: string; type: PatternColumn['type'] }[] = []
  const marked = expand(pattern, marks, 0)
  let groups = 0
  let regex = ''
  for (let at = 0; at < marked.length; at++) {
    const character = marked[at]!
    if (character === '\\') {
      regex += character + (marked[++at] ?? '')
      continue
    }
    if (character === '[') {
      const end = classEnd(marked, at)
      regex += marked.slice(at, end)
      at = end - 1
      continue
    }
    if (character !== '(') {
      regex += character
      continue
    }
    const mark = /^\(\?P?<(?:\0(\d+)|([A-Za-z]\w*))>/.exec(marked.slice(at, at + 80))
    if (mark !== null) {
      const own =
        mark[1] === undefined
          ? { name: mark[2]!, type: 'keyword' as const }
          : marks[Number(mark[1])]!
      groups++
      const known = columns.get(own.name) ?? { groups: [], type: own.type }
      known.groups.push(groups)
      columns.set(own.name, known)
      regex += '('
      at += mark[0].length - 1
    } else if (marked[at + 1] === '?') {
      if (/^\(\?(?:[=!]|<[=!]|>)/.test(marked.slice(at, at + 4))) {
        throw new Error('lookaround has no form that runs in linear time here')
      }
      regex += '('
    } else regex += '(?:'
  }
  const list = [...columns].map(([name, own]) => ({ name, ...own }))
  if (list.length === 0) throw new Error('the pattern names no field')
  return { regex, columns: list, isJoined: false }
}

function classEnd(text: string, at: number): number {
  let end = at + 1
  if (text[end] === '^') end++
  if (text[end] === ']') end++
  while (end < text.length && text[end] !== ']') {
    if (text.startsWith('[:', end)) {
      const close = text.indexOf(':]', end + 2)
      end = close < 0 ? end + 1 : close + 2
    } else end += text[end] === '\\' ? 2 : 1
  }
  return end + 1
}

function expand(
  pattern: string,
  marks: { name: string; type: PatternColumn['type'] }[],
  depth: number,
): string {
  if (depth > depth_max) throw new Error('grok patterns are nested too deeply')
  const text = pattern.replace(reference, (_whole, name: string, field?: string, type?: string) => {
    const known = grokPattern(name)
    if (known === undefined) {
      throw new Error(`Unable to find pattern [${name}] in Grok's pattern dictionary`)
    }
    const inner = expand(known, marks, depth + 1)
    if (field === undefined) return `(?:${inner})`
    const own =
      type !== undefined && Object.hasOwn(types, type)
        ? types[type as keyof typeof types]
        : 'keyword'
    marks.push({ name: field.replace(/^\[|\]$/g, '').replaceAll('][', '.'), type: own })
    return `(?<\0${marks.length - 1}>${inner})`
  })
  if (text.length > length_max) throw new Error('the grok expression is too long')
  return text
}
