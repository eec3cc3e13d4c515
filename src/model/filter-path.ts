/**
 * The query parameter `filter_path`: which parts of an answer a client wants. Patterns are dotted,
 * with `*` for a part of a name, `**` for any depth and `-` for what to leave out.
 */

export type PathFilter = {
  include: readonly Pattern[]
  exclude: readonly Pattern[]
}
type Pattern = readonly string[]

/** A client's patterns are tried on every name of an answer. */
const patterns_max = 64
const parts_max = 16

export function pathFilter(parameter: string | null): PathFilter | undefined {
  if (parameter === null || parameter === '') return undefined
  const all = parameter.split(',').slice(0, patterns_max)
  const split = (text: string): Pattern => text.trim().split('.').slice(0, parts_max)
  const include = all.filter((one) => !one.startsWith('-')).map(split)
  const exclude = all.filter((one) => one.startsWith('-')).map((one) => split(one.slice(1)))
  return { include, exclude }
}

/** The value with only what was asked for; undefined when nothing is left. */
export function filtered(value: unknown, filter: PathFilter): unknown {
  const kept = filter.include.length === 0 ? value : including(value, filter.include)
  return filter.exclude.length === 0 || kept === undefined ? kept : excluding(kept, filter.exclude)
}

function including(value: unknown, patterns: readonly Pattern[]): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => including(item, patterns)).filter((one) => one !== undefined)
    return items.length === 0 ? undefined : items
  }
  if (typeof value !== 'object' || value === null) return undefined
  const kept: [string, unknown][] = []
  for (const [key, member] of Object.entries(value)) {
    const rest = after(patterns, key)
    const part = rest.some((one) => isDone(one)) ? member : including(member, rest)
    if (part !== undefined) kept.push([key, part])
  }
  return kept.length === 0 ? undefined : fromEntries(kept)
}

function excluding(value: unknown, patterns: readonly Pattern[]): unknown {
  if (Array.isArray(value)) return value.map((item) => excluding(item, patterns))
  if (typeof value !== 'object' || value === null) return value
  const kept: [string, unknown][] = []
  for (const [key, member] of Object.entries(value)) {
    const rest = after(patterns, key)
    if (!rest.some((one) => isDone(one))) kept.push([key, excluding(member, rest)])
  }
  return fromEntries(kept)
}

/** Names come from clients' objects: `__proto__` must stay a name like any other. */
function fromEntries(entries: readonly [string, unknown][]): object {
  return Object.fromEntries(entries)
}

/** What is left of the patterns behind a name. */
function after(patterns: readonly Pattern[], key: string): Pattern[] {
  const left: Pattern[] = []
  for (const pattern of patterns) {
    const [first, second] = pattern
    if (first === undefined) continue
    if (first === '**') {
      left.push(pattern)
      if (second === undefined) left.push([])
      else if (isLike(second, key)) left.push(pattern.slice(2))
    } else if (isLike(first, key)) left.push(pattern.slice(1))
  }
  return left
}

function isDone(pattern: Pattern): boolean {
  return pattern.length === 0
}

/** Whether the text has the shape of the pattern, in which `*` stands for any text. */
export function isLike(pattern: string, text: string): boolean {
  if (!pattern.includes('*')) return pattern === text
  const parts = pattern.split('*')
  const first = parts[0]!
  const last = parts.at(-1)!
  if (!text.startsWith(first) || text.length < first.length + last.length) return false
  let at = first.length
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at)
    if (found < 0) return false
    at = found + part.length
  }
  return text.endsWith(last) && text.length - last.length >= at
}
