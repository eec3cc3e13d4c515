/** Runs a parsed template: scopes, branches, named templates. The functions are in functions.ts. */
import { functions, isTruthy, printed } from './functions.ts'
import type { Call, Node, Operand, Pipeline } from './parse.ts'

type Value = unknown
type Scope = Map<string, Value>[]
export type Named = ReadonlyMap<string, Node[]>

export function collectNamed(nodes: readonly Node[], into: Map<string, Node[]>): void {
  for (const node of nodes) if (node.tag === 'define') into.set(node.name, node.body)
}

/** Throws with the line when a value is missing where one is needed. */
export function evaluate(nodes: readonly Node[], data: Value, named: Named): string {
  return new Run(named).block(nodes, data, [new Map([['$', data]])])
}

class Run {
  readonly #named: Named

  constructor(named: Named) {
    this.#named = named
  }

  block(nodes: readonly Node[], dot: Value, scope: Scope): string {
    const inner = [...scope, new Map<string, Value>()]
    return nodes.map((node) => this.#node(node, dot, inner)).join('')
  }

  #node(node: Node, dot: Value, scope: Scope): string {
    switch (node.tag) {
      case 'text':
        return node.text
      case 'define':
        return ''
      case 'print':
        try {
          return printed(this.#pipeline(node.pipeline, dot, scope))
        } catch (error) {
          throw new Error(`line ${node.line}: ${(error as Error).message}`, { cause: error })
        }
      case 'set': {
        const value = this.#pipeline(node.pipeline, dot, scope)
        const owner = node.isNew ? scope.at(-1) : scope.findLast((all) => all.has(node.variable))
        if (owner === undefined) throw new Error(`${node.variable} was never declared`)
        owner.set(node.variable, value)
        return ''
      }
      case 'if': {
        const isMet = isTruthy(this.#pipeline(node.pipeline, dot, scope))
        return this.block(isMet ? node.body : node.otherwise, dot, scope)
      }
      case 'with': {
        const value = this.#pipeline(node.pipeline, dot, scope)
        if (!isTruthy(value)) return this.block(node.otherwise, dot, scope)
        return this.block(node.body, value, scope)
      }
      case 'range':
        return this.#range(node, dot, scope)
    }
  }

  #range(node: Extract<Node, { tag: 'range' }>, dot: Value, scope: Scope): string {
    const entries = entriesOf(this.#pipeline(node.pipeline, dot, scope))
    if (entries.length === 0) return this.block(node.otherwise, dot, scope)
    return entries
      .map(([key, value]) => {
        const [first, second] = node.variables
        const own = new Map<string, Value>()
        if (second !== undefined) own.set(first!, key).set(second, value)
        else if (first !== undefined) own.set(first, value)
        return this.block(node.body, value, [...scope, own])
      })
      .join('')
  }

  #pipeline(pipeline: Pipeline, dot: Value, scope: Scope): Value {
    let value: Value
    pipeline.forEach((call, at) => {
      const given = call.arguments.map((operand) => this.#operand(operand, dot, scope))
      value = this.#call(call, at === 0 ? given : [...given, value], dot)
    })
    return value
  }

  #call(call: Call, given: Value[], dot: Value): Value {
    if (call.name === undefined) return given[0]
    if (call.name === 'include' || call.name === 'template') {
      const body = this.#named.get(printed(given[0]))
      if (body === undefined) throw new Error(`There is no template ${printed(given[0])}`)
      const data = given.length > 1 ? given[1] : dot
      return this.block(body, data, [new Map([['$', data]])])
    }
    const run = functions[call.name]
    if (run === undefined) throw new Error(`There is no function ${call.name}`)
    return run(...given)
  }

  #operand(operand: Operand, dot: Value, scope: Scope): Value {
    switch (operand.tag) {
      case 'string':
      case 'number':
        return operand.value
      case 'name':
        return { true: true, false: false }[operand.name]
      case 'field':
        return follow(dot, operand.steps)
      case 'variable': {
        const owner = scope.findLast((all) => all.has(operand.name))
        if (owner === undefined) throw new Error(`${operand.name} was never declared`)
        return follow(owner.get(operand.name), operand.steps)
      }
      case 'pipeline':
        return follow(this.#pipeline(operand.pipeline, dot, scope), operand.steps)
    }
  }
}

/** A step into nothing is an error in Helm too: "nil pointer evaluating interface {}". */
function follow(from: Value, steps: readonly string[]): Value {
  let value = from
  for (const step of steps) {
    if (value === undefined || value === null) throw new Error(`nothing has a member ${step}`)
    value = (value as Record<string, Value>)[step]
  }
  return value
}

function entriesOf(value: Value): [Value, Value][] {
  if (Array.isArray(value)) return value.map((item, at) => [at, item])
  if (value === null || typeof value !== 'object') return []
  return Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
}
