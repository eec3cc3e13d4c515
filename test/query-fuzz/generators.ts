/** Who asks what, by language. */
import type { Ask, Language } from './ask.ts'
import type { Dice } from './dice.ts'
import { elasticAsk } from './elastic-asks.ts'
import { esqlAsk } from './esql-asks.ts'
import { logqlAsk } from './logql-asks.ts'
import { promqlAsk } from './promql-asks.ts'
import { searchAsk } from './search-asks.ts'
import { traceqlAsk } from './traceql-asks.ts'

export const generators: Record<Language, (dice: Dice) => Ask> = {
  promql: promqlAsk,
  logql: logqlAsk,
  traceql: traceqlAsk,
  elastic: elasticAsk,
  esql: esqlAsk,
  search: searchAsk,
}
