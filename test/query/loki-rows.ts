/** Log rows and queries for the tests of LogQL: some that people have, some made at random. */
import { templateIdOf } from '../../src/wire/template.ts'
import type { FixtureRow } from '../store/fixture-rows.ts'

export type Random = () => number

export const pick = <Item>(r: Random, items: readonly Item[]): Item =>
  items[Math.floor(r() * items.length)]!

const words = ['error', 'timeout', 'after', 'Connection', 'lost', 'x=1', 'über', '"quoted"', '']
const numbers = ['1', '20', '3.5', '1.50', '-4', '1e3', '0', '-0', '12345678901234567890', '007']
const durations = ['10ms', '1.5s', '250us', '1m30s', '0', '5', 'soon']
const sizes = ['10KB', '1.5MiB', '7', '3 GB', 'much', '12b']

function jsonValue(r: Random): string {
  const kind = r()
  if (kind < 0.35)
    return pick(
      r,
      numbers.filter((text) => text !== '007'),
    )
  if (kind < 0.75) {
    return JSON.stringify(pick(r, [...words, ...numbers, ...durations, ...sizes, '{"a":1}', '[1]']))
  }
  return pick(r, ['true', 'false', 'null', '[1,2]', '{"b":2}', '{"ms":5,"code":7}', '"\\u00e9\\n"'])
}

const keys = ['status', 'duration', 'duration_ms', 'duration.ms', 'size', 'user', 'level', 'pod']

const varying = [
  '17',
  '9timeout',
  'after5',
  'über5',
  'deadbeefcafe',
  '10.0.0.1:53',
  'v1.lost',
  '%1_',
]

/** Statements with values of their own: what they say is in the values too, and far behind. */
const statements: readonly ((value: string) => string)[] = [
  (value) => `Connection to ${value} lost: timeout after ${value} ms`,
  (value) => `user ${value} ${value} got "quoted" error <*> from ${value}`,
  (value) => `ping ${value} ${value} über`,
  (value) => `job ${value.repeat(40)} done ${value} timeout after lost`,
]

/** Lines as programs write them, some broken. */
export function randomLine(r: Random): string {
  if (r() < 0.3) return pick(r, statements)(pick(r, varying))
  const kind = r()
  if (kind < 0.55) {
    const count = Math.floor(r() * 5)
    const members = Array.from({ length: count }, () => `"${pick(r, keys)}":${jsonValue(r)}`)
    const text = `{${members.join(r() < 0.5 ? ', ' : ',')}}`
    if (r() < 0.04) return text.slice(0, -1)
    return r() < 0.1 ? ` ${text}` : text
  }
  if (kind < 0.8) {
    const values = [...numbers, ...durations, ...sizes, 'GET', '"a b"']
    const pairs = Array.from({ length: Math.floor(r() * 5) }, () => {
      const value = pick(r, values)
      const isPlain = !value.includes(' ') || value.startsWith('"')
      return `${pick(r, keys)}=${isPlain ? value : `"${value}"`}`
    })
    return pairs.join(' ')
  }
  return Array.from({ length: Math.floor(r() * 6) }, () => pick(r, words)).join(
    pick(r, [' ', ', ']),
  )
}

export function randomRow(r: Random, from_ms: number, spread_ms: number): FixtureRow<'logs'> {
  const service = pick(r, ['cart', 'checkout', 'payment', ''])
  const attributes: Record<string, string> = {}
  if (r() < 0.4) attributes.app = pick(r, ['cart', 'shop'])
  if (r() < 0.3) attributes['http.route'] = pick(r, ['/a', '/b', 'x=1'])
  if (r() < 0.2) attributes.stream = pick(r, ['stdout', 'stderr'])
  // Few records have attributes beside the fields of their line that are called the same.
  if (r() < 0.01) attributes.user = pick(r, ['own', '5', ''])
  const figures: Record<string, number> = {}
  if (r() < 0.01) figures.status = pick(r, [1, 3.5])
  if (r() < 0.3) figures['code.line'] = pick(r, [1, 2.5, 400, 1e21])
  const place = pick(r, [
    { cluster: 'eu', namespace: 'shop' },
    { cluster: 'eu', namespace: 'secret' },
    { cluster: 'us', namespace: 'shop' },
  ])
  const body = randomLine(r)
  return {
    ...place,
    service,
    pod: service === '' ? '' : `${service}-${Math.floor(r() * 3)}`,
    resource_id: Math.floor(r() * 3) + 1,
    time:
      BigInt(from_ms + Math.floor(r() * spread_ms)) * 1_000_000n + BigInt(Math.floor(r() * 1e6)),
    ingested_time: from_ms + spread_ms,
    severity_number: pick(r, [0, 1, 5, 9, 13, 17, 21, 24]),
    severity_text: pick(r, ['', '', 'ERROR', 'info']),
    body,
    template_id: templateIdOf(body),
    attributes,
    numbers: figures,
    trace_id: r() < 0.2 ? 'ab'.repeat(16) : '',
  }
}

const selectors = [
  '{service_name=~".+"}',
  '{namespace="shop"}',
  '{app="cart"}',
  '{service_name!="cart", cluster=~"e.*"}',
  '{level="error"}',
  '{detected_level=~"error|info"}',
  '{http_route="/a"}',
  '{job=~"shop/.*"}',
  '{service_version=~".+"}',
]
const lineFilters = [
  ...['', '', '|= "error"', '!= "timeout after"', '|~ "st.tus|level"', '!~ "[0-9]{3}"'],
  ...['|= "timeout after"', '|= "imeout aft"', '|~ "lost|done"', '|= "<*>"', '|= "after5 after"'],
  ...['|= "timeout" |= "über"', '|= "%1_" or "QUOTED"', '|= "" |= "after"', '!= "imeout" |= "er"'],
  ...['|= "timeout" or "lost"', '!= "error" or "lost"', '|= `"status"`', '|= "Connection lost"'],
]
const filters = [
  ...['', '', '| app="cart"', '| http_route!=""', '| code_line > 2', '| detected_level="error"'],
  ...['| level=~"ERR.*|info"', '| code_line >= 400 or app="shop"', '| trace_id != ""'],
  '| service_version="2"',
]
const afterJson = [
  ...['', '', '| status="1"', '| status!=""', '| status > 2', '| duration_ms="5"', '| user=~"e.*"'],
  ...['| __error__=""', '| drop __error__', '| level="error"', '| status > 1 and user != "lost"'],
]
const groups = [
  'service_name',
  'status',
  'user',
  'level',
  'detected_level',
  'app',
  'service_version',
]

function groupOf(r: Random): string {
  const count = Math.floor(r() * 3)
  return `by (${Array.from({ length: count }, () => pick(r, groups)).join(', ')})`
}

/** A metric query of which the engine can do much, or all. */
export function randomMetric(r: Random): string {
  const range = pick(r, ['1m', '90s', '5m', '10m'])
  const isJson = r() < 0.6
  const parts = [pick(r, selectors), pick(r, lineFilters), pick(r, filters)]
  if (isJson) parts.push('| json', pick(r, afterJson))
  if (r() < 0.5) {
    const operation = pick(r, ['count_over_time', 'rate', 'bytes_over_time', 'bytes_rate'])
    return `sum ${groupOf(r)} (${operation}(${parts.join(' ')} [${range}]))`
  }
  const label = isJson ? pick(r, ['status', 'duration_ms', 'size', 'duration']) : 'code_line'
  const unwrap = pick(r, [label, label, `duration(${label})`, `bytes(${label})`])
  const noError = r() < 0.8 ? '| __error__=""' : ''
  const log = `${parts.join(' ')} | unwrap ${unwrap} ${noError} [${range}]`
  const operation = pick(r, ['sum', 'avg', 'min', 'max', 'stddev', 'quantile', 'first', 'last'])
  if (operation === 'sum') return `sum ${groupOf(r)} (sum_over_time(${log}))`
  const parameter = operation === 'quantile' ? `${pick(r, [0, 0.5, 0.95, 1])}, ` : ''
  return `${operation}_over_time(${parameter}${log}) ${groupOf(r)}`
}

/** A query for lines. */
export function randomLog(r: Random): string {
  const parser = pick(r, ['', '| json', '| logfmt', '| regexp "(?P<status>[0-9]+)"'])
  const parts = [pick(r, selectors), pick(r, lineFilters), pick(r, filters), parser]
  if (parser !== '') parts.push(pick(r, afterJson))
  return parts.join(' ')
}
