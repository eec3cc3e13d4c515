/**
 * Query strings in Lucene's syntax, as people type them into query_string, `q=` and Grafana. Reads
 * them into conditions; which fields are meant where none is named is the caller's.
 */
import {
  all,
  and,
  type Bounds,
  Clauses,
  type Condition,
  isAnything,
  not,
  plainText,
  some,
  type Wild,
  type WildPart,
} from './condition.ts'
import { luceneRegex } from './lucene-regex.ts'
import { ElasticRefusal, shown } from './refusal.ts'

export type StringOptions = {
  /** Asked of where no field is named; `*` is all of them. */
  fields: readonly string[]
  isAnd: boolean
}

const chars_max = 32_768

export function parseQueryString(text: string, options: StringOptions, clauses = new Clauses()) {
  if (text.length > chars_max) throw refusal(text, `more than ${chars_max} characters`)
  if (text.trim() === '') return { tag: 'none' } as const satisfies Condition
  return new Reader(text, options, clauses).whole()
}

function refusal(text: string, what: string): ElasticRefusal {
  const reason = `Failed to parse query [${shown(text)}]: ${what}`
  return new ElasticRefusal('query_shard_exception', reason)
}

type Occur = 'should' | 'must' | 'must_not'
type Clause = { occur: Occur; condition: Condition }

/** Characters that end a word; a colon ends a field's name. */
const ends = new Set([' ', '\t', '\n', '\r', '\u3000', '(', ')', '"', '[', ']', '{', '}', '^', ':'])

class Reader {
  readonly #text: string
  readonly #options: StringOptions
  readonly #clauses: Clauses
  #at = 0

  constructor(text: string, options: StringOptions, clauses: Clauses) {
    this.#text = text
    this.#options = options
    this.#clauses = clauses
  }

  whole(): Condition {
    const found = this.#group(this.#options.fields)
    if (this.#at < this.#text.length) throw this.#unexpected()
    return found
  }

  #unexpected(): ElasticRefusal {
    const at = this.#at
    const got = at < this.#text.length ? `[${this.#text[at]}]` : 'the end'
    return refusal(this.#text, `encountered ${got} at column ${at}`)
  }

  #space(): void {
    while (this.#at < this.#text.length && /\s/.test(this.#text[this.#at]!)) this.#at++
  }

  #has(token: string): boolean {
    if (!this.#text.startsWith(token, this.#at)) return false
    this.#at += token.length
    return true
  }

  /** A word by itself, such as AND. */
  #word(word: string): boolean {
    if (!this.#text.startsWith(word, this.#at)) return false
    const next = this.#text[this.#at + word.length]
    if (next !== undefined && !/[\s("+\-!]/.test(next)) return false
    this.#at += word.length
    return true
  }

  /** Clauses up to a closing bracket or the end; Lucene's own rules of which must be. */
  #group(fields: readonly string[]): Condition {
    const list: Clause[] = []
    for (;;) {
      this.#space()
      if (this.#at >= this.#text.length || this.#text[this.#at] === ')') break
      const isAnd = this.#word('AND') || this.#has('&&')
      const isOr = !isAnd && (this.#word('OR') || this.#has('||'))
      if ((isAnd || isOr) && list.length === 0) throw this.#unexpected()
      this.#space()
      const clause = this.#modified(fields)
      const last = list.at(-1)
      if (isAnd) {
        if (last !== undefined && last.occur === 'should') last.occur = 'must'
        if (clause.occur === 'should') clause.occur = 'must'
      } else if (this.#options.isAnd && clause.occur === 'should') {
        // With OR between them, neither is needed by itself.
        if (!isOr) clause.occur = 'must'
        else if (last?.occur === 'must') last.occur = 'should'
      }
      list.push(clause)
    }
    return joined(list)
  }

  #modified(fields: readonly string[]): Clause {
    let occur: Occur = 'should'
    for (;;) {
      if (this.#word('NOT') || this.#has('!') || this.#has('-')) occur = 'must_not'
      else if (this.#has('+')) occur = 'must'
      else break
      this.#space()
    }
    if (this.#at >= this.#text.length) throw this.#unexpected()
    const condition = this.#clauses.within(() => this.#clause(fields))
    return { occur, condition }
  }

  #clause(fields: readonly string[]): Condition {
    const start = this.#at
    const name = this.#bare(true)
    if (name !== undefined && this.#text[this.#at] === ':' && name.length > 0) {
      this.#at++
      this.#space()
      const field = nameOf(name)
      if (field === '_exists_') {
        const asked = this.#bare(true)
        if (asked === undefined) throw this.#unexpected()
        return { tag: 'exists', field: nameOf(asked) }
      }
      if (field === '*' && this.#text[this.#at] === '*') {
        this.#at++
        return all
      }
      return this.#value([field], true)
    }
    this.#at = start
    return this.#value(fields, false)
  }

  #value(fields: readonly string[], isNamed: boolean): Condition {
    const first = this.#text[this.#at]
    if (first === '(') {
      this.#at++
      const inner = this.#group(fields)
      if (!this.#has(')')) throw this.#unexpected()
      this.#boost()
      return inner
    }
    const each = (make: (field: string) => Condition) => some(fields.map(make))
    if (first === '"') {
      const text = this.#phrase()
      this.#boost()
      return each((field) =>
        field === '*'
          ? { tag: 'phrase', field, text, isPrefix: false }
          : { tag: 'value', field, text },
      )
    }
    if (first === '/') {
      const pattern = luceneRegex(this.#regex())
      this.#boost()
      return each((field) => ({ tag: 'regex', field, pattern, isFolded: false }))
    }
    if (first === '[' || first === '{') {
      const bounds = this.#range()
      this.#boost()
      return each((field) => ({ tag: 'range', field, bounds }))
    }
    const compared = isNamed ? this.#compared() : undefined
    if (compared !== undefined) return each((field) => ({ tag: 'range', field, bounds: compared }))
    const word = this.#bare(false)
    if (word === undefined || word.length === 0) throw this.#unexpected()
    this.#boost()
    if (isAnything(word) && !isNamed) return all
    return each((field) => termOf(field, word))
  }

  /** `^2`, `~`, `~1`: how much it counts, and nearness, which is not computed. */
  #boost(): void {
    const found = /^(?:[\^~]\d*(?:\.\d+)?)+/.exec(this.#text.slice(this.#at, this.#at + 32))
    if (found !== null) this.#at += found[0].length
  }

  #compared(): Bounds | undefined {
    const found = /^(>=|<=|>|<)\s*/.exec(this.#text.slice(this.#at, this.#at + 16))
    if (found === null) return undefined
    this.#at += found[0].length
    const value = this.#text[this.#at] === '"' ? this.#phrase() : this.#plain()
    const key = { '>=': 'gte', '<=': 'lte', '>': 'gt', '<': 'lt' }[found[1]!] as keyof Bounds
    return { [key]: value }
  }

  #plain(): string {
    const found = /^[^\s()[\]{}"^]+/.exec(this.#text.slice(this.#at, this.#at + 1024))
    if (found === null) throw this.#unexpected()
    this.#at += found[0].length
    return found[0].replace(/\\(.)/gs, '$1')
  }

  #range(): Bounds {
    const opens = this.#text[this.#at++]!
    const one = (): string | undefined => {
      this.#space()
      const text = this.#text[this.#at] === '"' ? this.#phrase() : this.#plain()
      this.#space()
      return text === '*' ? undefined : text
    }
    const low = one()
    if (!this.#word('TO')) throw this.#unexpected()
    const high = one()
    const closes = this.#text[this.#at++]
    if (closes !== ']' && closes !== '}') {
      this.#at--
      throw this.#unexpected()
    }
    const bounds: Bounds = {}
    if (low !== undefined) bounds[opens === '[' ? 'gte' : 'gt'] = low
    if (high !== undefined) bounds[closes === ']' ? 'lte' : 'lt'] = high
    return bounds
  }

  #phrase(): string {
    let text = ''
    for (let at = this.#at + 1; at < this.#text.length; at++) {
      const character = this.#text[at]!
      if (character === '"') {
        this.#at = at + 1
        return text
      }
      text += character === '\\' && at + 1 < this.#text.length ? this.#text[++at]! : character
    }
    throw refusal(this.#text, 'a quotation mark is not closed')
  }

  #regex(): string {
    for (let at = this.#at + 1; at < this.#text.length; at++) {
      if (this.#text[at] === '\\') at++
      else if (this.#text[at] === '/') {
        const inner = this.#text.slice(this.#at + 1, at)
        this.#at = at + 1
        return inner.replaceAll('\\/', '/')
      }
    }
    throw refusal(this.#text, 'a regular expression is not closed')
  }

  /** A word with its wildcards; undefined where none begins. */
  #bare(isName: boolean): Wild | undefined {
    const parts: WildPart[] = []
    let literal = ''
    const start = this.#at
    for (; this.#at < this.#text.length; this.#at++) {
      const character = this.#text[this.#at]!
      if (character === '\\' && this.#at + 1 < this.#text.length) literal += this.#text[++this.#at]
      else if (character === '*' || character === '?') {
        if (literal !== '') parts.push({ text: literal })
        literal = ''
        parts.push(character === '*' ? { any: true } : { one: true })
      } else if (ends.has(character) && (isName || character !== ':')) break
      else if (character === '~' && this.#at > start) break
      else literal += character
      if (parts.length > 64) throw refusal(this.#text, 'a word has too many wildcards')
    }
    if (literal !== '') parts.push({ text: literal })
    return this.#at === start ? undefined : parts
  }
}

function joined(list: readonly Clause[]): Condition {
  const of = (occur: Occur) => list.filter((one) => one.occur === occur)
  const musts = of('must').map(({ condition }) => condition)
  const nots = of('must_not').map(({ condition }) => not(condition))
  const shoulds = of('should').map(({ condition }) => condition)
  if (musts.length > 0 || shoulds.length === 0) return and([...musts, ...nots])
  return and([some(shoulds), ...nots])
}

function nameOf(name: Wild): string {
  return name.map((part) => ('text' in part ? part.text : 'any' in part ? '*' : '?')).join('')
}

function termOf(field: string, word: Wild): Condition {
  const text = plainText(word)
  if (text !== undefined) return { tag: 'value', field, text }
  if (isAnything(word)) return { tag: 'exists', field }
  return { tag: 'wild', field, pattern: word, isFolded: false }
}
