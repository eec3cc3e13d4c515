/**
 * Expressions of ES|QL to typed SQL: columns, operators, functions. Every mismatch of types is told
 * with its place. What rows they are of is compile.ts's business.
 */
import { type Sql, sql } from '../../store/sql.ts'
import type { Condition } from '../elastic/condition.ts'
import { EsqlError } from './esql-error.ts'
import { asNothing, conversions, functions, isOfKind, textOf, told } from './functions.ts'
import { binary, isIn } from './operators.ts'
import type { Expression, Span } from './tree.ts'
import {
  amountType,
  commonType,
  type EsqlType,
  isNumber,
  stored,
  type Typed,
} from './value-types.ts'

export type Parameters = ReadonlyMap<string, string | number | boolean | null>

export type ExpressionContext = {
  text: string
  now_ms: number
  parameters: Parameters
  column(name: string): Typed | undefined
  /** Near misses for a name. */
  known(): readonly string[]
  /** A condition on the documents themselves; undefined where they are gone. */
  matches(condition: Condition): Sql | undefined
  /** An aggregate, where one may stand. */
  aggregate?(call: Extract<Expression, { tag: 'call' }>): Typed | undefined
}

export function fail(context: ExpressionContext, span: Span, what: string): EsqlError {
  return new EsqlError('verification_exception', context.text, span, what)
}

export function typed(value: Expression, context: ExpressionContext): Typed {
  switch (value.tag) {
    case 'literal':
      return literal(value.value, value.isDouble ?? false, value.unit)
    case 'param':
      return parameter(value, context)
    case 'column':
      return column(value, context)
    case 'list':
      return list(value, context)
    case 'call':
      return call(value, context)
    case 'binary':
      return binary(value, context)
    case 'not': {
      const inner = truth(value.inner, context)
      return { type: 'boolean', sql: sql`NOT (${inner})` }
    }
    case 'negative': {
      const inner = typed(value.inner, context)
      if (!isNumber(inner.type) && inner.type !== 'null') {
        throw fail(context, value, `argument of [-] must be [numeric], found type [${inner.type}]`)
      }
      return { type: inner.type, sql: sql`(-${inner.sql})` }
    }
    case 'in':
      return isIn(value, context)
    case 'null': {
      const inner = typed(value.value, context)
      const test = value.isNot ? sql`isNotNull(${inner.sql})` : sql`isNull(${inner.sql})`
      return { type: 'boolean', sql: test }
    }
    case 'cast':
      return cast(value, context)
  }
}

/** A condition that is true, false or nothing. */
export function truth(value: Expression, context: ExpressionContext): Sql {
  const found = typed(value, context)
  if (found.type === 'boolean' || found.type === 'null') return found.sql
  throw fail(
    context,
    value,
    `Condition expression needs to be boolean, found [${found.type.toUpperCase()}]`,
  )
}

export function literal(
  value: string | number | boolean | null,
  isDouble: boolean,
  unit?: string,
): Typed {
  if (value === null)
    return { type: 'null', sql: sql`CAST(NULL, 'Nullable(String)')`, constant: null }
  if (typeof value === 'string') return { type: 'keyword', sql: sql`${value}`, constant: value }
  if (typeof value === 'boolean') {
    return { type: 'boolean', sql: sql`toUInt8(${value ? 1 : 0})`, constant: value }
  }
  if (unit !== undefined) {
    return { type: amountType(unit), sql: sql`${String(value)}`, constant: value, unit }
  }
  if (isDouble || !Number.isSafeInteger(value)) {
    return { type: 'double', sql: sql`toFloat64(${value})`, constant: value }
  }
  const type = Math.abs(value) < 2 ** 31 ? 'integer' : 'long'
  return { type, sql: sql`toInt64(${value})`, constant: value }
}

function parameter(
  value: Extract<Expression, { tag: 'param' }>,
  context: ExpressionContext,
): Typed {
  const name = value.name === '' ? nextPosition(context, value) : value.name
  const found = context.parameters.get(name)
  if (found === undefined) {
    const what = `Unknown query parameter [${value.name || name}]`
    throw new EsqlError('parsing_exception', context.text, value, what)
  }
  return literal(found, typeof found === 'number' && !Number.isInteger(found))
}

/** `?` stands for the next one: as many as came before it in the text. */
function nextPosition({ text }: ExpressionContext, { from }: Span): string {
  return String((text.slice(0, from).match(/\?(?![\w?])/g) ?? []).length + 1)
}

function column(value: Extract<Expression, { tag: 'column' }>, context: ExpressionContext): Typed {
  const found = context.column(value.name)
  if (found !== undefined) return found
  const near = context
    .known()
    .filter((one) => isNear(one, value.name))
    .slice(0, 3)
  const meant =
    near.length === 0
      ? ''
      : `, did you mean ${near.length === 1 ? `[${near[0]}]` : `any of [${near.join(', ')}]`}?`
  throw fail(context, value, `Unknown column [${value.name}]${meant}`)
}

function isNear(a: string, b: string): boolean {
  if (Math.abs(a.length - b.length) > 2 || b.length < 3) return false
  let at = 0
  while (at < a.length && a[at] === b[at]) at++
  let end = 0
  while (end < Math.min(a.length, b.length) - at && a.at(-1 - end) === b.at(-1 - end)) end++
  return Math.max(a.length, b.length) - at - end <= 2
}

function list(value: Extract<Expression, { tag: 'list' }>, context: ExpressionContext): Typed {
  const items = value.items.map((one) => typed(one, context))
  const type = items.reduce<EsqlType | undefined>(
    (found, one) => (found === undefined ? undefined : commonType(found, one.type)),
    'null',
  )
  if (type === undefined) throw fail(context, value, 'all items of a list must be of one type')
  const texts = items.map((one) => sql`assumeNotNull(${textOf(one.sql, one.type)})`)
  const only = items.length === 1 ? items[0] : undefined
  if (only !== undefined) return only
  return { type, isList: true, sql: stored('keyword', sql`toJSONString([${sql.join(texts)}])`) }
}

const matchers = new Set(['match', 'match_phrase', 'kql', 'qstr'])

function call(value: Extract<Expression, { tag: 'call' }>, context: ExpressionContext): Typed {
  const aggregated = context.aggregate?.(value)
  if (aggregated !== undefined) return aggregated
  const { name, args } = value
  if (matchers.has(name)) return match(value, context)
  if (name === 'tbucket') {
    const time: Expression = { tag: 'column', name: '@timestamp', from: value.from, to: value.to }
    return call({ ...value, name: 'bucket', args: [time, ...args] }, context)
  }
  const known = functions.get(name)
  if (known === undefined) throw fail(context, value, `Unknown function [${name}]`)
  if (args.length < known.least || args.length > known.most) {
    const wanted =
      known.least === known.most ? `${known.least}` : `between ${known.least} and ${known.most}`
    throw fail(context, value, `error building [${name}]: expects ${wanted} arguments`)
  }
  const given = args.map((one, at) => {
    const kind = known.takes[Math.min(at, known.takes.length - 1)] ?? 'any'
    const found = asKind(typed(one, context), kind)
    if (isOfKind(found.type, kind)) return asNothing(found, kind)
    const place = ['first', 'second', 'third', 'fourth'][at] ?? `${at + 1}th`
    const text = context.text.slice(one.from, one.to)
    const whole = context.text.slice(value.from, value.to)
    const what =
      `${place} argument of [${whole}] must be [${told[kind]}], found value [${text}] ` +
      `type [${found.type}]`
    throw fail(context, one, what)
  })
  return known.give(given, { now_ms: context.now_ms, fail: (what) => fail(context, value, what) })
}

/** Texts that are written where a date is wanted are dates. */
function asKind(value: Typed, kind: string): Typed {
  if (kind !== 'date' || typeof value.constant !== 'string' || value.unit !== undefined)
    return value
  const ms = Date.parse(value.constant)
  return Number.isNaN(ms) ? value : { type: 'date', sql: sql`toInt64(${ms})`, constant: ms }
}

/** Search in the documents themselves. */
function match(value: Extract<Expression, { tag: 'call' }>, context: ExpressionContext): Typed {
  const { name, args } = value
  const texts = args.map((one) => {
    if (one.tag === 'column') return one.name
    const found = typed(one, context).constant
    return found === undefined || found === null ? undefined : String(found)
  })
  const [first, second] = texts
  if (first === undefined) throw fail(context, value, `[${name}] needs a constant text`)
  const condition = conditionOf(name, first, second)
  if (condition === undefined) throw fail(context, value, `[${name}] needs a field and a text`)
  return matched(context.matches(condition), name, value, context)
}

function conditionOf(
  name: string,
  first: string,
  second: string | undefined,
): Condition | undefined {
  if (name === 'qstr' || name === 'kql') {
    return { tag: 'value', field: `\0${name}`, text: first }
  }
  if (second === undefined) return undefined
  if (name === 'match_phrase') return { tag: 'phrase', field: first, text: second, isPrefix: false }
  return { tag: 'words', field: first, text: second, least: 1 }
}

export function matched(
  condition: Sql | undefined,
  name: string,
  span: Span,
  context: ExpressionContext,
): Typed {
  if (condition === undefined) {
    throw fail(
      context,
      span,
      `[${name.toUpperCase()}] function cannot be used after STATS, LIMIT or ROW`,
    )
  }
  return { type: 'boolean', sql: sql`${condition}` }
}

const castNames: Readonly<Record<string, string>> = {
  ...{ string: 'to_string', keyword: 'to_string', text: 'to_string', long: 'to_long' },
  ...{ integer: 'to_integer', int: 'to_integer', double: 'to_double', bool: 'to_boolean' },
  ...{ boolean: 'to_boolean', datetime: 'to_datetime', date: 'to_datetime', ip: 'to_ip' },
}

function cast(value: Extract<Expression, { tag: 'cast' }>, context: ExpressionContext): Typed {
  const name = Object.hasOwn(castNames, value.type) ? castNames[value.type] : undefined
  if (name === undefined) {
    throw fail(context, value, `Unsupported conversion to type [${value.type.toUpperCase()}]`)
  }
  const inner = typed(value.value, context)
  return conversions[name]!.give([inner], {
    now_ms: context.now_ms,
    fail: (what) => fail(context, value, what),
  })
}
