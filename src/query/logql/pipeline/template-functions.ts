/** The functions of templates that Loki documents, as Go and sprig compute them. */
import { QueryError } from '../../series.ts'
import { parseBytes, parseGoDuration } from '../quantities.ts'
import { compileRegex } from '../regex.ts'
import { dateFunctions } from './template-dates.ts'
import {
  floatOf,
  type GoValue,
  integerOf,
  isTrue,
  printValue,
  TemplateFailure,
  type TemplateLine,
  textOf,
} from './template-values.ts'

export { type GoValue, isTrue, printValue } from './template-values.ts'

type Call = (values: readonly GoValue[], line: TemplateLine) => GoValue
/** How many arguments it takes, and what it does. */
type Definition = readonly [least: number, most: number, call: Call]

const many = 20
const text_characters_max = 1_048_576

const text =
  (call: (...texts: string[]) => GoValue): Call =>
  (values) =>
    call(...values.map(textOf))

function replaced(all: string, from: string, to: string, count: bigint): string {
  if (count < 0n) return bounded(all.replaceAll(from, () => to))
  let result = ''
  let at = 0
  for (let i = 0n; i < count; i++) {
    const found = all.indexOf(from, at)
    if (found < 0) break
    result += all.slice(at, found) + to
    at = found + from.length
    if (from === '') {
      if (at >= all.length) break
      result += all[at++]
    }
  }
  return bounded(result + all.slice(at))
}

function bounded(made: string): string {
  if (made.length > text_characters_max) throw new TemplateFailure('a text is longer than 1 MiB')
  return made
}

function trimmed(all: string, cut: string, sides: 'both' | 'left' | 'right'): string {
  const letters = [...all]
  const set = new Set(cut)
  let from = 0
  let to = letters.length
  if (sides !== 'right') while (from < to && set.has(letters[from]!)) from++
  if (sides !== 'left') while (to > from && set.has(letters[to - 1]!)) to--
  return letters.slice(from, to).join('')
}

const without = {
  prefix: (all: string, part: string) => (all.startsWith(part) ? all.slice(part.length) : all),
  suffix: (all: string, part: string) =>
    part !== '' && all.endsWith(part) ? all.slice(0, -part.length) : all,
}

const texts: Record<string, Definition> = {
  ToLower: [1, 1, text((all) => all!.toLowerCase())],
  ToUpper: [1, 1, text((all) => all!.toUpperCase())],
  lower: [1, 1, text((all) => all!.toLowerCase())],
  upper: [1, 1, text((all) => all!.toUpperCase())],
  title: [
    1,
    1,
    text((all) => all!.replace(/(^|[\s\p{P}])(\p{L})/gu, (part) => part.toUpperCase())),
  ],
  Replace: [4, 4, (v) => replaced(textOf(v[0]), textOf(v[1]), textOf(v[2]), integerOf(v[3]))],
  replace: [3, 3, text((from, to, all) => replaced(all!, from!, to!, -1n))],
  Trim: [2, 2, text((all, cut) => trimmed(all!, cut!, 'both'))],
  TrimLeft: [2, 2, text((all, cut) => trimmed(all!, cut!, 'left'))],
  TrimRight: [2, 2, text((all, cut) => trimmed(all!, cut!, 'right'))],
  TrimPrefix: [2, 2, text((all, part) => without.prefix(all!, part!))],
  TrimSuffix: [2, 2, text((all, part) => without.suffix(all!, part!))],
  TrimSpace: [1, 1, text((all) => all!.trim())],
  trim: [1, 1, text((all) => all!.trim())],
  trimAll: [2, 2, text((cut, all) => trimmed(all!, cut!, 'both'))],
  trimPrefix: [2, 2, text((part, all) => without.prefix(all!, part!))],
  trimSuffix: [2, 2, text((part, all) => without.suffix(all!, part!))],
  contains: [2, 2, text((part, all) => all!.includes(part!))],
  hasPrefix: [2, 2, text((part, all) => all!.startsWith(part!))],
  hasSuffix: [2, 2, text((part, all) => all!.endsWith(part!))],
  indent: [2, 2, (v) => indented(integerOf(v[0]), textOf(v[1]))],
  nindent: [2, 2, (v) => `\n${indented(integerOf(v[0]), textOf(v[1]))}`],
  repeat: [2, 2, (v) => repeated(Number(integerOf(v[0])), textOf(v[1]))],
  trunc: [2, 2, (v) => truncated(Number(integerOf(v[0])), textOf(v[1]))],
  substr: [3, 3, (v) => part(Number(integerOf(v[0])), Number(integerOf(v[1])), textOf(v[2]))],
  alignLeft: [2, 2, (v) => aligned(Number(integerOf(v[0])), textOf(v[1]), true)],
  alignRight: [2, 2, (v) => aligned(Number(integerOf(v[0])), textOf(v[1]), false)],
  b64enc: [1, 1, text((all) => Buffer.from(all!).toString('base64'))],
  b64dec: [1, 1, text((all) => Buffer.from(all!, 'base64').toString())],
  urlencode: [1, 1, text((all) => encodeURIComponent(all!.toWellFormed()).replaceAll('%20', '+'))],
  urldecode: [1, 1, text((all) => urlDecoded(all!))],
  regexReplaceAll: [3, 3, text((p, all, to) => bounded(regex(p!).replaceAll(all!, to!)))],
  regexReplaceAllLiteral: [
    ...([3, 3] as const),
    text((p, all, to) => bounded(regex(p!).replaceAll(all!, to!.replaceAll('$', '$$$$')))),
  ],
  count: [2, 2, text((p, all) => BigInt(regex(p!).count(all!)))],
  fromJson: [1, 1, text((all) => parsedJson(all!))],
  printf: [1, many, (v) => formatted(textOf(v[0]), v.slice(1))],
  print: [0, many, (v) => v.map(printValue).join(' ')],
  println: [0, many, (v) => `${v.map(printValue).join(' ')}\n`],
}

function indented(width: bigint, all: string): string {
  const pad = ' '.repeat(Math.min(1_000, Math.max(0, Number(width))))
  return bounded(pad + all.replaceAll('\n', `\n${pad}`))
}

function repeated(count: number, all: string): string {
  if (count * all.length > text_characters_max) bounded(' '.repeat(text_characters_max + 1))
  return all.repeat(Math.max(0, count))
}

function truncated(count: number, all: string): string {
  const letters = [...all]
  if (count < 0 && letters.length + count > 0) return letters.slice(count).join('')
  return count >= 0 && letters.length > count ? letters.slice(0, count).join('') : all
}

function part(start: number, end: number, all: string): string {
  const letters = [...all]
  if (start < 0) return letters.slice(0, Math.max(0, end)).join('')
  return letters.slice(start, end < 0 ? letters.length : end).join('')
}

function aligned(width: number, all: string, isLeft: boolean): string {
  if (width < 0) return ''
  const letters = [...all]
  const pad = ' '.repeat(Math.min(10_000, Math.max(0, width - letters.length)))
  if (isLeft) return letters.slice(0, width).join('') + pad
  return pad + letters.slice(Math.max(0, letters.length - width)).join('')
}

function urlDecoded(all: string): string {
  try {
    return decodeURIComponent(all.replaceAll('+', ' '))
  } catch {
    throw new TemplateFailure(`invalid URL escape in ${JSON.stringify(all)}`)
  }
}

function regex(pattern: string) {
  try {
    return compileRegex(pattern, false)
  } catch (error) {
    if (error instanceof QueryError) throw new TemplateFailure(error.message)
    throw error
  }
}

function parsedJson(all: string): GoValue {
  try {
    return goValue(JSON.parse(all))
  } catch {
    return undefined
  }
}

function goValue(value: unknown): GoValue {
  if (Array.isArray(value)) return value.map(goValue)
  if (typeof value === 'object' && value !== null) {
    return new Map(Object.entries(value).map(([name, item]) => [name, goValue(item)]))
  }
  return value === null ? undefined : (value as GoValue)
}

const verbs = /%([-+ 0#]*)(\d*)(?:\.(\d+))?([a-zA-Z%])/g

function formatted(format: string, values: readonly GoValue[]): string {
  let next = 0
  return bounded(
    format.replace(verbs, (_all, flags: string, width: string, precision: string, verb: string) => {
      if (verb === '%') return '%'
      if (next >= values.length) return `%!${verb}(MISSING)`
      const written = verbed(verb, values[next++], precision, flags)
      const size = Math.min(1_000, Number(width))
      if (flags.includes('-')) return written.padEnd(size)
      return written.padStart(size, flags.includes('0') && verb !== 's' ? '0' : ' ')
    }),
  )
}

function verbed(
  verb: string,
  value: GoValue,
  precision: string | undefined,
  flags: string,
): string {
  const digits = precision === undefined ? undefined : Math.min(50, Number(precision))
  const isNumber = typeof value === 'number' || typeof value === 'bigint'
  const sign = flags.includes('+') && isNumber && Number(value) >= 0 ? '+' : ''
  const wrong = `%!${verb}(${typeof value}=${printValue(value)})`
  switch (verb) {
    case 's':
    case 'v':
      return sign + (digits === undefined ? printValue(value) : printValue(value).slice(0, digits))
    case 'q':
      return JSON.stringify(printValue(value))
    case 't':
      return typeof value === 'boolean' ? String(value) : wrong
    case 'd':
      return typeof value === 'bigint' ? sign + String(value) : wrong
    case 'x':
      return typeof value === 'bigint'
        ? value.toString(16)
        : Buffer.from(printValue(value)).toString('hex')
    case 'f':
      return typeof value === 'number' ? sign + value.toFixed(digits ?? 6) : wrong
    case 'e':
      return typeof value === 'number'
        ? value.toExponential(digits ?? 6).replace(/e([+-])(\d)$/, 'e$10$2')
        : wrong
    case 'g':
      return typeof value === 'number' ? printValue(value) : wrong
    default:
      return wrong
  }
}

const whole =
  (call: (left: bigint, right: bigint) => bigint): Call =>
  (values) =>
    values
      .slice(1)
      .reduce<bigint>((sum, value) => call(sum, integerOf(value)), integerOf(values[0]))
const float =
  (call: (left: number, right: number) => number): Call =>
  (values) =>
    values.slice(1).reduce<number>((sum, value) => call(sum, floatOf(value)), floatOf(values[0]))

/** Math.max takes no bigints. */
function larger(left: bigint, right: bigint): bigint {
  if (left > right) return left
  return right
}

function smaller(left: bigint, right: bigint): bigint {
  if (left < right) return left
  return right
}

function divided(left: bigint, right: bigint, isRest: boolean): bigint {
  if (right === 0n) throw new TemplateFailure('runtime error: integer divide by zero')
  return isRest ? left % right : left / right
}

function rounded(value: number, places: number): number {
  const power = 10 ** places
  const scaled = value * power
  const rest = scaled - Math.trunc(scaled)
  return (rest >= 0.5 ? Math.ceil(scaled) : Math.floor(scaled)) / power
}

const numbers: Record<string, Definition> = {
  int: [1, 1, (v) => integerOf(v[0])],
  float64: [1, 1, (v) => floatOf(v[0])],
  add: [1, many, whole((a, b) => a + b)],
  sub: [2, 2, whole((a, b) => a - b)],
  mul: [1, many, whole((a, b) => BigInt.asIntN(64, a * b))],
  div: [2, 2, whole((a, b) => divided(a, b, false))],
  mod: [2, 2, whole((a, b) => divided(a, b, true))],
  addf: [1, many, float((a, b) => a + b)],
  subf: [1, many, float((a, b) => a - b)],
  mulf: [1, many, float((a, b) => a * b)],
  divf: [1, many, float((a, b) => a / b)],
  max: [1, many, whole(larger)],
  min: [1, many, whole(smaller)],
  maxf: [1, many, float(Math.max)],
  minf: [1, many, float(Math.min)],
  ceil: [1, 1, (v) => Math.ceil(floatOf(v[0]))],
  floor: [1, 1, (v) => Math.floor(floatOf(v[0]))],
  round: [2, 3, (v) => rounded(floatOf(v[0]), Math.min(15, Number(integerOf(v[1]))))],
  bytes: [1, 1, text((all) => needed(parseBytes(all!), all!))],
  duration: [1, 1, text((all) => needed(parseGoDuration(all!), all!) / 1e9)],
  duration_seconds: [1, 1, text((all) => needed(parseGoDuration(all!), all!) / 1e9)],
}

function needed(value: number | undefined, all: string): number {
  if (value === undefined) throw new TemplateFailure(`cannot read ${JSON.stringify(all)}`)
  return value
}

function ordered(left: GoValue, right: GoValue): number {
  const isNumber = (value: GoValue) => typeof value === 'number' || typeof value === 'bigint'
  if (isNumber(left) && isNumber(right)) {
    if (typeof left !== typeof right) throw new TemplateFailure('incompatible types for comparison')
    return Number(left! > right!) - Number(left! < right!)
  }
  if (typeof left !== typeof right) throw new TemplateFailure('incompatible types for comparison')
  return Number(printValue(left) > printValue(right)) - Number(printValue(left) < printValue(right))
}

const logic: Record<string, Definition> = {
  eq: [2, many, (v) => v.slice(1).some((value) => ordered(v[0], value) === 0)],
  ne: [2, 2, (v) => ordered(v[0], v[1]) !== 0],
  lt: [2, 2, (v) => ordered(v[0], v[1]) < 0],
  le: [2, 2, (v) => ordered(v[0], v[1]) <= 0],
  gt: [2, 2, (v) => ordered(v[0], v[1]) > 0],
  ge: [2, 2, (v) => ordered(v[0], v[1]) >= 0],
  and: [1, many, (v) => v.find((value) => !isTrue(value)) ?? v.at(-1)],
  or: [1, many, (v) => v.find(isTrue) ?? v.at(-1)],
  not: [1, 1, (v) => !isTrue(v[0])],
  default: [1, 2, (v) => (v.length === 2 && isTrue(v[1]) ? v[1] : v[0])],
  len: [1, 1, (v) => lengthOf(v[0])],
  index: [1, many, (v) => v.slice(1).reduce(itemOf, v[0])],
}

function lengthOf(value: GoValue): bigint {
  if (typeof value === 'string') return BigInt(Buffer.byteLength(value))
  if (Array.isArray(value)) return BigInt(value.length)
  if (value instanceof Map) return BigInt(value.size)
  throw new TemplateFailure(`len of type ${typeof value}`)
}

function itemOf(of: GoValue, key: GoValue): GoValue {
  if (of instanceof Map) return of.get(printValue(key))
  if (!Array.isArray(of)) throw new TemplateFailure(`can't index item of type ${typeof of}`)
  const index = Number(integerOf(key))
  if (index < 0 || index >= of.length) throw new TemplateFailure(`index out of range: ${index}`)
  return of[index]
}

const ofLine: Record<string, Definition> = {
  __line__: [0, 0, (_v, { line }) => line],
  __timestamp__: [0, 0, (_v, { time_ns }) => ({ ns: time_ns, zone: 'UTC' })],
}

const functions = new Map<string, Definition>(
  Object.entries({ ...texts, ...numbers, ...logic, ...dateFunctions, ...ofLine }),
)

export function isTemplateFunction(name: string): boolean {
  return functions.has(name)
}

export function callTemplateFunction(
  name: string,
  values: readonly GoValue[],
  line: TemplateLine,
): GoValue {
  const [least, most, call] = functions.get(name)!
  if (values.length < least || values.length > most) {
    const wanted = least === most ? `${least}` : `at least ${least}`
    throw new TemplateFailure(
      `wrong number of args for ${name}: want ${wanted} got ${values.length}`,
    )
  }
  return call(values, line)
}
