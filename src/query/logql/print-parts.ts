/** Writes the parts of a query that several of its clauses share. */
import type { Group, LabelFilter, LabelMatcher } from './ast.ts'
import { quote, quotePattern } from './go-strings.ts'
import { printBytes, printFloat, printGoDuration } from './quantities.ts'

export function printGroup({ isWithout, labels }: Group): string {
  return `${isWithout ? 'without' : 'by'} (${labels.join(', ')})`
}

export function printMatcher({ name, operator, value }: LabelMatcher): string {
  const isPattern = operator === '=~' || operator === '!~'
  return `${name}${operator}${isPattern ? quotePattern(value) : quote(value)}`
}

export function printSelector(matchers: readonly LabelMatcher[]): string {
  return `{${matchers.map(printMatcher).join(', ')}}`
}

export function printFilter(filter: LabelFilter): string {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      const separator = filter.kind === 'and' ? ' , ' : ' or '
      return `( ${printFilter(filter.left)}${separator}${printFilter(filter.right)} )`
    }
    case 'text':
      return printMatcher(filter)
    case 'ip':
      return `${filter.name}${filter.operator}ip(${quote(filter.value)})`
    case 'number':
      return `${filter.name}${filter.operator}${printFloat(filter.value)}`
    case 'duration':
      return `${filter.name}${filter.operator}${printGoDuration(filter.value)}`
    case 'bytes':
      return `${filter.name}${filter.operator}${printBytes(filter.value)}`
  }
}
