/**
 * After a run: what a script has put into a document becomes plain, without cycles, and
 * bounded.
 */

import { items } from './arguments.ts'
import { momentText } from './moment-text.ts'
import { failArgument, PainlessFailure } from './problem.ts'
import { Char, javaName, Moment, Real, TextBuilder, type Value, View } from './values.ts'

const depth_max = 200
const nodes_max = 500_000
/** A string counts each time it stands in the document, as it will be written each time. */
const chars_max = 16_777_216

class Settling {
  private readonly path = new Set<Value>()
  private nodes = 0
  private chars = 0
  private readonly shared: ReadonlySet<Value>
  failure: PainlessFailure | undefined

  constructor(shared: ReadonlySet<Value>) {
    this.shared = shared
  }

  /** The plain value; what cannot be plain becomes null and is remembered as the failure. */
  value(value: Value): Value {
    this.nodes += 1
    if (typeof value === 'string') {
      this.chars += value.length
      if (this.chars > chars_max) this.fails(`the document has more than ${chars_max} characters`)
      return this.chars > chars_max ? null : value
    }
    if (this.nodes > nodes_max) {
      this.fails(`the document has more than ${nodes_max} values`)
      return null
    }
    if (value === null || typeof value !== 'object') return value
    if (value instanceof Real) return value.value
    if (value instanceof Char || value instanceof TextBuilder) return this.value(value.text)
    if (value instanceof Moment) return momentText(value)
    return this.container(value)
  }

  private container(value: Exclude<Value, null | boolean | number | bigint | string>): Value {
    if (this.path.has(value)) {
      this.fails('Iterable object is self-referencing itself')
      return null
    }
    if (this.path.size > depth_max) {
      this.fails(`the document is nested deeper than ${depth_max}`)
      return null
    }
    this.path.add(value)
    const result = this.inside(value)
    this.path.delete(value)
    return result
  }

  private inside(value: Value): Value {
    if (Array.isArray(value)) {
      const list = this.shared.has(value) ? [...value] : value
      for (const [at, item] of list.entries()) list[at] = this.value(item)
      return list
    }
    if (value instanceof Map) {
      const map = this.shared.has(value) ? new Map(value) : value
      for (const [key, item] of [...map]) {
        if (typeof key === 'string') {
          const plain = this.value(item)
          if (plain !== item) map.set(key, plain)
        } else {
          map.delete(key)
          map.set(this.key(key), this.value(item))
        }
      }
      return map
    }
    if (value instanceof Set || (value instanceof View && value.of !== 'entries')) {
      return items(value).map((item) => this.value(item))
    }
    this.fails(`cannot write xcontent for unknown value of type class ${javaName(value)}`)
    return null
  }

  private key(key: Value): string {
    if (key !== null && typeof key !== 'object') return String(key)
    this.fails(`a key of a document is a string, got ${javaName(key)}`)
    return javaName(key)
  }

  private fails(message: string): void {
    if (this.failure !== undefined) return
    this.failure = new PainlessFailure('illegal_argument_exception', message)
  }
}

/** What the parameters hold belongs to all runs: a document gets copies of it. */
const sharedOf = new WeakMap<object, ReadonlySet<Value>>()

function sharedIn(params: Value): ReadonlySet<Value> {
  if (!(params instanceof Map)) failArgument('params is a map')
  let found = sharedOf.get(params)
  if (found === undefined) {
    const all = new Set<Value>()
    const walk = (value: Value): void => {
      if (!(value instanceof Map) && !Array.isArray(value)) return
      if (all.has(value)) return
      all.add(value)
      for (const item of value.values()) walk(item)
    }
    walk(params)
    sharedOf.set(params, all)
    found = all
  }
  return found
}

/** The failure, if the document could not be made plain; then what could not is null in it. */
export function settle(document: Value, params: Value): PainlessFailure | undefined {
  const settling = new Settling(sharedIn(params))
  settling.value(document)
  return settling.failure
}

/** A result, where it is a value that a document can hold. */
export function settled(result: Value, params: Value): Value | undefined {
  if (result === null || typeof result !== 'object') return result
  const settling = new Settling(sharedIn(params))
  const plain = settling.value(result)
  return settling.failure === undefined ? plain : undefined
}
