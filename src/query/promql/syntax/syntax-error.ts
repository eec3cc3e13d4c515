/**
 * What Prometheus says of a query that does not parse: the place as line:column, the token that
 * was not expected and what was expected instead.
 */
import type { SyntaxNode } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'
import { QueryError } from '../../series.ts'
import type { Place } from '../ast.ts'
import { quote } from '../go-text.ts'
import { describe, type Token, type Tokens } from './tokens.ts'

const utf8 = new TextEncoder()

/** Line and column, in bytes and from 1, as Prometheus writes places. */
export function placeText(query: string, offset: number): string {
  if (query === '') return 'unknown position'
  const before = query.slice(0, Math.min(offset, query.length))
  const lines = before.split('\n')
  return `${lines.length}:${utf8.encode(lines.at(-1) ?? '').length + 1}`
}

export function parseError(query: string, place: Place, says: string): QueryError {
  const message = `${placeText(query, place.from)}: parse error: ${says}`
  return new QueryError('bad_data', message, { from: place.from, to: place.to })
}

/** The grammar is sure to follow this many operators; beyond, it may give up. */
const operators_max = 500

/** `at` is where the grammar found no way on. */
export function syntaxError(query: string, cut: Tokens, at: number): QueryError {
  const token = cut.tokens.find((candidate) => candidate.to > at || candidate.kind === 'end')
  const { flaw } = cut
  if (flaw !== undefined && (token === undefined || flaw.at <= token.from)) {
    return parseError(query, { from: flaw.at, to: query.length }, flaw.says)
  }
  if (token === undefined) {
    return parseError(query, { from: at, to: query.length }, 'unexpected end of input')
  }
  if (cut.tokens.length === 1 && token.kind === 'end') {
    return parseError(query, { from: 0, to: 0 }, 'no expression found in input')
  }
  const operators = cut.tokens.filter(({ kind, to }) => kind === 'operator' && to <= token.from)
  if (operators.length >= operators_max) {
    const says = `expression has more than ${operators_max} operators, and could not be parsed`
    return parseError(query, token, says)
  }
  const unknown = unknownFunction(query, cut.tokens, token)
  if (unknown !== undefined) return unknown
  const [context, expected] = contextOf(query, cut.tokens, token)
  let says = `unexpected ${describe(token)}`
  if (context !== '') says += ` in ${context}`
  if (expected !== '') says += `, expected ${expected}`
  if (token.kind === 'mark' && token.text === ')' && before(cut.tokens, token)?.text === ',') {
    const comma = before(cut.tokens, token) ?? token
    return parseError(query, comma, 'trailing commas not allowed in function call args')
  }
  return parseError(query, token, says)
}

function before(tokens: readonly Token[], token: Token): Token | undefined {
  return tokens[tokens.indexOf(token) - 1]
}

function unknownFunction(
  query: string,
  tokens: readonly Token[],
  token: Token,
): QueryError | undefined {
  const name = before(tokens, token)
  if (token.text !== '(' || name?.kind !== 'identifier') return undefined
  return parseError(query, name, `unknown function with name ${quote(name.text)}`)
}

const duration = 'number, duration, step(), or range()'

/** Behind this much text, what a token stands in is not looked for. */
const context_length_max = 4000

/** The construct that the token stands in, found by parsing the text before it alone. */
function contextOf(query: string, tokens: readonly Token[], token: Token): [string, string] {
  const last = before(tokens, token)
  if (last === undefined || last.to > context_length_max) return ['', '']
  const tree = parser.parse(query.slice(0, last.to))
  let node: SyntaxNode | null = tree.resolveInner(last.to, -1)
  for (; node !== null; node = node.parent) {
    const found = contexts[node.name]?.(last, query.slice(node.from, last.to))
    if (found !== undefined) return found
  }
  return ['', '']
}

type Context = (last: Token, inside: string) => [string, string] | undefined
const contexts: Readonly<Record<string, Context | undefined>> = {
  FunctionCallBody: () => ['', ''],
  ParenExpr: () => ['', ''],
  AggregateOp: () => ['aggregation', ''],
  GroupingLabels: (last) => {
    if (last.text === ')') return undefined
    if (last.text === '(' || last.text === ',') return ['grouping opts', 'label']
    return ['grouping opts', '"," or ")"']
  },
  AggregateModifier: () => ['grouping opts', '"("'],
  MatchingModifierClause: (last) => {
    return last.kind === 'keyword' && !last.text.startsWith('group')
      ? ['grouping opts', '"("']
      : undefined
  },
  UnquotedLabelMatcher: matcherContext,
  QuotedLabelMatcher: matcherContext,
  LabelMatchers: (last) => {
    if (last.text === '}') return undefined
    if (last.text === '{' || last.text === ',') return ['label matching', 'identifier or "}"']
    if (last.kind === 'identifier') return ['label matching', 'label matching operator']
    return ['label matching', '"," or "}"']
  },
  OffsetExpr: () => ['offset', duration],
  StepInvariantExpr: () => ['@', 'timestamp'],
  MatrixSelector: bracketContext,
  SubqueryExpr: bracketContext,
}

function matcherContext(last: Token): [string, string] | undefined {
  if (last.kind === 'operator') return ['label matching', 'string']
  if (last.kind === 'identifier') return ['label matching', 'label matching operator']
  return undefined
}

function bracketContext(last: Token, inside: string): [string, string] | undefined {
  if (last.text === ']') return undefined
  if (last.text === '[') return ['subquery or range selector', duration]
  if (last.text === ':') return ['subquery selector', `${duration} or "]"`]
  if (/\[[^\]]*:[^\]]*$/.test(inside)) return ['subquery selector', '"]"']
  return ['subquery or range', '":" or "]"']
}
