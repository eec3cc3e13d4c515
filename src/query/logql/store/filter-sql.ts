/** Matchers of selectors and filters on labels as SQL over values of labels. */
import { type Sql, sql } from '../../../store/sql.ts'
import type { CompareOperator, LabelFilter, LabelMatcher } from '../ast.ts'
import { errorDetailsLabel, errorLabel } from '../names.ts'
import { columnOf, isRecordLabel, labelOfOther } from './label-model.ts'
import { isCheap, type LabelSources, labelValue } from './label-sql.ts'
import { recordKeys } from './names.ts'

/** Go's floats, as far as the engine reads them to the same number. */
const float = '^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]{1,2})?$'

/** Told at once, where a pattern takes ten times as long. */
export function isDigits(text: Sql): Sql {
  return sql`(length(${text}) < 16 AND isNotNull(toUInt64OrNull(${text})))`
}

export type LabelText = (name: string, kind: LabelFilter['kind']) => Sql

/** How a stream is chosen: exact, for every label that a record may have. */
export function selectorCondition(matchers: readonly LabelMatcher[], sources: LabelSources): Sql {
  // Cheap columns first: the engine reads attributes of what is left.
  const sorted = matchers.toSorted((a, b) => Number(isCheap(b.name)) - Number(isCheap(a.name)))
  return sql.all(sorted.map((matcher) => matcherCondition(matcher, sources)))
}

function matcherCondition(matcher: LabelMatcher, sources: LabelSources): Sql {
  if (matcher.name === 'level') return levelCondition(matcher, sources)
  return sql.all([
    ...itemHint(matcher, sources),
    textCondition(labelValue(matcher.name, sources), matcher),
  ])
}

/** A level is found as it was sent and by what it means: `error` finds ERROR too. */
function levelCondition(matcher: LabelMatcher, sources: LabelSources): Sql {
  const isNegative = matcher.operator.startsWith('!')
  const conditions = ['level', 'detected_level'].map((name) =>
    textCondition(labelValue(name, sources), matcher),
  )
  return sql`(${sql.join(conditions, isNegative ? sql` AND ` : sql` OR `)})`
}

/** The index of attributes, asked before their maps are read. */
function itemHint({ name, operator, value }: LabelMatcher, sources: LabelSources): Sql[] {
  const isOwn = columnOf.has(name) || isRecordLabel(name)
  if (isOwn || operator !== '=' || value === '' || /=/.test(name + value)) return []
  if (labelOfOther.has(name) || name === 'job' || sources.resources.has(name)) return []
  const keys = recordKeys(name, sources.names)
  const items = keys.map((key) => sql`has(attribute_items, ${`${key}=${value}`})`)
  const numbers = Number.isFinite(Number(value))
    ? keys.map((key) => sql`mapContains(numbers, ${key})`)
    : []
  return [sql`(${sql.join([...items, ...numbers], sql` OR `)})`]
}

export function textCondition(
  value: Sql,
  { operator, value: text }: Pick<LabelMatcher, 'operator' | 'value'>,
): Sql {
  switch (operator) {
    case '=':
      return sql`${value} = ${text}`
    case '!=':
      return sql`${value} != ${text}`
    case '=~':
    case '!~': {
      const condition = regexCondition(value, text)
      return operator === '=~' ? condition : sql`NOT ${condition}`
    }
  }
}

/** A list of plain words is looked up as such, which columns with an index answer at once. */
function regexCondition(value: Sql, pattern: string): Sql {
  const words = pattern.split('|')
  if (words.every((word) => /^[\w :/,@#%&"'<>=;~-]+$/.test(word)))
    return sql`(${value} IN ${words})`
  if (pattern === '.+') return sql`(${value} != '')`
  return pattern === '.*' ? sql`true` : sql`match(${value}, ${`^(?s:${pattern})$`})`
}

export type FilterSql = {
  condition: Sql
  /** Rows of which the engine cannot say what JavaScript would; absent when there are none. */
  unsure: Sql[]
}

/** Undefined where the engine has no such test. */
export function filterCondition(filter: LabelFilter, labelText: LabelText): FilterSql | undefined {
  switch (filter.kind) {
    case 'and':
    case 'or': {
      const left = filterCondition(filter.left, labelText)
      const right = filterCondition(filter.right, labelText)
      if (left === undefined || right === undefined) return undefined
      const separator = filter.kind === 'and' ? sql` AND ` : sql` OR `
      const condition = sql`(${sql.join([left.condition, right.condition], separator)})`
      return { condition, unsure: [...left.unsure, ...right.unsure] }
    }
    case 'text':
      if (filter.name === errorLabel || filter.name === errorDetailsLabel) return undefined
      return { condition: textCondition(labelText(filter.name, filter.kind), filter), unsure: [] }
    case 'number': {
      const value = labelText(filter.name, filter.kind)
      if (!Number.isFinite(filter.value)) return undefined
      const compared = sql`toFloat64OrZero(${value}) ${signOf(filter.operator)} ${filter.value}`
      return {
        condition: sql`(${value} != '' AND ${compared})`,
        unsure: [
          sql`(${value} != '' AND NOT ${isDigits(value)} AND NOT match(${value}, ${float}))`,
        ],
      }
    }
    default:
      return undefined
  }
}

/** A condition that holds for every row that the filter keeps, for reading fewer of them. */
export function necessaryCondition(filter: LabelFilter, labelText: LabelText): Sql | undefined {
  if (filter.kind === 'and') {
    const sides = [filter.left, filter.right].flatMap((side) => {
      const condition = necessaryCondition(side, labelText)
      return condition === undefined ? [] : [condition]
    })
    return sides.length === 0 ? undefined : sql.all(sides)
  }
  if (filter.kind === 'duration' || filter.kind === 'bytes' || filter.kind === 'ip') {
    return sql`${labelText(filter.name, filter.kind)} != ''`
  }
  if (filter.kind === 'or') {
    const left = necessaryCondition(filter.left, labelText)
    const right = necessaryCondition(filter.right, labelText)
    return left === undefined || right === undefined ? undefined : sql`(${left} OR ${right})`
  }
  const exact = filterCondition(filter, labelText)
  if (exact === undefined) return undefined
  return sql`(${sql.join([exact.condition, ...exact.unsure], sql` OR `)})`
}

export function signOf(operator: CompareOperator): Sql {
  switch (operator) {
    case '==':
      return sql`=`
    case '!=':
      return sql`!=`
    case '>':
      return sql`>`
    case '>=':
      return sql`>=`
    case '<':
      return sql`<`
    case '<=':
      return sql`<=`
  }
}
