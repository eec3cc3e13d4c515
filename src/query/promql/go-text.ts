/**
 * Numbers, strings and durations as Go's strconv and fmt write and read them, because every text
 * that Prometheus answers was written by those. Knows nothing of queries.
 */

/** Shortest digits that read back as the number, and the power of ten of the first digit. */
function digitsOf(value: number): { digits: string; exponent: number } {
  const [mantissa = '0', exponent = '0'] = Math.abs(value).toExponential().split('e')
  return { digits: mantissa.replace('.', ''), exponent: Number(exponent) }
}

function special(value: number): string | undefined {
  if (Number.isNaN(value)) return 'NaN'
  if (value === Number.POSITIVE_INFINITY) return '+Inf'
  if (value === Number.NEGATIVE_INFINITY) return '-Inf'
  return undefined
}

const signOf = (value: number): string => (value < 0 || Object.is(value, -0) ? '-' : '')

function fixed(digits: string, exponent: number): string {
  if (exponent < 0) return `0.${'0'.repeat(-exponent - 1)}${digits}`
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, '0')
  const rest = digits.slice(exponent + 1)
  return rest === '' ? whole : `${whole}.${rest}`
}

/** Go's %g and %v: with an exponent below 1e-4 and from 1e6 on. */
export function formatGeneral(value: number): string {
  const odd = special(value)
  if (odd !== undefined) return odd
  if (value === 0) return `${signOf(value)}0`
  const { digits, exponent } = digitsOf(value)
  if (exponent >= -4 && exponent < 6) {
    return signOf(value) + fixed(digits, exponent)
  }
  return signOf(value) + scientific(digits, exponent)
}

function scientific(digits: string, exponent: number): string {
  const tail = digits.length > 1 ? `.${digits.slice(1)}` : ''
  const power = String(Math.abs(exponent)).padStart(2, '0')
  return `${digits[0]}${tail}e${exponent < 0 ? '-' : '+'}${power}`
}

/** Go's strconv 'f' with -1: never an exponent. What sample values are written as. */
export function formatFixed(value: number): string {
  const odd = special(value)
  if (odd !== undefined) return odd
  if (value === 0) return `${signOf(value)}0`
  const { digits, exponent } = digitsOf(value)
  return signOf(value) + fixed(digits, exponent)
}

/** Go's %g with a precision, for texts such as "a max diff of 2.5". */
export function formatPrecision(value: number, digits_max: number): string {
  const odd = special(value)
  if (odd !== undefined) return odd
  if (value === 0) return '0'
  const [mantissa = '0', power = '0'] = Math.abs(value)
    .toExponential(digits_max - 1)
    .split('e')
  const digits = mantissa.replace('.', '').replace(/0+$/, '')
  const exponent = Number(power)
  if (exponent >= -4 && exponent < digits_max) return signOf(value) + fixed(digits, exponent)
  return signOf(value) + scientific(digits, exponent)
}

/** OpenMetrics' way to write a bound: 1 is "1.0". */
export function formatBound(value: number): string {
  const text = formatGeneral(value)
  return /^-?\d+$/.test(text) ? `${text}.0` : text
}

/** A byte that is not UTF-8 is kept as the lone surrogate U+DC80 + byte - 0x80. */
const strayByte = (code: number): number | undefined =>
  code >= 0xdc80 && code <= 0xdcff ? code - 0xdc00 : undefined

const escapes: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
}

/** Go's %q. */
export function quote(text: string): string {
  let out = '"'
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0
    const stray = strayByte(code)
    const escaped = escapes[char]
    if (escaped !== undefined) out += escaped
    else if (stray !== undefined) out += `\\x${stray.toString(16).padStart(2, '0')}`
    else if (code < 0x20 || code === 0x7f) out += `\\x${code.toString(16).padStart(2, '0')}`
    else if (/^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(char)) out += char
    else if (code > 0xffff) out += `\\U${code.toString(16).padStart(8, '0')}`
    else out += `\\u${code.toString(16).padStart(4, '0')}`
  }
  return `${out}"`
}

/** The text of a quoted literal; undefined when an escape is not one of Go's. */
export function unquote(literal: string): string | undefined {
  const mark = literal[0]
  if (literal.length < 2 || mark === undefined || !literal.endsWith(mark)) return undefined
  const inner = literal.slice(1, -1)
  if (mark === '`') return inner.includes('`') ? undefined : inner.replaceAll('\r', '')
  if (inner.includes('\n')) return undefined
  if (!inner.includes('\\')) return inner.includes(mark) ? undefined : inner
  const bytes: number[] = []
  const utf8 = new TextEncoder()
  for (let at = 0; at < inner.length; ) {
    const char = inner[at] ?? ''
    if (char === mark) return undefined
    if (char !== '\\') {
      const whole = String.fromCodePoint(inner.codePointAt(at) ?? 0)
      bytes.push(...utf8.encode(whole))
      at += whole.length
      continue
    }
    const read = escapeAt(inner, at + 1, mark)
    if (read === undefined) return undefined
    if (typeof read.value === 'number') bytes.push(read.value)
    else bytes.push(...utf8.encode(read.value))
    at = read.next
  }
  return fromBytes(bytes)
}

type Escape = { value: string | number; next: number }
const plainEscapes: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
}

/** Reads what follows a backslash: a character, or a byte for \x and octal. */
function escapeAt(text: string, at: number, mark: string): Escape | undefined {
  const char = text[at] ?? ''
  const plain = Object.hasOwn(plainEscapes, char) ? plainEscapes[char] : undefined
  if (plain !== undefined) return { value: plain, next: at + 1 }
  if (char === mark) return { value: mark, next: at + 1 }
  if (/[0-7]/.test(char)) {
    const octal = /^[0-7]{3}/.exec(text.slice(at, at + 3))?.[0]
    if (octal === undefined || Number.parseInt(octal, 8) > 255) return undefined
    return { value: Number.parseInt(octal, 8), next: at + 3 }
  }
  const width = { x: 2, u: 4, U: 8 }[char]
  if (width === undefined) return undefined
  const hex = text.slice(at + 1, at + 1 + width)
  if (hex.length !== width || !/^[0-9a-fA-F]+$/.test(hex)) return undefined
  const code = Number.parseInt(hex, 16)
  if (char === 'x') return { value: code, next: at + 3 }
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined
  return { value: String.fromCodePoint(code), next: at + 1 + width }
}

/** UTF-8 decoded, bytes that are not UTF-8 kept as lone surrogates so that they can be named. */
function fromBytes(bytes: readonly number[]): string {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
  try {
    return decoder.decode(Uint8Array.from(bytes))
  } catch {
    let out = ''
    for (let at = 0; at < bytes.length; ) {
      const byte = bytes[at] ?? 0
      const width = byte < 0x80 ? 1 : byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
      try {
        out += decoder.decode(Uint8Array.from(bytes.slice(at, at + width)))
        at += width
      } catch {
        out += String.fromCharCode(0xdc00 + byte)
        at += 1
      }
    }
    return out
  }
}

const units: readonly (readonly [name: string, ms: number])[] = [
  ['y', 31_536_000_000],
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
]

/** Years and weeks are used only where nothing is left over: 90d, not 12w6d. */
export function formatDuration(duration_ms: number): string {
  if (duration_ms === 0) return '0s'
  let rest = Math.abs(duration_ms)
  let out = ''
  for (const [name, ms] of units) {
    if ((name === 'y' || name === 'w') && rest % ms !== 0) continue
    const count = Math.floor(rest / ms)
    if (count > 0) out += `${count}${name}`
    rest -= count * ms
  }
  return `${duration_ms < 0 ? '-' : ''}${out}`
}

const durationPattern =
  /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/

/** Milliseconds of 1h30m; undefined when it is no duration. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0
  const match = text === '' ? null : durationPattern.exec(text)
  if (match === null) return undefined
  return units.reduce((sum, [, ms], at) => sum + Number(match[at + 1] ?? 0) * ms, 0)
}

/** A number as PromQL writes it: decimal, 0x…, 1_000, Inf, NaN. */
export function parseNumber(text: string): number | undefined {
  const word = /^([+-]?)(inf|infinity|nan)$/i.exec(text)
  if (word !== null) {
    if (word[2]?.toLowerCase() === 'nan') return Number.NaN
    return word[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY
  }
  const hex = /^([+-]?)0[xX]_?([0-9a-fA-F]+(?:_[0-9a-fA-F]+)*)$/.exec(text)
  if (hex !== null) {
    const value = Number(`0x${hex[2]?.replaceAll('_', '')}`)
    return hex[1] === '-' ? -value : value
  }
  const octal = /^([+-]?)0[oO]?_?([0-7]+(?:_[0-7]+)*)$/.exec(text)
  if (octal !== null) {
    const value = Number.parseInt((octal[2] ?? '').replaceAll('_', ''), 8)
    return octal[1] === '-' ? -value : value
  }
  const decimal = /^[+-]?(?:\d[\d_]*(?:\.[\d_]*)?|\.\d[\d_]*)(?:[eE][+-]?\d[\d_]*)?$/
  return decimal.test(text) ? Number(text.replaceAll('_', '')) : undefined
}
