/** A tree as text: on one line as Prometheus's String(), or pretty as its format_query answers. */
import type { Matcher } from '../series.ts'
import type {
  Aggregate,
  Binary,
  DurationExpression,
  Expression,
  Selector,
  Shift,
  Subquery,
} from './ast.ts'
import { formatDuration, formatGeneral, quote } from './go-text.ts'
import { isLegacyLabelName, nameLabel } from './labels.ts'

/** Normalised, on one line. */
export function print(node: Expression): string {
  switch (node.kind) {
    case 'number':
      return printNumber(node.value, node.isDuration)
    case 'string':
      return quote(node.value)
    case 'selector':
      return `${printMatchers(node)}${printShift(node)}${printExtension(node)}`
    case 'range': {
      const { selector } = node
      const range = printDuration(node.range, node.range_ms)
      const tail = `${printExtension(selector)}${printShift(selector)}`
      return `${printMatchers(selector)}[${range}]${tail}`
    }
    case 'subquery':
      return `${print(node.expression)}${printWindow(node)}`
    case 'call':
      return `${node.name}(${node.args.map(print).join(', ')})`
    case 'aggregate': {
      const parameter = node.parameter === undefined ? '' : `${print(node.parameter)}, `
      return `${printHead(node)}(${parameter}${print(node.expression)})`
    }
    case 'binary':
      return `${printLeft(node)} ${printOperator(node)} ${print(node.right)}`
    case 'unary':
      return `${node.operator}${print(node.expression)}`
    case 'parentheses':
      return `(${print(node.expression)})`
    case 'grid':
      return '<series>'
  }
}

/** A sign before ^ would be taken for one of the whole power. */
function printLeft({ operator, left }: Binary): string {
  const text = print(left)
  return operator === '^' && left.kind === 'number' ? text.replace(/^\+/, '') : text
}

function printNumber(value: number, isDuration: boolean): string {
  if (!isDuration) return formatGeneral(value)
  return formatDuration(Math.round(value * 1000))
}

function printMatcher({ name, operator, value }: Matcher): string {
  return `${isLegacyLabelName(name) ? name : quote(name)}${operator}${quote(value)}`
}

function printMatchers(node: Selector): string {
  const shown = node.matchers
    .filter(({ name, operator, value }) => {
      return !(name === nameLabel && operator === '=' && value === node.name && value !== '')
    })
    .map(printMatcher)
    .sort()
  return shown.length === 0 && node.name !== '' ? node.name : `${node.name}{${shown.join(',')}}`
}

const printExtension = (node: Selector): string =>
  node.extension === undefined ? '' : ` ${node.extension}`

function printShift({ at, offset, offset_ms }: Shift): string {
  let out = ''
  if (at?.kind === 'time') out += ` @ ${(at.ms / 1000).toFixed(3)}`
  else if (at !== undefined) out += ` @ ${at.kind}()`
  if (offset !== undefined && offset_ms !== 0) {
    const text = printDuration(offset, offset_ms)
    out += ` offset ${offset.kind === 'operation' && !/^[-\d]/.test(text) ? text : text}`
  }
  return out
}

function printWindow(node: Subquery): string {
  const step = node.step === undefined ? '' : printDuration(node.step, node.step_ms)
  return `[${printDuration(node.range, node.range_ms)}:${step}]${printShift(node)}`
}

/** A plain duration in its normal form; arithmetic as it was written. */
function printDuration(duration: DurationExpression, ms: number): string {
  if (isPlain(duration) && Number.isFinite(ms)) return formatDuration(ms)
  return printArithmetic(duration)
}

function isPlain(duration: DurationExpression): boolean {
  if (duration.kind === 'seconds') return true
  return duration.kind === 'operation' && duration.left === undefined && isPlain(duration.right)
}

function printArithmetic(duration: DurationExpression): string {
  switch (duration.kind) {
    case 'seconds':
      return printNumber(duration.seconds, duration.isDuration)
    case 'step':
    case 'range':
      return `${duration.kind}()`
    case 'parentheses':
      return `(${printArithmetic(duration.inner)})`
    case 'least':
    case 'greatest': {
      const name = duration.kind === 'least' ? 'min_of' : 'max_of'
      return `${name}(${printArithmetic(duration.left)}, ${printArithmetic(duration.right)})`
    }
  }
  const right = printArithmetic(duration.right)
  if (duration.left === undefined) return `${duration.operator}${right}`
  return `${printArithmetic(duration.left)} ${duration.operator} ${right}`
}

const printLabels = (labels: readonly string[]): string =>
  labels.map((label) => (isLegacyLabelName(label) ? label : quote(label))).join(', ')

function printHead(node: Aggregate): string {
  const labels = printLabels(node.grouping)
  if (node.isWithout) return `${node.operator} without (${labels}) `
  return labels === '' ? node.operator : `${node.operator} by (${labels}) `
}

function printOperator({ operator, isBool, matching }: Binary): string {
  let out = isBool ? `${operator} bool` : operator
  if (matching === undefined) return out
  const { cardinality, isOn, labels, include, fillLeft, fillRight } = matching
  const isGrouped = cardinality === 'many-to-one' || cardinality === 'one-to-many'
  if (isOn || labels.length > 0 || isGrouped) {
    out += ` ${isOn ? 'on' : 'ignoring'} (${printLabels(labels)})`
    if (isGrouped) {
      out += ` group_${cardinality === 'many-to-one' ? 'left' : 'right'} (${printLabels(include)})`
    }
  }
  if (fillLeft !== undefined && Object.is(fillLeft, fillRight)) {
    return `${out} fill (${formatGeneral(fillLeft)})`
  }
  if (fillLeft !== undefined) out += ` fill_left (${formatGeneral(fillLeft)})`
  if (fillRight !== undefined) out += ` fill_right (${formatGeneral(fillRight)})`
  return out
}

const line_columns_max = 100

/** As format_query answers: what does not fit on a line of 100 characters is broken up. */
export function pretty(node: Expression, level = 0): string {
  const text = print(node)
  const indent = '  '.repeat(level)
  const isLong = text.length > line_columns_max
  switch (node.kind) {
    case 'aggregate': {
      if (!isLong) break
      const parts = node.parameter === undefined ? [] : [node.parameter]
      const inner = [...parts, node.expression].map((part) => pretty(part, level + 1))
      return `${indent}${printHead(node)}(\n${inner.join(',\n')}\n${indent})`
    }
    case 'call': {
      if (!isLong) break
      const inner = node.args.map((arg) => pretty(arg, level + 1))
      return `${indent}${node.name}(\n${inner.join(',\n')}\n${indent})`
    }
    case 'binary': {
      if (!isLong) break
      const isNumber = node.left.kind === 'number'
      const left = isNumber
        ? `${'  '.repeat(level + 1)}${printLeft(node)}`
        : pretty(node.left, level + 1)
      return `${left}\n${indent}${printOperator(node)}\n${pretty(node.right, level + 1)}`
    }
    case 'parentheses':
      if (!isLong) break
      return `${indent}(\n${pretty(node.expression, level + 1)}\n${indent})`
    case 'subquery':
      return isLong ? `${pretty(node.expression, level)}${printWindow(node)}` : indent + text
    case 'unary':
      return `${indent}${node.operator}${pretty(node.expression, level).trimStart()}`
  }
  return indent + text
}
