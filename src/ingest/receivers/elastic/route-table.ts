/**
 * Finding the handler of a path: literal parts win over named ones. A path with no handler, or with
 * one for other methods, is answered as Elasticsearch does.
 */
import type { HttpCall } from '../../receiver.ts'
import { type ElasticAnswer, ElasticError } from './answers.ts'

export type ElasticCall = {
  call: HttpCall
  /** The named parts of the path, decoded. */
  part(name: string): string
  /** The JSON of the body; undefined when there is none. Throws ElasticError. */
  json(): Promise<unknown>
  /** Whether clients may replace their hosts by what this server says it is called. */
  canSniff: boolean
}

export type ElasticHandler = (call: ElasticCall) => ElasticAnswer | Promise<ElasticAnswer>
/** `GET` also serves HEAD. A part in braces is a name; one that an index has begins with no `_`. */
export type ElasticRoute = readonly [methods: string, pattern: string, handler: ElasticHandler]

type Compiled = { methods: readonly string[]; parts: readonly string[]; handler: ElasticHandler }
export type FoundRoute = { handler: ElasticHandler; parts: ReadonlyMap<string, string> }

export class RouteTable {
  readonly #byLength = new Map<number, Compiled[]>()

  constructor(routes: readonly ElasticRoute[]) {
    for (const [methods, pattern, handler] of routes) {
      const parts = split(pattern)
      const same = this.#byLength.get(parts.length) ?? []
      same.push({ methods: methods.split(' '), parts, handler })
      this.#byLength.set(parts.length, same)
    }
    // Literal parts first, from the left.
    for (const same of this.#byLength.values()) {
      same.sort((a, b) => (rankOf(a) < rankOf(b) ? -1 : 1))
    }
  }

  /** Throws ElasticError when there is none. */
  find(method: string, path: string): FoundRoute {
    const asked = joinDateMath(split(path).map(decoded))
    const allowed = new Set<string>()
    for (const route of this.#byLength.get(asked.length) ?? []) {
      const parts = match(route.parts, asked)
      if (parts === undefined) continue
      const { methods, handler } = route
      const isAllowed = methods.includes(method) || (method === 'HEAD' && methods.includes('GET'))
      if (isAllowed) return { handler, parts }
      for (const one of methods) allowed.add(one)
    }
    const shown = path.slice(0, 200)
    if (allowed.size === 0) throw new NoHandler(shown, method)
    const list = [...allowed].join(', ')
    const told = `uri [${shown}] and method [${method}]`
    const reason = `Incorrect HTTP method for ${told}, allowed: [${list}]`
    throw new WrongMethod(reason, list)
  }
}

/** These two are told as plain text where others have an object. */
export class NoHandler extends Error {
  constructor(path: string, method: string) {
    super(`no handler found for uri [${path}] and method [${method}]`)
  }
}
export class WrongMethod extends Error {
  readonly allowed: string

  constructor(reason: string, allowed: string) {
    super(reason)
    this.allowed = allowed
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
    throw new ElasticError(400, 'illegal_argument_exception', 'the path is not properly encoded')
  }
}

function rankOf({ parts }: Compiled): string {
  return parts.map((part) => (part.startsWith('{') ? '1' : '0')).join('')
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
