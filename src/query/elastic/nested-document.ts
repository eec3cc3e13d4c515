/**
 * Documents as nested objects: put together from dotted names, flattened again, and cut down to the
 * parts that somebody asked for. Names come from outside: no object here has a prototype.
 */
import { hasShape } from './field-names.ts'

export type Nested = { [name: string]: unknown }

export function empty(): Nested {
  return Object.create(null) as Nested
}

export function isNested(value: unknown): value is Nested {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function put(document: Nested, name: string, value: unknown): void {
  const keys = name.split('.')
  let at = document
  for (const [depth, key] of keys.slice(0, -1).entries()) {
    const next = at[key]
    if (next === undefined) {
      const made = empty()
      at[key] = made
      at = made
    } else if (isNested(next)) at = next
    else {
      // `a` is a value and `a.b` is one too: the longer name stays one key.
      at[keys.slice(depth).join('.')] = value
      return
    }
  }
  const last = keys.at(-1)!
  const there = at[last]
  if (isNested(there)) there.value = value
  else at[last] = value
}

const depth_max = 32

/** Leaves by their dotted names. */
export function flat(document: Nested): [string, unknown][] {
  const found: [string, unknown][] = []
  const walk = (value: Nested, prefix: string, depth: number) => {
    for (const [key, inner] of Object.entries(value)) {
      const name = prefix === '' ? key : `${prefix}.${key}`
      if (isNested(inner) && depth < depth_max) walk(inner, name, depth + 1)
      else found.push([name, inner])
    }
  }
  walk(document, '', 0)
  return found
}

export type SourceFilter = { includes: readonly string[]; excludes: readonly string[] }

/** A pattern stands for everything inside of what it names, too. */
export function isMeant(name: string, pattern: string): boolean {
  return hasShape(name, pattern) || hasShape(name, `${pattern}.*`)
}

export function filteredDocument(document: Nested, { includes, excludes }: SourceFilter): Nested {
  const kept = empty()
  for (const [name, value] of flat(document)) {
    const isIn = includes.length === 0 || includes.some((pattern) => isMeant(name, pattern))
    if (isIn && !excludes.some((pattern) => isMeant(name, pattern))) put(kept, name, value)
  }
  return kept
}
