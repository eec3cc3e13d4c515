/** Questions to ES|QL's endpoint over everything that documents are made of. */
import { elasticApi } from '../../src/api/elastic/elastic-api.ts'
import { parseEsql } from '../../src/query/esql/parse.ts'
import { printEsql } from '../../src/query/esql/print.ts'
import { type Ask, maybeMutated } from './ask.ts'
import { requested } from './call.ts'
import type { Dice } from './dice.ts'
import { condition } from './elastic-asks.ts'
import { RandomEsql } from './random-esql.ts'

const syntax = { parse: parseEsql, print: printEsql }

export function esqlAsk(dice: Dice): Ask {
  const limit = dice.chance(0.5) ? dice.pick([5, 100, 1_000]) : undefined
  const query = maybeMutated(dice, new RandomEsql(dice).query(limit))
  const filter = dice.chance(0.15) ? { filter: condition(dice, 1) } : {}
  const request = {
    ...{ method: 'POST', path: '/_query', body: JSON.stringify({ query, ...filter }) },
    parameters: { format: dice.chance(0.1) ? dice.pick(['csv', 'txt', 'tsv']) : undefined },
    headers: { 'content-type': 'application/json' },
  }
  // Which rows stay is told only where none go.
  const isComparable = limit === undefined || limit > 700
  const told = { kind: 'query', query, language_of: syntax, isComparable }
  return requested('esql', elasticApi, request, told)
}
