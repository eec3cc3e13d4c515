/**
 * What an expression of TraceQL is for one span in memory. A value can be several things at once:
 * the store keeps booleans, and numbers of resources, as text.
 */
import { compilePattern } from './pattern.ts'
import { columnOf, type Span, type Trace, type Words } from './span.ts'
import type { Attribute, Binary, Field, FieldOperator, Intrinsic, Static } from './tree.ts'

/** No member at all is nil. */
export type Value = {
  text?: string
  number?: number
  boolean?: boolean
  status?: string
  kind?: string
}

const nil: Value = {}
const members = ['text', 'number', 'boolean', 'status', 'kind'] as const

/** Plain decimals: what both the engine and this file read as one number. */
export const decimalPattern = '^-?[0-9]{1,15}([.][0-9]{1,15})?$'
const decimal = new RegExp(decimalPattern)

const patterns = new Map<string, (value: string) => boolean>()
const patterns_max = 200

function patternOf(text: string): (value: string) => boolean {
  const known = patterns.get(text)
  if (known !== undefined) return known
  const made = compilePattern(text)
  if (patterns.size >= patterns_max) patterns.clear()
  patterns.set(text, made)
  return made
}

export function isTrue(field: Field, span: Span, trace: Trace): boolean {
  return fieldValue(field, span, trace).boolean === true
}

export function fieldValue(field: Field, span: Span, trace: Trace): Value {
  switch (field.tag) {
    case 'static':
      return staticValue(field)
    case 'attribute':
      return valuesOfAttribute(field, span, trace)[0] ?? nil
    case 'intrinsic':
      return valuesOfIntrinsic(field, span, trace)[0] ?? nil
    case 'unary': {
      const operand = fieldValue(field.operand, span, trace)
      if (field.operator === '-') {
        return operand.number === undefined ? nil : { number: -operand.number }
      }
      return operand.boolean === undefined ? nil : { boolean: !operand.boolean }
    }
    case 'binary':
      return binary(field, span, trace)
  }
}

export function staticValue({ type, value }: Static): Value {
  switch (type) {
    case 'string':
      return { text: String(value) }
    case 'boolean':
      return { boolean: value === true }
    case 'status':
      return { status: String(value) }
    case 'kind':
      return { kind: String(value) }
    case 'nil':
      return nil
    default:
      return { number: Number(value) }
  }
}

function binary(field: Binary, span: Span, trace: Trace): Value {
  const { operator, left, right } = field
  if (operator === '&&') {
    return { boolean: isTrue(left, span, trace) && isTrue(right, span, trace) }
  }
  if (operator === '||') {
    return { boolean: isTrue(left, span, trace) || isTrue(right, span, trace) }
  }
  if (isNil(left) || isNil(right)) {
    const isAbsent = isEmpty(fieldValue(isNil(left) ? right : left, span, trace))
    return { boolean: operator === '=' ? isAbsent : !isAbsent }
  }
  if ('+-*/%^'.includes(operator)) {
    const a = fieldValue(left, span, trace).number
    const b = fieldValue(right, span, trace).number
    return a === undefined || b === undefined ? nil : { number: calculate(operator, a, b) }
  }
  // A field of events or links has a value for each: with a plain value any of them may fit.
  const lefts =
    right.tag === 'static' ? valuesOf(left, span, trace) : [fieldValue(left, span, trace)]
  const rights =
    left.tag === 'static' ? valuesOf(right, span, trace) : [fieldValue(right, span, trace)]
  return { boolean: lefts.some((a) => rights.some((b) => fits(operator, a, b))) }
}

function isNil(field: Field): boolean {
  return field.tag === 'static' && field.type === 'nil'
}

function isEmpty(value: Value): boolean {
  return members.every((member) => value[member] === undefined)
}

export function calculate(operator: string, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '/':
      return a / b
    case '%':
      return a % b
    default:
      return a ** b
  }
}

function fits(operator: FieldOperator, a: Value, b: Value): boolean {
  if (operator === '=~' || operator === '!~') {
    if (a.text === undefined || b.text === undefined) return false
    return patternOf(b.text)(a.text) === (operator === '=~')
  }
  return members.some((member) => {
    const left = a[member]
    const right = b[member]
    return left !== undefined && right !== undefined && compare(operator, left, right)
  })
}

export function compare<T>(operator: string, left: T, right: T): boolean {
  switch (operator) {
    case '=':
      return left === right
    case '!=':
      return left !== right
    case '<':
      return left < right
    case '<=':
      return left <= right
    case '>':
      return left > right
    default:
      return left >= right
  }
}

function valuesOf(field: Field, span: Span, trace: Trace): readonly Value[] {
  if (field.tag === 'attribute') return valuesOfAttribute(field, span, trace)
  if (field.tag === 'intrinsic') return valuesOfIntrinsic(field, span, trace)
  return [fieldValue(field, span, trace)]
}

/** Of text whose type the store does not know. */
export function textValue(text: string): Value {
  const value: Value = spanText(text)
  if (decimal.test(text)) value.number = Number(text)
  return value
}

/** Numbers of spans are kept as numbers: their text is text. */
function spanText(text: string): Value {
  return text === 'true' || text === 'false' ? { text, boolean: text === 'true' } : { text }
}

function valuesOfAttribute(field: Attribute, own: Span, trace: Trace): readonly Value[] {
  const { scope, name } = field
  const span = field.ofParent ? trace.parentOf.get(own) : own
  if (span === undefined) return []
  switch (scope) {
    case 'span':
      return some(onSpan(span, name))
    case 'resource':
      return some(onResource(span, name))
    case 'none':
      return some(onSpan(span, name) ?? onResource(span, name))
    case 'event':
      return span.events.flatMap(({ attributes }) => some(inWords(attributes, name)))
    case 'link':
      return span.links.flatMap(({ attributes }) => some(inWords(attributes, name)))
    case 'instrumentation':
      return []
  }
}

function some(value: Value | undefined): readonly Value[] {
  return value === undefined ? [] : [value]
}

function onSpan(span: Span, name: string): Value | undefined {
  const text = span.attributes.get(name)
  const number = span.numbers.get(name)
  if (text === undefined && number === undefined) return undefined
  const value: Value = text === undefined ? {} : spanText(text)
  if (number !== undefined) value.number = number
  return value
}

function onResource(span: Span, name: string): Value | undefined {
  const column = columnOf(name)
  if (column !== undefined) return span[column] === '' ? undefined : textValue(span[column])
  return inWords(span.resource, name)
}

function inWords(words: Words, name: string): Value | undefined {
  const text = words.get(name)
  return text === undefined ? undefined : textValue(text)
}

function valuesOfIntrinsic(field: Intrinsic, own: Span, trace: Trace): readonly Value[] {
  const span = field.ofParent ? trace.parentOf.get(own) : own
  if (span === undefined) return []
  switch (field.name) {
    case 'event:name':
      return span.events.map(({ name }) => ({ text: name }))
    case 'event:timeSinceStart':
      return span.events.map(({ time_ns }) => ({ number: Number(time_ns - span.time_ns) }))
    case 'link:traceID':
      return span.links.map(({ trace_id }) => ({ text: trace_id }))
    case 'link:spanID':
      return span.links.map(({ span_id }) => ({ text: span_id }))
    default:
      return some(intrinsicValue(field.name, span, trace))
  }
}

function intrinsicValue(name: Intrinsic['name'], span: Span, trace: Trace): Value | undefined {
  switch (name) {
    case 'name':
      return { text: span.name }
    case 'status':
      return { status: span.status }
    case 'statusMessage':
      return { text: span.status_message }
    case 'kind':
      return { kind: span.kind }
    case 'duration':
      return { number: span.duration_ns }
    case 'traceDuration':
      return { number: trace.duration_ns }
    case 'rootName':
      return { text: trace.root_name }
    case 'rootServiceName':
      return { text: trace.root_service }
    case 'childCount':
      return { number: trace.childrenOf.get(span)?.length ?? 0 }
    case 'nestedSetLeft':
      return { number: trace.nested.get(span)?.left ?? 0 }
    case 'nestedSetRight':
      return { number: trace.nested.get(span)?.right ?? 0 }
    case 'nestedSetParent':
      return { number: trace.nested.get(span)?.parent ?? 0 }
    case 'trace:id':
      return { text: span.trace_id }
    case 'span:id':
      return { text: span.span_id }
    case 'span:parentID':
      return span.parent_span_id === '' ? undefined : { text: span.parent_span_id }
    case 'parent':
      return span.parent_span_id === '' ? undefined : { text: span.parent_span_id }
    case 'instrumentation:name':
      return span.scope === '' ? undefined : { text: span.scope }
    default:
      return undefined
  }
}

/** The one way to show it; undefined for nil. */
export function plainOf(value: Value): string | number | boolean | undefined {
  return value.boolean ?? value.text ?? value.number ?? value.status ?? value.kind
}
