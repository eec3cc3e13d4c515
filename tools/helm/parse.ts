/** Builds a tree from a template's pieces: blocks with their branches, and pipelines of calls. */
import { type Piece, pieces, type Word } from './lex.ts'

/** One value after another given to the next call as its last argument. */
export type Pipeline = Call[]
export type Call = { name: string | undefined; arguments: Operand[] }
export type Operand =
  | Exclude<Word, { tag: 'sign' | 'step' }>
  | { tag: 'pipeline'; pipeline: Pipeline; steps: string[] }

export type Node =
  | { tag: 'text'; text: string }
  | { tag: 'print'; pipeline: Pipeline; line: number }
  | { tag: 'set'; variable: string; isNew: boolean; pipeline: Pipeline }
  | { tag: 'if' | 'with'; pipeline: Pipeline; body: Node[]; otherwise: Node[] }
  | {
      tag: 'range'
      variables: string[]
      pipeline: Pipeline
      body: Node[]
      otherwise: Node[]
    }
  | { tag: 'define'; name: string; body: Node[] }

export function parseTemplate(template: string): Node[] {
  const reader = new Reader(pieces(template))
  const nodes = reader.block()
  if (reader.stop !== undefined) throw new Error(`Unexpected {{ ${reader.stop} }}`)
  return nodes
}

class Reader {
  /** The word that ended the newest block: end or else. */
  stop: string | undefined
  /** What followed an else: `if …`. */
  #rest: Word[] = []
  readonly #pieces: readonly Piece[]
  #at = 0

  constructor(all: readonly Piece[]) {
    this.#pieces = all
  }

  block(): Node[] {
    const nodes: Node[] = []
    this.stop = undefined
    while (this.#at < this.#pieces.length) {
      const piece = this.#pieces[this.#at++]!
      if (piece.tag === 'text') nodes.push(piece)
      else {
        const node = this.#action(piece.words, piece.line)
        if (node === undefined) return nodes
        nodes.push(node)
      }
    }
    this.stop = undefined
    return nodes
  }

  #action(words: Word[], line: number): Node | undefined {
    const [first, second] = words
    const keyword = first?.tag === 'name' ? first.name : ''
    if (keyword === 'end' || keyword === 'else') {
      this.stop = keyword
      this.#rest = words.slice(1)
      return undefined
    }
    if (keyword === 'if' || keyword === 'with') return this.#branch(keyword, words.slice(1))
    if (keyword === 'range') return this.#range(words.slice(1))
    if (keyword === 'define') {
      const name = second?.tag === 'string' ? second.value : ''
      return { tag: 'define', name, body: this.block() }
    }
    if (first?.tag === 'variable' && second?.tag === 'sign' && /=/.test(second.sign)) {
      const pipeline = parsePipeline(words.slice(2))
      return { tag: 'set', variable: first.name, isNew: second.sign === ':=', pipeline }
    }
    return { tag: 'print', pipeline: parsePipeline(words), line }
  }

  #branch(tag: 'if' | 'with', words: Word[]): Node {
    const pipeline = parsePipeline(words)
    return { tag, pipeline, body: this.block(), otherwise: this.#otherwise() }
  }

  #otherwise(): Node[] {
    if (this.stop !== 'else') return []
    const [next] = this.#rest
    if (next?.tag === 'name' && (next.name === 'if' || next.name === 'with')) {
      return [this.#branch(next.name, this.#rest.slice(1))]
    }
    return this.block()
  }

  #range(words: Word[]): Node {
    const assign = words.findIndex((word) => word.tag === 'sign' && word.sign === ':=')
    const named = words.slice(0, Math.max(assign, 0))
    const variables = named.flatMap((word) => (word.tag === 'variable' ? [word.name] : []))
    const pipeline = parsePipeline(words.slice(assign + 1))
    return { tag: 'range', variables, pipeline, body: this.block(), otherwise: this.#otherwise() }
  }
}

function parsePipeline(words: Word[]): Pipeline {
  const cursor = { words, at: 0 }
  const pipeline = readPipeline(cursor)
  if (cursor.at < words.length) throw new Error(`Unexpected ${JSON.stringify(words[cursor.at])}`)
  return pipeline
}

type Cursor = { words: Word[]; at: number }

function readPipeline(cursor: Cursor): Pipeline {
  const calls = [readCall(cursor)]
  while (isSign(cursor, '|')) {
    cursor.at++
    calls.push(readCall(cursor))
  }
  return calls
}

function isSign({ words, at }: Cursor, sign: string): boolean {
  const word = words[at]
  return word?.tag === 'sign' && word.sign === sign
}

function readCall(cursor: Cursor): Call {
  const first = cursor.words[cursor.at]
  const isCall = first?.tag === 'name' && !['true', 'false', 'nil'].includes(first.name)
  if (isCall) cursor.at++
  const operands: Operand[] = []
  while (cursor.at < cursor.words.length && !isSign(cursor, '|') && !isSign(cursor, ')')) {
    operands.push(readOperand(cursor))
  }
  return { name: isCall ? first.name : undefined, arguments: operands }
}

function readOperand(cursor: Cursor): Operand {
  const word = cursor.words[cursor.at++]!
  if (word.tag === 'step') throw new Error('A step without a value')
  if (word.tag !== 'sign') return word
  if (word.sign !== '(') throw new Error(`Unexpected ${word.sign}`)
  const pipeline = readPipeline(cursor)
  if (!isSign(cursor, ')')) throw new Error('A parenthesis is not closed')
  cursor.at++
  const next = cursor.words[cursor.at]
  if (next?.tag !== 'step') return { tag: 'pipeline', pipeline, steps: [] }
  cursor.at++
  return { tag: 'pipeline', pipeline, steps: next.steps }
}
