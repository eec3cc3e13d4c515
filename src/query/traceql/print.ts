/** A TraceQL tree as text that reads back as the same tree. */
import { writeDuration } from './duration.ts'
import { strengthOf } from './parse-field.ts'
import type {
  Attribute,
  Field,
  Intrinsic,
  Metrics,
  Query,
  Scalar,
  SecondStage,
  Spanset,
  Stage,
  Static,
} from './tree.ts'

export function printTraceql(query: Query): string {
  const parts = query.stages.map(printStage)
  if (query.metrics !== undefined) parts.push(printMetrics(query.metrics))
  let text = parts.join(' | ')
  for (const stage of query.second) text += printSecond(stage)
  if (query.hints.length === 0) return text
  const hints = query.hints.map((hint) => `${hint.name}=${printStatic(hint.value)}`)
  return `${text} with(${hints.join(', ')})`
}

function printStage(stage: Stage): string {
  switch (stage.tag) {
    case 'spanset':
      return printSpanset(stage.spanset)
    case 'scalar':
      return `${printScalar(stage.left)} ${stage.operator} ${printScalar(stage.right)}`
    case 'by':
      return `by(${printField(stage.field)})`
    case 'coalesce':
      return 'coalesce()'
    case 'select':
      return `select(${stage.fields.map(printField).join(', ')})`
  }
}

function printSpanset(spanset: Spanset): string {
  if (spanset.tag === 'pipeline') return `(${spanset.stages.map(printStage).join(' | ')})`
  if (spanset.tag === 'operation') {
    const { left, operator, right } = spanset
    const isChain = left.tag === 'operation' && left.operator === operator
    return `${isChain ? printSpanset(left) : printSide(left)} ${operator} ${printSide(right)}`
  }
  const { condition } = spanset
  const isAll = condition.tag === 'static' && condition.value === true
  return isAll ? '{ }' : `{ ${printField(condition)} }`
}

function printSide(spanset: Spanset): string {
  const text = printSpanset(spanset)
  return spanset.tag === 'operation' ? `(${text})` : text
}

function printScalar(scalar: Scalar): string {
  switch (scalar.tag) {
    case 'static':
      return printStatic(scalar)
    case 'aggregate':
      return `${scalar.function}(${scalar.field === undefined ? '' : printField(scalar.field)})`
    case 'arithmetic': {
      const side = (part: Scalar) =>
        part.tag === 'arithmetic' ? `(${printScalar(part)})` : printScalar(part)
      return `${side(scalar.left)} ${scalar.operator} ${side(scalar.right)}`
    }
  }
}

export function printField(field: Field): string {
  switch (field.tag) {
    case 'static':
      return printStatic(field)
    case 'attribute':
    case 'intrinsic':
      return printName(field)
    case 'unary': {
      const operand = printField(field.operand)
      return field.operator + (field.operand.tag === 'binary' ? `(${operand})` : operand)
    }
    case 'binary': {
      const { operator, left, right } = field
      const isChain = left.tag === 'binary' && left.operator === operator && operator !== '^'
      const start = isChain ? printField(left) : printOperand(left, operator)
      return `${start} ${operator} ${printOperand(right, operator)}`
    }
  }
}

/** Bare where it binds stronger. A sign takes whatever binds like * and stronger behind it. */
function printOperand(field: Field, outside: string): string {
  const text = printField(field)
  const strength = strengthOf(outside)
  const isSigned = field.tag === 'unary' || (field.tag === 'static' && text.startsWith('-'))
  const isBare = field.tag === 'binary' ? strengthOf(field.operator) > strength : !isSigned
  return isBare || (isSigned && strength <= 2) ? text : `(${text})`
}

/** As series are labelled, too. */
export function printName(field: Attribute | Intrinsic): string {
  if (field.tag === 'intrinsic') {
    return field.ofParent ? `parent.${field.name}` : field.name
  }
  const scope = field.scope === 'none' ? '' : field.scope
  const start = field.ofParent ? `parent.${scope === '' ? '' : `${scope}.`}` : `${scope}.`
  return start + printAttributeName(field)
}

function printAttributeName({ name, scope, ofParent }: Attribute): string {
  // Behind `parent.` a name could be taken for a scope or an intrinsic, behind a dot for a number.
  const isClear = !(ofParent && scope === 'none') && !/^[0-9]/.test(name)
  if (isClear && name !== '' && !/[\s{}()=~!<>&|^,"\\]/.test(name)) return name
  return `"${name.replace(/["\\]/g, '\\$&')}"`
}

export function printStatic({ type, value }: Static): string {
  switch (type) {
    case 'string':
      return printString(String(value))
    case 'duration':
      return writeDuration(Number(value))
    case 'float': {
      const text = String(value)
      return /[.e]/.test(text) ? text : `${text}.0`
    }
    case 'int':
      return printInteger(Number(value))
    case 'nil':
      return 'nil'
    default:
      return String(value)
  }
}

/** Never with an exponent, which would make it a float; -0 keeps no sign. */
function printInteger(value: number): string {
  return BigInt(value).toString()
}

const escapes: Readonly<Record<string, string>> = {
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '"': '\\"',
  '\\': '\\\\',
}

function printString(value: string): string {
  return `"${value.replace(/[\n\r\t"\\]/g, (character) => escapes[character]!)}"`
}

function printMetrics(metrics: Metrics): string {
  const inside: string[] = []
  if (metrics.field !== undefined) inside.push(printName(metrics.field))
  if (metrics.selection !== undefined) inside.push(printSpanset(metrics.selection))
  for (const number of metrics.numbers) inside.push(String(number))
  const by = metrics.by.length === 0 ? '' : ` by(${metrics.by.map(printName).join(', ')})`
  return `${metrics.function}(${inside.join(', ')})${by}`
}

function printSecond(stage: SecondStage): string {
  if (stage.tag === 'compare') return ` ${stage.operator} ${printStatic(stage.value)}`
  return ` | ${stage.tag}(${stage.count})`
}
