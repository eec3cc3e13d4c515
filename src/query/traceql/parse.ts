/**
 * TraceQL text to its tree: pipelines, spansets, aggregates. Expressions inside of braces are
 * parse-field.ts's work, metrics parse-metrics.ts's. Whether types fit is decided in check.ts.
 */
import { parseField, staticOf } from './parse-field.ts'
import { parseHints, parseMetrics, parseSecond } from './parse-metrics.ts'
import { Reader } from './reader.ts'
import {
  type AggregateName,
  type Arithmetic,
  aggregates,
  type Comparison,
  comparisons,
  type Field,
  type Filter,
  metricFunctions,
  type Query,
  type Scalar,
  type Spanset,
  type SpansetOperator,
  type Stage,
  spansetOperators,
} from './tree.ts'

/** Reads a query. Throws QueryError with the place of what was not understood. */
export function parseTraceql(text: string): Query {
  const reader = new Reader(text)
  const query: Query = { stages: [], second: [], hints: [] }
  query.stages = parseStages(reader, 'query')
  if (reader.isOneOf(metricFunctions)) {
    query.metrics = parseMetrics(reader, () => parseFilter(reader))
    query.second = parseSecond(reader)
  }
  if (reader.isWord('with')) query.hints = parseHints(reader)
  if (reader.token.kind !== 'end') throw reader.unexpected()
  return query
}

/**
 * Stages up to the end, or up to the metric that follows a bar: the reader then stands on it.
 * Inside of parentheses there are no metrics.
 */
function parseStages(reader: Reader, where: 'query' | 'parentheses'): Stage[] {
  const stages: Stage[] = []
  const isMetric = () => where === 'query' && reader.isOneOf(metricFunctions)
  if (isMetric()) return [everySpan(reader)]
  do {
    if (stages.length > 0 && isMetric()) return stages
    stages.push(parseStage(reader, stages.length === 0))
  } while (reader.take('|'))
  return stages
}

/** A metric without a spanset counts all spans. */
function everySpan(reader: Reader): Stage {
  const at = { from: reader.token.from, to: reader.token.from }
  const condition: Field = { tag: 'static', type: 'boolean', value: true, ...at }
  return { tag: 'spanset', spanset: { tag: 'filter', condition, ...at } }
}

function parseStage(reader: Reader, isFirst: boolean): Stage {
  const { from } = reader.token
  if (reader.isWord('by') || reader.isWord('coalesce') || reader.isWord('select')) {
    return parseOperation(reader, isFirst)
  }
  if (reader.isScalarAhead()) {
    const start = reader.position
    try {
      return parseScalarFilter(reader)
    } catch (error) {
      // `(count() > 1 | { a }) && …` begins as a scalar and is a pipeline in parentheses.
      reader.position = start
      if (!reader.is('(')) throw error
      try {
        return { tag: 'spanset', spanset: parseSpanset(reader) }
      } catch {
        throw error
      }
    }
  }
  if (reader.is('{') || reader.is('(')) return { tag: 'spanset', spanset: parseSpanset(reader) }
  throw reader.unexpected(from)
}

function parseOperation(reader: Reader, isFirst: boolean): Stage {
  const { from } = reader.token
  const word = reader.token.text
  if (word === 'coalesce' && isFirst) throw reader.unexpected()
  reader.next()
  reader.expect('(')
  if (word === 'coalesce') {
    reader.expect(')')
    return { tag: 'coalesce', from, to: reader.end }
  }
  if (word === 'by') {
    const field = parseField(reader)
    reader.expect(')')
    return { tag: 'by', field, from, to: reader.end }
  }
  const fields: Field[] = []
  do {
    const field = parseField(reader)
    if (field.tag !== 'attribute' && field.tag !== 'intrinsic') throw reader.unexpected(field.from)
    fields.push(field)
  } while (reader.take(','))
  reader.expect(')')
  return { tag: 'select', fields, from, to: reader.end }
}

/** && and || bind alike and weaker than structure, which is how Tempo reads them. */
function strengthOf(operator: string): number {
  return operator === '&&' || operator === '||' ? 1 : 2
}

function parseSpanset(reader: Reader, strength_min = 1): Spanset {
  let left = parseOperand(reader)
  for (;;) {
    const { token } = reader
    const isOperator = token.kind === 'operator' && spansetOperators.includes(token.text as never)
    if (!isOperator || strengthOf(token.text) < strength_min) return left
    reader.next()
    reader.count()
    const right = parseSpanset(reader, strengthOf(token.text) + 1)
    const operator = token.text as SpansetOperator
    left = { tag: 'operation', operator, left, right, from: left.from, to: right.to }
  }
}

function parseOperand(reader: Reader): Spanset {
  if (reader.is('{')) return parseFilter(reader)
  const { from } = reader.token
  reader.expect('(')
  reader.deeper()
  const stages = parseStages(reader, 'parentheses')
  reader.expect(')')
  reader.shallower()
  const [only] = stages
  if (stages.length === 1 && only?.tag === 'spanset') return only.spanset
  return { tag: 'pipeline', stages, from, to: reader.end }
}

function parseFilter(reader: Reader): Filter {
  const { from } = reader.token
  reader.expect('{')
  if (reader.take('}')) {
    const condition: Field = { tag: 'static', type: 'boolean', value: true, from, to: reader.end }
    return { tag: 'filter', condition, from, to: reader.end }
  }
  const condition = parseField(reader)
  reader.expect('}')
  return { tag: 'filter', condition, from, to: reader.end }
}

function parseScalarFilter(reader: Reader): Stage {
  const left = parseScalar(reader)
  const operator = comparisons.find((candidate) => reader.is(candidate))
  if (operator === undefined) throw reader.unexpected()
  reader.next()
  const right = parseScalar(reader)
  return {
    tag: 'scalar',
    operator: operator as Comparison,
    left,
    right,
    from: left.from,
    to: right.to,
  }
}

const strengths: Readonly<Record<string, number>> = {
  '+': 1,
  '-': 1,
  '*': 2,
  '/': 2,
  '%': 2,
  '^': 3,
}

function parseScalar(reader: Reader, strength_min = 1): Scalar {
  let left = parseScalarOperand(reader)
  for (;;) {
    const { token } = reader
    const strength = token.kind === 'operator' ? (strengths[token.text] ?? 0) : 0
    if (strength < strength_min) return left
    reader.next()
    reader.count()
    reader.deeper()
    const right = parseScalar(reader, token.text === '^' ? strength : strength + 1)
    reader.shallower()
    const operator = token.text as Arithmetic
    left = { tag: 'arithmetic', operator, left, right, from: left.from, to: right.to }
  }
}

function parseScalarOperand(reader: Reader): Scalar {
  const { token } = reader
  const { from } = token
  if (reader.take('(')) {
    reader.deeper()
    const inner = parseScalar(reader)
    reader.expect(')')
    reader.shallower()
    return inner
  }
  const isNegative = reader.take('-')
  const number = staticOf(reader.token)
  if (typeof number?.value === 'number') {
    reader.next()
    return { ...number, value: isNegative ? -number.value : number.value, from }
  }
  if (isNegative || !reader.isOneOf(aggregates)) throw reader.unexpected()
  const name = token.text as AggregateName
  reader.next()
  reader.expect('(')
  const field = name === 'count' ? undefined : parseField(reader)
  reader.expect(')')
  const at = { from, to: reader.end }
  return { tag: 'aggregate', function: name, ...(field === undefined ? {} : { field }), ...at }
}
