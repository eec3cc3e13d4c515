/**
 * Text to tree: the lezer grammar of Prometheus's own editor, read into our nodes. What a tree
 * means is judged in check-types.ts, which this calls last.
 */
import type { SyntaxNode } from '@lezer/common'
import { parser } from '@prometheus-io/lezer-promql'
import { type Matcher, QueryError } from '../series.ts'
import type { Aggregate, AggregateOperator, Expression } from './ast.ts'
import { unquote } from './go-text.ts'
import { checkTypes } from './syntax/check-types.ts'
import { chain } from './syntax/parse-chain.ts'
import { type Source, selectorOf, type Text } from './syntax/parse-parts.ts'
import { parseError, syntaxError } from './syntax/syntax-error.ts'
import { tokensOf } from './syntax/tokens.ts'

const query_length_max = 131_072
const depth_max = 500

const strict = parser.configure({ strict: true })

/** Throws QueryError with Prometheus's text and place. */
export function parse(query: string): Expression {
  if (query.length > query_length_max) {
    throw new QueryError('bad_data', `query is longer than ${query_length_max} characters`)
  }
  const cut = tokensOf(query)
  if (nesting(cut.tokens) > depth_max) throw tooDeep(query)
  const text = forGrammar(query, cut.tokens)
  let root: SyntaxNode
  try {
    root = strict.parse(text).topNode
  } catch (error) {
    const at = /at (\d+)/.exec(error instanceof Error ? error.message : '')?.[1]
    throw syntaxError(query, cut, Number(at ?? 0))
  }
  if (cut.flaw !== undefined) throw syntaxError(query, cut, query.length)
  const first = childrenOf(root)[0]
  if (first === undefined) throw syntaxError(query, cut, 0)
  const expression = new Reader(query).expression(first, 0)
  checkTypes(query, expression)
  return expression
}

/** The matchers of `name{…}` alone, as match[] has them. */
export function parseSelector(text: string): readonly Matcher[] {
  const expression = parse(text)
  if (expression.kind === 'selector' && expression.at === undefined) return expression.matchers
  throw parseError(text, expression, 'expected a vector selector and nothing else')
}

function nesting(tokens: readonly { text: string; kind: string }[]): number {
  let depth = 0
  let deepest = 0
  for (const { kind, text } of tokens) {
    if (kind === 'mark' && (text === '(' || text === '[')) depth += 1
    if (kind === 'mark' && (text === ')' || text === ']')) depth -= 1
    deepest = Math.max(deepest, depth)
  }
  return deepest
}

function tooDeep(query: string): QueryError {
  const says = `expression is nested more than ${depth_max} levels deep`
  return parseError(query, { from: 0, to: query.length }, says)
}

/**
 * The grammar knows min_of and max_of in durations only, and no number that ends in a point; such
 * are replaced by others of the same length, and the reader takes their text from the query.
 */
function forGrammar(query: string, tokens: ReturnType<typeof tokensOf>['tokens']): string {
  if (!/min_of|max_of|\d\./.test(query)) return query
  let depth = 0
  let text = query
  tokens.forEach((token, at) => {
    if (token.text === '[') depth += 1
    if (token.text === ']') depth -= 1
    if (token.kind === 'number' && /\d\.($|[eE])/.test(token.text)) {
      const digits = token.text.replace('.', /\.$/.test(token.text) ? ' ' : '0')
      text = `${text.slice(0, token.from)}${digits}${text.slice(token.to)}`
    }
    const isName = token.text === 'min_of' || token.text === 'max_of'
    if (!isName || depth > 0 || tokens[at + 1]?.text !== '(' || isInOffset(tokens, at)) return
    text = `${text.slice(0, token.from)}absent${text.slice(token.to)}`
  })
  return text
}

/** Whether the word `offset` stands before this, with nothing but a duration between. */
function isInOffset(tokens: ReturnType<typeof tokensOf>['tokens'], at: number): boolean {
  let depth = 0
  for (let i = at - 1; i >= 0; i--) {
    const text = tokens[i]?.text ?? ''
    if (text === ')') depth += 1
    else if (text === '(') depth -= 1
    else if (depth <= 0 && text.toLowerCase() === 'offset') return true
    if (depth > 0) continue
    const isPart = ['number', 'duration', 'operator'].includes(tokens[i]?.kind ?? '')
    if (!isPart && !['(', ',', 'min_of', 'max_of', 'step', 'range'].includes(text)) return false
  }
  return false
}

export function childrenOf(node: SyntaxNode): SyntaxNode[] {
  const children: SyntaxNode[] = []
  for (let child = node.firstChild; child !== null; child = child.nextSibling) {
    if (child.name !== 'LineComment') children.push(child)
  }
  return children
}

class Reader implements Source {
  readonly query: string

  constructor(query: string) {
    this.query = query
  }

  text: Text = (node) => this.query.slice(node.from, node.to)

  children = childrenOf

  fail(place: { from: number; to: number }, says: string): never {
    throw parseError(this.query, place, says)
  }

  expression(node: SyntaxNode, depth: number): Expression {
    if (depth > depth_max) throw tooDeep(this.query)
    return chain(this, node, (operand) => this.operand(operand, depth))
  }

  private operand(node: SyntaxNode, depth: number): Expression {
    const { from, to } = node
    const [first, second] = childrenOf(node)
    switch (node.name) {
      case 'StringLiteral':
        return { kind: 'string', from, to, value: this.string(node) }
      case 'VectorSelector':
        return selectorOf(this, node)
      case 'ParenExpr': {
        const expression = this.expression(first as SyntaxNode, depth + 1)
        return { kind: 'parentheses', from, to, expression }
      }
      case 'FunctionCall': {
        const args = childrenOf(second as SyntaxNode)
        const name = this.text(first as SyntaxNode)
        return {
          kind: 'call',
          from,
          to,
          name,
          args: args.map((arg) => this.expression(arg, depth + 1)),
        }
      }
      case 'AggregateExpr':
        return this.aggregate(node, depth)
      default:
        return this.fail(node, `unexpected ${node.name}`)
    }
  }

  string(node: SyntaxNode): string {
    const literal = this.text(node)
    const value = unquote(literal)
    if (value !== undefined) return value
    return this.fail(node, `error unquoting string ${JSON.stringify(literal)}: invalid syntax`)
  }

  private aggregate(node: SyntaxNode, depth: number): Expression {
    const parts = childrenOf(node)
    const operator = this.text(parts[0] as SyntaxNode).toLowerCase() as AggregateOperator
    const modifier = parts.find(({ name }) => name === 'AggregateModifier')
    const body = parts.find(({ name }) => name === 'FunctionCallBody') as SyntaxNode
    const [word, names] = modifier === undefined ? [] : childrenOf(modifier)
    const args = childrenOf(body).map((arg) => this.expression(arg, depth + 1))
    const grouping = names === undefined ? [] : this.grouping(names)
    const wanted = ['topk', 'bottomk', 'quantile', 'count_values', 'limitk', 'limit_ratio']
    const count = wanted.includes(operator) ? 2 : 1
    if (args.length === 0) this.fail(node, 'no arguments for aggregate expression provided')
    if (args.length !== count) {
      const says = 'wrong number of arguments for aggregate expression provided'
      this.fail(node, `${says}, expected ${count}, got ${args.length}`)
    }
    return {
      kind: 'aggregate',
      from: node.from,
      to: node.to,
      operator,
      isWithout: word?.name === 'Without',
      grouping,
      parameter: count === 2 ? args[0] : undefined,
      expression: args[count - 1] as Aggregate['expression'],
    }
  }

  grouping(node: SyntaxNode): string[] {
    return childrenOf(node).map((label) => {
      const quoted = label.name === 'QuotedLabelName' ? childrenOf(label)[0] : undefined
      const name = quoted === undefined ? this.text(label) : this.string(quoted)
      if (name === '' || !name.isWellFormed()) {
        this.fail(label, `unexpected string ${this.text(label)} in grouping opts, expected label`)
      }
      return name
    })
  }
}
