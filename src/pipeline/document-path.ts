/**
 * Reads and changes one place of a document by its dotted path, with Elasticsearch's words when
 * the place cannot be. Leaves to the caller which document a path begins in.
 */
import type { DocumentMap, DocumentValue } from './document.ts'

export type DocumentPath = { text: string; keys: readonly string[] }

/** The path cannot be followed in this document; the message says where it ends. */
export class PathProblem extends Error {}

const keys_max = 200
const index_max = 100_000

/** Throws PathProblem when the text is no path. A dot at the end says nothing, as in Java. */
export function documentPath(text: string): DocumentPath {
  if (text === '') throw new PathProblem('path cannot be null nor empty')
  const keys = text.split('.')
  while (keys.length > 0 && keys.at(-1) === '') keys.pop()
  if (keys.length === 0 || keys.length > keys_max)
    throw new PathProblem(`path [${text}] is not valid`)
  return { text, keys }
}

/** The value's class as Java would name it: what Elasticsearch's messages speak of. */
export function javaClass(value: unknown): string {
  if (typeof value === 'string') return 'java.lang.String'
  if (typeof value === 'boolean') return 'java.lang.Boolean'
  if (typeof value === 'bigint') return 'java.lang.Long'
  if (Array.isArray(value)) return 'java.util.ArrayList'
  if (typeof value !== 'number') return value === null ? 'null' : 'java.util.HashMap'
  if (!Number.isInteger(value)) return 'java.lang.Double'
  return value >= -2_147_483_648 && value <= 2_147_483_647 ? 'java.lang.Integer' : 'java.lang.Long'
}

/** Undefined when the path leads nowhere; null is a value that is there. */
export function findAt(root: DocumentMap, path: DocumentPath): DocumentValue | undefined {
  let at: DocumentValue | undefined = root
  for (const key of path.keys) {
    if (at instanceof Map) at = at.get(key)
    else if (Array.isArray(at)) at = isIndex(key) ? at[Number(key)] : undefined
    else return undefined
    if (at === undefined) return undefined
  }
  return at
}

/** Throws PathProblem with the place at which the path ends. */
export function readAt(root: DocumentMap, path: DocumentPath): DocumentValue {
  const found = findAt(root, path)
  if (found !== undefined) return found
  let at: DocumentValue = root
  for (const key of path.keys) at = stepInto(at, key, path, 'resolve')
  return at
}

function stepInto(
  at: DocumentValue,
  key: string,
  path: DocumentPath,
  verb: 'resolve' | 'remove',
): DocumentValue {
  const part = `as part of path [${path.text}]`
  if (at === null) throw new PathProblem(`cannot ${verb} [${key}] from null ${part}`)
  if (at instanceof Map) {
    const next = at.get(key)
    if (next === undefined) throw new PathProblem(`field [${key}] not present ${part}`)
    return next
  }
  if (Array.isArray(at)) return at[indexIn(at, key, path)]!
  throw new PathProblem(`cannot ${verb} [${key}] from object of type [${javaClass(at)}] ${part}`)
}

function isIndex(key: string): boolean {
  if (key.length === 0 || key.length > 6) return false
  for (let i = 0; i < key.length; i++) {
    const code = key.charCodeAt(i)
    if (code < 0x30 || code > 0x39) return false
  }
  return true
}

function indexIn(list: readonly DocumentValue[], key: string, path: DocumentPath): number {
  const part = `as part of path [${path.text}]`
  if (!/^-?\d{1,9}$/.test(key)) {
    throw new PathProblem(`[${key}] is not an integer, cannot be used as an index ${part}`)
  }
  const index = Number(key)
  if (index >= 0 && index < list.length && index < index_max) return index
  throw new PathProblem(
    `[${index}] is out of bounds for array with length [${list.length}] ${part}`,
  )
}

/** Makes the parents that are missing. */
export function writeAt(root: DocumentMap, path: DocumentPath, value: DocumentValue): void {
  const parent = parentAt(root, path)
  const leaf = path.keys.at(-1)!
  if (parent instanceof Map) parent.set(leaf, value)
  else if (Array.isArray(parent)) parent[indexIn(parent, leaf, path)] = value
  else throw noParent(parent, leaf, path)
}

/**
 * A list gets the value or values at its end; what is there alone becomes a list. Without
 * duplicates only values that are not there are added.
 */
export function appendAt(
  root: DocumentMap,
  path: DocumentPath,
  value: DocumentValue,
  allowDuplicates: boolean,
): void {
  const parent = parentAt(root, path)
  const leaf = path.keys.at(-1)!
  const values = Array.isArray(value) ? value : [value]
  if (parent instanceof Map) {
    parent.set(leaf, appended(parent.get(leaf), values, allowDuplicates))
  } else if (Array.isArray(parent)) {
    const index = indexIn(parent, leaf, path)
    parent[index] = appended(parent[index], values, allowDuplicates)
  } else throw noParent(parent, leaf, path)
}

function appended(
  before: DocumentValue | undefined,
  values: readonly DocumentValue[],
  allowDuplicates: boolean,
): DocumentValue {
  if (before === undefined && allowDuplicates) return [...values]
  const list = before === undefined ? [] : Array.isArray(before) ? before : [before]
  const length = list.length
  if (allowDuplicates) {
    for (const value of values) list.push(value)
    return list
  }
  const known = new Set(list.map(identityOf))
  for (const value of values) {
    const identity = identityOf(value)
    if (known.has(identity)) continue
    known.add(identity)
    list.push(value)
  }
  return list.length > length || before === undefined ? list : before
}

/** Equal for equal values: lists and objects as a text with their keys in order. */
function identityOf(value: DocumentValue): unknown {
  return typeof value === 'object' && value !== null ? `\0${identityText(value)}` : value
}

function identityText(value: DocumentValue): string {
  if (Array.isArray(value)) return `[${value.map(identityText).join()}]`
  if (!(value instanceof Map)) {
    return typeof value === 'string' ? JSON.stringify(value) : String(value)
  }
  const keys = [...value.keys()].sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${identityText(value.get(key)!)}`).join()}}`
}

function parentAt(root: DocumentMap, path: DocumentPath): DocumentValue {
  const { keys } = path
  let at: DocumentValue = root
  for (let i = 0; i < keys.length - 1; i++) {
    const key = keys[i]!
    if (at instanceof Map) {
      let next = at.get(key)
      if (next === undefined) {
        next = new Map()
        at.set(key, next)
      }
      at = next
    } else at = stepInto(at, key, path, 'resolve')
  }
  return at
}

function noParent(parent: DocumentValue, leaf: string, path: DocumentPath): PathProblem {
  const what = parent === null ? 'null parent' : `parent object of type [${javaClass(parent)}]`
  return new PathProblem(`cannot set [${leaf}] with ${what} as part of path [${path.text}]`)
}

export function removeAt(root: DocumentMap, path: DocumentPath): void {
  let at: DocumentValue = root
  for (let i = 0; i < path.keys.length - 1; i++) at = stepInto(at, path.keys[i]!, path, 'resolve')
  const leaf = path.keys.at(-1)!
  stepInto(at, leaf, path, 'remove')
  if (at instanceof Map) at.delete(leaf)
  else if (Array.isArray(at)) at.splice(indexIn(at, leaf, path), 1)
}

/** A copy that shares nothing with the value. */
export function copyOf<T extends DocumentValue>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item) => copyOf(item)) as T
  const copy: DocumentMap = new Map()
  for (const [key, item] of value as DocumentMap) copy.set(key, copyOf(item))
  return copy as T
}

/** The value as Java's toString writes it: what templates and messages show. */
export function javaText(value: DocumentValue): string {
  if (typeof value === 'string') return value
  if (Array.isArray(value)) return `[${value.map(javaText).join(', ')}]`
  if (!(value instanceof Map)) return String(value)
  return `{${Array.from(value, ([key, item]) => `${key}=${javaText(item)}`).join(', ')}}`
}
