/** What Tempo's callers send as parameters: times, limits, durations, the older search by tags. */
import type { RangeAsk } from '../../model/question.ts'
import { QueryError } from '../../query/series.ts'
import { readDuration } from '../../query/traceql/duration.ts'

const hour_ms = 3_600_000
const ms_max = 8_640_000_000_000_000 / 1_000

/** Seconds, nanoseconds or RFC 3339, as ms. */
export function readTime(text: string, name: string): number {
  const number = /^[0-9]+(?:\.[0-9]+)?$/.test(text) ? Number(text) : undefined
  const ms =
    number === undefined ? Date.parse(text) : number > 1e14 ? number / 1_000_000 : number * 1_000
  if (!(ms >= 0 && ms <= ms_max)) {
    throw new QueryError('bad_data', `invalid ${name}: expected unix seconds, got ${cut(text)}`)
  }
  return ms
}

function cut(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}…` : text
}

/** Without a range: the hour until now. An end in the past of its start is refused. */
export function readRange(parameters: URLSearchParams, now_ms: number): RangeAsk {
  const start = parameters.get('start') || ''
  const end = parameters.get('end') || ''
  const since = parameters.get('since') || ''
  const to_ms = end === '' || end === '0' ? now_ms + 1 : readTime(end, 'end')
  const since_ms = since === '' ? hour_ms : durationOf(since, 'since') / 1e6
  const from_ms = start === '' || start === '0' ? to_ms - since_ms : readTime(start, 'start')
  if (to_ms <= from_ms) {
    throw new QueryError('bad_data', 'http parameter start must be before end')
  }
  return { from_ms: Math.max(0, Math.floor(from_ms)), to_ms: Math.ceil(to_ms) }
}

/** In ns. A plain number is in seconds. */
export function durationOf(text: string, name: string): number {
  const ns = /^[0-9]+(?:\.[0-9]+)?$/.test(text) ? Number(text) * 1e9 : readDuration(text)
  if (ns === undefined || !(ns >= 0 && ns < 2 ** 63)) {
    throw new QueryError('bad_data', `invalid ${name}: expected a duration, got ${cut(text)}`)
  }
  return ns
}

export function readCount(
  parameters: URLSearchParams,
  name: string,
  limits: { usual: number; most: number },
): number {
  const text = parameters.get(name) || ''
  const usual = Math.min(limits.usual, limits.most)
  if (text === '') return usual
  const count = /^[0-9]+$/.test(text) ? Number(text) : -1
  if (!(count >= 0)) throw new QueryError('bad_data', `invalid ${name}: must be a positive number`)
  return count === 0 ? usual : Math.min(count, limits.most)
}

/** The query, or the older parameters written as one. */
export function readSearch(parameters: URLSearchParams): string {
  const query = (parameters.get('q') ?? '').trim()
  if (query !== '') return query
  const conditions = [...readLogfmt(parameters.get('tags') ?? '')].map(([tag, value]) =>
    tagCondition(tag, value),
  )
  for (const [name, operator] of [
    ['minDuration', '>='],
    ['maxDuration', '<='],
  ] as const) {
    const text = parameters.get(name) || ''
    if (text !== '') conditions.push(`duration ${operator} ${durationOf(text, name)}ns`)
  }
  return `{ ${conditions.join(' && ')} }`
}

function tagCondition(tag: string, value: string): string {
  const text = JSON.stringify(value)
  switch (tag) {
    case 'name':
      return `name = ${text}`
    case 'root.name':
      return `rootName = ${text}`
    case 'root.service.name':
      return `rootServiceName = ${text}`
    case 'status.code':
    case 'status':
      if (['ok', 'error', 'unset'].includes(value)) return `status = ${value}`
      break
    case 'error':
      if (value === 'true') return '(status = error || .error = true)'
  }
  const name = `."${tag.replace(/["\\]/g, '\\$&')}"`
  const isNumber = /^-?[0-9]+(?:\.[0-9]+)?$/.test(value) && value.length < 16
  return isNumber ? `(${name} = ${text} || ${name} = ${value})` : `${name} = ${text}`
}

function* readLogfmt(text: string): Generator<[string, string]> {
  const pair = /\s*([^\s="]+)(?:=("(?:[^"\\]|\\.)*"|[^\s"]*))?(?=\s|$)/y
  while (text.slice(pair.lastIndex).trim() !== '') {
    const at = pair.lastIndex
    const match = pair.exec(text)
    if (match === null) {
      throw new QueryError('bad_data', `invalid tags: expected key=value at ${at}`)
    }
    const [, key, value = ''] = match
    yield [key!, value.startsWith('"') ? unquoted(value) : value]
  }
}

function unquoted(text: string): string {
  return text.slice(1, -1).replace(/\\(.)/g, '$1')
}
