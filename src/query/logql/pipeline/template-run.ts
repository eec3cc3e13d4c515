/** Fills a template with a line's labels. What goes wrong in it is an error of the line. */
import type { LabelMap } from './line-labels.ts'
import { callTemplateFunction, type GoValue, isTrue, printValue } from './template-functions.ts'
import type {
  Template,
  TemplateCommand,
  TemplateNode,
  TemplatePipe,
  TemplateTerm,
} from './template-parse.ts'
import { TemplateFailure, type TemplateLine } from './template-values.ts'

const steps_max = 100_000
const output_characters_max = 1_048_576

/** Throws TemplateFailure. */
export function runTemplate(template: Template, labels: LabelMap, line: TemplateLine): string {
  return new Run(labels, line).text(template)
}

class Run {
  readonly #labels: LabelMap
  readonly #line: TemplateLine
  #out = ''
  #steps = 0
  #dot: GoValue
  #variables = new Map<string, GoValue>()

  constructor(labels: LabelMap, line: TemplateLine) {
    this.#labels = labels
    this.#line = line
    this.#dot = labels as Map<string, GoValue>
    this.#variables.set('$', this.#dot)
  }

  text(template: Template): string {
    this.#nodes(template)
    return this.#out
  }

  #step(): void {
    if (++this.#steps > steps_max) throw new TemplateFailure('the template takes too many steps')
  }

  #write(text: string): void {
    if (this.#out.length + text.length > output_characters_max) {
      throw new TemplateFailure('the template makes more than 1 MiB')
    }
    this.#out += text
  }

  #nodes(nodes: readonly TemplateNode[]): void {
    for (const node of nodes) {
      this.#step()
      if (node.kind === 'text') this.#write(node.text)
      else if (node.kind === 'action') {
        const value = this.#pipe(node.pipe)
        if (node.pipe.variables.length === 0) this.#write(printValue(value))
      } else this.#branch(node)
    }
  }

  #branch(node: Extract<TemplateNode, { kind: 'if' | 'with' | 'range' }>): void {
    const value = this.#pipe(node.pipe)
    if (node.kind === 'range') {
      this.#range(node, value)
      return
    }
    const dot = this.#dot
    if (!isTrue(value)) this.#nodes(node.other)
    else {
      if (node.kind === 'with') this.#dot = value
      this.#nodes(node.then)
    }
    this.#dot = dot
  }

  #range(node: Extract<TemplateNode, { kind: 'if' | 'with' | 'range' }>, value: GoValue): void {
    const pairs = pairsOf(value)
    if (pairs.length === 0) this.#nodes(node.other)
    const dot = this.#dot
    const { variables } = node.pipe
    for (const [key, item] of pairs) {
      this.#step()
      this.#dot = item
      if (variables.length === 1) this.#variables.set(variables[0]!, item)
      if (variables.length === 2) {
        this.#variables.set(variables[0]!, key)
        this.#variables.set(variables[1]!, item)
      }
      this.#nodes(node.then)
    }
    this.#dot = dot
  }

  #pipe(pipe: TemplatePipe): GoValue {
    let value: GoValue
    for (const [i, command] of pipe.commands.entries()) {
      value = this.#command(command, i === 0 ? [] : [value])
    }
    if (pipe.variables.length === 1) this.#variables.set(pipe.variables[0]!, value)
    return value
  }

  #command(command: TemplateCommand, last: GoValue[]): GoValue {
    this.#step()
    const [first, ...rest] = command
    if (first?.kind !== 'function') {
      if (last.length > 0) throw new TemplateFailure('cannot give argument to non-function')
      return this.#term(first!)
    }
    const values = rest.map((term) => this.#term(term))
    return callTemplateFunction(first.name, [...values, ...last], this.#line)
  }

  #term(term: TemplateTerm): GoValue {
    switch (term.kind) {
      case 'value':
        return term.value
      case 'field':
        return term.path.reduce<GoValue>((value, name) => this.#member(value, name), this.#dot)
      case 'variable': {
        if (!this.#variables.has(term.name)) {
          throw new TemplateFailure(`undefined variable ${JSON.stringify(term.name)}`)
        }
        return this.#variables.get(term.name)
      }
      case 'pipe':
        return this.#pipe(term.pipe)
      case 'function':
        return callTemplateFunction(term.name, [], this.#line)
    }
  }

  #member(value: GoValue, name: string): GoValue {
    if (value instanceof Map) return value.get(name) ?? (value === this.#labels ? '' : undefined)
    throw new TemplateFailure(`can't evaluate field ${name}`)
  }
}

function pairsOf(value: GoValue): [GoValue, GoValue][] {
  if (Array.isArray(value)) return value.map((item, i) => [BigInt(i), item])
  if (value instanceof Map) return [...value].sort(([a], [b]) => (a < b ? -1 : 1))
  if (value === undefined) return []
  throw new TemplateFailure(`range can't iterate over ${printValue(value)}`)
}
