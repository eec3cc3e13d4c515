/** Selectors, ranges, subqueries and their modifiers, read from the grammar's nodes. */
import type { SyntaxNode } from '@lezer/common'
import { type Matcher, type MatchOperator, QueryError } from '../../series.ts'
import type {
  DurationExpression,
  Expression,
  Place,
  RangeSelector,
  Selector,
  Shift,
  Subquery,
} from '../ast.ts'
import { formatGeneral } from '../go-text.ts'
import { nameLabel } from '../labels.ts'
import { checkExpression } from '../regexp.ts'
import { durationMs, durationOf, numberOf } from './parse-numbers.ts'

export type Text = (node: Place) => string

/** The query's text and what reads pieces of it. */
export type Source = {
  text: Text
  children(node: SyntaxNode): SyntaxNode[]
  string(node: SyntaxNode): string
  grouping(node: SyntaxNode): string[]
  fail(place: Place, says: string): never
}

const noShift: Shift = { offset_ms: 0, offset: undefined, at: undefined }

export function selectorOf(source: Source, node: SyntaxNode): Selector {
  const parts = source.children(node)
  const identifier = parts.find(({ name }) => name === 'Identifier')
  const braces = parts.find(({ name }) => name === 'LabelMatchers')
  const name = identifier === undefined ? '' : source.text(identifier)
  const inside = braces === undefined ? [] : source.children(braces)
  const matchers = inside.map((matcher) => matcherOf(source, matcher))
  if (name !== '') matchers.push({ name: nameLabel, operator: '=', value: name })
  const { from, to } = node
  return { kind: 'selector', from, to, ...noShift, name, matchers, extension: undefined }
}

function matcherOf(source: Source, node: SyntaxNode): Matcher {
  const parts = source.children(node)
  const [label, operator, value] = parts
  if (node.name === 'QuotedLabelName' && label !== undefined) {
    return { name: nameLabel, operator: '=', value: source.string(label) }
  }
  if (label === undefined || operator === undefined || value === undefined) {
    return source.fail(node, 'unexpected end of input in label matching')
  }
  const quoted = label.name === 'QuotedLabelName' ? source.children(label)[0] : undefined
  const matcher: Matcher = {
    name: quoted === undefined ? source.text(label) : source.string(quoted),
    operator: source.text(operator) as MatchOperator,
    value: source.string(value),
  }
  if (matcher.operator === '=~' || matcher.operator === '!~') {
    try {
      checkExpression(matcher.value)
    } catch (error) {
      if (error instanceof QueryError) source.fail(node, error.message)
      throw error
    }
  }
  return matcher
}

function positive(source: Source, node: SyntaxNode): [DurationExpression, number] {
  const duration = durationOf(source, node)
  const ms = durationMs(duration, undefined)
  if (ms <= 0) source.fail(node, 'duration must be greater than 0')
  if (Math.abs(ms) > 9_223_372_036_854) source.fail(node, 'duration out of range')
  return [duration, ms]
}

const brackets = (source: Source, node: SyntaxNode, inner: Expression): Place => {
  const from = source.text(node).indexOf('[', inner.to - node.from)
  return { from: from === -1 ? node.from : node.from + from, to: node.to }
}

export function toRange(source: Source, node: SyntaxNode, inner: Expression): RangeSelector {
  const place = brackets(source, node, inner)
  if (inner.kind !== 'selector') {
    return source.fail(place, 'ranges only allowed for vector selectors')
  }
  if (inner.offset !== undefined) source.fail(place, 'no offset modifiers allowed before range')
  if (inner.at !== undefined) source.fail(place, 'no @ modifiers allowed before range')
  const [range, range_ms] = positive(source, source.children(node)[1] as SyntaxNode)
  const { from } = inner
  return { kind: 'range', from, to: node.to, selector: inner, range, range_ms }
}

export function toSubquery(source: Source, node: SyntaxNode, expression: Expression): Subquery {
  const [, rangeNode, stepNode] = source.children(node)
  const [range, range_ms] = positive(source, rangeNode as SyntaxNode)
  const [step, step_ms] = stepNode === undefined ? [undefined, 0] : positive(source, stepNode)
  const { to } = node
  const { from } = expression
  return { kind: 'subquery', from, to, ...noShift, expression, range, range_ms, step, step_ms }
}

/** Adds `offset …` or `@ …` to a selector, a range or a subquery. */
export function shiftedBy(source: Source, node: SyntaxNode, inner: Expression): Expression {
  const isOffset = node.name === 'OffsetExpr'
  const shift = isOffset ? offsetOf(source, node) : atOf(source, node, inner)
  const before = inner.kind === 'range' ? inner.selector : inner
  if (before.kind !== 'selector' && before.kind !== 'subquery') {
    const what = isOffset ? 'offset' : '@'
    const says = `${what} modifier must be preceded by an instant vector selector`
    return source.fail(inner, `${says} or range vector selector or a subquery`)
  }
  if (isOffset && (before.offset_ms !== 0 || isDynamic(before))) {
    source.fail(inner, 'offset may not be set multiple times')
  }
  if (!isOffset && before.at !== undefined) {
    source.fail(inner, '@ <timestamp> may not be set multiple times')
  }
  const { to } = node
  if (inner.kind === 'range') return { ...inner, to, selector: { ...inner.selector, ...shift } }
  if (inner.kind === 'selector') return { ...inner, ...shift, to }
  return { ...(inner as Subquery), ...shift, to }
}

const isDynamic = (shift: Shift): boolean =>
  shift.offset !== undefined && Number.isNaN(shift.offset_ms)

function offsetOf(source: Source, node: SyntaxNode): Partial<Shift> {
  const offset = durationOf(source, source.children(node)[2] as SyntaxNode)
  const offset_ms = durationMs(offset, undefined)
  if (Math.abs(offset_ms) > 9_223_372_036_854) source.fail(node, 'duration out of range')
  return { offset, offset_ms }
}

function atOf(source: Source, node: SyntaxNode, inner: Expression): Partial<Shift> {
  const time = source.children(node)[2] as SyntaxNode
  if (time.name === 'AtModifierPreprocessors') {
    const isStart = source.text(time).toLowerCase().startsWith('start')
    return { at: { kind: isStart ? 'start' : 'end' } }
  }
  const { value } = numberOf(source, source.text(time), time)
  if (!Number.isFinite(value) || Math.abs(value) >= 2 ** 63) {
    source.fail(inner, `timestamp out of bounds for @ modifier: ${formatGeneral(value)}`)
  }
  return { at: { kind: 'time', ms: Math.round(value * 1000) } }
}
