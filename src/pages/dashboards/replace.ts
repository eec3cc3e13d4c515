/**
 * What stands for something else in a query, a title or a legend: `$name`, `${name:format}`,
 * `[[name]]`, and the times that the screen decides. Pure; where values come from is variables.ts.
 */
import { span_ms } from './durations.ts'

export type Chosen = {
  values: readonly string[]
  /** As they read. */
  shown: readonly string[]
  is_all: boolean
  /** What "all" is in a query; empty: all values. */
  all: string
  is_multi: boolean
}
export type Chosens = ReadonlyMap<string, Chosen>

export type Replacing = {
  variables: Chosens
  from_ms: number
  to_ms: number
  step_ms: number
  /** How far apart samples are at least: a rate needs four of them. */
  sample_ms?: number | undefined
}

/** How a list of values is written where no format is told. */
export type Writing = 'promql' | 'logql' | 'traceql' | 'search' | 'esql' | 'text'

const holes = /\$(\w+)|\[\[(\w+)(?::(\w+))?\]\]|\$\{(\w+)(?:\.[^:}]*)?(?::([^}]*))?\}/g

/** A name that nothing is known of stays as it is written. */
export function replaced(text: string, now: Replacing, writing: Writing = 'text'): string {
  if (!text.includes('$') && !text.includes('[[')) return text
  return text.replace(holes, (hole, plain, old, oldFormat, braced, format) => {
    const name: string = plain ?? old ?? braced
    const told: string | undefined = oldFormat ?? format
    const time = timeOf(name, told, now)
    if (time !== undefined) return time
    const chosen = now.variables.get(name)
    if (chosen !== undefined) return written(chosen, told, writing)
    return hole
  })
}

/** The names of variables that a text has, those of times left out. */
export function namesIn(text: string): string[] {
  const names = [...text.matchAll(holes)].map((match) => match[1] ?? match[2] ?? match[4] ?? '')
  return [...new Set(names.filter((name) => !name.startsWith('__')))]
}

export const sample_ms_default = 30_000

function timeOf(name: string, format: string | undefined, now: Replacing): string | undefined {
  const { from_ms, to_ms, step_ms, sample_ms = sample_ms_default } = now
  const range_ms = Math.max(1_000, to_ms - from_ms)
  switch (name) {
    case '__interval':
    case '__auto':
      return durationText(step_ms)
    case '__interval_ms':
      return String(step_ms)
    case '__rate_interval':
      return durationText(Math.max(step_ms + sample_ms, 4 * sample_ms))
    case '__rate_interval_ms':
      return String(Math.max(step_ms + sample_ms, 4 * sample_ms))
    case '__range':
      return `${Math.round(range_ms / 1000)}s`
    case '__range_s':
      return String(Math.round(range_ms / 1000))
    case '__range_ms':
      return String(range_ms)
    case '__from':
      return instant(from_ms, format)
    case '__to':
      return instant(to_ms, format)
    default:
      return undefined
  }
}

function instant(time_ms: number, format: string | undefined): string {
  if (format === 'date:seconds') return String(Math.floor(time_ms / 1000))
  return format?.startsWith('date') === true ? new Date(time_ms).toISOString() : String(time_ms)
}

/** 90 s is 90s and two minutes are 2m: one whole number of the largest unit that holds it. */
export function durationText(length_ms: number): string {
  for (const [unit, unit_ms] of Object.entries(span_ms).reverse()) {
    if (length_ms % unit_ms === 0 && length_ms >= unit_ms) return `${length_ms / unit_ms}${unit}`
  }
  return `${Math.max(1, Math.round(length_ms))}ms`
}

function written(chosen: Chosen, format: string | undefined, writing: Writing): string {
  const isRead = format === 'text' || (format === undefined && writing === 'text')
  if (chosen.is_all && chosen.all !== '' && !isRead) return chosen.all
  const values = isRead ? chosen.shown : chosen.values
  if (format !== undefined) return formatted(values, format)
  // One value of a plain variable is put in as it is: it may be a part of a name or a number.
  if (!chosen.is_multi && !chosen.is_all) return values[0] ?? ''
  return formatted(values, defaults[writing])
}

const defaults: Record<Writing, string> = {
  promql: 'regex',
  logql: 'regex',
  traceql: 'pipe',
  search: 'kql',
  esql: 'doublequote',
  text: 'text',
}

/** Titles say a few of many. */
const shown_max = 4

function formatted(values: readonly string[], format: string): string {
  const [first = ''] = values
  switch (format) {
    case 'regex':
      return values.length === 1 ? escaped(first) : `(${values.map(escaped).join('|')})`
    case 'pipe':
      return values.join('|')
    case 'glob':
      return values.length === 1 ? first : `{${values.join(',')}}`
    case 'text':
      return values.slice(0, shown_max).join(' + ') + (values.length > shown_max ? ' + …' : '')
    case 'json':
      return JSON.stringify(values.length === 1 ? first : values)
    case 'doublequote':
      return values.map(quoted).join(',')
    case 'singlequote':
    case 'sqlstring':
      return values.map((value) => `'${value.replaceAll("'", "''")}'`).join(',')
    case 'lucene':
      return values.length === 1 ? quoted(first) : `(${values.map(quoted).join(' OR ')})`
    case 'kql':
      return values.length === 1 ? quoted(first) : `(${values.map(quoted).join(' or ')})`
    case 'percentencode':
      return encodeURIComponent(values.length === 1 ? first : `{${values.join(',')}}`)
    default:
      // csv, raw and what nobody knows.
      return values.join(',')
  }
}

function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** Inside a quoted string of PromQL: what is special in RE2 is escaped, and its backslash too. */
function escaped(value: string): string {
  return value
    .replace(/[\\^$*+?.()|[\]{}/]/g, (special) => (special === '/' ? '/' : `\\\\${special}`))
    .replaceAll('"', '\\"')
}
