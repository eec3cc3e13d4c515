/** Numbers with units, as people type them and as they are shown: durations, sizes, counts. */

const nanoseconds: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  min: 60e9,
  h: 3600e9,
  d: 86_400e9,
}

const bytes: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
  tib: 1024 ** 4,
}

const decimal = /^[+-]?(?:\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})(?:e[+-]?\d{1,3})?$/i

/** A plain decimal number; undefined for anything else, infinities and empty text too. */
export function parseNumber(text: string): number | undefined {
  if (!decimal.test(text)) return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}

/** `200ms`, `1.5 s`, `1m30s`; a bare number is nanoseconds, as in event.duration. */
export function parseDurationNs(text: string): number | undefined {
  const bare = parseNumber(text)
  if (bare !== undefined) return Math.round(bare)
  const parts = [...text.matchAll(/\s*(\d{1,20}(?:\.\d{1,20})?)\s*([a-zµμ]+)/gy)]
  if (parts.length === 0 || parts.map((part) => part[0]).join('') !== text) return undefined
  let sum = 0
  for (const [, count, unit] of parts) {
    const factor = Object.hasOwn(nanoseconds, unit!) ? nanoseconds[unit!] : undefined
    if (factor === undefined) return undefined
    sum += Number(count) * factor
  }
  return Math.round(sum)
}

/** A number, also as a size: `10kb`, `1.5 MiB`. */
export function parseQuantity(text: string): number | undefined {
  const bare = parseNumber(text)
  if (bare !== undefined) return bare
  const found = /^([+-]?\d{1,20}(?:\.\d{1,20})?)\s*([a-z]{1,3})$/i.exec(text)
  const unit = found?.[2]?.toLowerCase()
  if (unit === undefined || !Object.hasOwn(bytes, unit)) return undefined
  return Number(found![1]) * bytes[unit]!
}

/** `340 ms`, `1.2 s`, `2 m 05 s`: three digits that matter, never more. */
export function formatDuration(duration_ns: number): string {
  const size = Math.abs(duration_ns)
  if (size < 1e3) return `${trimmed(duration_ns)} ns`
  if (size < 999.5e3) return `${trimmed(duration_ns / 1e3)} µs`
  if (size < 999.5e6) return `${trimmed(duration_ns / 1e6)} ms`
  if (size < 59.95e9) return `${trimmed(duration_ns / 1e9)} s`
  const seconds = Math.round(size / 1e9)
  const sign = duration_ns < 0 ? '-' : ''
  if (seconds < 3600) return `${sign}${pair(seconds, 60, 'm', 's')}`
  const minutes = Math.round(seconds / 60)
  if (minutes < 1440) return `${sign}${pair(minutes, 60, 'h', 'm')}`
  return `${sign}${pair(Math.round(minutes / 60), 24, 'd', 'h')}`
}

/** `987`, `12.4k`, `3M`. */
export function formatCount(count: number): string {
  return scaled(count, 1000, ['', 'k', 'M', 'G', 'T', 'P'], '')
}

/** `512 B`, `1.4 KiB`. */
export function formatBytes(size: number): string {
  return scaled(size, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'], ' ')
}

function scaled(value: number, base: number, units: readonly string[], space: string): string {
  if (!Number.isFinite(value)) return `${value}`
  let rest = value
  let unit = 0
  // What would round to the base is shown in the next unit.
  while (Math.abs(rest) >= base - 0.5 && unit < units.length - 1) {
    rest /= base
    unit++
  }
  return `${trimmed(rest)}${space}${units[unit]}`.trim()
}

/** Three digits that matter, without zeros at the end. */
function trimmed(value: number): string {
  const size = Math.abs(value)
  const digits = size >= 99.95 ? 0 : size >= 9.995 ? 1 : 2
  return `${Number(value.toFixed(digits))}`
}

function pair(count: number, base: number, major: string, minor: string): string {
  const rest = count % base
  const whole = Math.floor(count / base)
  return rest === 0
    ? `${whole} ${major}`
    : `${whole} ${major} ${`${rest}`.padStart(2, '0')} ${minor}`
}
