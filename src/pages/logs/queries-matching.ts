/** The condition that a log search puts on records, shared by all its answers. */
import { parse } from '../../model/search/parse.ts'
import type { AskContext } from '../../store/answer.ts'
import { type Sql, sql } from '../../store/sql.ts'
import { where } from '../../store/where.ts'
import { within } from '../../store/within.ts'
import type { LogsAsk } from './contract.ts'

export function matching(ask: LogsAsk, context: AskContext): Sql {
  return sql.all([within('logs', ask, context.scope), where(parse(ask.search), 'logs')])
}
