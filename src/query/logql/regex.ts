/**
 * Regular expressions that people wrote, with RE2's semantics, in time linear in the text. The
 * engine's match() has the same; V8's are never used for them.
 */
import { RE2JS } from 're2js'
import { QueryError } from '../series.ts'

export type Regex = {
  test(text: string): boolean
  names(): string[]
  /** The named captures of the first match, or undefined. */
  captures(text: string): Map<string, string> | undefined
  replaceAll(text: string, replacement: string): string
  /** The replacement with the groups of the first match; undefined when there is none. */
  expand(text: string, replacement: string): string | undefined
  count(text: string): number
}

const pattern_characters_max = 16_384
const known = new Map<string, Regex>()
const known_max = 256

/** Anchored: the whole text must match. Throws QueryError when it is no regular expression. */
export function compileRegex(pattern: string, isAnchored: boolean): Regex {
  const key = `${isAnchored ? '^' : ''}/${pattern}`
  const found = known.get(key)
  if (found !== undefined) return found
  const made = compile(pattern, isAnchored)
  if (known.size >= known_max) known.delete(known.keys().next().value!)
  known.set(key, made)
  return made
}

function compile(pattern: string, isAnchored: boolean): Regex {
  if (pattern.length > pattern_characters_max) {
    throw new QueryError('bad_data', `error parsing regexp: it is longer than 16384 characters`)
  }
  const literal = literalOf(pattern)
  let regex: RE2JS
  try {
    regex = RE2JS.compile(pattern, isAnchored ? RE2JS.DOTALL : 0)
  } catch (error) {
    const said = error instanceof Error ? error.message : ''
    const text = said.startsWith('error parsing regexp') ? said : `error parsing regexp: ${said}`
    throw new QueryError('bad_data', text)
  }
  const groups = Object.entries(regex.namedGroups() as Record<string, number>)
  const test = isAnchored
    ? (text: string) => regex.matcher(text).matches()
    : (text: string) => regex.matcher(text).find()
  return {
    test:
      literal === undefined ? test : isAnchored ? (t) => t === literal : (t) => t.includes(literal),
    names: () => groups.map(([name]) => name),
    captures(text) {
      const matcher = regex.matcher(text)
      if (!matcher.find()) return undefined
      return new Map(groups.map(([name, index]) => [name, matcher.group(index) ?? '']))
    },
    replaceAll: (text, replacement) => regex.matcher(text).replaceAll(goReplacement(replacement)),
    expand(text, replacement) {
      const matcher = regex.matcher(text)
      if (!(isAnchored ? matcher.matches() : matcher.find())) return undefined
      const named = new Map(groups)
      return replacement.replace(goReference, (all, braced, bare) => {
        if (all === '$$') return '$'
        const name: string = braced ?? bare
        const index = /^\d+$/.test(name) ? Number(name) : named.get(name)
        const isThere = index !== undefined && index <= regex.groupCount()
        return isThere ? (matcher.group(index) ?? '') : ''
      })
    },
    count(text) {
      const matcher = regex.matcher(text)
      let count = 0
      while (matcher.find()) count++
      return count
    },
  }
}

function literalOf(pattern: string): string | undefined {
  return /^[\w :/,@#%&"'<>=;~!-]*$/.test(pattern) ? pattern : undefined
}

const goReference = /\$(?:\$|\{(\w+)\}|(\w+))/g

/** Go's `$1` and `${name}` in RE2JS's language, where a backslash escapes. */
function goReplacement(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replace(/\$(?:\$|\{(\w+)\}|(\w+)|)/g, (all, braced, bare) => {
      if (all === '$$' || all === '$') return '\\$'
      const name = braced ?? bare
      return /^\d+$/.test(name) ? `$${name}` : `$\{${name}}`
    })
}
