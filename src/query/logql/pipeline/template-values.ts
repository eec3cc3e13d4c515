/** Values inside of a template: Go's integers are bigints, its floats numbers. */
export type GoTime = { ns: bigint; zone: string }
export type GoValue =
  | string
  | number
  | bigint
  | boolean
  | undefined
  | GoTime
  | GoValue[]
  | Map<string, GoValue>

/** What a template is run for; `now_ms` is the query's time. */
export type TemplateLine = { line: string; time_ns: bigint; now_ms: number }

export class TemplateFailure extends Error {}

export function isTime(value: GoValue): value is GoTime {
  return typeof value === 'object' && !Array.isArray(value) && !(value instanceof Map)
}

export function isTrue(value: GoValue): boolean {
  if (Array.isArray(value)) return value.length > 0
  if (value instanceof Map) return value.size > 0
  if (value === undefined) return false
  if (isTime(value)) return true
  return typeof value === 'bigint' ? value !== 0n : Boolean(value)
}

/** As fmt.Print writes it. */
export function printValue(value: GoValue): string {
  if (value === undefined) return '<no value>'
  if (typeof value === 'string') return value
  if (typeof value === 'number') return printGoFloat(value)
  if (Array.isArray(value)) return `[${value.map(printValue).join(' ')}]`
  if (value instanceof Map) {
    const pairs = [...value].sort(([a], [b]) => (a < b ? -1 : 1))
    return `map[${pairs.map(([name, item]) => `${name}:${printValue(item)}`).join(' ')}]`
  }
  if (isTime(value)) return new Date(Number(value.ns / 1_000_000n)).toISOString()
  return String(value)
}

/** %v of a float64: an exponent from 1e6 on and below 1e-4. */
export function printGoFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  const [digits = '', exponent = '0'] = value.toExponential().split('e')
  const power = Number(exponent)
  if (power >= -4 && power < 6) return String(value)
  return `${digits}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`
}

export function integerOf(value: GoValue): bigint {
  if (typeof value === 'bigint') return value
  if (typeof value === 'number') return Number.isFinite(value) ? BigInt(Math.trunc(value)) : 0n
  if (typeof value === 'boolean') return value ? 1n : 0n
  if (typeof value !== 'string') return 0n
  if (/^[+-]?\d+$/.test(value)) return BigInt(value.replace('+', ''))
  const float = Number(value.trim() === '' ? 'NaN' : value)
  return Number.isFinite(float) ? BigInt(Math.trunc(float)) : 0n
}

export function floatOf(value: GoValue): number {
  if (typeof value === 'number') return value
  if (typeof value === 'bigint' || typeof value === 'boolean') return Number(value)
  if (typeof value !== 'string' || value.trim() === '') return 0
  const float = Number(value)
  return Number.isNaN(float) ? 0 : float
}

/** An argument that must be text; Go refuses others. */
export function textOf(value: GoValue): string {
  if (typeof value === 'string') return value
  throw new TemplateFailure(`wrong type for value; expected string; got ${printValue(value)}`)
}
