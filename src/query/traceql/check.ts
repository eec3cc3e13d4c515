/**
 * Whether a TraceQL query makes sense: types of both sides of operators, aggregates over what
 * spans have, regular expressions that compile. Throws QueryError in Tempo's words.
 */
import { QueryError } from '../series.ts'
import { parseTraceql } from './parse.ts'
import { compilePattern } from './pattern.ts'
import { printField } from './print.ts'
import {
  type At,
  type Binary,
  type Field,
  intrinsics,
  type Metrics,
  type Query,
  type Scalar,
  type Spanset,
  type Stage,
} from './tree.ts'

/** 'any' is an attribute's: known only when a span is looked at. */
export type FieldType = 'any' | 'string' | 'number' | 'boolean' | 'status' | 'kind' | 'nil'

/** Parsed and checked. */
export function readTraceql(text: string): Query {
  const query = parseTraceql(text)
  for (const stage of query.stages) checkStage(stage)
  if (query.metrics !== undefined) checkMetrics(query.metrics)
  return query
}

function refuse(message: string, at: At): QueryError {
  return new QueryError('bad_data', message, { from: at.from, to: at.to })
}

function checkStage(stage: Stage): void {
  switch (stage.tag) {
    case 'spanset':
      checkSpanset(stage.spanset)
      return
    case 'scalar':
      checkScalar(stage.left)
      checkScalar(stage.right)
      return
    case 'by':
      checkField(stage.field)
      if (!referencesSpan(stage.field)) {
        const message = 'grouping field expressions must reference the span'
        throw refuse(`${message}: ${printField(stage.field)}`, stage)
      }
      return
    case 'select':
      for (const field of stage.fields) checkField(field)
  }
}

function checkSpanset(spanset: Spanset): void {
  switch (spanset.tag) {
    case 'filter': {
      const type = checkField(spanset.condition)
      if (type === 'any' || type === 'boolean') return
      const message = 'span filter field expressions must resolve to a boolean'
      throw refuse(`${message}: { ${printField(spanset.condition)} }`, spanset)
    }
    case 'operation':
      checkSpanset(spanset.left)
      checkSpanset(spanset.right)
      return
    case 'pipeline':
      for (const stage of spanset.stages) checkStage(stage)
  }
}

function checkScalar(scalar: Scalar): void {
  if (scalar.tag === 'arithmetic') {
    checkScalar(scalar.left)
    checkScalar(scalar.right)
  }
  if (scalar.tag !== 'aggregate' || scalar.field === undefined) return
  const { field } = scalar
  const type = checkField(field)
  const text = `${scalar.function}(${printField(field)})`
  if (type !== 'any' && type !== 'number') {
    throw refuse(`aggregate field expressions must resolve to a number type: ${text}`, scalar)
  }
  if (!referencesSpan(field)) {
    throw refuse(`aggregate field expressions must reference the span: ${text}`, scalar)
  }
}

function checkMetrics(metrics: Metrics): void {
  if (metrics.selection !== undefined) checkSpanset(metrics.selection)
  const { field } = metrics
  if (field !== undefined) {
    const type = checkField(field)
    if (type !== 'any' && type !== 'number') {
      throw refuse(`${metrics.function}() needs a number: ${printField(field)}`, field)
    }
  }
  for (const by of metrics.by) checkField(by)
  for (const number of metrics.numbers) {
    if (metrics.function === 'quantile_over_time' && !(number >= 0 && number <= 1)) {
      throw refuse('quantile must be between 0 and 1', metrics)
    }
  }
}

function referencesSpan(field: Field): boolean {
  switch (field.tag) {
    case 'static':
      return false
    case 'unary':
      return referencesSpan(field.operand)
    case 'binary':
      return referencesSpan(field.left) || referencesSpan(field.right)
    default:
      return true
  }
}

export function typeOf(field: Field): FieldType {
  switch (field.tag) {
    case 'static':
      if (field.type === 'int' || field.type === 'float' || field.type === 'duration')
        return 'number'
      return field.type
    case 'attribute':
      return 'any'
    case 'intrinsic':
      return intrinsics[field.name]
    case 'unary':
      return field.operator === '!' ? 'boolean' : 'number'
    case 'binary':
      return isArithmetic(field.operator) ? 'number' : 'boolean'
  }
}

export function isArithmetic(operator: string): boolean {
  return '+-*/%^'.includes(operator)
}

function checkField(field: Field): FieldType {
  if (field.tag === 'unary') {
    const operand = checkField(field.operand)
    const wanted = field.operator === '!' ? 'boolean' : 'number'
    if (operand !== 'any' && operand !== wanted) {
      throw refuse(`illegal operation for the given type: ${printField(field)}`, field)
    }
  }
  if (field.tag === 'binary') checkBinary(field)
  return typeOf(field)
}

function checkBinary(field: Binary): void {
  const left = checkField(field.left)
  const right = checkField(field.right)
  const isNilTest = left === 'nil' || right === 'nil'
  if (left !== 'any' && right !== 'any' && left !== right && !isNilTest) {
    throw refuse(`binary operations must operate on the same type: ${printField(field)}`, field)
  }
  if (!fits(field.operator, left) || !fits(field.operator, right)) {
    throw refuse(`illegal operation for the given types: ${printField(field)}`, field)
  }
  if (field.operator !== '=~' && field.operator !== '!~') return
  if (field.right.tag !== 'static') {
    throw refuse(`the right side of ${field.operator} must be a string`, field)
  }
  try {
    compilePattern(String(field.right.value))
  } catch (error) {
    throw refuse(`invalid regex: ${(error as Error).message}`, field.right)
  }
}

function fits(operator: string, type: FieldType): boolean {
  switch (type) {
    case 'any':
      return true
    case 'boolean':
      return ['&&', '||', '=', '!='].includes(operator)
    case 'number':
      return !['&&', '||', '=~', '!~'].includes(operator)
    case 'string':
      return ['=', '!=', '=~', '!~', '<', '<=', '>', '>='].includes(operator)
    default:
      return operator === '=' || operator === '!='
  }
}
