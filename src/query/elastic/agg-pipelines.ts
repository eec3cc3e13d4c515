/**
 * Aggregations over the buckets of others: along the buckets that they are in, or over those of one
 * beside them. Computed on what is told, in the order of the request's dependencies.
 */
import type { Bucket } from './agg-buckets.ts'
import { orderKeys } from './agg-levels.ts'
import { partOf, percentKey } from './agg-metrics.ts'
import type { Agg } from './agg-request.ts'
import { parseScript } from './bucket-script.ts'
import {
  countAt,
  isObject,
  type Json,
  listOf,
  member,
  numberAt,
  objectAt,
  optionalText,
  textAt,
} from './json-parts.ts'
import { movingFunction, movingModel } from './moving-function.ts'
import { ElasticRefusal, illegal, shown } from './refusal.ts'

const siblings = new Set([
  ...['avg_bucket', 'max_bucket', 'min_bucket', 'sum_bucket', 'stats_bucket'],
  ...['extended_stats_bucket', 'percentiles_bucket'],
])

type Told = Readonly<Record<string, unknown>>

/** The number at `name`, `name.part`, `name>inner`, or `_count`. */
function numberIn(told: Told, path: string, doc_count: number): number | null {
  if (path === '_count') return doc_count
  const [name = '', ...rest] = path.split('>')
  if (rest.length > 0) {
    const inner = Object.hasOwn(told, name) ? told[name] : undefined
    if (!isObject(inner)) return null
    return numberIn(inner, rest.join('>'), Number(member(inner, 'doc_count') ?? 0))
  }
  const isWhole = Object.hasOwn(told, name)
  const dot = isWhole ? -1 : name.search(/[.[]/)
  const key = dot < 0 ? name : name.slice(0, dot)
  const part = dot < 0 ? '' : name.slice(dot + 1).replace(/\]$/, '')
  const found = Object.hasOwn(told, key) ? told[key] : undefined
  return isObject(found) ? numberOfAnswer(found, part) : null
}

function numberOfAnswer(told: Told, part: string): number | null {
  const values = member(told, 'values')
  if (isObject(values)) {
    const value = member(values, percentKey(Number(part))) ?? member(values, part)
    return typeof value === 'number' ? value : null
  }
  if (part === '_count') return Number(member(told, 'doc_count') ?? 0)
  return partOf(told as Record<string, unknown>, part || 'value')
}

/** Buckets with what pipelines add to them, take away, or order. */
export function applyParents(pipelines: readonly Agg[], buckets: readonly Bucket[]): Bucket[] {
  let list = [...buckets]
  for (const agg of inOrder(pipelines.filter(({ type }) => !siblings.has(type)))) {
    if (agg.type === 'bucket_selector') list = selected(agg, list)
    else if (agg.type === 'bucket_sort') list = sortedBuckets(agg, list)
    else computed(agg, list)
  }
  return list
}

/** One may read another: those that are read come first, the sorting ones last. */
function inOrder(pipelines: readonly Agg[]): Agg[] {
  const left = [...pipelines]
  const done: Agg[] = []
  while (left.length > 0) {
    const names = new Set(left.map(({ name }) => name))
    const at = left.findIndex(
      (agg) => !pathsOf(agg).some((path) => names.has(path.split(/[.[>]/)[0]!)),
    )
    done.push(...left.splice(Math.max(0, at), 1))
  }
  const isLast = ({ type }: Agg) => type === 'bucket_sort' || type === 'bucket_selector'
  return [...done.filter((one) => !isLast(one)), ...done.filter(isLast)]
}

function pathsOf({ body, type, name }: Agg): string[] {
  if (type === 'bucket_sort') return []
  const paths = member(body, 'buckets_path')
  if (typeof paths === 'string') return [paths]
  if (Array.isArray(paths)) return paths.map((one) => textAt(one, 'buckets_path'))
  if (isObject(paths)) return Object.values(paths).map((one) => textAt(one, 'buckets_path'))
  throw illegal(`Missing required field [buckets_path] for aggregation [${name}]`)
}

const valueIn = (bucket: Bucket, path: string) =>
  numberIn(bucket.aggregations, path, bucket.row.doc_count)

function put(bucket: Bucket, agg: Agg, value: number | null, more: object = {}): void {
  if (value === null || !Number.isFinite(value)) return
  bucket.aggregations[agg.name] = { value, ...more }
}

function computed(agg: Agg, buckets: readonly Bucket[]): void {
  const { body, type } = agg
  if (type === 'bucket_script') {
    scripted(agg, buckets)
    return
  }
  const [path] = pathsOf(agg)
  const gap = optionalText(body, 'gap_policy') === 'insert_zeros' ? 0 : null
  const values = buckets.map((bucket) => valueIn(bucket, path!) ?? gap)
  if (type === 'derivative') derivative(agg, buckets, values)
  else if (type === 'cumulative_sum') {
    let sum = 0
    buckets.forEach((bucket, at) => {
      sum += values[at] ?? 0
      put(bucket, agg, sum)
    })
  } else if (type === 'serial_diff') {
    const lag = countAt(member(body, 'lag') ?? 1, 'lag', 1, 10_000)
    buckets.forEach((bucket, at) => {
      const [now, before] = [values[at], values[at - lag]]
      if (typeof now === 'number' && typeof before === 'number') put(bucket, agg, now - before)
    })
  } else if (type === 'normalize') normalized(agg, buckets, values)
  else moving(agg, buckets, values)
}

function derivative(
  agg: Agg,
  buckets: readonly Bucket[],
  values: readonly (number | null)[],
): void {
  const unit = optionalText(agg.body, 'unit')
  const unit_ms = unit === undefined ? undefined : unitMs(unit)
  buckets.forEach((bucket, at) => {
    const [now, before] = [values[at], values[at - 1]]
    if (typeof now !== 'number' || typeof before !== 'number') return
    const step = Number(bucket.row.key[0]) - Number(buckets[at - 1]!.row.key[0])
    const by = now - before
    put(bucket, agg, by, unit_ms === undefined ? {} : { normalized_value: (by * unit_ms) / step })
  })
}

const units: Readonly<Record<string, number>> = {
  ...{ ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 },
  ...{ '1s': 1000, '1m': 60_000, '1h': 3_600_000, '1d': 86_400_000 },
  ...{ second: 1000, minute: 60_000, hour: 3_600_000, day: 86_400_000 },
}

function unitMs(unit: string): number {
  if (Object.hasOwn(units, unit)) return units[unit]!
  throw illegal(`failed to parse unit [${shown(unit)}]`)
}

function normalized(
  agg: Agg,
  buckets: readonly Bucket[],
  values: readonly (number | null)[],
): void {
  const present = values.filter((one) => one !== null)
  const sum = present.reduce((a, b) => a + b, 0)
  const [least, most] = [Math.min(...present), Math.max(...present)]
  const method = optionalText(agg.body, 'method')
  buckets.forEach((bucket, at) => {
    const value = values[at]
    if (typeof value !== 'number') return
    if (method === 'percent_of_sum') put(bucket, agg, value / sum)
    else if (method === 'rescale_0_1') put(bucket, agg, (value - least) / (most - least))
    else if (method === 'rescale_0_100') put(bucket, agg, (100 * (value - least)) / (most - least))
    else throw illegal(`invalid method [${shown(method)}]`)
  })
}

function moving(agg: Agg, buckets: readonly Bucket[], values: readonly (number | null)[]): void {
  const { body, type } = agg
  const isModel = type === 'moving_avg'
  const width = countAt(member(body, 'window') ?? 5, 'window', 1, 10_000)
  const shift = isModel ? 1 : countAt(member(body, 'shift') ?? 0, 'shift', -10_000, 10_000)
  const settings = member(body, 'settings')
  const alpha = isObject(settings) ? numberAt(member(settings, 'alpha') ?? 0.3, 'alpha') : 0.3
  const compute = isModel
    ? movingModel(optionalText(body, 'model') ?? 'simple', alpha)
    : movingFunction(textAt(member(body, 'script'), 'script'))
  buckets.forEach((bucket, at) => {
    if (values[at] === null) return
    // The window ends before the bucket itself, which a shift of one takes in.
    const to = at + shift
    const inside = values.slice(Math.max(0, to - width), Math.max(0, to))
    const value = compute(inside.filter((one) => one !== null))
    if (value === null && !isModel) bucket.aggregations[agg.name] = { value: null }
    else put(bucket, agg, value)
  })
}

function paramsOf(agg: Agg, bucket: Bucket): Map<string, number> | undefined {
  const paths = member(agg.body, 'buckets_path')
  const entries: [string, Json][] = isObject(paths)
    ? Object.entries(paths)
    : listOf(paths).map((one, at) => [`_value${at === 0 ? '' : at}`, one])
  const gap = optionalText(agg.body, 'gap_policy') === 'insert_zeros' ? 0 : null
  const found = new Map<string, number>()
  for (const [name, path] of entries) {
    const value = valueIn(bucket, textAt(path, 'buckets_path')) ?? gap
    if (value === null) return undefined
    found.set(name, value)
  }
  return found
}

function scriptOf({ body, name }: Agg): ReturnType<typeof parseScript> {
  const script = member(body, 'script')
  if (script === undefined) throw illegal(`Missing required field [script] for [${name}]`)
  if (!isObject(script)) return parseScript(textAt(script, 'script'))
  const text = member(script, 'source') ?? member(script, 'inline')
  const parsed = parseScript(textAt(text, 'script'))
  const given = member(script, 'params')
  if (!isObject(given)) return parsed
  const numbers = Object.entries(given).map(([key, value]) => [key, numberAt(value, key)] as const)
  return (params) => parsed(new Map([...params, ...numbers]))
}

function scripted(agg: Agg, buckets: readonly Bucket[]): void {
  const script = scriptOf(agg)
  for (const bucket of buckets) {
    const params = paramsOf(agg, bucket)
    if (params !== undefined) put(bucket, agg, script(params))
  }
}

function selected(agg: Agg, buckets: readonly Bucket[]): Bucket[] {
  const script = scriptOf(agg)
  return buckets.filter((bucket) => {
    const params = paramsOf(agg, bucket)
    return params !== undefined && script(params) !== 0
  })
}

function sortedBuckets({ body }: Agg, buckets: readonly Bucket[]): Bucket[] {
  const from = countAt(member(body, 'from') ?? 0, 'from', 0, 2 ** 31)
  const size = member(body, 'size')
  const keys = orderKeys(
    listOf(member(body, 'sort')).map((one) => {
      if (typeof one === 'string') return { [one]: 'asc' }
      return Object.fromEntries(
        Object.entries(objectAt(one, 'sort')).map(([path, way]) => [
          path,
          isObject(way) ? (member(way, 'order') ?? 'asc') : way,
        ]),
      )
    }),
  )
  const sortedBy = (bucket: Bucket, path: string) =>
    path === '_key' ? (bucket.row.key[0] as string | number) : valueIn(bucket, path)
  const sorted = buckets.toSorted((a, b) => {
    for (const { path, isDescending } of keys) {
      const [left, right] = [sortedBy(a, path), sortedBy(b, path)]
      if (left === right) continue
      if (left === null) return 1
      if (right === null) return -1
      return (left < right ? -1 : 1) * (isDescending ? -1 : 1)
    }
    return 0
  })
  const end = size === undefined ? undefined : from + countAt(size, 'size', 0, 2 ** 31)
  return sorted.slice(from, end)
}

/** Puts what is computed over the buckets of an aggregation beside it. */
export function applySiblings(pipelines: readonly Agg[], told: Record<string, unknown>): void {
  for (const agg of pipelines) {
    if (!siblings.has(agg.type)) continue
    told[agg.name] = sibling(agg, told)
  }
}

type Keyed = { key: string; value: number }

function numbersAlong(agg: Agg, told: Told): Keyed[] {
  const [path = ''] = pathsOf(agg)
  const [name = '', ...rest] = path.split('>')
  const found = Object.hasOwn(told, name) ? told[name] : undefined
  const buckets = isObject(found) ? member(found, 'buckets') : undefined
  if (buckets === undefined) {
    const reason = `No aggregation found for path [${shown(path)}]`
    throw new ElasticRefusal('action_request_validation_exception', reason)
  }
  const list: [string, Json][] = Array.isArray(buckets)
    ? buckets.map((one) => [keyOf(one), one])
    : Object.entries(objectAt(buckets, name))
  return list.flatMap(([key, bucket]) => {
    if (!isObject(bucket)) return []
    const count = Number(member(bucket, 'doc_count') ?? 0)
    const value = numberIn(bucket, rest.join('>') || '_count', count)
    return value === null ? [] : [{ key, value }]
  })
}

function keyOf(bucket: Json): string {
  if (!isObject(bucket)) return ''
  return String(member(bucket, 'key_as_string') ?? member(bucket, 'key') ?? '')
}

function sibling(agg: Agg, told: Told): Record<string, unknown> {
  const list = numbersAlong(agg, told)
  const values = list.map(({ value }) => value)
  const sum = values.reduce((a, b) => a + b, 0)
  const count = values.length
  const avg = count === 0 ? null : sum / count
  const least = count === 0 ? null : values.reduce((a, b) => Math.min(a, b))
  const most = count === 0 ? null : values.reduce((a, b) => Math.max(a, b))
  const keysAt = (value: number | null) =>
    list.filter((one) => one.value === value).map(({ key }) => key)
  switch (agg.type) {
    case 'avg_bucket':
      return { value: avg }
    case 'sum_bucket':
      return { value: sum }
    case 'max_bucket':
      return { value: most, keys: keysAt(most) }
    case 'min_bucket':
      return { value: least, keys: keysAt(least) }
    case 'percentiles_bucket': {
      const asked = member(agg.body, 'percents')
      const percents =
        asked === undefined
          ? [1, 5, 25, 50, 75, 95, 99]
          : listOf(asked).map((one) => numberAt(one, 'percents'))
      const sorted = values.toSorted((a, b) => a - b)
      const at = (percent: number) =>
        count === 0
          ? null
          : (sorted[Math.max(0, Math.round((percent / 100) * count + 0.5) - 1)] ?? most)
      return { values: Object.fromEntries(percents.map((one) => [percentKey(one), at(one)])) }
    }
  }
  const own = { count, min: least, max: most, avg, sum }
  if (agg.type === 'stats_bucket' || avg === null) return own
  const squares = values.reduce((total, value) => total + value * value, 0)
  const variance = squares / count - avg * avg
  return {
    ...own,
    sum_of_squares: squares,
    variance,
    std_deviation: Math.sqrt(Math.max(0, variance)),
  }
}
