/** Filters on labels, compiled: a number, a duration or a size that cannot be read is an error. */
import type { CompareOperator, LabelFilter } from '../ast.ts'
import { quote } from '../go-strings.ts'
import { parseBytes, parseGoDuration, parseGoFloat } from '../quantities.ts'
import { compileRegex } from '../regex.ts'
import { holdsAddress, readIpPattern } from './ip.ts'
import type { LineLabels } from './line-labels.ts'

export type LabelTest = (labels: LineLabels) => boolean

export function compileLabelFilter(filter: LabelFilter): LabelTest {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      const left = compileLabelFilter(filter.left)
      const right = compileLabelFilter(filter.right)
      // As in Loki both sides of `and` are run: each may tell an error.
      if (filter.kind === 'or') return (labels) => left(labels) || right(labels)
      return (labels) => {
        const isLeft = left(labels)
        return right(labels) && isLeft
      }
    }
    case 'text':
      return textTest(filter)
    case 'ip': {
      const pattern = readIpPattern(filter.value)!
      const wanted = filter.operator === '='
      return (labels) => {
        const value = labels.get(filter.name)
        return value !== undefined && holdsAddress(pattern, value) === wanted
      }
    }
    case 'number':
      return quantityTest(filter, parseGoFloat, floatProblem)
    case 'duration':
      return quantityTest(filter, parseGoDuration, durationProblem)
    case 'bytes':
      return quantityTest(filter, parseBytes, bytesProblem)
  }
}

export function textMatches(
  operator: Extract<LabelFilter, { kind: 'text' }>['operator'],
  value: string,
): (text: string) => boolean {
  switch (operator) {
    case '=':
      return (text) => text === value
    case '!=':
      return (text) => text !== value
    case '=~':
    case '!~': {
      const regex = compileRegex(value, true)
      const wanted = operator === '=~'
      return (text) => regex.test(text) === wanted
    }
  }
}

function textTest(filter: Extract<LabelFilter, { kind: 'text' }>): LabelTest {
  const matches = textMatches(filter.operator, filter.value)
  return (labels) => matches(labels.textOf(filter.name))
}

export function floatProblem(value: string): string {
  return `strconv.ParseFloat: parsing ${quote(value)}: invalid syntax`
}

export function durationProblem(value: string): string {
  return `time: invalid duration ${quote(value)}`
}

export function bytesProblem(value: string): string {
  return `unhandled size name: ${value.replace(/^[\d.,]*/, '').trim()}`
}

function quantityTest(
  filter: { name: string; operator: CompareOperator; value: number },
  read: (text: string) => number | undefined,
  problem: (text: string) => string,
): LabelTest {
  const { name, operator, value } = filter
  return (labels) => {
    const text = labels.get(name)
    if (text === undefined) return false
    const got = read(text)
    if (got === undefined) {
      if (labels.error === '') labels.fail('LabelFilterErr', problem(text))
      return true
    }
    return compare(got, operator, value)
  }
}

export function compare(left: number, operator: CompareOperator, right: number): boolean {
  switch (operator) {
    case '==':
      return left === right
    case '!=':
      return left !== right
    case '>':
      return left > right
    case '>=':
      return left >= right
    case '<':
      return left < right
    case '<=':
      return left <= right
  }
}
