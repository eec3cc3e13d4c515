/**
 * Go templates as line_format and label_format take them: fields, pipelines, the documented
 * functions, if, range and with. Anything else is an error that names it.
 */
import { QueryError } from '../../series.ts'
import { unquote } from '../go-strings.ts'
import { isTemplateFunction } from './template-functions.ts'

export type TemplateNode =
  | { kind: 'text'; text: string }
  | { kind: 'action'; pipe: TemplatePipe }
  | {
      kind: 'if' | 'with' | 'range'
      pipe: TemplatePipe
      then: TemplateNode[]
      other: TemplateNode[]
    }

export type TemplatePipe = { variables: readonly string[]; commands: readonly TemplateCommand[] }
export type TemplateCommand = readonly TemplateTerm[]
export type TemplateTerm =
  | { kind: 'field'; path: readonly string[] }
  | { kind: 'variable'; name: string; path: readonly string[] }
  | { kind: 'function'; name: string }
  | { kind: 'value'; value: string | number | bigint | boolean | undefined }
  | { kind: 'pipe'; pipe: TemplatePipe; path: readonly string[] }

export type Template = readonly TemplateNode[]

const depth_max = 50
const template_characters_max = 32_768
const known = new Map<string, Template>()

/** Throws QueryError naming what it is a template of. */
export function readTemplate(text: string, of: string): Template {
  const found = known.get(text)
  if (found !== undefined) return found
  try {
    if (text.length > template_characters_max) throw new Unreadable('the template is too long')
    const template = new Reader(text).read()
    if (known.size > 100) known.clear()
    known.set(text, template)
    return template
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error
    const what = of === 'line' ? 'invalid line template' : `invalid template for ${of}`
    throw new QueryError('bad_data', `${what}: template: line:1: ${error.message}`)
  }
}

class Unreadable extends Error {}

const tag = /\{\{(- |)([\s\S]*?)( -|)\}\}/y
/** The kinds of words in the order in which they are tried. */
const kinds = ['string', 'char', 'number', 'variable', 'field', 'sign', 'name'] as const
const word = new RegExp(
  `\\s*(?:${[
    '("(?:[^"\\\\\\n]|\\\\.)*"|`[^`]*`)',
    "('(?:[^'\\\\]|\\\\.)+')",
    '([+-]?(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?)',
    '(\\$\\w*)',
    '((?:\\.\\w+)+|\\.)',
    '(:=|[|(),=])',
    '([\\p{L}_]\\w*)',
  ].join('|')})`,
  'uy',
)

type Word = {
  kind: 'string' | 'char' | 'number' | 'variable' | 'field' | 'sign' | 'name'
  text: string
}

class Reader {
  readonly #text: string
  #at = 0
  #trims = false
  #words: Word[] = []
  #next = 0
  #depth = 0

  constructor(text: string) {
    this.#text = text
  }

  read(): Template {
    const { nodes, end } = this.#list()
    if (end !== '') throw new Unreadable(`unexpected {{${end}}}`)
    return nodes
  }

  /** Nodes until `end`, `else` or the text's end; tells which it was. */
  #list(): { nodes: TemplateNode[]; end: string } {
    if (++this.#depth > depth_max) throw new Unreadable(`it nests deeper than ${depth_max}`)
    const nodes: TemplateNode[] = []
    for (;;) {
      const open = this.#text.indexOf('{{', this.#at)
      const stop = open < 0 ? this.#text.length : open
      let text = this.#text.slice(this.#at, stop)
      if (this.#trims) text = text.trimStart()
      const isTrimmed = open >= 0 && /^\{\{-\s/.test(this.#text.slice(open, open + 4))
      if (isTrimmed) text = text.trimEnd()
      if (text !== '') nodes.push({ kind: 'text', text })
      if (open < 0) {
        this.#at = stop
        this.#depth--
        return { nodes, end: '' }
      }
      const inside = this.#tag(open)
      if (inside === undefined) continue
      const [first] = inside
      if (first?.kind === 'name' && (first.text === 'end' || first.text === 'else')) {
        this.#depth--
        return { nodes, end: first.text }
      }
      nodes.push(this.#node(inside))
    }
  }

  /** The words inside of a tag; undefined for a comment. */
  #tag(open: number): Word[] | undefined {
    tag.lastIndex = open
    const close = this.#closing(open)
    if (close < 0) throw new Unreadable('unclosed action')
    let inside = this.#text.slice(open + 2, close)
    if (/^-\s/.test(inside)) inside = inside.slice(1)
    this.#trims = /\s-$/.test(inside)
    if (this.#trims) inside = inside.slice(0, -1)
    this.#at = close + 2
    if (/^\s*\/\*[\s\S]*\*\/\s*$/.test(inside)) return undefined
    this.#words = wordsOf(inside)
    this.#next = 0
    return this.#words
  }

  /** The end of the tag, past any text in quotes. */
  #closing(open: number): number {
    const part = /\}\}|"(?:[^"\\\n]|\\.)*"|`[^`]*`/g
    part.lastIndex = open + 2
    for (let found = part.exec(this.#text); found !== null; found = part.exec(this.#text)) {
      if (found[0] === '}}') return found.index
    }
    return -1
  }

  #node(words: Word[]): TemplateNode {
    const [first] = words
    const kind = first?.kind === 'name' ? first.text : ''
    if (kind === 'if' || kind === 'with' || kind === 'range') {
      this.#next = 1
      return this.#branch(kind)
    }
    for (const name of ['define', 'template', 'block', 'break', 'continue', 'call']) {
      if (kind === name) throw new Unreadable(`{{${name}}} is not supported`)
    }
    return { kind: 'action', pipe: this.#wholePipe() }
  }

  #branch(kind: 'if' | 'with' | 'range'): TemplateNode {
    const pipe = this.#wholePipe()
    const { nodes: then, end } = this.#list()
    if (end === '') throw new Unreadable('unexpected EOF')
    if (end === 'end') return { kind, pipe, then, other: [] }
    const next = this.#words[1]
    if (next !== undefined) {
      if (next.text !== 'if') throw new Unreadable(`unexpected ${next.text} in else`)
      this.#next = 2
      if (++this.#depth > depth_max) throw new Unreadable(`it nests deeper than ${depth_max}`)
      const other = [this.#branch('if')]
      this.#depth--
      return { kind, pipe, then, other }
    }
    const { nodes: other, end: last } = this.#list()
    if (last !== 'end') throw new Unreadable('unexpected EOF')
    return { kind, pipe, then, other }
  }

  #wholePipe(): TemplatePipe {
    const pipe = this.#pipe()
    const left = this.#words[this.#next]
    if (left !== undefined)
      throw new Unreadable(`unexpected ${JSON.stringify(left.text)} in operand`)
    return pipe
  }

  #pipe(): TemplatePipe {
    if (++this.#depth > depth_max) throw new Unreadable(`it nests deeper than ${depth_max}`)
    const variables = this.#declared()
    const commands: TemplateCommand[] = [this.#command()]
    while (this.#takes('|')) commands.push(this.#command())
    this.#depth--
    return { variables, commands }
  }

  /** `$x :=` or `$i, $x :=` in front of a pipeline. */
  #declared(): string[] {
    const [one, two, three, four] = this.#words.slice(this.#next, this.#next + 4)
    if (one?.kind !== 'variable') return []
    if (two?.text === ':=' || two?.text === '=') {
      this.#next += 2
      return [one.text]
    }
    if (two?.text !== ',' || three?.kind !== 'variable' || four?.text !== ':=') return []
    this.#next += 4
    return [one.text, three.text]
  }

  #takes(sign: string): boolean {
    const found = this.#words[this.#next]
    if (found?.kind !== 'sign' || found.text !== sign) return false
    this.#next++
    return true
  }

  #command(): TemplateCommand {
    const terms: TemplateTerm[] = []
    for (;;) {
      const found = this.#words[this.#next]
      if (found === undefined || (found.kind === 'sign' && found.text !== '(')) break
      this.#next++
      terms.push(this.#term(found))
    }
    if (terms.length === 0) throw new Unreadable('missing value for command')
    if (terms.length > 1 && terms[0]!.kind !== 'function') {
      throw new Unreadable('only functions take arguments')
    }
    return terms
  }

  #term({ kind, text }: Word): TemplateTerm {
    switch (kind) {
      case 'sign': {
        const pipe = this.#pipe()
        if (!this.#takes(')')) throw new Unreadable('unclosed left paren')
        return { kind: 'pipe', pipe, path: [] }
      }
      case 'string': {
        const value = unquote(text)
        if (value === undefined) throw new Unreadable(`invalid string ${text}`)
        return { kind: 'value', value }
      }
      case 'char':
        return { kind: 'value', value: BigInt((unquote(text) ?? '\0').codePointAt(0) ?? 0) }
      case 'number':
        return {
          kind: 'value',
          value: /^[+-]?\d+$/.test(text) ? BigInt(text.replace('+', '')) : Number(text),
        }
      case 'variable':
        return { kind: 'variable', name: text, path: [] }
      case 'field':
        return { kind: 'field', path: text.split('.').filter((name) => name !== '') }
      case 'name':
        if (text === 'true' || text === 'false') return { kind: 'value', value: text === 'true' }
        if (text === 'nil') return { kind: 'value', value: undefined }
        if (!isTemplateFunction(text))
          throw new Unreadable(`function ${JSON.stringify(text)} not defined`)
        return { kind: 'function', name: text }
    }
  }
}

function wordsOf(inside: string): Word[] {
  const words: Word[] = []
  let at = 0
  while (inside.slice(at).trim() !== '') {
    word.lastIndex = at
    const found = word.exec(inside)
    if (found === null) {
      const sign = inside.slice(at).trim()[0]!
      throw new Unreadable(`unexpected ${JSON.stringify(sign)} in command`)
    }
    const index = found.slice(1).findIndex((group) => group !== undefined)
    words.push({ kind: kinds[index]!, text: found[index + 1]! })
    at = word.lastIndex
  }
  return words
}

/** Names of labels that the template reads. */
export function namesInTemplate(template: Template): string[] {
  return template.flatMap((node) => {
    if (node.kind === 'text') return []
    const own = namesInPipe(node.pipe)
    if (node.kind === 'action') return own
    return [...own, ...namesInTemplate(node.then), ...namesInTemplate(node.other)]
  })
}

function namesInPipe(pipe: TemplatePipe): string[] {
  return pipe.commands.flat().flatMap((term) => {
    if (term.kind === 'field') return term.path.slice(0, 1)
    return term.kind === 'pipe' ? namesInPipe(term.pipe) : []
  })
}
