/**
 * Durations, sizes and numbers as Go's libraries read and write them, because LogQL takes and gives
 * them so. Durations are nanoseconds.
 */

const unit_ns = new Map([
  ['ns', 1],
  ['us', 1e3],
  ['µs', 1e3],
  ['μs', 1e3],
  ['ms', 1e6],
  ['s', 1e9],
  ['m', 60e9],
  ['h', 3600e9],
])

/** time.ParseDuration; undefined where Go says invalid. */
export function parseGoDuration(text: string): number | undefined {
  const signed = /^([+-]?)(.*)$/s.exec(text)!
  const body = signed[2]!
  const sign = signed[1] === '-' ? -1 : 1
  if (body === '0') return 0
  if (body === '') return undefined
  const piece = /(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)/y
  let sum = 0
  while (piece.lastIndex < body.length) {
    const found = piece.exec(body)
    if (found === null) return undefined
    sum += Number(found[1]) * unit_ns.get(found[2]!)!
  }
  const whole = Math.trunc(sum)
  return whole >= 2 ** 63 ? undefined : sign * whole + 0
}

const prometheusPieces =
  /^(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/
const piece_ms = [31_536_000_000, 604_800_000, 86_400_000, 3_600_000, 60_000, 1_000, 1]

/** Prometheus's durations, in milliseconds: `1h30m`, `2d`, `0`. */
export function parsePrometheusDuration(text: string): number | undefined {
  if (text === '0') return 0
  const found = prometheusPieces.exec(text)
  if (text === '' || found === null) return undefined
  return piece_ms.reduce((sum, ms, i) => sum + ms * Number(found[i + 1] ?? 0), 0)
}

/** Either form, as LogQL's own texts take them, in nanoseconds. */
export function parseDuration(text: string): number | undefined {
  const ms = parsePrometheusDuration(text)
  return ms === undefined ? parseGoDuration(text) : ms * 1e6
}

/** time.Duration's String: `1h30m0s`, `1.5s`, `250ms`. */
export function printGoDuration(ns: number): string {
  if (ns === 0) return '0s'
  const sign = ns < 0 ? '-' : ''
  const whole = Math.abs(ns)
  if (whole < 1e3) return `${sign}${whole}ns`
  if (whole < 1e6) return `${sign}${whole / 1e3}µs`
  if (whole < 1e9) return `${sign}${whole / 1e6}ms`
  const hours = Math.floor(whole / 3600e9)
  const minutes = Math.floor((whole % 3600e9) / 60e9)
  const rest = whole % 60e9
  const seconds = `${Math.floor(rest / 1e9)}${fraction(rest % 1e9)}s`
  if (hours > 0) return `${sign}${hours}h${minutes}m${seconds}`
  return minutes > 0 ? `${sign}${minutes}m${seconds}` : `${sign}${seconds}`
}

function fraction(ns: number): string {
  return ns === 0 ? '' : `.${String(ns).padStart(9, '0').replace(/0+$/, '')}`
}

/** Prometheus's writing of a duration: `1h30m`, `5m`, `100ms`. */
export function printDuration(ms: number): string {
  if (ms === 0) return '0s'
  let rest = Math.abs(ms)
  let text = ms < 0 ? '-' : ''
  for (const [name, size, isWhole] of [
    ['y', piece_ms[0]!, true],
    ['w', piece_ms[1]!, true],
    ['d', piece_ms[2]!, false],
    ['h', piece_ms[3]!, false],
    ['m', piece_ms[4]!, false],
    ['s', piece_ms[5]!, false],
    ['ms', 1, false],
  ] as const) {
    if (isWhole && rest % size !== 0) continue
    const count = Math.floor(rest / size)
    if (count > 0) text += `${count}${name}`
    rest -= count * size
  }
  return text
}

const byte_units = new Map<string, number>([
  ['', 1],
  ['b', 1],
])
for (const [power, letter] of [...'kmgtpe'].entries()) {
  for (const name of [`${letter}b`, letter]) byte_units.set(name, 1000 ** (power + 1))
  for (const name of [`${letter}ib`, `${letter}i`]) byte_units.set(name, 1024 ** (power + 1))
}

/** humanize.ParseBytes: `1.5GiB`, `20 kB`, `1,024`; undefined where it says error. */
export function parseBytes(text: string): number | undefined {
  const found = /^([\d.,]*)(.*)$/s.exec(text)!
  const digits = found[1]!.replaceAll(',', '')
  const unit = byte_units.get(found[2]!.trim().toLowerCase())
  if (unit === undefined || !/^(\d+\.?\d*|\.\d+)$/.test(digits)) return undefined
  const bytes = Math.trunc(Number(digits) * unit)
  return bytes >= 2 ** 64 ? undefined : bytes
}

/** humanize.Bytes without its blank: three digits at most, so that it is the shortest. */
export function printBytes(bytes: number): string {
  for (const [power, letter] of [...'PTGMk'].entries()) {
    const size = 1000 ** (5 - power)
    if (bytes >= size && bytes % (size / 10) === 0) return `${bytes / size}${letter}B`
  }
  return `${bytes}B`
}

const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i
const hexadecimal = /^([+-]?)0x([\da-f]*)\.?([\da-f]*)p([+-]?\d+)$/i

/** strconv.ParseFloat; undefined where Go says error. */
export function parseGoFloat(text: string): number | undefined {
  if (decimal.test(text)) {
    const value = Number(text)
    return Number.isFinite(value) ? value : undefined
  }
  const word = /^([+-]?)(inf|infinity|nan)$/i.exec(text)
  if (word !== null) {
    if (word[2]!.toLowerCase() === 'nan') return word[1] === '' ? Number.NaN : undefined
    return word[1] === '-' ? -Infinity : Infinity
  }
  const hex = hexadecimal.exec(text)
  if (hex === null || hex[2]! + hex[3]! === '') return undefined
  const mantissa = Number.parseInt(hex[2]! + hex[3]!, 16) * 16 ** -hex[3]!.length
  return (hex[1] === '-' ? -1 : 1) * mantissa * 2 ** Number(hex[4])
}

/** A sample's value as Prometheus and Loki write it. */
export function printFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  if (Object.is(value, -0)) return '-0'
  const text = String(value)
  return text.includes('e') ? plainDigits(text) : text
}

/** strconv.FormatFloat(v, 'f', -1, 64): never an exponent. */
function plainDigits(text: string): string {
  const [, sign = '', whole = '', rest = '', exponent = '0'] =
    /^(-?)(\d+)(?:\.(\d+))?e([+-]?\d+)$/.exec(text)!
  const digits = whole + rest
  const point = whole.length + Number(exponent)
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  return `${sign}${digits.padEnd(point, '0')}`
}
