/** What changed between two versions of an object, as a list of dotted paths with both values. */

import type { PathChange } from '../../../model/kubernetes.ts'

/** A rewrite of everything is told by its first paths; the object itself is in the row. */
const changes_max = 200

export function diff(before: unknown, after: unknown): PathChange[] {
  const changes: PathChange[] = []
  compare(before, after, '', changes)
  return changes
}

function compare(before: unknown, after: unknown, path: string, changes: PathChange[]): void {
  if (changes.length >= changes_max || same(before, after)) return
  if (isPlain(before) && isPlain(after)) {
    for (const key of new Set([...Object.keys(before), ...Object.keys(after)])) {
      compare(own(before, key), own(after, key), joined(path, key), changes)
    }
    return
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    compareLists(before, after, path, changes)
    return
  }
  const change: PathChange = { path }
  if (before !== undefined) change.before = before
  if (after !== undefined) change.after = after
  changes.push(change)
}

/** A label may be called toString: what every object inherits is no member of it. */
function own(members: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(members, key) ? members[key] : undefined
}

/** Members with a name keep it when others come and go: containers, conditions, environment. */
function compareLists(
  before: readonly unknown[],
  after: readonly unknown[],
  path: string,
  changes: PathChange[],
): void {
  const key = nameKey(before, after)
  if (key === undefined) {
    for (let at = 0; at < Math.max(before.length, after.length); at++) {
      compare(before[at], after[at], joined(path, String(at)), changes)
    }
    return
  }
  const named = (list: readonly unknown[]) =>
    Object.fromEntries(list.map((one) => [String((one as Record<string, unknown>)[key]), one]))
  compare(named(before), named(after), path, changes)
}

function nameKey(...lists: (readonly unknown[])[]): string | undefined {
  return ['name', 'type', 'ip'].find((key) =>
    lists.every((list) => {
      const names = list.map((one) => (isPlain(one) ? one[key] : undefined))
      return names.every((name) => typeof name === 'string') && new Set(names).size === list.length
    }),
  )
}

function joined(path: string, key: string): string {
  const part = /^[^."[\]]+$/.test(key) ? key : `[${JSON.stringify(key)}]`
  return path === '' || part.startsWith('[') ? path + part : `${path}.${part}`
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function same(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object') return false
  return JSON.stringify(a) === JSON.stringify(b)
}
