/**
 * Grok: `%{NAME:field:type}` within a regular expression. Makes one expression that runs in linear
 * time, and says which of its groups are which fields.
 */
import type { DocumentValue } from '../document.ts'
import type { IngestRun } from './ingest-run.ts'
import { ProcessorFailure } from './pipeline-refused.ts'
import { UserRegex } from './user-regex.ts'

type FieldType = 'string' | 'int' | 'long' | 'float' | 'double' | 'boolean'
export type GrokField = { name: string; type: FieldType; groups: number[] }

const expression_length_max = 256 * 1024
const depth_max = 32
const pretested_work_max = 4_000_000
const reference = /%\{([A-Za-z0-9_]+)(?::([\w@$[\].:?-]+))?(?:=((?:[^{}]|\{[^{}]*\})+))?\}/g
const types: readonly string[] = ['int', 'long', 'float', 'double', 'boolean', 'string']

export class GrokExpression {
  readonly fields: readonly GrokField[]
  readonly regex: UserRegex
  /** The name of the first pattern that is referred to: redact writes it. */
  readonly firstName: string
  /** Whether the last text did not match. */
  private isMissing = false

  /** Throws with what is wrong. */
  constructor(pattern: string, bank: (name: string) => string | undefined) {
    const names: { name: string; type: FieldType }[] = []
    const expanded = expand(pattern, bank, names, [])
    const fields = new Map<string, GrokField>()
    let groups = 0
    this.regex = new UserRegex(expanded, 'oniguruma', (word) => {
      const { name, type } = word.startsWith('\0') ? names[Number(word.slice(1))]! : fieldOf(word)
      const key = `${name}:${type}`
      const field = fields.get(key) ?? { name, type, groups: [] }
      field.groups.push(++groups)
      fields.set(key, field)
      return '('
    })
    this.fields = [...fields.values()]
    const [, own, given] = /%\{(\w+)(?::([^}:]+))?/.exec(pattern) ?? []
    this.firstName = given ?? own ?? 'REDACTED'
  }

  /** Gives every field that the text has to the function; false when the text does not match. */
  match(text: string, run: IngestRun, give: (name: string, value: DocumentValue) => void): boolean {
    const isShort = text.length * this.regex.instructions < pretested_work_max
    // A log in another form stays so: re2js says no sooner than a search finds nothing.
    if (this.isMissing && isShort && !this.regex.re.test(text)) return false
    const search = this.regex.search(text, run)
    this.isMissing = !search.find()
    if (this.isMissing) return false
    for (const { name, type, groups } of this.fields) {
      for (const group of groups) {
        const value = search.group(group)
        if (value === null) continue
        give(name, typed(value, type))
        break
      }
    }
    return true
  }
}

function expand(
  pattern: string,
  bank: (name: string) => string | undefined,
  names: { name: string; type: FieldType }[],
  within: readonly string[],
): string {
  if (within.length > depth_max) throw new Error('grok patterns are nested too deeply')
  const text = pattern.replace(reference, (_, name: string, word?: string, own?: string) => {
    const found = own ?? bank(name)
    if (found === undefined) {
      throw new Error(`Unable to find pattern [${name}] in Grok's pattern dictionary`)
    }
    if (within.includes(name)) {
      const path = [...within, name].map((one) => `[${one}]`).join('=>')
      throw new Error(`circular reference detected: ${path}`)
    }
    const inner = expand(found, bank, names, [...within, name])
    if (word === undefined) return `(?:${inner})`
    names.push(fieldOf(word))
    return `(?<\0${names.length - 1}>${inner})`
  })
  if (text.length > expression_length_max) throw new Error('the grok expression is too long')
  return text
}

/** `a.b:int` or `[a][b]:int`. */
function fieldOf(word: string): { name: string; type: FieldType } {
  const colon = word.lastIndexOf(':')
  const type = colon < 0 ? 'string' : word.slice(colon + 1)
  const isTyped = types.includes(type)
  if (colon >= 0 && !isTyped) throw new Error(`unknown type [${type}] in [${word}]`)
  const name = colon < 0 ? word : word.slice(0, colon)
  const dotted = name.startsWith('[') ? name.slice(1, -1).replaceAll('][', '.') : name
  return { name: dotted.replace(/\?$/, ''), type: type as FieldType }
}

function typed(text: string, type: FieldType): DocumentValue {
  switch (type) {
    case 'string':
      return text
    case 'boolean':
      return text.toLowerCase() === 'true'
    case 'float':
    case 'double': {
      const value = Number(text)
      if (text.trim() === '' || Number.isNaN(value)) throw noNumber(text)
      return type === 'float' ? shortest(Math.fround(value)) : value
    }
    default:
      return wholeNumber(text, type === 'int' ? 31n : 63n)
  }
}

/** A 32-bit float as the decimal that Java writes for it. */
function shortest(value: number): number {
  for (let digits = 6; digits < 10; digits++) {
    const one = Number(value.toPrecision(digits))
    if (Math.fround(one) === value) return one
  }
  return value
}

function wholeNumber(text: string, bits: bigint): DocumentValue {
  if (!/^[+-]?\d{1,19}$/.test(text)) throw noNumber(text)
  const value = Number(text)
  if (Number.isSafeInteger(value) && (bits > 31n || Math.abs(value) < 2 ** 31)) return value
  const exact = BigInt(text.replace('+', ''))
  if (exact >= 1n << bits || exact < -(1n << bits)) throw noNumber(text)
  return exact
}

function noNumber(text: string): ProcessorFailure {
  return new ProcessorFailure(`For input string: "${text}"`, 'number_format_exception')
}
