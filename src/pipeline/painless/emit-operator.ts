/** Operators to closures: what is known of the types decides which arithmetic it is. */
import { text } from './arguments.ts'
import { complement, intOperators, negated, operators, plus } from './arithmetic.ts'
import { assigned, cast, isTypeName, primitives } from './class-names.ts'
import { equal } from './compare.ts'
import { condition, emit } from './emit-expression.ts'
import { match_work } from './pattern.ts'
import { failCast, failNull } from './problem.ts'
import type { Code, Run, Scope } from './scope.ts'
import type { Binary, Expression } from './tree.ts'
import { javaName, PatternValue, type Value } from './values.ts'

const ints = new Set(['int', 'short', 'byte', 'char'])
const comparisons = new Set(['==', '!=', '===', '!==', '<', '<=', '>', '>='])
const numeric = new Set(['int', 'short', 'byte', 'char', 'long', 'float', 'double'])

export function binaryOf(node: Binary, scope: Scope): Code {
  const { sign } = node
  if (sign === '=~' || sign === '==~') return matched(node, scope)
  const [left, right] = [emit(node.left, scope), emit(node.right, scope)]
  checkOperands(sign, left.type, right.type, node.at, scope)
  if (sign === '==' || sign === '!=') return equality(left, right, sign === '==')
  const type = comparisons.has(sign) ? 'boolean' : resultType(sign, left.type, right.type)
  return { run: operation(sign, left, right, type), type }
}

/** What can be seen to fail before any run is refused. */
function checkOperands(sign: string, left: string, right: string, at: number, scope: Scope): void {
  const says = `Cannot apply [${sign}] operation to types [${left}] and [${right}]`
  const plain = (type: string) => type === 'String' || type === 'boolean' || type === 'List'
  if (sign === '==' || sign === '!=' || sign === '===' || sign === '!==') return
  if (sign === '+' && (left === 'String' || right === 'String')) return
  const bits = sign === '&' || sign === '|' || sign === '^'
  const booleans = left === 'boolean' || right === 'boolean'
  if (bits && booleans && !/String|List/.test(left + right)) {
    if (numeric.has(left) || numeric.has(right)) scope.refuse(at, says)
    return
  }
  if (plain(left) || plain(right)) scope.refuse(at, says)
}

function equality(left: Code, right: Code, wanted: boolean): Code {
  const [one, two] = [left.run, right.run]
  const constant = right.constant
  if (constant === null || typeof constant === 'string' || typeof constant === 'boolean') {
    if (wanted) return { run: (frame) => one(frame) === constant, type: 'boolean' }
    return { run: (frame) => one(frame) !== constant, type: 'boolean' }
  }
  const run: Run = (frame) => {
    const [a, b] = [one(frame), two(frame)]
    return a === b ? wanted : equal(a, b, frame.meter) === wanted
  }
  return { run, type: 'boolean' }
}

function resultType(sign: string, left: string, right: string): string {
  if (sign === '+' && (left === 'String' || right === 'String')) return 'String'
  if (left === 'boolean' && right === 'boolean') return 'boolean'
  const shift = sign === '<<' || sign === '>>' || sign === '>>>'
  if (ints.has(left) && (ints.has(right) || (shift && right === 'long'))) return 'int'
  if (!numeric.has(left) || !numeric.has(right)) return 'def'
  if (left === 'double' || right === 'double') return 'double'
  if (left === 'float' || right === 'float') return 'float'
  return 'long'
}

/** The closure of an operation; also of `a op= b`, which brings its own sides. */
export function operation(sign: string, left: Code, right: Code, type: string): Run {
  const [one, two] = [left.run, right.run]
  const small = type === 'int' ? intOperators.get(sign) : undefined
  if (small !== undefined && left.type === 'int' && right.type === 'int') {
    return (frame) => small(one(frame) as number, two(frame) as number)
  }
  const operator = operators.get(sign)
  if (operator === undefined) throw new Error(`no operator ${sign}`)
  if (type === 'int') {
    // A char or a division: exact first, then cut to 32 bits.
    return (frame) => Number(operator(one(frame), two(frame), frame.meter)) | 0
  }
  return (frame) => {
    const value = one(frame)
    return operator(value, two(frame), frame.meter)
  }
}

/** `=~` finds, `==~` matches all of it. */
function matched(node: Binary, scope: Scope): Code {
  const [left, right] = [emit(node.left, scope), emit(node.right, scope)]
  if (right.type !== 'Pattern' && right.type !== 'def') {
    scope.refuse(node.right.at, `expected a pattern (/…/) behind ${node.sign}`)
  }
  const [one, two] = [left.run, right.run]
  const whole = node.sign === '==~'
  const run: Run = (frame) => {
    const value = one(frame)
    const pattern = two(frame)
    if (value === null) failNull(`operator [${node.sign}]`)
    const read = text(value)
    if (!(pattern instanceof PatternValue)) {
      failCast(`Cannot cast ${javaName(pattern)} to java.util.regex.Pattern`)
    }
    frame.meter.work(read.length * match_work)
    const matcher = pattern.regex.matcher(read)
    return whole ? matcher.matches() : matcher.find()
  }
  return { run, type: 'boolean' }
}

type Unary = Extract<Expression, { kind: 'unary' }>

export function unaryOf(node: Unary, scope: Scope): Code {
  if (node.sign === '!') {
    const test = condition(node.operand, scope)
    return { run: (frame) => !test(frame), type: 'boolean' }
  }
  const { run, type } = emit(node.operand, scope)
  if (type === 'String' || type === 'boolean' || type === 'List') {
    scope.refuse(node.at, `Cannot apply [${node.sign}] operation to type [${type}]`)
  }
  const result = ints.has(type) ? 'int' : numeric.has(type) ? type : 'def'
  const change = node.sign === '-' ? negated : node.sign === '~' ? complement : plus
  const changed: Run = (frame) => change(run(frame))
  if (result !== 'int') return { run: changed, type: result }
  return { run: (frame) => (changed(frame) as number) | 0, type: 'int' }
}

const sizes = ['byte', 'short', 'int', 'long', 'float', 'double']

/** The value for a variable of a type: refused where it never fits, checked where it may not. */
export function implicit(code: Code, type: string, at: number, scope: Scope): Run {
  const { run, type: from } = code
  if (type === 'def' || type === 'Object' || from === type) return run
  if (!isTypeName(type)) return run
  const [small, large] = [sizes.indexOf(from), sizes.indexOf(type)]
  // An int literal may be a byte or a short, as in Java.
  const fits = from === 'int' && (large === 0 || large === 1) && code.constant !== undefined
  const narrows = small >= 0 && large >= 0 && small > large && !fits
  const crosses =
    (from === 'String' && primitives.has(type) && type !== 'char') ||
    (from === 'boolean' && (sizes.includes(type) || type === 'String' || type === 'char')) ||
    (sizes.includes(from) && (type === 'boolean' || type === 'String' || type === 'char')) ||
    (/^(String|List|Map|boolean)$/.test(from) && /^(String|List|Map|boolean)$/.test(type))
  if (narrows || crosses) scope.refuse(at, `Cannot cast from [${from}] to [${type}]`)
  if (type === 'char' && from === 'String') return charOf(run, at, scope, code.constant)
  return (frame) => assigned(type, run(frame))
}

function charOf(run: Run, at: number, scope: Scope, constant: Value | undefined): Run {
  if (typeof constant !== 'string' || constant.length !== 1) {
    scope.refuse(at, 'Cannot cast from [String] to [char]: a char is a string of one letter')
  }
  return (frame) => cast('char', run(frame))
}
