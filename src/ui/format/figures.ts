/**
 * Numbers as people read them: counts abbreviated, durations and sizes in their natural unit, and
 * any value by the unit of its metric (UCUM or plain words). Exact forms are for hovers. Pure.
 */

export type Part = { value: string; unit: string }

/** 12400 → 12.4k. Exact below 1000. */
export function count(value: number): string {
  const { value: figure, unit } = scaled(value, 1000, ['', 'k', 'M', 'G', 'T', 'P'])
  return `${figure}${unit}`
}

/** With thousands separators, for hovers. */
export function exact(value: number, locale = 'en'): string {
  return new Intl.NumberFormat(locale, { maximumFractionDigits: 6 }).format(value)
}

export function bytes(value: number): string {
  return joined(scaled(value, 1024, ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB']))
}

/** A ratio of one as a percentage, with more digits where it is small. */
export function percent(ratio: number): string {
  const value = ratio * 100
  const size = Math.abs(value)
  if (size === 0) return '0%'
  if (size < 0.01) return value < 0 ? '>−0.01%' : '<0.01%'
  return `${trim(value.toFixed(size < 1 ? 2 : size < 10 ? 1 : size < 99.95 ? 1 : 0))}%`
}

const steps: readonly [number, string][] = [
  [1, 'ns'],
  [1e3, 'µs'],
  [1e6, 'ms'],
  [1e9, 's'],
  [60e9, 'min'],
  [3600e9, 'h'],
  [86400e9, 'd'],
]

/** 1_234_000 ns → 1.23 ms. */
export function duration(value_ns: number): string {
  if (!Number.isFinite(value_ns)) return '–'
  if (value_ns === 0) return '0'
  const size = Math.abs(value_ns)
  const step = [...steps].reverse().find(([from]) => size >= from) ?? steps[0]
  if (step === undefined) return ''
  return `${digits(value_ns / step[0])} ${step[1]}`
}

/** A value in the unit of its metric. */
export function figure(value: number, unit = ''): string {
  if (!Number.isFinite(value)) return '–'
  const time_ns = nsPer[unit]
  if (time_ns !== undefined) return duration(value * time_ns)
  if (isBytes(unit)) return unit.endsWith('/s') ? `${bytes(value)}/s` : bytes(value)
  if (unit === '1' || unit === 'ratio') return percent(value)
  if (unit === '%' || unit === 'percent') return percent(value / 100)
  if (unit === '' || unit === 'count' || /^\{.*\}$/.test(unit)) return count(value)
  if (unit === '/s' || unit === 'per-second' || /^(\{.*\}|1|count)\/s$/.test(unit)) {
    return `${count(value)}/s`
  }
  return `${count(value)} ${unit.replace(/[{}]/g, '')}`
}

/** Base to step axis ticks by: 1024 for sizes, otherwise 10. */
export function isBytes(unit: string): boolean {
  return ['bytes', 'By', 'B', 'bytes/s', 'By/s', 'B/s'].includes(unit)
}

export const nsPer: Record<string, number> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  milliseconds: 1e6,
  s: 1e9,
  seconds: 1e9,
  min: 60e9,
  h: 3600e9,
  d: 86400e9,
}

function scaled(value: number, base: number, units: readonly string[]): Part {
  if (!Number.isFinite(value)) return { value: '–', unit: '' }
  let rest = value
  let at = 0
  while (Math.abs(rest) >= base && at < units.length - 1) {
    rest /= base
    at += 1
  }
  return { value: digits(rest), unit: units[at] ?? '' }
}

function joined(part: Part): string {
  return part.unit === '' ? part.value : `${part.value} ${part.unit}`
}

/** Three figures that carry meaning; integers stay integers. */
function digits(value: number): string {
  const size = Math.abs(value)
  if (Number.isInteger(value) && size < 1000) return String(value)
  if (size >= 100) return value.toFixed(0)
  if (size >= 10) return trim(value.toFixed(1))
  if (size >= 0.01) return trim(value.toFixed(2))
  return size === 0 ? '0' : value.toPrecision(2)
}

function trim(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}
