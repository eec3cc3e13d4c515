/** Expressions of ES|QL: operators by their binding, functions, literals, columns. */
import type { Reader } from './reader.ts'
import { stringOf } from './tokens.ts'
import type { Expression, Literal } from './tree.ts'

const units = new Set([
  ...['millisecond', 'milliseconds', 'ms', 'second', 'seconds', 'sec', 's', 'minute', 'minutes'],
  ...['min', 'm', 'hour', 'hours', 'h', 'day', 'days', 'd', 'week', 'weeks', 'w', 'month'],
  ...['months', 'mo', 'quarter', 'quarters', 'q', 'year', 'years', 'yr', 'y'],
])

export function parseExpression(reader: Reader): Expression {
  return reader.within(() => either(reader))
}

function either(reader: Reader): Expression {
  let left = both(reader)
  while (reader.word('or')) left = binary('or', left, both(reader))
  return left
}

function both(reader: Reader): Expression {
  let left = negated(reader)
  while (reader.word('and')) left = binary('and', left, negated(reader))
  return left
}

function negated(reader: Reader): Expression {
  const { from } = reader.peek()
  if (!reader.word('not')) return compared(reader)
  return reader.within(() => {
    const inner = negated(reader)
    return { tag: 'not', inner, from, to: inner.to }
  })
}

function binary(operator: string, left: Expression, right: Expression): Expression {
  return { tag: 'binary', operator, left, right, from: left.from, to: right.to }
}

const comparisons = ['==', '!=', '<=', '>=', '<', '>', '=~', ':']

function compared(reader: Reader): Expression {
  const left = sum(reader)
  for (const operator of comparisons) {
    if (reader.sign(operator)) return binary(operator, left, sum(reader))
  }
  const { from } = left
  if (reader.word('is')) {
    const isNot = reader.word('not')
    reader.needWord('null')
    return { tag: 'null', value: left, isNot, from, to: reader.end }
  }
  const isNot = reader.isWord('not') && /^(in|like|rlike)$/i.test(reader.peek(1).text)
  if (isNot) reader.next()
  if (reader.word('in')) {
    reader.need('(')
    const items = reader.list(() => parseExpression(reader))
    reader.need(')')
    return { tag: 'in', value: left, items, isNot, from, to: reader.end }
  }
  const operator = reader.word('like') ? 'like' : reader.word('rlike') ? 'rlike' : undefined
  if (operator === undefined) return left
  const right = reader.isSign('(') ? patterns(reader) : sum(reader)
  const found = binary(operator, left, right)
  return isNot ? { tag: 'not', inner: found, from, to: found.to } : found
}

/** `LIKE ("a*", "b*")`: any of them. */
function patterns(reader: Reader): Expression {
  const { from } = reader.next()
  const items = reader.list(() => parseExpression(reader))
  reader.need(')')
  return { tag: 'list', items, from, to: reader.end }
}

function sum(reader: Reader): Expression {
  let left = product(reader)
  for (;;) {
    const operator = ['+', '-'].find((one) => reader.sign(one))
    if (operator === undefined) return left
    left = binary(operator, left, product(reader))
  }
}

function product(reader: Reader): Expression {
  let left = signed(reader)
  for (;;) {
    const operator = ['*', '/', '%'].find((one) => reader.sign(one))
    if (operator === undefined) return left
    left = binary(operator, left, signed(reader))
  }
}

function signed(reader: Reader): Expression {
  const { from } = reader.peek()
  if (reader.sign('+')) return reader.within(() => signed(reader))
  if (!reader.sign('-')) return cast(reader)
  return reader.within(() => {
    const inner = signed(reader)
    if (inner.tag === 'literal' && typeof inner.value === 'number') {
      return { ...inner, value: -inner.value, from }
    }
    return { tag: 'negative', inner, from, to: inner.to }
  })
}

function cast(reader: Reader): Expression {
  let value = primary(reader)
  while (reader.sign('::')) {
    const { name, to } = reader.name()
    value = { tag: 'cast', value, type: name.toLowerCase(), from: value.from, to }
  }
  return value
}

function primary(reader: Reader): Expression {
  const { kind, text, from, to } = reader.peek()
  if (kind === 'string') {
    reader.next()
    return { tag: 'literal', value: stringOf(text), from, to }
  }
  if (kind === 'number') return number(reader)
  if (kind === 'param') {
    reader.next()
    return { tag: 'param', name: text.replace(/^\?+/, ''), from, to }
  }
  if (reader.sign('(')) {
    const inner = parseExpression(reader)
    reader.need(')')
    return inner
  }
  if (reader.sign('[')) {
    const items = reader.isSign(']') ? [] : reader.list(() => parseExpression(reader))
    reader.need(']')
    return { tag: 'list', items, from, to: reader.end }
  }
  if (kind === 'word') {
    const word = text.toLowerCase()
    if (!reader.isSign('(', 1) && !reader.isSign('.', 1) && /^(true|false|null)$/.test(word)) {
      reader.next()
      return { tag: 'literal', value: word === 'null' ? null : word === 'true', from, to }
    }
    if (reader.isSign('(', 1)) return call(reader)
  }
  if (kind !== 'word' && kind !== 'quoted') throw reader.unexpected('an expression')
  return { tag: 'column', ...reader.name() }
}

function number(reader: Reader): Expression {
  const { text, from, to } = reader.next()
  const isDouble = /[.eE]/.test(text)
  const value = Number(text)
  const literal: Literal = { tag: 'literal', value, from, to, ...(isDouble ? { isDouble } : {}) }
  const following = reader.peek()
  if (following.kind !== 'word' || !units.has(following.text.toLowerCase())) return literal
  reader.next()
  return { ...literal, unit: following.text.toLowerCase(), to: following.to }
}

function call(reader: Reader): Expression {
  const { text, from } = reader.next()
  reader.need('(')
  const name = text.toLowerCase()
  if (reader.sign('*')) {
    reader.need(')')
    return { tag: 'call', name, args: [], isStar: true, from, to: reader.end }
  }
  const args = reader.isSign(')') ? [] : reader.list(() => parseExpression(reader))
  reader.need(')')
  return { tag: 'call', name, args, isStar: false, from, to: reader.end }
}
