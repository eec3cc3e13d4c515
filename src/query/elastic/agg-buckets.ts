/**
 * The buckets of one aggregation: those that no document is in filled up, ordered, and told in the
 * shape that clients know of each type.
 */
import { boundsOf, compositeSources, otherKey } from './agg-keys.ts'
import { type BucketRow, buckets_max, type Level, orderKeys, tooManyBuckets } from './agg-levels.ts'
import type { Agg } from './agg-request.ts'
import { formatDate } from './dates.ts'
import { nextBucket, startOfBucket } from './intervals.ts'
import { countAt, member, optionalText } from './json-parts.ts'

export type Bucket = {
  row: BucketRow
  /** What is told of it before its count and what is inside. */
  head: Record<string, unknown>
  /** Its name where buckets are told by name. */
  name: string
  /** How long it is, of a date histogram. */
  step_ms: number | undefined
  aggregations: Record<string, unknown>
}

const width = (level: Level) =>
  level.metrics.reduce((sum, { metric }) => sum + metric.columns.length, 0)

function emptyRow(level: Level, key: readonly unknown[]): BucketRow {
  const values = Array.from({ length: width(level) }, () => null)
  return { key, doc_count: 0, total: 0, values }
}

const made = (row: BucketRow, head: Record<string, unknown>, name: string): Bucket => ({
  ...{ row, head, name, step_ms: undefined },
  aggregations: {},
})

export function bucketsOf(level: Level, rows: readonly BucketRow[], now_ms: number): Bucket[] {
  const agg = level.agg!
  switch (agg.type) {
    case 'date_histogram':
    case 'auto_date_histogram':
      return dates(level, rows, now_ms)
    case 'histogram':
      return numbers(level, rows, now_ms)
    case 'range':
    case 'date_range':
      return ranges(level, rows)
    case 'filters':
    case 'filter':
      return filters(level, rows)
    case 'composite':
      return rows.map((row) => made(row, { key: compositeKey(agg, row) }, ''))
    case 'terms':
    case 'rare_terms':
      return rows.map((row) => term(level, row))
    case 'multi_terms':
      return rows.map((row) =>
        made(row, { key: row.key, key_as_string: row.key.join('|') }, row.key.join('|')),
      )
    default:
      return [made(rows[0] ?? emptyRow(level, [1]), {}, '')]
  }
}

function term(level: Level, row: BucketRow): Bucket {
  const [key] = row.key
  const part = level.keys.parts[0]!
  const type = level.keyType
  if (part.kind === 'text') return made(row, { key: String(key) }, String(key))
  const number = Number(key)
  if (type === 'boolean') {
    return made(row, { key: number, key_as_string: String(number === 1) }, String(number === 1))
  }
  if (type === 'date') {
    const text = formatDate(number, optionalText(level.agg!.body, 'format'), undefined)
    return made(row, { key: number, key_as_string: text }, text)
  }
  return made(row, { key: number }, String(number))
}

function compositeKey(agg: Agg, row: BucketRow): Record<string, unknown> {
  const sources = compositeSources(agg)
  return Object.fromEntries(
    sources.map(({ name, type, body }, at) => {
      const value = row.key[at]
      const format = type === 'date_histogram' ? optionalText(body, 'format') : undefined
      return [name, format === undefined ? value : formatDate(Number(value), format, undefined)]
    }),
  )
}

/** min_doc_count, the range to be filled, and the order of a histogram's buckets. */
function filled(
  level: Level,
  rows: readonly BucketRow[],
  start: (value: number) => number,
  next: (key: number) => number,
  now_ms: number,
): BucketRow[] {
  const { body } = level.agg!
  const least = countAt(member(body, 'min_doc_count') ?? 0, 'min_doc_count', 0, 2 ** 31)
  const present = rows.filter(({ doc_count }) => doc_count >= Math.max(1, least))
  if (least > 0) return present
  const byKey = new Map(present.map((row) => [Number(row.key[0]), row]))
  const extended = member(body, 'extended_bounds')
  const { min, max } = extended === undefined ? {} : boundsOf(extended, now_ms)
  const keys = [...byKey.keys()]
  if (min !== undefined) keys.push(start(min))
  if (max !== undefined) keys.push(start(max))
  if (keys.length === 0) return []
  const last = keys.reduce((a, b) => Math.max(a, b))
  const all: BucketRow[] = []
  let key = keys.reduce((a, b) => Math.min(a, b))
  while (key <= last) {
    all.push(byKey.get(key) ?? emptyRow(level, [key]))
    if (all.length > buckets_max) throw tooManyBuckets()
    const following = next(key)
    if (!(following > key)) break
    key = following
  }
  // Keys of floating point may lie beside the steps.
  const steps = new Set(all.map((row) => Number(row.key[0])))
  const beside = present.filter((row) => !steps.has(Number(row.key[0])))
  return [...all, ...beside].toSorted((a, b) => Number(a.key[0]) - Number(b.key[0]))
}

function sorted(agg: Agg, rows: BucketRow[]): BucketRow[] {
  const [first] = orderKeys(member(agg.body, 'order'))
  if (first === undefined) return rows
  const sign = first.isDescending ? -1 : 1
  const by =
    first.path === '_count'
      ? (row: BucketRow) => row.doc_count
      : (row: BucketRow) => Number(row.key[0])
  return rows.toSorted((a, b) => sign * (by(a) - by(b)) || Number(a.key[0]) - Number(b.key[0]))
}

function dates(level: Level, rows: readonly BucketRow[], now_ms: number): Bucket[] {
  const agg = level.agg!
  const interval = level.keys.interval!
  const start = (ms: number) => startOfBucket(ms, interval)
  const next = (ms: number) => nextBucket(ms, interval)
  const all = sorted(agg, filled(level, rows, start, next, now_ms))
  const format = optionalText(agg.body, 'format')
  return all.map((row) => {
    const key = Number(row.key[0])
    const text = formatDate(key, format, interval.zone)
    const bucket = made(row, { key_as_string: text, key }, text)
    return { ...bucket, step_ms: next(key) - key }
  })
}

function numbers(level: Level, rows: readonly BucketRow[], now_ms: number): Bucket[] {
  const agg = level.agg!
  const interval = Number(member(agg.body, 'interval'))
  const offset = Number(member(agg.body, 'offset') ?? 0)
  const start = (value: number) => Math.floor((value - offset) / interval) * interval + offset
  // Multiplied, not added up: floating point would drift.
  const next = (key: number) => (Math.round((key - offset) / interval) + 1) * interval + offset
  return sorted(agg, filled(level, rows, start, next, now_ms)).map((row) => {
    const key = Number(row.key[0])
    return made(row, { key }, String(key))
  })
}

function ranges(level: Level, rows: readonly BucketRow[]): Bucket[] {
  const { agg, keys } = level
  const isDate = agg!.type === 'date_range'
  const format = optionalText(agg!.body, 'format')
  const zone = optionalText(agg!.body, 'time_zone')
  const text = (value: number | undefined) => {
    if (value === undefined) return '*'
    if (isDate) return formatDate(value, format, zone)
    return Number.isInteger(value) ? `${value}.0` : String(value)
  }
  const byKey = new Map(rows.map((row) => [Number(row.key[0]), row]))
  const all = keys.ranges!.map((range, at) => ({ range, at }))
  const order = (value: number | undefined, otherwise: number) => value ?? otherwise
  all.sort(
    (a, b) =>
      order(a.range.from, -Infinity) - order(b.range.from, -Infinity) ||
      order(a.range.to, Infinity) - order(b.range.to, Infinity) ||
      a.at - b.at,
  )
  return all.map(({ range, at }) => {
    const { from, to } = range
    const key = range.key ?? `${text(from)}-${text(to)}`
    const bound = (name: 'from' | 'to', value: number | undefined) =>
      value === undefined
        ? {}
        : { [name]: value, ...(isDate ? { [`${name}_as_string`]: text(value) } : {}) }
    const head = { key, ...bound('from', from), ...bound('to', to) }
    return made(byKey.get(at) ?? emptyRow(level, [at]), head, key)
  })
}

function filters(level: Level, rows: readonly BucketRow[]): Bucket[] {
  const agg = level.agg!
  const byKey = new Map(rows.map((row) => [Number(row.key[0]), row]))
  const other = otherKey(agg)
  const names = agg.filters.map(({ key }) => key)
  if (other !== undefined) names.push(other)
  return names.map((name, at) => made(byKey.get(at) ?? emptyRow(level, [at]), {}, name))
}

const singleTypes = new Set([
  ...['filter', 'missing', 'nested', 'reverse_nested', 'sampler', 'diversified_sampler'],
  'random_sampler',
])

function body({ head, row, aggregations }: Bucket): Record<string, unknown> {
  return { ...head, doc_count: row.doc_count, ...aggregations }
}

/** The answer of an aggregation of buckets. */
export function toldBuckets(
  level: Level,
  buckets: readonly Bucket[],
  rows: readonly BucketRow[],
): Record<string, unknown> {
  const agg = level.agg!
  const { type } = agg
  if (singleTypes.has(type)) return body(buckets[0]!)
  const isNamed =
    type === 'filters'
      ? !Array.isArray(member(agg.body, 'filters'))
      : member(agg.body, 'keyed') === true
  const list = isNamed
    ? Object.fromEntries(buckets.map((one) => [one.name, body(namelessOf(type, one))]))
    : buckets.map(body)
  if (type === 'terms' || type === 'multi_terms') {
    const shown = rows.reduce((sum, { doc_count }) => sum + doc_count, 0)
    const total = rows[0]?.total ?? 0
    return {
      doc_count_error_upper_bound: 0,
      sum_other_doc_count: Math.max(0, total - shown),
      buckets: list,
    }
  }
  if (type === 'auto_date_histogram') return { buckets: list, interval: level.keys.chosen }
  if (type === 'composite') {
    const after = buckets.at(-1)?.head.key
    return { ...(after === undefined ? {} : { after_key: after }), buckets: list }
  }
  return { buckets: list }
}

/** Buckets that are told by name do not repeat it, but for dates and numbers. */
function namelessOf(type: string, bucket: Bucket): Bucket {
  if (type !== 'range' && type !== 'date_range') return bucket
  const { key: _key, ...head } = bucket.head
  return { ...bucket, head }
}
