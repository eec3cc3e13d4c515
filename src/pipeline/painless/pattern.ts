/**
 * Java's regular expressions on RE2: no V8, no backtracking; what RE2 lacks is refused in
 * words.
 */
import { RE2JS } from 're2js'
import type { Meter } from './meter.ts'
import { failArgument } from './problem.ts'
import { PatternValue } from './values.ts'

/** What making a pattern costs: up to 20 ms where it repeats a class a thousand times. */
const compile_work = 500_000
export const pattern_chars_max = 2000
/** What matching a character costs, against reading it. */
export const match_work = 16

const posix = new Map(
  Object.entries({
    Lower: 'a-z',
    Upper: 'A-Z',
    ASCII: '\\x00-\\x7F',
    Alpha: 'A-Za-z',
    Digit: '0-9',
    Alnum: '0-9A-Za-z',
    Punct: '!-\\/:-@\\[-`{-~',
    Graph: '!-~',
    Print: ' -~',
    Blank: ' \\t',
    Cntrl: '\\x00-\\x1F\\x7F',
    XDigit: '0-9A-Fa-f',
    Space: '\\t-\\r ',
    IsAlphabetic: '\\p{L}',
    IsDigit: '\\p{Nd}',
    IsLetter: '\\p{L}',
    IsPunctuation: '\\p{P}',
    IsUppercase: '\\p{Lu}',
    IsLowercase: '\\p{Ll}',
    javaLowerCase: '\\p{Ll}',
    javaUpperCase: '\\p{Lu}',
  }),
)

/** Throws an Error that says what is wrong in words. */
export function compilePattern(source: string, flags = ''): PatternValue {
  if (source.length > pattern_chars_max) {
    throw new Error(`a pattern has at most ${pattern_chars_max} characters`)
  }
  let bits = 0
  let text = source
  for (const flag of flags) {
    if (flag === 'i') bits |= RE2JS.CASE_INSENSITIVE
    else if (flag === 'm') bits |= RE2JS.MULTILINE
    else if (flag === 's') bits |= RE2JS.DOTALL
    else if (flag === 'x') text = uncommented(text)
    else if (flag === 'l') text = RE2JS.quote(text)
    else if (flag !== 'u') throw new Error(`the flag [${flag}] is not known; expected i m s x l u`)
  }
  try {
    return new PatternValue(RE2JS.compile(translated(text), bits), source)
  } catch (error) {
    throw new Error(lackOf(text) ?? (error as Error).message.replace(/^error parsing regexp: /, ''))
  }
}

/** Why RE2 refused it, where it is by design. */
function lackOf(text: string): string | undefined {
  const plain = unescaped(text)
  const group = /\(\?(?:=|!|<=|<!|>)/.exec(plain)?.[0]
  if (group !== undefined) {
    return `${group} is not supported: lookaround and atomic groups need backtracking`
  }
  const back = /\\(?:[1-9]|k<)/.test(plain)
  return back ? 'a back-reference is not supported: it needs backtracking' : undefined
}

/** Escaped backslashes and brackets are no part of a construct. */
function unescaped(text: string): string {
  return text.replace(/\\[\\()[\]]/g, '__')
}

/** Java's escapes that RE2 has no word for. */
function translated(text: string): string {
  let result = ''
  let inClass = false
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at)
    if (char !== '\\') {
      if (char === '[') {
        if (inClass && text.charAt(at + 1) !== ':') {
          throw new Error('a class inside a class ([a[b]]) is not supported')
        }
        inClass = true
      } else if (char === ']') inClass = false
      else if (inClass && char === '&' && text.charAt(at + 1) === '&') {
        throw new Error('the intersection of classes (&&) is not supported')
      }
      result += char
      continue
    }
    if (text.charAt(at + 1) === 'Q') {
      const end = text.indexOf('\\E', at)
      const quoted = text.slice(at + 2, end < 0 ? text.length : end)
      result += RE2JS.quote(quoted)
      at = end < 0 ? text.length : end + 1
      continue
    }
    const [written, length] = escaped(text, at, inClass)
    result += written
    at += length - 1
  }
  return result
}

function escaped(text: string, at: number, inClass: boolean): [string, number] {
  const letter = text.charAt(at + 1)
  if (letter === 'h') return [inClass ? ' \\t\\x{a0}' : '[ \\t\\x{a0}]', 2]
  if (letter === 'R' && !inClass) return ['(?:\\r\\n|[\\n\\r])', 2]
  if (letter === 'Z' && !inClass) return ['\\n?\\z', 2]
  if (letter === 'e') return ['\\x1B', 2]
  const unicode = /^\\u([0-9a-fA-F]{4})/.exec(text.slice(at, at + 6))
  if (unicode !== null) return [`\\x{${unicode[1]}}`, 6]
  const named = /^\\([pP])\{(\w+)\}/.exec(text.slice(at, at + 40))
  const members = posix.get(named?.[2] ?? '')
  if (named && members !== undefined) {
    if (named[1] === 'P') return [`[^${members}]`, named[0].length]
    return [inClass ? members : `[${members}]`, named[0].length]
  }
  const script = named && /^Is(\w+)$/.exec(named[2] ?? '')
  if (named && script) return [`\\${named[1]}{${script[1]}}`, named[0].length]
  // A slash or any sign that needs no escape stays itself.
  return [text.slice(at, at + 2), 2]
}

/** Flag x: spaces and # comments outside classes mean nothing. */
function uncommented(text: string): string {
  return text.replace(/\\[\s\S]|\[(?:\\[\s\S]|[^\]\\])*\]|#[^\n]*|\s+/g, (part) =>
    part.startsWith('#') || /^\s/.test(part) ? '' : part,
  )
}

const cache = new Map<string, PatternValue>()
const cached_max = 256

/** A pattern that a script makes while it runs. */
export function patternOf(source: string, meter: Meter): PatternValue {
  let found = cache.get(source)
  if (found === undefined) {
    meter.work(compile_work)
    try {
      found = compilePattern(source)
    } catch (error) {
      failArgument(`the pattern [${source}] cannot be used: ${(error as Error).message}`)
    }
    if (cache.size >= cached_max) cache.clear()
    cache.set(source, found)
  }
  return found
}
