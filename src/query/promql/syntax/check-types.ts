/** What an expression yields, and Prometheus's objections to those that make no sense. */
import {
  type Binary,
  type Call,
  childrenOf,
  comparisons,
  type Expression,
  type Place,
  parameterised,
  type Selector,
  setOperators,
  type ValueType,
} from '../ast.ts'
import { quote } from '../go-text.ts'
import { nameLabel } from '../labels.ts'
import { tester } from '../regexp.ts'
import { signatures } from './signatures.ts'
import { parseError } from './syntax-error.ts'

export function typeOf(node: Expression): ValueType {
  switch (node.kind) {
    case 'number':
      return 'scalar'
    case 'string':
      return 'string'
    case 'range':
    case 'subquery':
      return 'matrix'
    case 'call':
      return signatures.get(node.name)?.returns ?? 'vector'
    case 'binary':
      return typeOf(node.left) === 'scalar' && typeOf(node.right) === 'scalar' ? 'scalar' : 'vector'
    case 'unary':
    case 'parentheses':
      return typeOf(node.expression)
    default:
      return 'vector'
  }
}

const shown: Readonly<Record<ValueType, string>> = {
  scalar: 'scalar',
  vector: 'instant vector',
  matrix: 'range vector',
  string: 'string',
}

/** Throws QueryError at the first thing that is wrong, children first as Prometheus does. */
export function checkTypes(query: string, root: Expression): void {
  const fail = (place: Place, says: string): never => {
    throw parseError(query, place, says)
  }
  const expect = (node: Expression, wanted: ValueType, context: string): void => {
    check(node)
    const got = typeOf(node)
    if (got !== wanted) {
      fail(node, `expected type ${shown[wanted]} in ${context}, got ${shown[got]}`)
    }
  }
  const check = (node: Expression): void => {
    switch (node.kind) {
      case 'aggregate':
        expect(node.expression, 'vector', 'aggregation expression')
        if (node.parameter !== undefined && parameterised.has(node.operator)) {
          const wanted = node.operator === 'count_values' ? 'string' : 'scalar'
          expect(node.parameter, wanted, 'aggregation parameter')
        }
        return
      case 'call':
        checkCall(node, check, fail)
        return
      case 'binary':
        check(node.left)
        check(node.right)
        checkBinary(query, node, fail)
        return
      case 'selector':
        checkSelector(node, fail)
        return
    }
    for (const child of childrenOf(node)) check(child)
    if (node.kind === 'unary') {
      const type = typeOf(node.expression)
      if (type !== 'scalar' && type !== 'vector') {
        const says = 'unary expression only allowed on expressions of type scalar or instant vector'
        fail(node, `${says}, got ${quote(shown[type])}`)
      }
    }
    if (node.kind === 'subquery' && typeOf(node.expression) !== 'vector') {
      const type = typeOf(node.expression)
      fail(node, `subquery is only allowed on instant vector, got ${type} instead`)
    }
  }
  check(root)
}

type Fail = (place: Place, says: string) => never

function checkCall(node: Call, check: (node: Expression) => void, fail: Fail): void {
  const name = quote(node.name)
  const signature = signatures.get(node.name)
  if (signature === undefined) {
    const place = { from: node.from, to: node.from + node.name.length }
    fail(place, `unknown function with name ${name}`)
    return
  }
  const { args, variadic } = signature
  const count = node.args.length
  const least = variadic === 0 ? args.length : args.length - 1
  if (variadic === 0 && count !== args.length) {
    fail(node, `expected ${args.length} argument(s) in call to ${name}, got ${count}`)
  }
  if (count < least) {
    fail(node, `expected at least ${least} argument(s) in call to ${name}, got ${count}`)
  }
  if (variadic > 0 && count > least + variadic) {
    const most = least + variadic
    fail(node, `expected at most ${most} argument(s) in call to ${name}, got ${count}`)
  }
  const isInfo = node.name === 'info'
  const labels = isInfo ? node.args[1] : undefined
  if (labels !== undefined && labels.kind !== 'selector') {
    fail(labels, 'expected label selectors only')
  }
  if (labels?.kind === 'selector' && labels.name !== '') {
    fail(labels, 'expected label selectors only, got vector selector instead')
  }
  node.args.forEach((arg, at) => {
    if (arg === labels) return
    check(arg)
    const wanted = args[Math.min(at, args.length - 1)] ?? 'vector'
    const got = typeOf(arg)
    if (got !== wanted) {
      const says = `expected type ${shown[wanted]} in call to function ${name}, got ${shown[got]}`
      fail(arg, says)
    }
  })
}

function checkBinary(query: string, node: Binary, fail: Fail): void {
  const { operator, matching } = node
  const left = typeOf(node.left)
  const right = typeOf(node.right)
  const isComparison = comparisons.has(operator)
  const isSet = setOperators.has(operator)
  if (node.isBool && !isComparison) {
    fail(operatorPlace(query, node), 'bool modifier can only be used on comparison operators')
  }
  if (isComparison && !node.isBool && left === 'scalar' && right === 'scalar') {
    fail(operatorPlace(query, node), 'comparisons between scalars must use BOOL modifier')
  }
  if (isSet && matching?.cardinality === 'one-to-one') matching.cardinality = 'many-to-many'
  const both = matching?.isOn && matching.labels.find((label) => matching.include.includes(label))
  if (both) {
    const says = `label ${quote(both)} must not occur in ON and GROUP clause at once`
    fail(operatorPlace(query, node), says)
  }
  const only = 'binary expression must contain only scalar and instant vector types'
  if (left !== 'scalar' && left !== 'vector') fail(node.left, only)
  if (right !== 'scalar' && right !== 'vector') fail(node.right, only)
  const hasFill = matching?.fillLeft !== undefined || matching?.fillRight !== undefined
  if ((left !== 'vector' || right !== 'vector') && matching !== undefined) {
    if (matching.labels.length > 0) {
      fail(node, 'vector matching only allowed between instant vectors')
    }
    if (hasFill) fail(node, 'filling in missing series only allowed between instant vectors')
    node.matching = undefined
  } else if (isSet) {
    if (matching?.cardinality !== 'many-to-many') {
      fail(node, `no grouping allowed for ${quote(operator)} operation`)
    }
    if (hasFill) fail(node, 'filling in missing series not allowed for set operators')
  }
  if (isSet && (left === 'scalar' || right === 'scalar')) {
    fail(node, `set operator ${quote(operator)} not allowed in binary scalar expression`)
  }
}

function operatorPlace(query: string, node: Binary): Place {
  let from = node.left.to
  while (from < node.right.from && /[\s)]/.test(query[from] ?? '')) from += 1
  return { from, to: node.right.from }
}

function checkSelector(node: Selector, fail: Fail): void {
  if (node.name !== '') {
    const second = node.matchers.slice(0, -1).find(({ name }) => name === nameLabel)
    if (second === undefined) return
    const names = `${quote(node.name)} or ${quote(second.value)}`
    fail(node, `metric name must not be set twice: ${names}`)
  }
  if (!node.matchers.some((matcher) => !tester(matcher)(''))) {
    fail(node, 'vector selector must contain at least one non-empty matcher')
  }
}
