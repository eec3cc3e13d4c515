/** Metrics at the end of a pipeline, what follows them, and hints. */
import { QueryError } from '../series.ts'
import { parseField, staticOf } from './parse-field.ts'
import type { Reader } from './reader.ts'
import {
  type Attribute,
  comparisons,
  type Filter,
  type Hint,
  type Intrinsic,
  type MetricFunction,
  type Metrics,
  type SecondStage,
  type Static,
} from './tree.ts'

const groups_max = 5
const quantiles_max = 20
const series_max = 10_000

const withField: readonly string[] = [
  'min_over_time',
  'max_over_time',
  'avg_over_time',
  'sum_over_time',
  'quantile_over_time',
  'histogram_over_time',
]

export function parseMetrics(reader: Reader, parseFilter: () => Filter): Metrics {
  const { from } = reader.token
  const name = reader.next().text as MetricFunction
  const metrics: Metrics = { function: name, numbers: [], by: [], from, to: from }
  reader.expect('(')
  if (withField.includes(name)) metrics.field = parseName(reader)
  if (name === 'compare') metrics.selection = parseFilter()
  while ((name === 'compare' || name === 'quantile_over_time') && reader.take(',')) {
    metrics.numbers.push(parseNumber(reader).value as number)
  }
  const counts = metrics.numbers.length
  if (name === 'quantile_over_time' && (counts === 0 || counts > quantiles_max)) {
    throw reader.unexpected(reader.token.from, 'a quantile from 0 to 1')
  }
  if (name === 'compare' && counts > 3) throw reader.unexpected()
  reader.expect(')')
  if (reader.isWord('by')) metrics.by = parseBy(reader)
  return { ...metrics, to: reader.end }
}

function parseName(reader: Reader): Attribute | Intrinsic {
  const field = parseField(reader)
  if (field.tag === 'attribute' || field.tag === 'intrinsic') return field
  throw new QueryError('bad_data', 'parse error: expected an attribute', field)
}

function parseBy(reader: Reader): (Attribute | Intrinsic)[] {
  const { from } = reader.token
  reader.next()
  reader.expect('(')
  const by: (Attribute | Intrinsic)[] = []
  do by.push(parseName(reader))
  while (reader.take(','))
  reader.expect(')')
  if (by.length > groups_max) {
    const message = `metrics may be grouped by ${groups_max} attributes`
    throw new QueryError('bad_data', message, { from, to: reader.end })
  }
  return by
}

/** A number or a duration, with its sign. */
function parseNumber(reader: Reader): Static {
  const { from } = reader.token
  const isNegative = reader.take('-')
  const number = staticOf(reader.token)
  if (typeof number?.value !== 'number') throw reader.unexpected(reader.token.from, 'a number')
  reader.next()
  return { ...number, value: isNegative ? -number.value : number.value, from }
}

export function parseSecond(reader: Reader): SecondStage[] {
  const second: SecondStage[] = []
  for (;;) {
    const { from } = reader.token
    const operator = comparisons.find((candidate) => reader.is(candidate))
    if (operator !== undefined) {
      reader.next()
      const value = parseNumber(reader)
      second.push({ tag: 'compare', operator, value, from, to: value.to })
      continue
    }
    if (!reader.take('|')) return second
    const word = reader.token.text
    if (!reader.isOneOf(['topk', 'bottomk'])) throw reader.unexpected()
    reader.next()
    reader.expect('(')
    const count = Number(parseNumber(reader).value)
    reader.expect(')')
    const at = { from, to: reader.end }
    if (!Number.isInteger(count) || count < 1 || count > series_max) {
      throw new QueryError('bad_data', `${word}() takes a whole number from 1 to ${series_max}`, at)
    }
    second.push({ tag: word as 'topk' | 'bottomk', count, ...at })
  }
}

export function parseHints(reader: Reader): Hint[] {
  reader.next()
  reader.expect('(')
  const hints: Hint[] = []
  do {
    const { from } = reader.token
    if (reader.token.kind !== 'word') throw reader.unexpected()
    const name = reader.next().text
    reader.expect('=')
    const value = staticOf(reader.token)
    if (value === undefined) throw reader.unexpected()
    reader.next()
    hints.push({ name, value, from, to: reader.end })
  } while (reader.take(','))
  reader.expect(')')
  return hints
}
