/**
 * Reads JSON as people write it in a console: with comments, texts in triple quotes and several
 * values after one another. Every value keeps where it stands. Printing is json-print.ts.
 */

type At = { from: number; to: number }
export type JsonMember = { key: string; key_at: At; value: JsonNode }
export type JsonNode = At &
  (
    | { kind: 'object'; members: JsonMember[] }
    | { kind: 'array'; items: JsonNode[] }
    | { kind: 'string'; text: string; is_triple: boolean }
    /** A number, true, false or null as it was written. */
    | { kind: 'scalar'; text: string }
  )

export const jsonProblems = ['value', 'comma', 'colon', 'key', 'string', 'end', 'depth'] as const
export type JsonProblem = At & { code: (typeof jsonProblems)[number] }

/** What could be read before the problem, if there is one. */
export type JsonRead = { values: JsonNode[]; problem?: JsonProblem; has_comments: boolean }

const depth_max = 100

export function readJson(text: string, from = 0, to = text.length): JsonRead {
  const reader = new Reader(text, to)
  const values: JsonNode[] = []
  let at = from
  try {
    for (;;) {
      at = reader.skip(at)
      if (at >= to) return { values, has_comments: reader.hasComments }
      const node = reader.value(at, 0)
      values.push(node)
      at = node.to
    }
  } catch (error) {
    if (!(error instanceof Stop)) throw error
    return { values, problem: error.problem, has_comments: reader.hasComments }
  }
}

class Stop extends Error {
  readonly problem: JsonProblem

  constructor(code: JsonProblem['code'], from: number, to: number) {
    super(code)
    this.problem = { code, from, to }
  }
}

class Reader {
  hasComments = false
  readonly #text: string
  readonly #end: number

  constructor(text: string, end: number) {
    this.#text = text
    this.#end = end
  }

  /** Past spaces and comments. */
  skip(from: number): number {
    let at = from
    for (;;) {
      const char = this.#text[at]
      if (at >= this.#end) return this.#end
      if (char === ' ' || char === '\n' || char === '\t' || char === '\r') at++
      else if (char === '#' || this.#text.startsWith('//', at)) {
        this.hasComments = true
        const line_end = this.#text.indexOf('\n', at)
        at = line_end < 0 ? this.#end : line_end
      } else return at
    }
  }

  value(at: number, depth: number): JsonNode {
    if (depth > depth_max) throw new Stop('depth', at, at + 1)
    const char = this.#text[at]
    if (char === '{') return this.#object(at, depth)
    if (char === '[') return this.#array(at, depth)
    if (char === '"') return this.#string(at)
    return this.#scalar(at)
  }

  #object(from: number, depth: number): JsonNode {
    const members: JsonMember[] = []
    let at = this.skip(from + 1)
    while (this.#charAt(at) !== '}') {
      if (this.#charAt(at) !== '"') throw this.#stop('key', at)
      const key = this.#string(at)
      if (key.kind !== 'string' || key.is_triple) throw new Stop('key', key.from, key.to)
      at = this.skip(key.to)
      if (this.#charAt(at) !== ':') throw this.#stop('colon', at)
      const value = this.value(this.#inside(this.skip(at + 1)), depth + 1)
      members.push({ key: key.text, key_at: { from: key.from, to: key.to }, value })
      at = this.#next(value.to, '}')
    }
    return { kind: 'object', from, to: at + 1, members }
  }

  #array(from: number, depth: number): JsonNode {
    const items: JsonNode[] = []
    let at = this.skip(from + 1)
    while (this.#charAt(at) !== ']') {
      const item = this.value(this.#inside(at), depth + 1)
      items.push(item)
      at = this.#next(item.to, ']')
    }
    return { kind: 'array', from, to: at + 1, items }
  }

  /** Where the next member begins, or the closing bracket. */
  #next(from: number, close: string): number {
    const at = this.skip(from)
    if (this.#charAt(at) === close) return at
    if (this.#charAt(at) !== ',') throw this.#stop('comma', at)
    const after = this.skip(at + 1)
    // A comma before the closing bracket.
    if (this.#charAt(after) === close) throw new Stop('value', at, at + 1)
    return after
  }

  #string(from: number): JsonNode {
    if (this.#text.startsWith('"""', from)) return this.#triple(from)
    let at = from + 1
    for (; at < this.#end; at++) {
      const char = this.#text[at]
      if (char === '\\') at++
      else if (char === '"') break
      else if (char === '\n') break
    }
    if (this.#text[at] !== '"' || at >= this.#end) {
      throw new Stop('string', from, Math.min(at, this.#end))
    }
    const raw = this.#text.slice(from, at + 1)
    try {
      return {
        ...{ kind: 'string', from, to: at + 1, is_triple: false },
        text: JSON.parse(raw.replaceAll('\t', '\\t')) as string,
      }
    } catch {
      throw new Stop('string', from, at + 1)
    }
  }

  #triple(from: number): JsonNode {
    const end = this.#text.indexOf('"""', from + 3)
    if (end < 0 || end + 3 > this.#end) throw new Stop('string', from, from + 3)
    const text = this.#text.slice(from + 3, end)
    return { kind: 'string', from, to: end + 3, text, is_triple: true }
  }

  #scalar(from: number): JsonNode {
    const pattern = /true\b|false\b|null\b|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])/y
    pattern.lastIndex = from
    const found = pattern.exec(this.#text)?.[0]
    if (found === undefined || from + found.length > this.#end) throw this.#stop('value', from)
    return { kind: 'scalar', from, to: from + found.length, text: found }
  }

  #charAt(at: number): string {
    return at < this.#end ? this.#text[at]! : ''
  }

  #inside(at: number): number {
    if (at >= this.#end) throw this.#stop('end', at)
    return at
  }

  /** Of the word that stands there. */
  #stop(code: JsonProblem['code'], at: number): Stop {
    if (at >= this.#end) return new Stop('end', Math.max(0, this.#end - 1), this.#end)
    const word = /^(?:[\w.$-]+|.)/s.exec(this.#text.slice(at, Math.min(this.#end, at + 80)))
    return new Stop(code, at, at + (word?.[0].length ?? 1))
  }
}
