/**
 * Which fields of documents a query needs, and the time range that it cannot hold outside of: found
 * before it is compiled, so that only those are read.
 */
import type { Bounds, Condition } from '../elastic/condition.ts'
import { isAggregate } from './aggregates.ts'
import type { Command, EsqlQuery, Expression, Named } from './tree.ts'

export type Needed = {
  names: Set<string>
  /** Patterns of names; `*` is all of them. */
  patterns: string[]
}

export function neededFields({ commands }: EsqlQuery): Needed {
  const names = new Set<string>()
  const patterns: string[] = []
  let isClosed = false
  for (const command of commands) {
    visit(command, (name) => names.add(name))
    if (command.tag === 'keep' && !isClosed) {
      for (const { name } of command.patterns) {
        if (name.includes('*')) patterns.push(name)
        else names.add(name)
      }
      isClosed = true
    }
    if (command.tag === 'drop') {
      for (const { name } of command.patterns) if (!name.includes('*')) names.add(name)
    }
    if (command.tag === 'stats') {
      isClosed = true
      break
    }
  }
  return { names, patterns: isClosed ? patterns : ['*'] }
}

function visit(command: Command, take: (name: string) => void): void {
  for (const value of expressionsOf(command)) walk(value, take)
  if (command.tag === 'rename') for (const { from } of command.pairs) take(from.name)
  if (command.tag === 'mv_expand') take(command.column.name)
}

function expressionsOf(command: Command): Expression[] {
  const ofNamed = (list: readonly Named[]) =>
    list.flatMap(({ value, filter }) => (filter === undefined ? [value] : [value, filter]))
  switch (command.tag) {
    case 'where':
      return [command.condition]
    case 'eval':
    case 'row':
      return ofNamed(command.fields)
    case 'stats':
      return [...ofNamed(command.results), ...ofNamed(command.by)]
    case 'sort':
      return command.keys.map(({ value }) => value)
    case 'dissect':
    case 'grok':
      return [command.input]
    default:
      return []
  }
}

function childrenOf(value: Expression): readonly Expression[] {
  switch (value.tag) {
    case 'call':
      return value.args
    case 'list':
      return value.items
    case 'binary':
      return [value.left, value.right]
    case 'not':
    case 'negative':
      return [value.inner]
    case 'in':
      return [value.value, ...value.items]
    case 'null':
    case 'cast':
      return [value.value]
    default:
      return []
  }
}

function walk(value: Expression, take: (name: string) => void): void {
  if (value.tag === 'column') take(value.name)
  if (value.tag === 'call' && value.name === 'tbucket') take('@timestamp')
  for (const child of childrenOf(value)) walk(child, take)
}

export function hasAggregate(value: Expression): boolean {
  if (value.tag === 'call' && isAggregate(value.name)) return true
  return childrenOf(value).some(hasAggregate)
}

const mirrored: Readonly<Record<string, keyof Bounds>> = {
  '<': 'gt',
  '<=': 'gte',
  '>': 'lt',
  '>=': 'lte',
}
const straight: Readonly<Record<string, keyof Bounds>> = {
  '<': 'lt',
  '<=': 'lte',
  '>': 'gt',
  '>=': 'gte',
}

/**
 * What WHERE says of `@timestamp` as long as that is still the document's own. `momentOf` reads
 * what it is compared with; undefined is something that differs from row to row.
 */
export function timeCondition(
  { commands }: EsqlQuery,
  momentOf: (value: Expression) => number | undefined,
): Condition {
  const parts: Condition[] = []
  const put = (bounds: Bounds) => parts.push({ tag: 'range', field: '@timestamp', bounds })
  const read = (value: Expression): void => {
    if (value.tag !== 'binary') return
    const { operator, left, right } = value
    if (operator === 'and') {
      read(left)
      read(right)
      return
    }
    const isTime = (one: Expression) => one.tag === 'column' && one.name === '@timestamp'
    const [side, other, names] = isTime(left) ? [left, right, straight] : [right, left, mirrored]
    if (!isTime(side)) return
    const ms = momentOf(other)
    if (ms === undefined) return
    if (operator === '==') put({ gte: ms, lte: ms })
    else if (Object.hasOwn(names, operator)) put({ [names[operator]!]: ms })
  }
  for (const command of commands) {
    if (command.tag === 'where') read(command.condition)
    else if (command.tag === 'eval') {
      if (command.fields.some(({ name }) => name === '@timestamp')) break
    } else if (command.tag !== 'from' && command.tag !== 'keep' && command.tag !== 'sort') break
  }
  return { tag: 'and', parts }
}
