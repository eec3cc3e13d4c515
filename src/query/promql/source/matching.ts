/**
 * Matchers of a selector as conditions of SQL on labels of stored series. A label that is absent is
 * the empty text.
 */
import { type Sql, sql } from '../../../store/sql.ts'
import type { Matcher } from '../../series.ts'
import { regularExpression } from '../regexp.ts'

/** The condition that the matcher puts on a text of SQL. */
export function conditionOf(value: Sql, matcher: Matcher): Sql {
  switch (matcher.operator) {
    case '=':
      return sql`${value} = ${matcher.value}`
    case '!=':
      return sql`${value} != ${matcher.value}`
    case '=~':
      return regular(value, matcher.value)
    default:
      return sql`NOT (${regular(value, matcher.value)})`
  }
}

/** Plain words and lists of them, as dashboards' variables send, need no machine. */
function regular(value: Sql, pattern: string): Sql {
  const words = pattern.split('|')
  if (words.every((word) => /^[\w\- /:@%]*$/.test(word))) {
    return words.length === 1 ? sql`${value} = ${pattern}` : sql`${value} IN ${words}`
  }
  regularExpression(pattern)
  if (pattern === '.*') return sql`true`
  if (pattern === '.+') return sql`${value} != ''`
  return sql`match(${value}, ${`^(?s:${pattern})$`})`
}

export function isName(matcher: Matcher): boolean {
  return matcher.name === '__name__'
}
