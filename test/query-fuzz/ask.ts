/** One question to one of the query languages, as generators make it and the runner asks it. */
import type { Api } from '../../src/api/api.ts'
import type { QueryContext } from '../../src/query/context.ts'
import type { Dice } from './dice.ts'

export const languages = ['promql', 'logql', 'traceql', 'elastic', 'esql', 'search'] as const
export type Language = (typeof languages)[number]

export type Asked = { status: number; text: string }

export type Ask = {
  language: Language
  /** What is asked for, in a word or two. */
  kind: string
  /** The query as a person would have written it; '' where there is none. */
  query: string
  /** Everything that is sent, as text: a mark that the caller named himself is no leak. */
  sent: string
  answer(context: QueryContext): Promise<Asked>
  /** The language's own words of the query: parsed, and printed. Undefined: it has no printer. */
  language_of?: Syntax
  /** Whether everybody who may see the same rows gets the same answer. */
  isComparable: boolean
  /** Rows that the answer asked for, where it did. */
  rows_asked?: number
}

export type Syntax = { parse: (text: string) => unknown; print: (tree: never) => string }

export type Request = {
  method?: string
  path: string
  parameters?: Record<string, string | readonly string[] | undefined>
  body?: string
  headers?: Record<string, string>
}
export type Call = (api: Api, request: Request, context: QueryContext) => Promise<Asked>

/** The address with its parameters; what is undefined is not sent. */
export function addressOf({ path, parameters = {} }: Request): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined) continue
    for (const one of typeof value === 'string' ? [value] : value) search.append(name, one)
  }
  const text = search.toString()
  return text === '' ? path : `${path}?${text}`
}

const bits = ['(', ')', '[', ']', '{', '}', '"', "'", '`', ' by ', '|', '|=', ',', '\\', '😀', '\0']
const more = ['-', '!', '=~', '5m', '*', '/', ' or ', ' not ', '9'.repeat(30), '%', '$', '\n', '?']

/** Damaged text: of it nobody knows whether it still means anything. */
export function mutated(dice: Dice, text: string): string {
  let out = text
  for (let left = 1 + dice.whole(3); left > 0; left--) {
    const at = dice.whole(out.length + 1)
    switch (dice.whole(5)) {
      case 0:
        out = out.slice(0, at)
        break
      case 1: {
        const words = out.split(/\b/)
        const [a, b] = [dice.whole(words.length), dice.whole(words.length)]
        const first = words[a]!
        words[a] = words[b]!
        words[b] = first
        out = words.join('')
        break
      }
      case 2:
        out = out.slice(0, at) + String.fromCharCode(dice.whole(700)) + out.slice(at)
        break
      default:
        out = out.slice(0, at) + dice.pick([...bits, ...more]) + out.slice(at + dice.whole(4))
    }
  }
  return out
}

/** Most texts as they are, some damaged. */
export function maybeMutated(dice: Dice, text: string): string {
  return dice.chance(0.12) ? mutated(dice, text) : text
}
