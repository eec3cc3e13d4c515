/** Finding the handler of a path. Index names never begin with an underscore, but for `_all`. */
import type { ElasticAnswer } from './answers.ts'
import type { ElasticCall } from './request.ts'

export type Handler = (call: ElasticCall) => Promise<ElasticAnswer>
/** `GET` also serves HEAD. A part in braces is a name. */
export type Route = readonly [methods: string, pattern: string, handler: Handler]

type Compiled = { methods: ReadonlySet<string>; parts: readonly string[]; handler: Handler }
export type Found = { handler: Handler; parts: ReadonlyMap<string, string> }

export class RouteTable {
  readonly #byLength = new Map<number, Compiled[]>()

  constructor(routes: readonly Route[]) {
    for (const [methods, pattern, handler] of routes) {
      const parts = split(pattern)
      const all = methods.split(' ')
      if (all.includes('GET')) all.push('HEAD')
      const same = this.#byLength.get(parts.length) ?? []
      same.push({ methods: new Set(all), parts, handler })
      this.#byLength.set(parts.length, same)
    }
    // Literal parts first, from the left.
    const rank = ({ parts }: Compiled) => parts.map((one) => (one.startsWith('{') ? 1 : 0)).join('')
    for (const same of this.#byLength.values()) same.sort((a, b) => (rank(a) < rank(b) ? -1 : 1))
  }

  find(method: string, path: string): Found | undefined {
    const asked = joinDateMath(split(path).map(decoded))
    for (const route of this.#byLength.get(asked.length) ?? []) {
      if (!route.methods.has(method)) continue
      const parts = match(route.parts, asked)
      if (parts !== undefined) return { handler: route.handler, parts }
    }
    return undefined
  }
}

function split(path: string): string[] {
  const parts = path.split('/').slice(1)
  if (parts.at(-1) === '') parts.pop()
  return parts
}

/** Some clients leave the slash in `<logs-{now/d}>` as it is. */
function joinDateMath(parts: readonly string[]): string[] {
  const joined: string[] = []
  for (const part of parts) {
    const last = joined.at(-1)
    const isOpen = last?.startsWith('<') === true && !last.endsWith('>')
    if (isOpen) joined[joined.length - 1] = `${last}/${part}`
    else joined.push(part)
  }
  return joined
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}

function match(pattern: readonly string[], asked: readonly string[]) {
  const parts = new Map<string, string>()
  for (const [at, part] of pattern.entries()) {
    const text = asked[at]!
    if (!part.startsWith('{')) {
      if (part !== text) return undefined
      continue
    }
    const name = part.slice(1, -1)
    if (text === '' || (name === 'index' && text.startsWith('_') && text !== '_all'))
      return undefined
    parts.set(name, text)
  }
  return parts
}
