/** ES|QL's operators as typed SQL: arithmetic, comparisons, patterns, lists, search in a field. */
import { type Sql, sql } from '../../store/sql.ts'
import { type Condition, wildOf } from '../elastic/condition.ts'
import { luceneRegex } from '../elastic/lucene-regex.ts'
import { likeOf } from '../elastic/sql-parts.ts'
import { type ExpressionContext, fail, literal, matched, truth, typed } from './expressions.ts'
import { conversions } from './functions.ts'
import { amountIn } from './functions-date.ts'
import type { Expression, Span } from './tree.ts'
import {
  commonType,
  type EsqlType,
  isNumber,
  isText,
  isWhole,
  stored,
  type Typed,
} from './value-types.ts'

const signs: Readonly<Record<string, Sql>> = {
  ...{ '==': sql`=`, '!=': sql`!=`, '<': sql`<`, '<=': sql`<=`, '>': sql`>`, '>=': sql`>=` },
}

export function binary(
  value: Extract<Expression, { tag: 'binary' }>,
  context: ExpressionContext,
): Typed {
  const { operator, left, right } = value
  if (operator === 'and' || operator === 'or') {
    const between = operator === 'and' ? sql`AND` : sql`OR`
    return {
      type: 'boolean',
      sql: sql`((${truth(left, context)}) ${between} (${truth(right, context)}))`,
    }
  }
  if (operator === 'like' || operator === 'rlike') return like(value, context)
  if (operator === ':') return matchOperator(value, context)
  const a = typed(left, context)
  const b = typed(right, context)
  if (operator === '=~') {
    return { type: 'boolean', sql: sql`(lowerUTF8(${a.sql}) = lowerUTF8(${b.sql}))` }
  }
  const sign = signs[operator]
  return sign === undefined
    ? arithmetic(value, a, b, context)
    : compared(value, a, b, sign, context)
}

function matchOperator(
  value: Extract<Expression, { tag: 'binary' }>,
  context: ExpressionContext,
): Typed {
  const { left, right } = value
  const text = typed(right, context).constant
  if (left.tag !== 'column' || text === undefined || text === null) {
    throw fail(context, value, '[:] operator needs a field and a constant')
  }
  typed(left, context)
  const condition: Condition = { tag: 'words', field: left.name, text: String(text), least: 1 }
  return matched(context.matches(condition), ':', value, context)
}

/** Two sides of a comparison, made one type: a text beside a date is a date. */
function both(
  value: Span,
  a: Typed,
  b: Typed,
  what: string,
  context: ExpressionContext,
): [Typed, Typed] {
  if (a.type === 'date' && isText(b.type)) return [a, dateOf(b, value, context)]
  if (b.type === 'date' && isText(a.type)) return [dateOf(a, value, context), b]
  if (commonType(a.type, b.type) !== undefined) return [a, b]
  const kind = (type: EsqlType) => (isNumber(type) ? 'numeric' : type)
  const text = context.text.slice(value.from, value.to)
  throw fail(
    context,
    value,
    `${what} [${text}] is [${kind(a.type)}] so second argument must also be [${kind(a.type)}] ` +
      `but was [${b.type}]`,
  )
}

function dateOf(value: Typed, span: Span, context: ExpressionContext): Typed {
  if (typeof value.constant !== 'string') {
    return conversions.to_datetime!.give([value], {
      now_ms: context.now_ms,
      fail: (what) => fail(context, span, what),
    })
  }
  const text = value.constant
  const isZoned = /(?:Z|[+-]\d\d:?\d\d)$/i.test(text) || !text.includes('T')
  const ms = Date.parse(isZoned ? text : `${text}Z`)
  if (Number.isNaN(ms)) {
    throw fail(context, span, `Cannot convert string [${text.slice(0, 60)}] to [DATETIME]`)
  }
  return { type: 'date', sql: sql`toInt64(${ms})`, constant: ms }
}

function compared(
  value: Extract<Expression, { tag: 'binary' }>,
  left: Typed,
  right: Typed,
  sign: Sql,
  context: ExpressionContext,
): Typed {
  const [a, b] = both(value, left, right, 'first argument of', context)
  if (a.type === 'null' || b.type === 'null') {
    return { type: 'boolean', sql: sql`CAST(NULL, 'Nullable(UInt8)')` }
  }
  return { type: 'boolean', sql: sql`(${a.sql} ${sign} ${b.sql})` }
}

function arithmetic(
  value: Extract<Expression, { tag: 'binary' }>,
  a: Typed,
  b: Typed,
  context: ExpressionContext,
): Typed {
  const { operator } = value
  const dated = withAmount(value, a, b, context)
  if (dated !== undefined) return dated
  const isFine = (type: EsqlType) => isNumber(type) || type === 'null'
  if (!isFine(a.type) || !isFine(b.type)) {
    const text = context.text.slice(value.from, value.to)
    const [place, type] = isFine(a.type) ? ['second', b.type] : ['first', a.type]
    throw fail(
      context,
      value,
      `${place} argument of [${text}] must be [numeric], found type [${type}]`,
    )
  }
  if (a.type === 'null' || b.type === 'null') return literal(null, false)
  const type = commonType(a.type, b.type)!
  const zeroless = sql`nullIf(${b.sql}, 0)`
  const plain: Readonly<Record<string, Sql>> = {
    '+': sql`(${a.sql} + ${b.sql})`,
    '-': sql`(${a.sql} - ${b.sql})`,
    '*': sql`(${a.sql} * ${b.sql})`,
    '/': sql`(${a.sql} / ${zeroless})`,
    '%': sql`(${a.sql} - trunc(${a.sql} / ${zeroless}) * ${b.sql})`,
  }
  // Whole numbers stay whole: 5 / 2 is 2.
  const found =
    isWhole(type) && (operator === '/' || operator === '%')
      ? sql`trunc(${plain[operator]!})`
      : plain[operator]!
  return { type, sql: stored(type, found) }
}

/** Dates and amounts of time. */
function withAmount(
  value: Extract<Expression, { tag: 'binary' }>,
  a: Typed,
  b: Typed,
  context: ExpressionContext,
): Typed | undefined {
  const { operator } = value
  const [date, by] = b.unit === undefined ? [b, a] : [a, b]
  const amount = amountIn(by)
  if (amount === undefined || (operator !== '+' && operator !== '-')) return undefined
  const moment = isText(date.type) ? dateOf(date, value, context) : date
  if (moment.type !== 'date' && moment.type !== 'null') return undefined
  const sign = operator === '-' ? -1 : 1
  if (amount.months === 0) {
    const ms = typeof moment.constant === 'number' ? moment.constant + sign * amount.ms : undefined
    const shifted = stored('date', sql`${moment.sql} + ${sign * amount.ms}`)
    return { type: 'date', sql: shifted, ...(ms === undefined ? {} : { constant: ms }) }
  }
  const second = sql`toDateTime64(fromUnixTimestamp64Milli(toInt64(${moment.sql}), 'UTC'), 3,
    'UTC')`
  const months = sql`addMonths(${second}, ${sign * amount.months})`
  return { type: 'date', sql: stored('date', sql`toUnixTimestamp64Milli(${months})`) }
}

function like(value: Extract<Expression, { tag: 'binary' }>, context: ExpressionContext): Typed {
  const { left, right, operator } = value
  const a = typed(left, context)
  if (!isText(a.type) && a.type !== 'null') {
    const text = context.text.slice(value.from, value.to)
    throw fail(
      context,
      value,
      `argument of [${text}] must be [string], found value type [${a.type}]`,
    )
  }
  const patterns = right.tag === 'list' ? right.items : [right]
  const each = patterns.map((one) => {
    const { constant } = typed(one, context)
    if (typeof constant !== 'string') throw fail(context, one, 'a pattern must be a constant text')
    return operator === 'like'
      ? sql`${a.sql} LIKE ${likeOf(wildOf(constant))}`
      : sql`match(${a.sql}, ${`^(?:${luceneRegex(constant)})$`})`
  })
  return { type: 'boolean', sql: sql`(${sql.join(each, sql` OR `)})` }
}

export function isIn(value: Extract<Expression, { tag: 'in' }>, context: ExpressionContext): Typed {
  const a = typed(value.value, context)
  const each = value.items.map((one) => {
    const [left, right] = both(value, a, typed(one, context), 'first argument of', context)
    return sql`${left.sql} = ${right.sql}`
  })
  const any = sql`(${sql.join(each, sql` OR `)})`
  return { type: 'boolean', sql: value.isNot ? sql`NOT ${any}` : any }
}
