/** The functions of Helm templates that the chart uses, as Sprig and Helm define them. */
import { createHash } from 'node:crypto'
import { stringify } from 'yaml'

type Value = unknown
export type TemplateFunction = (...given: Value[]) => Value

/** Go's idea of empty: false, 0, "", nil, and collections without members. */
export function isTruthy(value: Value): boolean {
  if (value === undefined || value === null) return false
  if (Array.isArray(value)) return value.length > 0
  if (typeof value === 'object') return Object.keys(value).length > 0
  return Boolean(value)
}

/** How Go prints a value; nil as nothing, which Helm's engine does with missing keys. */
export function printed(value: Value): string {
  if (value === undefined || value === null) return ''
  if (Array.isArray(value)) return `[${value.map(printed).join(' ')}]`
  if (typeof value === 'object') return `map[${JSON.stringify(value)}]`
  return String(value)
}

const indented = (spaces: Value, text: Value) =>
  printed(text)
    .split('\n')
    .map((line) => ' '.repeat(Number(spaces)) + line)
    .join('\n')

/** Helm sorts keys, as Go's maps have no order. */
function toYaml(value: Value): string {
  return stringify(value, {
    sortMapEntries: true,
    lineWidth: 0,
    aliasDuplicateObjects: false,
  }).trimEnd()
}

function format(pattern: Value, ...given: Value[]): string {
  let at = 0
  return printed(pattern).replace(/%([sdvq%])/g, (_, verb: string) => {
    if (verb === '%') return '%'
    const value = printed(given[at++])
    return verb === 'q' ? JSON.stringify(value) : value
  })
}

const equals = (a: Value, b: Value) => JSON.stringify(a) === JSON.stringify(b)

const kinds: Record<string, string> = { number: 'float64', string: 'string', boolean: 'bool' }

export const functions: Readonly<Record<string, TemplateFunction>> = {
  default: (fallback, value) => (isTruthy(value) ? value : fallback),
  quote: (...values) => values.map((value) => JSON.stringify(printed(value))).join(' '),
  squote: (value) => `'${printed(value)}'`,
  toYaml,
  toJson: (value) => JSON.stringify(value),
  indent: indented,
  nindent: (spaces, text) => `\n${indented(spaces, text)}`,
  trunc: (length, text) => printed(text).slice(0, Number(length)),
  trim: (text) => printed(text).trim(),
  trimSuffix: (suffix, text) => {
    const [end, whole] = [printed(suffix), printed(text)]
    return whole.endsWith(end) ? whole.slice(0, whole.length - end.length) : whole
  },
  replace: (from, to, text) => printed(text).replaceAll(printed(from), printed(to)),
  contains: (part, text) => printed(text).includes(printed(part)),
  hasPrefix: (start, text) => printed(text).startsWith(printed(start)),
  lower: (text) => printed(text).toLowerCase(),
  upper: (text) => printed(text).toUpperCase(),
  append: (values, value) => [...(values as Value[]), value],
  b64enc: (text) => Buffer.from(printed(text)).toString('base64'),
  sha256sum: (text) => createHash('sha256').update(printed(text)).digest('hex'),
  printf: format,
  print: (...values) => values.map(printed).join(''),
  toString: printed,
  int: (value) => Math.trunc(Number(value)),
  int64: (value) => Math.trunc(Number(value)),
  /** Values of a file are JSON to Helm: every number is a float64. */
  kindIs: (kind, value) => kind === kinds[typeof value],
  eq: (a, ...others) => others.some((other) => equals(a, other)),
  ne: (a, b) => !equals(a, b),
  gt: (a, b) => Number(a) > Number(b),
  not: (value) => !isTruthy(value),
  and: (...values) => values.find((value) => !isTruthy(value)) ?? values.at(-1),
  or: (...values) => values.find(isTruthy) ?? values.at(-1),
  list: (...values) => values,
  dict: (...pairs) =>
    Object.fromEntries(
      Array.from({ length: pairs.length / 2 }, (_, at) => [pairs[2 * at], pairs[2 * at + 1]]),
    ),
  merge: (...maps) => Object.assign({}, ...maps.toReversed()),
  hasKey: (map, key) => Object.hasOwn(map as object, printed(key)),
  join: (by, values) => (values as Value[]).map(printed).join(printed(by)),
  fail: (message) => {
    throw new Error(printed(message))
  },
  required: (message, value) => {
    if (value === undefined || value === null || value === '') throw new Error(printed(message))
    return value
  },
}
