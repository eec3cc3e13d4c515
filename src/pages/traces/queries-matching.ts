/** The condition that a trace search puts on spans, shared by all its answers. */
import { parse } from '../../model/search/parse.ts'
import type { AskContext } from '../../store/answer.ts'
import { type Sql, sql } from '../../store/sql.ts'
import { where } from '../../store/where.ts'
import { within } from '../../store/within.ts'
import type { TracesAsk } from './contract.ts'

/** Without a search the page shows requests, not every inner step of them. */
export function matching(ask: TracesAsk, context: AskContext): Sql {
  const tree = parse(ask.search)
  const entries = sql`(kind IN ('server', 'consumer') OR parent_span_id = toFixedString('', 8))`
  const chosen = ask.search.trim() === '' ? entries : where(tree, 'spans')
  return sql.all([within('spans', ask, context.scope), chosen])
}
