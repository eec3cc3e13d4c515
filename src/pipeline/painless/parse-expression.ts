/** Expressions: tokens to trees, by the precedence of the operators. */

import { argumentsOf, operandOf } from './parse-operand.ts'
import { PainlessError } from './problem.ts'
import type { TokenReader } from './token-reader.ts'
import type { Expression } from './tree.ts'

/** Every binary sign with how strongly it binds. */
const strengths = new Map<string, number>([
  ['||', 3],
  ['&&', 4],
  ['|', 5],
  ['^', 6],
  ['&', 7],
  ...['==', '!=', '===', '!=='].map((sign): [string, number] => [sign, 8]),
  ...['<', '<=', '>', '>=', 'instanceof'].map((sign): [string, number] => [sign, 9]),
  ...['<<', '>>', '>>>'].map((sign): [string, number] => [sign, 10]),
  ...['=~', '==~'].map((sign): [string, number] => [sign, 11]),
  ...['+', '-'].map((sign): [string, number] => [sign, 12]),
  ...['*', '/', '%'].map((sign): [string, number] => [sign, 13]),
])
const assigns = new Set(['=', '+=', '-=', '*=', '/=', '%=', '&=', '|=', '^='])
assigns.add('<<=').add('>>=').add('>>>=')

export function expressionOf(reader: TokenReader): Expression {
  return reader.inside(() => assignment(reader))
}

function assignment(reader: TokenReader): Expression {
  const left = conditional(reader)
  const { kind, text, offset: at } = reader.token()
  if (kind !== 'sign' || !assigns.has(text)) return left
  checkTarget(reader, left)
  reader.at += 1
  const value = expressionOf(reader)
  const depth = reader.depth(left, value)
  return { kind: 'assign', sign: text, target: left, value, at, depth }
}

/** Only a variable, a field or an item can be changed. */
export function checkTarget(reader: TokenReader, target: Expression): void {
  const { kind } = target
  if (kind === 'member' && target.safe) {
    reader.refuse('what follows ?. cannot be assigned: use . here', target.at)
  }
  if (kind === 'name' && (target.name === 'ctx' || target.name === 'params')) {
    reader.refuse(`[${target.name}] itself cannot be assigned`, target.at)
  }
  if (kind !== 'name' && kind !== 'member' && kind !== 'index') {
    reader.refuse('only a variable, a field or an item can be assigned', target.at)
  }
}

function conditional(reader: TokenReader): Expression {
  const test = elvis(reader)
  const at = reader.token().offset
  if (!reader.took('?')) return test
  const yes = expressionOf(reader)
  reader.expect(':')
  const no = expressionOf(reader)
  return { kind: 'conditional', test, yes, no, at, depth: reader.depth(test, yes, no) }
}

function elvis(reader: TokenReader): Expression {
  const left = binary(reader, 3)
  const at = reader.token().offset
  if (!reader.took('?:')) return left
  const right = reader.inside(() => elvis(reader))
  return { kind: 'elvis', left, right, at, depth: reader.depth(left, right) }
}

function binary(reader: TokenReader, least: number): Expression {
  let left = unary(reader)
  while (true) {
    const { kind, text, offset: at } = reader.token()
    const strength = strengths.get(text)
    if (strength === undefined || strength < least) return left
    if (kind !== 'sign' && text !== 'instanceof') return left
    if (kind === 'string') return left
    reader.at += 1
    if (text === 'instanceof') {
      const type = typeOf(reader)
      left = { kind: 'instanceof', operand: left, type, at, depth: reader.depth(left) }
    } else if (text === '&&' || text === '||') {
      const right = binary(reader, strength + 1)
      if (left.kind === 'chain' && left.sign === text) {
        left.items.push(right)
        left.depth = Math.max(left.depth, reader.depth(right))
      } else {
        left = { kind: 'chain', sign: text, items: [left, right], at, depth: 0 }
        left.depth = reader.depthOf(left.items)
      }
    } else {
      const right = binary(reader, strength + 1)
      left = { kind: 'binary', sign: text, left, right, at, depth: reader.depth(left, right) }
    }
  }
}

export function typeOf(reader: TokenReader): string {
  const type = reader.typeAt()
  if (type === undefined) reader.refuse(`expected a type, got ${reader.got()}`)
  reader.at = type.end
  return type.name
}

function unary(reader: TokenReader): Expression {
  const { kind, text, offset: at } = reader.token()
  if (kind !== 'sign') return stepsAfter(reader)
  if (text === '++' || text === '--') {
    reader.at += 1
    const target = reader.inside(() => unary(reader))
    checkTarget(reader, target)
    const by = text === '++' ? 1 : -1
    return { kind: 'step', by, before: true, target, at, depth: reader.depth(target) }
  }
  if (text === '-' || text === '+' || text === '!' || text === '~') {
    reader.at += 1
    if (text === '-' && reader.token().kind === 'number') {
      const next = reader.token(1)
      // A minus belongs to its number, so that the least int and long can be written.
      if (next.kind !== 'sign' || next.text !== '.') return number(reader, true)
    }
    const operand = reader.inside(() => unary(reader))
    return { kind: 'unary', sign: text, operand, at, depth: reader.depth(operand) }
  }
  if (text === '(') {
    const type = reader.typeAt(reader.at + 1)
    if (type !== undefined && reader.tokens[type.end]?.text === ')') {
      const lambda = reader.tokens[type.end + 1]?.text === '->'
      if (!lambda) return castOf(reader, type)
    }
  }
  return stepsAfter(reader)
}

function castOf(reader: TokenReader, type: { name: string; end: number }): Expression {
  const at = reader.token().offset
  reader.at = type.end + 1
  const operand = reader.inside(() => unary(reader))
  return { kind: 'cast', type: type.name, operand, at, depth: reader.depth(operand) }
}

/** An operand, what is called and picked on it, and `++` or `--` behind. */
function stepsAfter(reader: TokenReader): Expression {
  const target = picked(reader, operandOf(reader))
  const { offset: at } = reader.token()
  if (!reader.isSign('++') && !reader.isSign('--')) return target
  checkTarget(reader, target)
  const by = reader.isSign('++') ? 1 : -1
  reader.at += 1
  return { kind: 'step', by, before: false, target, at, depth: reader.depth(target) }
}

function picked(reader: TokenReader, start: Expression): Expression {
  let target = start
  while (true) {
    const { kind, text, offset } = reader.token()
    if (kind !== 'sign') return target
    if (text === '[') {
      reader.at += 1
      const index = expressionOf(reader)
      reader.expect(']')
      target = { kind: 'index', target, index, at: offset, depth: reader.depth(target, index) }
    } else if (text === '.' || text === '?.') {
      reader.at += 1
      const safe = text === '?.'
      const { text: name, offset: at } = reader.expectName('a name')
      if (reader.isSign('(')) {
        const args = argumentsOf(reader)
        const depth = reader.depthOf([target, ...args])
        target = { kind: 'call', target, name, args, safe, at, depth }
      } else target = { kind: 'member', target, name, safe, at, depth: reader.depth(target) }
    } else return target
  }
}

/** A number with its type: 1 int, 1L long, 1.0 and 1d double, 1f float, 0x1F, 017. */
export function number(reader: TokenReader, negative: boolean): Expression {
  const { text, offset: at } = reader.token()
  reader.at += 1
  const hex = /^0[xX]/.test(text)
  const letter = hex ? /[lL]$/.exec(text)?.[0] : /[lLfFdD]$/.exec(text)?.[0]
  const body = letter === undefined ? text : text.slice(0, -1)
  const suffix = letter?.toLowerCase()
  const minus = negative ? -1 : 1
  if (!hex && (suffix === 'f' || suffix === 'd' || /[.eE]/.test(body))) {
    const value = minus * Number(body)
    if (suffix === 'l' || !Number.isFinite(value)) {
      throw new PainlessError(reader.source, at, `[${text}] is no number of its type`)
    }
    const type = suffix === 'f' ? 'float' : 'double'
    return {
      kind: 'literal',
      type,
      value: suffix === 'f' ? Math.fround(value) : value,
      at,
      depth: 1,
    }
  }
  const octal = /^0[0-7]+$/.test(body)
  if (/^0\d/.test(body) && !octal) reader.refuse(`[${text}] is no octal number`, at)
  let value = BigInt(octal ? `0o${body.slice(1)}` : body) * BigInt(minus)
  const bits = suffix === 'l' ? 64 : 32
  // Hex and octal write the bits, so that 0xFFFFFFFF is -1.
  if ((hex || octal) && value === BigInt.asUintN(bits, value)) value = BigInt.asIntN(bits, value)
  if (value !== BigInt.asIntN(bits, value)) {
    const hint = bits === 32 ? '; write L behind it for a long' : ''
    const type = bits === 32 ? 'int' : 'long'
    reader.refuse(`[${text}] is larger than the type ${type} can hold${hint}`, at)
  }
  const small = Number(value)
  const exact = Number.isSafeInteger(small) ? small : value
  return { kind: 'literal', type: bits === 32 ? 'int' : 'long', value: exact, at, depth: 1 }
}
