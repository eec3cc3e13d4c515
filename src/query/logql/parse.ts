/**
 * Reads LogQL: from text to tree, by the grammar and with the messages of Loki's own parser. Runs
 * nothing.
 */
import { QueryError } from '../series.ts'
import {
  type BinaryExpr,
  type BinaryOperator,
  binaryOperators,
  type Conversion,
  type Expr,
  type Group,
  isLog,
  type LabelFilter,
  type LabelReplaceExpr,
  type LogExpr,
  type Matching,
  type MetricExpr,
  type RangeExpr,
  type RangeOperation,
  rangeOperations,
  type Stage,
  type Unwrap,
  type VectorExpr,
  type VectorOperation,
  vectorOperations,
} from './ast.ts'
import { checkRange, checkVector, literalSides } from './check.ts'
import { Cursor } from './cursor.ts'
import { isLabelName } from './names.ts'
import { parseLabelFilter } from './parse-filter.ts'
import { checkRegex, parseSelector, parseStages } from './parse-log.ts'

/** Throws QueryError with the place of what is wrong. */
export function parseLogQl(query: string): Expr {
  const cursor = new Cursor(query)
  const expr = parseExpr(cursor, 0)
  if (!cursor.is('$end')) throw cursor.unexpected()
  return expr
}

/** A query that must be for lines, as tail, stats and drill-downs take. */
export function parseLogOnly(query: string): LogExpr {
  const expr = parseLogQl(query)
  if (isLog(expr)) return expr
  throw new QueryError('bad_data', 'only log selector is supported')
}

const precedence: Record<string, number> = {}
for (const [level, operators] of [
  ['or'],
  ['and', 'unless'],
  ['==', '!=', '>', '>=', '<', '<='],
  ['+', '-'],
  ['*', '/', '%'],
  ['^'],
].entries()) {
  for (const operator of operators) precedence[operator] = level + 1
}

function parseExpr(cursor: Cursor, above: number): Expr {
  return cursor.deeper(() => {
    let left = parseUnary(cursor)
    for (;;) {
      const { token } = cursor
      const level = (binaryOperators as readonly string[]).includes(token.kind)
        ? precedence[token.kind]!
        : 0
      if (level <= above || isLog(left)) return left
      const operator = cursor.take().kind as BinaryOperator
      left = parseBinary(cursor, left, operator, level)
    }
  })
}

function parseBinary(
  cursor: Cursor,
  left: MetricExpr,
  operator: BinaryOperator,
  level: number,
): BinaryExpr | MetricExpr {
  const returnsBool = cursor.takes('bool')
  const matching = parseMatching(cursor)
  // Powers are taken from the right.
  const right = parseMetric(cursor, operator === '^' ? level - 1 : level)
  const at = { from: left.from, to: right.to }
  literalSides(cursor, operator, left, right)
  return { kind: 'binary', operator, left, right, returnsBool, matching, ...at }
}

function parseMatching(cursor: Cursor): Matching | undefined {
  if (!cursor.is('on', 'ignoring')) return undefined
  const isOn = cursor.take().kind === 'on'
  const labels = parseNames(cursor)
  let many: Matching['many'] = 'none'
  let include: string[] = []
  if (cursor.is('group_left', 'group_right')) {
    many = cursor.take().kind === 'group_left' ? 'left' : 'right'
    if (cursor.is('(')) include = parseNames(cursor)
  }
  return { isOn, labels, many, include }
}

function parseMetric(cursor: Cursor, above: number): MetricExpr {
  const { token } = cursor
  const expr = parseExpr(cursor, above)
  if (!isLog(expr)) return expr
  throw cursor.failure(token, 'syntax error: unexpected {, a metric query was expected')
}

function parseUnary(cursor: Cursor): Expr {
  const { token } = cursor
  if (cursor.is('+', '-')) {
    cursor.take()
    const number = cursor.expect('NUMBER')
    const value = token.kind === '-' ? -number.value : number.value
    return { kind: 'literal', value, from: token.from, to: number.to }
  }
  if (token.kind === 'NUMBER') {
    cursor.take()
    return { kind: 'literal', value: token.value, from: token.from, to: token.to }
  }
  if (token.kind === '(') return parseParenthesis(cursor)
  if (token.kind === '{') return parseLog(cursor)
  if ((rangeOperations as readonly string[]).includes(token.kind)) return parseRange(cursor)
  if ((vectorOperations as readonly string[]).includes(token.kind)) return parseVector(cursor)
  if (token.kind === 'label_replace') return parseLabelReplace(cursor)
  if (token.kind === 'vector') return parseConstant(cursor)
  throw cursor.unexpected()
}

function parseParenthesis(cursor: Cursor): Expr {
  cursor.take()
  const inner = parseExpr(cursor, 0)
  cursor.expect(')')
  if (!isLog(inner)) return inner
  const stages = [...inner.stages]
  parseStages(cursor, stages)
  return { ...inner, stages, to: cursor.end }
}

function parseLog(cursor: Cursor): LogExpr {
  const { from } = cursor.token
  const matchers = parseSelector(cursor)
  const stages: Stage[] = []
  parseStages(cursor, stages)
  return { kind: 'log', matchers, stages, from, to: cursor.end }
}

function parseNames(cursor: Cursor): string[] {
  cursor.expect('(')
  const names: string[] = []
  while (!cursor.is(')')) {
    if (names.length > 0) cursor.expect(',', ')')
    names.push(cursor.expect('IDENTIFIER').text)
  }
  cursor.expect(')')
  return names
}

function parseGroup(cursor: Cursor): Group | undefined {
  if (!cursor.is('by', 'without')) return undefined
  const isWithout = cursor.take().kind === 'without'
  return { isWithout, labels: parseNames(cursor) }
}

function signedNumber(cursor: Cursor): number | undefined {
  if (cursor.is('NUMBER')) return cursor.take().value
  if (!cursor.is('-', '+') || cursor.ahead(1).kind !== 'NUMBER') return undefined
  const sign = cursor.take().kind === '-' ? -1 : 1
  return sign * cursor.take().value
}

function parseRange(cursor: Cursor): RangeExpr {
  const start = cursor.take()
  const operation = start.kind as RangeOperation
  cursor.expect('(')
  const parameter = signedNumber(cursor)
  if (parameter !== undefined) cursor.expect(',')
  const ranged = parseRanged(cursor)
  cursor.expect(')')
  const group = parseGroup(cursor)
  const made = { kind: 'range' as const, operation, parameter, ...ranged, group }
  const expr: RangeExpr = { ...made, from: start.from, to: cursor.end }
  checkRange(cursor, expr)
  return expr
}

type Ranged = Pick<RangeExpr, 'log' | 'unwrap' | 'range_ms' | 'offset_ms'>

/** The range may stand behind the selector or behind its stages. */
function parseRanged(cursor: Cursor): Ranged {
  const { from } = cursor.token
  if (cursor.takes('(')) {
    const inner = cursor.deeper(() => parseRangedParts(cursor, from))
    cursor.expect(')')
    return behind(cursor, inner)
  }
  return behind(cursor, parseRangedParts(cursor, from))
}

type Parts = Omit<Ranged, 'range_ms' | 'offset_ms'> & {
  range_ms: number | undefined
  offset_ms: number
}

function parseRangedParts(cursor: Cursor, from: number): Parts {
  if (cursor.is('(')) {
    cursor.take()
    const inner = cursor.deeper(() => parseRangedParts(cursor, from))
    cursor.expect(')')
    return readParts(cursor, inner)
  }
  const log: LogExpr = { kind: 'log', matchers: parseSelector(cursor), stages: [], from, to: 0 }
  return readParts(cursor, { log, unwrap: undefined, range_ms: undefined, offset_ms: 0 })
}

function readParts(cursor: Cursor, given: Parts): Parts {
  const parts = { ...given, log: { ...given.log, stages: [...given.log.stages] } }
  for (;;) {
    if (cursor.is('RANGE') && parts.range_ms === undefined) {
      parts.range_ms = cursor.take().value
      if (cursor.takes('offset')) parts.offset_ms = cursor.expect('DURATION').value / 1e6
    } else if (cursor.is('|') && cursor.ahead(1).kind === 'unwrap' && !parts.unwrap) {
      parts.unwrap = parseUnwrap(cursor)
    } else if (!parts.unwrap && cursor.is('|', '|=', '|~', '|>', '!=', '!~', '!>')) {
      parseStages(cursor, parts.log.stages)
    } else break
    parts.log.to = cursor.end
  }
  parts.log.to = cursor.end
  return parts
}

function behind(cursor: Cursor, inner: Parts): Ranged {
  const parts = readParts(cursor, inner)
  const { range_ms } = parts
  if (range_ms === undefined) throw cursor.unexpected(['RANGE'])
  return { ...parts, range_ms }
}

function parseUnwrap(cursor: Cursor): Unwrap {
  cursor.take()
  cursor.take()
  let conversion: Conversion = ''
  let label: string
  if (cursor.is('bytes', 'duration', 'duration_seconds')) {
    conversion = cursor.take().kind as Conversion
    cursor.expect('(')
    label = cursor.expect('IDENTIFIER').text
    cursor.expect(')')
  } else label = cursor.expect('IDENTIFIER').text
  const filters: LabelFilter[] = []
  while (cursor.is('|')) {
    cursor.take()
    if (!cursor.is('IDENTIFIER', '(')) throw cursor.unexpected(['IDENTIFIER', '('])
    filters.push(parseLabelFilter(cursor))
  }
  return { label, conversion, filters }
}

function parseVector(cursor: Cursor): VectorExpr {
  const start = cursor.take()
  const operation = start.kind as VectorOperation
  let group = parseGroup(cursor)
  cursor.expect('(')
  let parameter: number | undefined
  const next = cursor.is('-', '+') ? cursor.ahead(2) : cursor.ahead(1)
  if (next.kind === ',') {
    parameter = signedNumber(cursor)
    cursor.expect(',')
  }
  const of = parseMetric(cursor, 0)
  cursor.expect(')')
  group ??= parseGroup(cursor)
  const at = { from: start.from, to: cursor.end }
  const expr: VectorExpr = { kind: 'aggregate', operation, parameter, of, group, ...at }
  checkVector(cursor, expr)
  return expr
}

function parseConstant(cursor: Cursor): MetricExpr {
  const { from } = cursor.take()
  cursor.expect('(')
  const value = signedNumber(cursor)
  if (value === undefined) throw cursor.unexpected(['NUMBER'])
  cursor.expect(')')
  return { kind: 'vector', value, from, to: cursor.end }
}

function parseLabelReplace(cursor: Cursor): LabelReplaceExpr {
  const { from } = cursor.take()
  cursor.expect('(')
  const of = parseMetric(cursor, 0)
  const next = () => {
    cursor.expect(',')
    return cursor.expect('STRING')
  }
  const destination = next()
  if (!isLabelName(destination.text)) {
    const text = `invalid destination label name in label_replace(): ${destination.text}`
    throw cursor.failure(destination, text)
  }
  const replacement = next().text
  const source = next().text
  const pattern = next()
  checkRegex(cursor, pattern)
  cursor.expect(')')
  const texts = { destination: destination.text, replacement, source, pattern: pattern.text }
  return { kind: 'label_replace', of, ...texts, from, to: cursor.end }
}
