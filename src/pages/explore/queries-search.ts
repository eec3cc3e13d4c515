/** Queries in the search language: rows, or what is computed of them; and whether they can run. */
import { Fault } from '../../model/faults.ts'
import { parse } from '../../model/search/parse.ts'
import { print } from '../../model/search/print.ts'
import type { AskContext } from '../../store/answer.ts'
import type { QueryCheck, QueryRun, RunAsk, SearchShape, Untimed } from './contract.ts'
import { measureAtOnce, measureOverTime } from './queries-measure.ts'
import { foundRows } from './queries-rows.ts'

const unshaped: SearchShape = { table: 'logs', group_by: [] }

export async function runSearch(ask: RunAsk, context: AskContext): Promise<Untimed<QueryRun>> {
  const shape = ask.shape ?? unshaped
  const { measure } = shape
  if (measure === undefined) return foundRows({ ...ask, shape }, context)
  const whole = { ...ask, shape: { ...shape, measure } }
  return ask.mode === 'range' ? measureOverTime(whole, context) : measureAtOnce(whole, context)
}

export function checkSearch(query: string): QueryCheck {
  try {
    return { problems: [], formatted: print(parse(query)) }
  } catch (error) {
    if (!(error instanceof Fault)) throw error
    const from = Number(error.details.position ?? 0)
    const to = Number(error.details.to ?? from + 1)
    return { problems: [{ message: error.message, from, to, severity: 'error' }] }
  }
}
