/** Expressions inside of braces and aggregates: values, attributes, intrinsics and operators. */
import type { Token } from './lex.ts'
import type { Reader } from './reader.ts'
import {
  type Field,
  type FieldOperator,
  intrinsicOf,
  kindNames,
  type Static,
  type StaticType,
  statusNames,
} from './tree.ts'

/** How strongly operators bind; - and ! before an operand take what binds like * and stronger. */
const strengths: Readonly<Record<string, number>> = {
  '&&': 1,
  '||': 1,
  '=': 2,
  '!=': 2,
  '=~': 2,
  '!~': 2,
  '<': 2,
  '<=': 2,
  '>': 2,
  '>=': 2,
  '+': 3,
  '-': 3,
  '*': 4,
  '/': 4,
  '%': 4,
  '^': 5,
}
const unaryStrength = 4

export function strengthOf(operator: string): number {
  return Object.hasOwn(strengths, operator) ? strengths[operator]! : 0
}

export function parseField(reader: Reader, strength_min = 1): Field {
  reader.deeper()
  let left = parseUnary(reader)
  for (;;) {
    const { token } = reader
    const strength = token.kind === 'operator' ? strengthOf(token.text) : 0
    if (strength < strength_min) break
    reader.next()
    reader.count()
    const right = parseField(reader, token.text === '^' ? strength : strength + 1)
    const operator = token.text as FieldOperator
    left = { tag: 'binary', operator, left, right, from: left.from, to: right.to }
  }
  reader.shallower()
  return left
}

function parseUnary(reader: Reader): Field {
  const { from } = reader.token
  const operator = reader.is('!') ? '!' : reader.is('-') ? '-' : undefined
  if (operator === undefined) return parseOperand(reader)
  reader.next()
  reader.count()
  const operand = parseField(reader, unaryStrength)
  const isNumber = operand.tag === 'static' && typeof operand.value === 'number'
  if (operator === '-' && isNumber) return { ...operand, value: -Number(operand.value), from }
  return { tag: 'unary', operator, operand, from, to: operand.to }
}

function parseOperand(reader: Reader): Field {
  const { token } = reader
  if (reader.take('(')) {
    const inner = parseField(reader)
    reader.expect(')')
    return inner
  }
  const field = fieldOf(token)
  if (field === undefined) throw reader.unexpected()
  reader.next()
  return field
}

function fieldOf(token: Token): Field | undefined {
  const { from, to } = token
  if (token.kind === 'attribute') {
    const { scope, ofParent, text } = token
    return { tag: 'attribute', scope, ofParent, name: text, from, to }
  }
  const isName = token.kind === 'intrinsic' || token.kind === 'word'
  const intrinsic = isName ? intrinsicOf(token.text) : undefined
  if (intrinsic !== undefined) {
    const ofParent = token.kind === 'intrinsic' && token.ofParent
    return { tag: 'intrinsic', name: intrinsic, ofParent, from, to }
  }
  return staticOf(token)
}

const words = new Map<string, [StaticType, string | boolean | null]>([
  ['true', ['boolean', true]],
  ['false', ['boolean', false]],
  ['nil', ['nil', null]],
  ...statusNames.map((name): [string, [StaticType, string]] => [name, ['status', name]]),
  ...kindNames.map((name): [string, [StaticType, string]] => [name, ['kind', name]]),
])

export function staticOf(token: Token): Static | undefined {
  const { from, to } = token
  switch (token.kind) {
    case 'string':
      return { tag: 'static', type: 'string', value: token.text, from, to }
    case 'int':
    case 'float':
    case 'duration':
      return { tag: 'static', type: token.kind, value: token.value, from, to }
    case 'word': {
      const known = words.get(token.text)
      return known && { tag: 'static', type: known[0], value: known[1], from, to }
    }
    default:
      return undefined
  }
}
