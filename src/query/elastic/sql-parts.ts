/** Small pieces of SQL that several compilers of this folder write. */
import { type Sql, sql } from '../../store/sql.ts'
import type { Wild } from './condition.ts'
import { ElasticRefusal } from './refusal.ts'

export function anyOf(conditions: readonly Sql[]): Sql {
  if (conditions.length === 0) return sql`false`
  if (conditions.length === 1) return sql`(${conditions[0]!})`
  const each = conditions.map((condition) => sql`(${condition})`)
  return sql`(${sql.join(each, sql` OR `)})`
}

/** The pattern in LIKE's language; everything else in it stands for itself. */
export function likeOf(pattern: Wild): string {
  return pattern
    .map((part) => {
      if ('any' in part) return '%'
      return 'one' in part ? '_' : part.text.replace(/[\\%_]/g, '\\$&')
    })
    .join('')
}

/** The engine reads at most 256 kB of a question. */
const text_bytes_max = 240_000

export function bounded(query: Sql): Sql {
  if (Buffer.byteLength(query.text) <= text_bytes_max) return query
  throw new ElasticRefusal(
    'too_many_nested_clauses',
    `the query comes to more than ${text_bytes_max} bytes here: ask for fewer terms at one time`,
  )
}

/** JSON lists are kept as text: their items, or the text itself. */
export function itemsOf(value: Sql): Sql {
  return sql`if(startsWith(${value}, '['), JSONExtract(${value}, 'Array(String)'), [${value}])`
}

export const decimal = '^-?[0-9]{1,18}([.][0-9]{1,18})?([eE][+-]?[0-9]{1,3})?$'
