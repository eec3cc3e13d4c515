/**
 * Regular expressions that people write, in Java's or Oniguruma's dialect, made into ones that run
 * in linear time. What cannot be said that way is refused with its place.
 */
import { RE2JS } from 're2js'
import type { IngestRun } from './ingest-run.ts'
import { BoundMet } from './pipeline-refused.ts'
import { RegexProgram, RegexSearch } from './regex-search.ts'

export type Dialect = 'java' | 'oniguruma'

export class RegexProblem extends Error {
  readonly offset: number
  constructor(message: string, offset: number) {
    super(`${message} near index ${offset}`)
    this.offset = offset
  }
}

/** The matches of a text, one after the other. */
export type TextSearch = {
  find(): boolean
  start(): number
  end(): number
  group(group: number): string | null
}
/** Texts, and the numbers of groups. */
export type Replacement = readonly (string | number)[]

const replaced_length_max = 16 * 1024 * 1024

export class UserRegex {
  readonly re: RE2JS
  readonly instructions: number
  private readonly program: RegexProgram | undefined

  /** Throws RegexProblem or re2js' own error. */
  constructor(source: string, dialect: Dialect = 'java', nameOf?: (name: string) => string) {
    const text = translated(source, dialect, nameOf)
    // Oniguruma's ^ and $ are always those of a line.
    const flags = RE2JS.LOOKBEHINDS | (dialect === 'oniguruma' ? RE2JS.MULTILINE : 0)
    this.re = RE2JS.compile(text, flags)
    this.instructions = this.re.programSize()
    if (this.instructions > 20_000) throw new RegexProblem('the expression is too large', 0)
    this.program = RegexProgram.of(this.re)
  }

  search(text: string, run: IngestRun): TextSearch {
    if (this.program !== undefined) return new RegexSearch(this.program, text, run)
    run.countSteps(text.length * this.instructions)
    return this.re.matcher(text)
  }

  /** As Java's: `$1`, `${name}`, and a backslash before what is meant as it is. */
  replaceAll(text: string, replacement: Replacement, run: IngestRun): string {
    const search = this.search(text, run)
    let out = ''
    let at = 0
    while (search.find()) {
      out += text.slice(at, search.start())
      for (const part of replacement) {
        out += typeof part === 'string' ? part : (search.group(part) ?? '')
      }
      at = search.end()
      if (out.length > replaced_length_max)
        throw new BoundMet('a replacement makes too long a text')
    }
    return at === 0 && out === '' ? text : out + text.slice(at)
  }

  /** Throws RegexProblem when it names a group that there is not. */
  replacement(text: string): Replacement {
    const groups = this.re.groupCount()
    const names = new Map(Object.entries(this.re.namedGroups()))
    const parts: (string | number)[] = []
    for (let at = 0; at < text.length; ) {
      const named = /^\$\{(\w+)\}/.exec(text.slice(at, at + 64))
      if (text[at] === '\\') {
        if (at + 1 >= text.length) throw new RegexProblem('character to be escaped is missing', at)
        parts.push(text[at + 1]!)
        at += 2
      } else if (named !== null) {
        const group = names.get(named[1]!)
        if (group === undefined) throw new RegexProblem(`No group with name {${named[1]}}`, at)
        parts.push(group)
        at += named[0].length
      } else if (text[at] === '$') {
        // As many digits as still name a group.
        const digits = /^\d{1,4}/.exec(text.slice(at + 1, at + 5))?.[0] ?? ''
        if (digits === '') throw new RegexProblem('Illegal group reference', at)
        if (Number(digits[0]) > groups) throw new RegexProblem(`No group ${digits[0]}`, at)
        let length = 1
        while (length < digits.length && Number(digits.slice(0, length + 1)) <= groups) length++
        parts.push(Number(digits.slice(0, length)))
        at += 1 + length
      } else parts.push(text[at++]!)
    }
    return parts
  }

  /** As Java's: a limit of 0 leaves out empty texts at the end, -1 keeps them. */
  split(text: string, limit: number, run: IngestRun): string[] {
    const search = this.search(text, run)
    const pieces: string[] = []
    let at = 0
    while ((limit <= 0 || pieces.length < limit - 1) && search.find()) {
      const start = search.start()
      const end = search.end()
      // An empty match at the head gives no empty piece.
      if (end === 0) continue
      pieces.push(text.slice(at, start))
      at = end
    }
    if (at === 0 && pieces.length === 0) return [text]
    pieces.push(text.slice(at))
    if (limit === 0) while (pieces.length > 0 && pieces.at(-1) === '') pieces.pop()
    return pieces
  }
}

const source_length_max = 64 * 1024
const posix: Record<string, string> = {
  ...{ Lower: 'lower', Upper: 'upper', ASCII: 'ascii', Alpha: 'alpha', Digit: 'digit' },
  ...{ Alnum: 'alnum', Punct: 'punct', Graph: 'graph', Print: 'print', Blank: 'blank' },
  ...{ Cntrl: 'cntrl', XDigit: 'xdigit', Space: 'space' },
}
const blanks = ' \\t\\x{A0}\\x{1680}\\x{180E}\\x{2000}-\\x{200A}\\x{202F}\\x{205F}\\x{3000}'

/** `nameOf` says what opens a group of this name; without a name groups stay as they are. */
export function translated(
  source: string,
  dialect: Dialect,
  nameOf?: (name: string) => string,
): string {
  if (source.length > source_length_max) throw new RegexProblem('the expression is too long', 0)
  let out = ''
  let at = 0
  while (at < source.length) {
    const c = source[at]!
    if (c === '\\') {
      const [text, next] = escapeAt(source, at, dialect, false)
      out += text
      at = next
    } else if (c === '[') {
      const [text, next] = classAt(source, at, dialect)
      out += text
      at = next
    } else if (c === '(') {
      const [text, next] = groupAt(source, at, dialect, nameOf)
      out += text
      at = next
    } else {
      const quantifier = quantifierAt(source, at)
      out += quantifier === '' ? c : quantifier
      at += quantifier === '' ? 1 : quantifier.length
      // A possessive one matches what the greedy one does, or less: text that matches is the same.
      if (quantifier !== '' && source[at] === '+') at++
    }
  }
  return out
}

function quantifierAt(source: string, at: number): string {
  const c = source[at]!
  if (c === '*' || c === '+' || c === '?') return c
  if (c !== '{') return ''
  const end = source.indexOf('}', at)
  const text = end < 0 || end - at > 12 ? '' : source.slice(at, end + 1)
  if (!/^\{\d+(?:,\d*)?\}$/.test(text)) return ''
  const most = text.slice(1, -1).split(',').map(Number)
  if (most.some((one) => one > 1000)) throw new RegexProblem('at most 1000 repetitions', at)
  return text
}

function groupAt(
  source: string,
  at: number,
  dialect: Dialect,
  nameOf: ((name: string) => string) | undefined,
): [text: string, next: number] {
  // With named groups Oniguruma keeps no others.
  if (source[at + 1] !== '?') return [dialect === 'oniguruma' ? '(?:' : '(', at + 1]
  const rest = source.slice(at + 2, at + 4)
  if (rest[0] === '=' || rest[0] === '!') throw new RegexProblem('lookahead is not supported', at)
  if (rest[0] === '>') return ['(?:', at + 3]
  if (rest[0] === ':') return ['(?:', at + 3]
  if (rest === '<=' || rest === '<!') return [`(?${rest}`, at + 4]
  if (rest[0] === '#') {
    const end = source.indexOf(')', at)
    if (end < 0) throw new RegexProblem('unclosed comment', at)
    return ['', end + 1]
  }
  if (rest[0] === '<' || rest === 'P<') {
    const start = source.indexOf('<', at) + 1
    const end = source.indexOf('>', start)
    if (end < 0) throw new RegexProblem('named group is missing trailing ">"', at)
    const name = source.slice(start, end)
    if (nameOf !== undefined) return [nameOf(name), end + 1]
    if (!/^[A-Za-z]\w*$/.test(name)) throw new RegexProblem(`bad group name [${name}]`, start)
    return [`(?P<${name}>`, end + 1]
  }
  const flags = /^[a-zA-Z-]*[:)]/.exec(source.slice(at + 2, at + 16))?.[0]
  if (flags === undefined) throw new RegexProblem('unknown group', at)
  if (flags.slice(0, -1).replace(/[imsudUx-]/g, '') !== '') {
    throw new RegexProblem(`unknown flag in [${flags}]`, at)
  }
  if (/^[^-]*x/.test(flags)) throw new RegexProblem('the flag x is not supported', at)
  const kept = dialect === 'oniguruma' ? flags.replace('s', '').replace('m', 's') : flags
  const clean = kept.replace(/[udxU]/g, '').replace(/-([:)])$/, '$1')
  return [clean === ')' ? '' : `(?${clean}`, at + 2 + flags.length]
}

/** What a backslash begins, at this place, and the place after it. */
function escapeAt(
  source: string,
  at: number,
  dialect: Dialect,
  isInClass: boolean,
): [text: string, next: number] {
  const c = source[at + 1]
  const set = (members: string) => (isInClass ? members : `[${members}]`)
  switch (c) {
    case undefined:
      throw new RegexProblem('unexpected \\ at the end', at)
    case 'h':
      return [set(dialect === 'java' ? blanks : '0-9A-Fa-f'), at + 2]
    case 'H':
      if (isInClass) throw new RegexProblem('\\H is not supported in a class', at)
      return [dialect === 'java' ? `[^${blanks}]` : '[^0-9A-Fa-f]', at + 2]
    case 'R':
      return ['(?:\\r\\n|[\\n\\x0B\\f\\r\\x{85}\\x{2028}\\x{2029}])', at + 2]
    case 'Z':
      return ['\\z', at + 2]
    case 'e':
      return ['\\x1B', at + 2]
    case 'u': {
      const code = /^[0-9A-Fa-f]{4}/.exec(source.slice(at + 2, at + 6))?.[0]
      if (code === undefined) throw new RegexProblem('illegal Unicode escape', at)
      return [`\\x{${code}}`, at + 6]
    }
    case 'p':
    case 'P': {
      const name = /^\{\^?(?:Is)?(\w+)\}/.exec(source.slice(at + 2, at + 40))
      if (name === null) return [source.slice(at, at + 2), at + 2]
      const next = at + 2 + name[0].length
      const known = posix[name[1]!]
      if (known !== undefined) {
        const one = `[:${c === 'P' ? '^' : ''}${known}:]`
        return [set(one), next]
      }
      return [`\\${c}{${name[1]}}`, next]
    }
    case 'Q': {
      const end = source.indexOf('\\E', at)
      const text = source.slice(at + 2, end < 0 ? undefined : end)
      return [RE2JS.quote(text), end < 0 ? source.length : end + 2]
    }
    case 'G':
    case 'K':
    case 'X':
    case 'k':
      throw new RegexProblem(`\\${c} is not supported`, at)
    default:
      if (c >= '1' && c <= '9') throw new RegexProblem('back references are not supported', at)
      return [source.slice(at, at + 2), at + 2]
  }
}

/** A class; what is nested in it is a union and is written flat. */
function classAt(source: string, start: number, dialect: Dialect): [text: string, next: number] {
  let at = start + 1
  let out = '['
  if (source[at] === '^') {
    out += '^'
    at++
  }
  let depth = 1
  let isFirst = true
  while (at < source.length) {
    const c = source[at]!
    if (c === ']' && !isFirst) {
      at++
      depth--
      if (depth === 0) return [`${out}]`, at]
      continue
    }
    if (c === '[') {
      const named = /^\[:\^?\w+:\]/.exec(source.slice(at, at + 16))?.[0]
      if (named !== undefined) {
        out += named
        at += named.length
      } else if (source[at + 1] === '^' || depth > 8) {
        throw new RegexProblem('this nested class is not supported', at)
      } else {
        depth++
        at++
      }
    } else if (c === '&' && source[at + 1] === '&') {
      throw new RegexProblem('intersections of classes are not supported', at)
    } else if (c === '\\') {
      const [text, next] = escapeAt(source, at, dialect, true)
      out += text
      at = next
    } else {
      out += c === ']' ? '\\]' : c
      at++
    }
    isFirst = false
  }
  throw new RegexProblem('unclosed character class', start)
}
