/** What a search of Explore reads: the table, its condition with range and scope, the limits. */
import type { RangeAsk } from '../../model/question.ts'
import { parse } from '../../model/search/parse.ts'
import type { AskContext } from '../../store/answer.ts'
import { type Sql, sql } from '../../store/sql.ts'
import type { QueryOptions } from '../../store/store.ts'
import { where } from '../../store/where.ts'
import { within } from '../../store/within.ts'
import type { ExploreTable } from './contract.ts'

export const timeout_ms = 30_000

export function matching(
  search: string,
  table: ExploreTable,
  range: RangeAsk,
  { scope, now_ms }: AskContext,
): Sql {
  return sql.all([within(table, range, scope), where(parse(search), table, { now_ms })])
}

export function optionsOf({ signal }: AskContext): QueryOptions {
  return { signal, timeout_ms }
}
