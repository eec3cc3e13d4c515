/**
 * Lucene's regular expressions in RE2's language, for the whole value. What RE2 has no form for
 * (complement, intersection, numeric ranges) is refused. Runs nothing.
 */
import { ElasticRefusal, shown } from './refusal.ts'

const length_max = 1000
const repeat_max = 1000

export function luceneRegex(text: string): string {
  if (text.length > length_max) {
    const reason =
      `The length of regex [${text.length}] used in the Regexp Query request has ` +
      `exceeded the allowed maximum of [${length_max}].`
    throw new ElasticRefusal('illegal_argument_exception', reason)
  }
  return new Translator(text).whole()
}

/** In RE2 they are anchors; Lucene knows none. */
const literals = new Set(['^', '$'])

class Translator {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  whole(): string {
    const out = this.#union(0)
    if (this.#at < this.#text.length) throw this.#refusal(`unexpected [${this.#text[this.#at]}]`)
    return out
  }

  #refusal(what: string): ElasticRefusal {
    const reason = `failed to parse regular expression [${shown(this.#text)}]: ${what}`
    return new ElasticRefusal('illegal_argument_exception', reason)
  }

  #union(depth: number): string {
    if (depth > 30) throw this.#refusal('it is nested too deeply')
    let out = this.#sequence(depth)
    while (this.#text[this.#at] === '|') {
      this.#at++
      out += `|${this.#sequence(depth)}`
    }
    return out
  }

  #sequence(depth: number): string {
    let out = ''
    while (this.#at < this.#text.length) {
      const character = this.#text[this.#at]!
      if (character === '|' || character === ')') break
      const atom = this.#atom(depth)
      out += atom + this.#repeats()
    }
    return out
  }

  #atom(depth: number): string {
    const character = this.#text[this.#at++]!
    switch (character) {
      case '(': {
        if (this.#text[this.#at] === ')') {
          this.#at++
          return '(?:)'
        }
        const inner = this.#union(depth + 1)
        if (this.#text[this.#at++] !== ')') throw this.#refusal("expected ')'")
        return `(?:${inner})`
      }
      case '[':
        return this.#class()
      case '.':
        return '(?s:.)'
      case '\\':
        return this.#escaped()
      case '"':
        return this.#quoted()
      case '@':
        return '(?s:.*)'
      case '#':
        return '[^\\x{0}-\\x{10FFFF}]'
      case '~':
      case '&':
      case '<':
        throw this.#refusal(`[${character}] has no form that runs in linear time here`)
      case '*':
      case '+':
      case '?':
      case '{':
        throw this.#refusal(`nothing to repeat before [${character}]`)
    }
    if (literals.has(character)) return `\\${character}`
    return quoteOf(character)
  }

  #quoted(): string {
    const end = this.#text.indexOf('"', this.#at)
    if (end < 0) throw this.#refusal("expected '\"'")
    const inner = this.#text.slice(this.#at, end)
    this.#at = end + 1
    return `(?:${[...inner].map(quoteOf).join('')})`
  }

  #escaped(): string {
    const character = this.#text[this.#at++]
    if (character === undefined) throw this.#refusal('it ends in a backslash')
    return /[dDsSwW]/.test(character) ? `\\${character}` : quoteOf(character)
  }

  #class(): string {
    let out = '['
    if (this.#text[this.#at] === '^') {
      out += '^'
      this.#at++
    }
    let members = 0
    for (;;) {
      const character = this.#text[this.#at++]
      if (character === undefined) throw this.#refusal("expected ']'")
      if (character === ']' && members > 0) return `${out}]`
      members++
      if (character === '\\') out += this.#escaped()
      else out += character === '-' && members > 1 ? '-' : quoteOf(character)
    }
  }

  #repeats(): string {
    let out = ''
    for (;;) {
      const rest = this.#text.slice(this.#at, this.#at + 24)
      const found = /^(?:[*+?]|\{(\d{1,6})(?:(,)(\d{0,6}))?\})/.exec(rest)
      if (found === null) return out
      this.#at += found[0].length
      if (Number(found[1] ?? 0) > repeat_max || Number(found[3] || 0) > repeat_max) {
        throw this.#refusal(`more than ${repeat_max} repetitions`)
      }
      // One repetition of another is written as a group: RE2 reads `a*?` as lazy.
      if (out !== '') throw this.#refusal('a repetition of a repetition')
      out = found[0]
    }
  }
}

function quoteOf(character: string): string {
  return /[\\^$.|?*+()[\]{}-]/.test(character) ? `\\${character}` : character
}
