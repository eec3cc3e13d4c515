/**
 * Operators by Prometheus's precedence. The editor's grammar lets offset, @ and brackets take all
 * that stands before them, where Prometheus binds them to the operand at their left alone; so the
 * grammar's operators are laid out in the order of the text and built up again here.
 */
import type { SyntaxNode } from '@lezer/common'
import type { Binary, Expression } from '../ast.ts'
import { matchingOf } from './parse-matching.ts'
import { numberOf } from './parse-numbers.ts'
import { type Source, shiftedBy, toRange, toSubquery } from './parse-parts.ts'

type Item =
  | { kind: 'sign'; sign: '+' | '-'; from: number }
  | { kind: 'operand'; node: SyntaxNode }
  | { kind: 'number'; node: SyntaxNode; from: number; text: string }
  | { kind: 'after'; node: SyntaxNode }
  | { kind: 'operator'; node: SyntaxNode; modifiers: SyntaxNode[] }

const after = new Set([
  'OffsetExpr',
  'StepInvariantExpr',
  'MatrixSelector',
  'SubqueryExpr',
  'AnchoredExpr',
  'SmoothedExpr',
])

const items_max = 4000

function layOut(source: Source, root: SyntaxNode): Item[] {
  const items: Item[] = []
  /** Left operands nest without end, so the way down is a loop and the rest waits on a stack. */
  const waiting: (SyntaxNode | Item)[] = [root]
  while (waiting.length > 0) {
    const next = waiting.pop() as SyntaxNode | Item
    if ('kind' in next) {
      items.push(next)
      continue
    }
    if (items.length + waiting.length > items_max) {
      source.fail(root, `expression has more than ${items_max} operators in a row`)
    }
    const parts = source.children(next)
    const first = parts[0] as SyntaxNode
    if (next.name === 'BinaryExpr') {
      const modifiers = parts.slice(2, -1)
      const node = parts[1] as SyntaxNode
      waiting.push(parts.at(-1) as SyntaxNode, { kind: 'operator', node, modifiers }, first)
    } else if (next.name === 'UnaryExpr') {
      const sign = source.text(first) === '-' ? '-' : '+'
      waiting.push(parts[1] as SyntaxNode, { kind: 'sign', sign, from: next.from })
    } else if (after.has(next.name)) waiting.push({ kind: 'after', node: next }, first)
    else if (next.name === 'NumberDurationLiteral') pushNumber(source, next, items)
    else items.push({ kind: 'operand', node: next })
  }
  return items
}

function pushNumber(source: Source, node: SyntaxNode, items: Item[]): void {
  const text = source.text(node)
  const sign = /^([+-])\s*/.exec(text)
  if (sign !== null) items.push({ kind: 'sign', sign: sign[1] as '+' | '-', from: node.from })
  const length = sign?.[0].length ?? 0
  items.push({ kind: 'number', node, from: node.from + length, text: text.slice(length) })
}

const unaryLevel = 5
const levels = new Map<string, number>([
  ['or', 1],
  ['and', 2],
  ['unless', 2],
  ...['==', '!=', '<=', '<', '>=', '>', '</', '>/'].map((name) => [name, 3] as const),
  ['+', 4],
  ['-', 4],
  ...['*', '/', '%', 'atan2'].map((name) => [name, 5] as const),
  ['^', 6],
])

/** `operand` reads what is no operator: selectors, calls, parentheses. */
export function chain(
  source: Source,
  root: SyntaxNode,
  operand: (node: SyntaxNode) => Expression,
): Expression {
  const items = layOut(source, root)
  let at = 0

  const primary = (): Expression => {
    const item = items[at++]
    if (item?.kind === 'number') {
      const { value, isDuration } = numberOf(source, item.text, item.node)
      return { kind: 'number', from: item.from, to: item.node.to, value, isDuration }
    }
    if (item?.kind !== 'operand') return source.fail(root, 'unexpected end of input')
    return operand(item.node)
  }

  const postfixed = (): Expression => {
    let expression = primary()
    for (let item = items[at]; item?.kind === 'after'; item = items[++at]) {
      expression = afterwards(source, item.node, expression)
    }
    return expression
  }

  const signed = (): Expression => {
    const item = items[at]
    if (item?.kind !== 'sign') return postfixed()
    at += 1
    const expression = climb(unaryLevel + 1)
    if (expression.kind === 'number') {
      const value = item.sign === '-' ? -expression.value : expression.value
      return { ...expression, from: item.from, value }
    }
    return { kind: 'unary', from: item.from, to: expression.to, operator: item.sign, expression }
  }

  const climb = (least: number): Expression => {
    let left = signed()
    for (let item = items[at]; item?.kind === 'operator'; item = items[at]) {
      const operator = source.text(item.node).toLowerCase()
      const level = levels.get(operator) ?? 1
      if (level < least) break
      at += 1
      const right = climb(operator === '^' ? level : level + 1)
      const isBool = item.modifiers.some(({ name }) => name === 'BoolModifier')
      const matching = matchingOf(source, item.modifiers)
      const { from } = left
      left = { kind: 'binary', from, to: right.to, operator, left, right, isBool, matching }
    }
    return left satisfies Expression | Binary
  }

  return climb(1)
}

function afterwards(source: Source, node: SyntaxNode, before: Expression): Expression {
  switch (node.name) {
    case 'MatrixSelector':
      return toRange(source, node, before)
    case 'SubqueryExpr':
      return toSubquery(source, node, before)
    case 'OffsetExpr':
    case 'StepInvariantExpr':
      return shiftedBy(source, node, before)
    default:
      return extended(source, node, before)
  }
}

function extended(source: Source, node: SyntaxNode, before: Expression): Expression {
  const extension = node.name === 'AnchoredExpr' ? 'anchored' : 'smoothed'
  const selector = before.kind === 'range' ? before.selector : before
  if (selector.kind !== 'selector') {
    const why = before.kind === 'subquery' ? 'is not supported for subqueries' : 'not implemented'
    return source.fail(before, `${extension} modifier ${why}`)
  }
  if (selector.extension !== undefined && selector.extension !== extension) {
    source.fail(before, 'anchored and smoothed modifiers cannot be used together')
  }
  const { to } = node
  if (before.kind === 'range') return { ...before, to, selector: { ...selector, extension } }
  return { ...selector, to, extension }
}
