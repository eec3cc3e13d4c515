/** Numbers and durations of a syntax tree, and what duration expressions come to. */
import type { SyntaxNode } from '@lezer/common'
import { QueryError } from '../../series.ts'
import type { DurationExpression, Place } from '../ast.ts'
import { parseDuration, parseNumber } from '../go-text.ts'
import type { Source } from './parse-parts.ts'

/** A number, or a duration as seconds. */
export function numberOf(
  source: Source,
  written: string,
  place: Place,
): { value: number; isDuration: boolean } {
  const compact = written.replace(/\s+/g, '')
  const sign = /^[+-]/.exec(compact)?.[0] ?? ''
  const text = compact.slice(sign.length)
  const plain = parseNumber(text)
  const duration_ms = plain === undefined ? parseDuration(text) : undefined
  const value = plain ?? (duration_ms === undefined ? undefined : duration_ms / 1000)
  if (value === undefined) source.fail(place, `bad number or duration syntax: "${text}"`)
  return { value: sign === '-' ? -value : value, isDuration: plain === undefined }
}

export function durationOf(source: Source, node: SyntaxNode): DurationExpression {
  const parts = source.children(node)
  const [first, second, third] = parts
  if (first === undefined) {
    return { kind: 'parentheses', inner: { kind: 'seconds', seconds: 0, isDuration: false } }
  }
  if (node.name === 'NumberDurationLiteralInDurationContext') return seconds(source, node)
  switch (first.name) {
    case 'NumberDurationLiteralInDurationContext':
      return seconds(source, first)
    case 'DurationStep':
      return { kind: 'step' }
    case 'DurationRange':
      return { kind: 'range' }
    case 'DurationMinOf':
    case 'DurationMaxOf': {
      if (second === undefined || third === undefined) source.fail(node, 'unexpected end of input')
      const kind = first.name === 'DurationMinOf' ? 'least' : 'greatest'
      return { kind, left: durationOf(source, second), right: durationOf(source, third) }
    }
    case 'UnaryOp': {
      if (second === undefined) source.fail(node, 'unexpected end of input')
      const operator = source.text(first)
      return { kind: 'operation', operator, left: undefined, right: durationOf(source, second) }
    }
  }
  if (second === undefined || third === undefined) {
    return { kind: 'parentheses', inner: durationOf(source, first) }
  }
  return {
    kind: 'operation',
    operator: source.text(second),
    left: durationOf(source, first),
    right: durationOf(source, third),
  }
}

function seconds(source: Source, node: SyntaxNode): DurationExpression {
  const { value, isDuration } = numberOf(source, source.text(node), node)
  return { kind: 'seconds', seconds: value, isDuration }
}

/** Seconds of step() and range(); undefined where the query's times are not known yet. */
export type QueryTimes = { step_s: number; range_s: number } | undefined

/** In milliseconds; NaN while step() or range() in it is not known. */
export function durationMs(expression: DurationExpression, times: QueryTimes): number {
  const ms = secondsOf(expression, times) * 1000
  const whole = Math.round(ms)
  // 1.001 s is 1001 ms, though 1.001 * 1000 is a little less.
  return Math.abs(ms - whole) <= 1e-9 * Math.max(1000, Math.abs(ms)) ? whole : Math.trunc(ms)
}

function secondsOf(expression: DurationExpression, times: QueryTimes): number {
  switch (expression.kind) {
    case 'seconds':
      return expression.seconds
    case 'step':
      return times?.step_s ?? Number.NaN
    case 'range':
      return times?.range_s ?? Number.NaN
    case 'parentheses':
      return secondsOf(expression.inner, times)
    case 'least':
      return Math.min(secondsOf(expression.left, times), secondsOf(expression.right, times))
    case 'greatest':
      return Math.max(secondsOf(expression.left, times), secondsOf(expression.right, times))
  }
  const right = secondsOf(expression.right, times)
  if (expression.left === undefined) return expression.operator === '-' ? -right : right
  const left = secondsOf(expression.left, times)
  switch (expression.operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      if (right === 0) throw new QueryError('execution', 'division by zero')
      return left / right
    case '%':
      if (right === 0) throw new QueryError('execution', 'modulo by zero')
      return left % right
    default:
      return left ** right
  }
}
