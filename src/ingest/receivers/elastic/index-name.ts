/**
 * What the name of an index says: the data stream that its documents belong to, and the name that
 * date math comes to. Leaves the documents' own words to whoever stores them.
 */

export type IndexName = {
  /** As it was sent, with date math done. */
  name: string
  type: string
  dataset: string
  namespace: string
  /** `type-dataset-namespace`: other names are kept beside the documents. */
  isStream: boolean
  /** Where Elasticsearch would have put the document. */
  backing: string
  /** Why no index can be called so; empty when it can. */
  problem: string
}

export const index_name_bytes_max = 255
const known_max = 2_000
/** What is sent may be longer than any name: date math is, and garbage. */
const known_chars_max = 512
let known = new Map<string, IndexName>()
let knownDay = 0
/** Most documents of a request go where the one before them went. */
let last = ''
let lastName: IndexName | undefined

const stream = /^(logs|metrics|traces|synthetics|profiling)-([^-]+)-(.+)$/
const backing = /^\.ds-(.+)-\d{4}\.\d{2}\.\d{2}-\d{6,}$/
/** `-7.13.0`, `-2026.11.21`, `-2026.11`, `-000001`, as rollovers and daily indices end. */
const suffix = /[-_.](?:v?\d+\.\d+\.\d+(?:-\w+)?|\d{4}[.-]\d{2}(?:[.-]\d{2})?|\d{5,})$/

const unit_ms: Readonly<Record<string, number>> = {
  w: 7 * 86_400_000,
  d: 86_400_000,
  h: 3_600_000,
  H: 3_600_000,
  m: 60_000,
  s: 1_000,
}

/** Throws nothing: of a name that cannot be it says why. */
export function indexName(sent: string, now_ms: number): IndexName {
  const day = Math.floor(now_ms / unit_ms.d!)
  if (day !== knownDay || known.size >= known_max) {
    known = new Map()
    knownDay = day
  } else if (sent === last && lastName !== undefined) return lastName
  last = sent
  lastName = known.get(sent)
  if (lastName !== undefined) return lastName
  const made = read(sent.startsWith('<') ? dateMath(sent, now_ms) : sent, dayOf(now_ms))
  if (sent.length <= known_chars_max) known.set(sent, made)
  lastName = made
  return made
}

function read(name: string, day: string): IndexName {
  const own = backing.exec(name)?.[1] ?? name
  const problem = problemOf(own)
  const [, type, dataset, namespace] = stream.exec(own) ?? []
  if (type !== undefined) {
    const file = name === own ? `.ds-${name}-${day}-000001` : name
    return {
      name: own,
      type,
      dataset: dataset!,
      namespace: namespace!,
      isStream: true,
      backing: file,
      problem,
    }
  }
  let short = own.replace(/^\.+/, '')
  // A name may end in version, date and number at once.
  for (let ends = 0; ends < 3; ends++) short = short.replace(suffix, '')
  const isMetrics = /^metricbeat(?:-|$)/.test(own)
  return {
    name: own,
    type: isMetrics ? 'metrics' : 'logs',
    dataset: short || 'generic',
    namespace: 'default',
    isStream: false,
    backing: name,
    problem,
  }
}

function dayOf(now_ms: number): string {
  return new Date(now_ms).toISOString().slice(0, 10).replaceAll('-', '.')
}

/** Why no index can be called so; empty when it can. */
export function problemOf(name: string): string {
  if (name === '') return 'must not be empty'
  if (Buffer.byteLength(name) > index_name_bytes_max) return 'index name is too long'
  if (name === '.' || name === '..') return "must not be '.' or '..'"
  if (/^[-_+]/.test(name)) return "must not start with '_', '-', or '+'"
  if (/[\\/*?"<>| ,#:\0]/.test(name)) {
    return 'must not contain the following characters [\\, /, *, ?, ", <, >, |,  , ,, #, :]'
  }
  return ''
}

/** `<logs-{now/d}>`, `<logs-{now-1d/d{yyyy.MM.dd|+09:00}}>`. */
export function dateMath(sent: string, now_ms: number): string {
  const inner = /^<(.*)>$/s.exec(sent)?.[1]
  if (inner === undefined) return sent
  return inner.replace(
    /\{now((?:[+-]\d{1,6}[yMwdhHms])*)((?:\/[yMwdhHms])?)(?:\{([^{}|]*)(?:\|([^{}]*))?\})?\}/g,
    (_all, shifts: string, round: string, format = 'yyyy.MM.dd', zone = '') => {
      const date = new Date(now_ms + offsetOf(zone))
      for (const [, sign, count, unit] of shifts.matchAll(/([+-])(\d+)([yMwdhHms])/g)) {
        shift(date, Number(count) * (sign === '-' ? -1 : 1), unit!)
      }
      roundDown(date, round.slice(1))
      return Number.isNaN(date.getTime()) ? '' : formatted(date, format)
    },
  )
}

function offsetOf(zone: string): number {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(zone) ?? []
  if (sign === undefined) return 0
  return (Number(hours) * 60 + Number(minutes)) * 60_000 * (sign === '-' ? -1 : 1)
}

function shift(date: Date, count: number, unit: string): void {
  if (unit === 'y') date.setUTCFullYear(date.getUTCFullYear() + count)
  else if (unit === 'M') date.setUTCMonth(date.getUTCMonth() + count)
  else date.setTime(date.getTime() + count * unit_ms[unit]!)
}

function roundDown(date: Date, unit: string): void {
  if (unit === 'y') date.setUTCMonth(0, 1)
  if (unit === 'M') date.setUTCDate(1)
  if (unit === 'w') date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7))
  const step_ms = unit === '' ? 1 : (unit_ms[unit === 'w' ? 'd' : unit] ?? unit_ms.d!)
  date.setTime(Math.floor(date.getTime() / step_ms) * step_ms)
}

function formatted(date: Date, format: string): string {
  const two = (value: number) => String(value).padStart(2, '0')
  const parts: Readonly<Record<string, string>> = {
    y: String(date.getUTCFullYear()).padStart(4, '0'),
    u: String(date.getUTCFullYear()).padStart(4, '0'),
    M: two(date.getUTCMonth() + 1),
    d: two(date.getUTCDate()),
    H: two(date.getUTCHours()),
    m: two(date.getUTCMinutes()),
    s: two(date.getUTCSeconds()),
  }
  return format.replace(/([yuMdHms])\1*/g, (all, letter: string) =>
    letter === 'y' && all.length === 2 ? parts.y!.slice(2) : parts[letter]!,
  )
}
