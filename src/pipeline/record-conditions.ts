/** Beats' conditions (equals, contains, regexp, range, has_fields, and, or, not) on a record. */
import { RE2JS } from 're2js'
import type { FieldValue } from './record-draft.ts'

export type Field = (name: string) => FieldValue | undefined
export type Condition = (field: Field) => boolean
type Options = Readonly<Record<string, string>>

/** From flat dotted options; all that are said must hold. Throws what is wrong in words. */
export function conditionOf(options: Options): Condition {
  const kinds = new Map<string, Record<string, string>>()
  for (const [key, value] of Object.entries(options)) {
    const dot = key.indexOf('.')
    const kind = dot < 0 ? key : key.slice(0, dot)
    const rest = kinds.get(kind) ?? {}
    rest[dot < 0 ? '' : key.slice(dot + 1)] = value
    kinds.set(kind, rest)
  }
  const all = [...kinds].map(([kind, rest]) => oneOf(kind, rest))
  return (field) => all.every((one) => one(field))
}

function oneOf(kind: string, rest: Options): Condition {
  switch (kind) {
    case 'not': {
      const inner = conditionOf(rest)
      return (field) => !inner(field)
    }
    case 'and': {
      const inner = listed(rest)
      return (field) => inner.every((one) => one(field))
    }
    case 'or': {
      const inner = listed(rest)
      return (field) => inner.some((one) => one(field))
    }
    case 'equals':
      return each(rest, (value, wanted) => value !== undefined && String(value) === wanted)
    case 'contains':
      return each(rest, (value, wanted) => value !== undefined && String(value).includes(wanted))
    case 'regexp':
      return matches(rest)
    case 'range':
      return ranges(rest)
    case 'has_fields': {
      const names = namesOf(rest)
      return (field) => names.every((name) => field(name) !== undefined)
    }
    default:
      throw new Error(`the condition ${kind} is not known here`)
  }
}

function each(rest: Options, holds: (value: FieldValue | undefined, wanted: string) => boolean) {
  const pairs = Object.entries(rest)
  return (field: Field) => pairs.every(([name, wanted]) => holds(field(name), wanted))
}

function matches(rest: Options): Condition {
  const pairs = Object.entries(rest).map(([name, text]) => [name, RE2JS.compile(text)] as const)
  return (field) =>
    pairs.every(([name, pattern]) => {
      const value = field(name)
      return value !== undefined && pattern.matcher(String(value)).find()
    })
}

/** `http.code.gte: 400`. */
function ranges(rest: Options): Condition {
  const bounds = Object.entries(rest).map(([key, text]) => {
    const dot = key.lastIndexOf('.')
    const [name, word, bound] = [key.slice(0, dot), key.slice(dot + 1), Number(text)]
    if (dot < 0 || !['gt', 'gte', 'lt', 'lte'].includes(word) || Number.isNaN(bound)) {
      throw new Error(`range.${key}: expected <field>.gt, gte, lt or lte and a number`)
    }
    return { name, word, bound }
  })
  return (field) =>
    bounds.every(({ name, word, bound }) => {
      const value = Number(field(name) ?? Number.NaN)
      if (word === 'gt') return value > bound
      if (word === 'gte') return value >= bound
      return word === 'lt' ? value < bound : value <= bound
    })
}

/** `0.equals.a: b`, `1.…`, or all of them as JSON. */
function listed(rest: Options): Condition[] {
  const numbered = new Map<string, Record<string, string>>()
  for (const [key, value] of Object.entries(rest)) {
    if (key === '') {
      return (JSON.parse(value) as object[]).map((one) => conditionOf(flatOptions(one)))
    }
    const dot = key.indexOf('.')
    const one = numbered.get(key.slice(0, dot)) ?? {}
    one[key.slice(dot + 1)] = value
    numbered.set(key.slice(0, dot), one)
  }
  return [...numbered.values()].map(conditionOf)
}

/** A list as JSON, as numbered options, or with commas. */
export function namesOf(rest: Options): string[] {
  const whole = rest['']
  if (whole === undefined) return Object.values(rest)
  if (whole.trim().startsWith('[')) return (JSON.parse(whole) as unknown[]).map(String)
  return whole
    .split(',')
    .map((word) => word.trim())
    .filter((word) => word !== '')
}

export function flatOptions(value: object, start = ''): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [key, one] of Object.entries(value) as [string, unknown][]) {
    if (typeof one === 'object' && one !== null && !Array.isArray(one)) {
      Object.assign(found, flatOptions(one, `${start}${key}.`))
    } else found[start + key] = typeof one === 'string' ? one : JSON.stringify(one)
  }
  return found
}
