/** Texts in the product's own search language, each asked of one table as the pages ask it. */
import { Fault } from '../../src/model/faults.ts'
import type { SearchTable } from '../../src/model/fields.ts'
import { parse } from '../../src/model/search/parse.ts'
import { print } from '../../src/model/search/print.ts'
import type { QueryContext } from '../../src/query/context.ts'
import { sql } from '../../src/store/sql.ts'
import { where } from '../../src/store/where.ts'
import { within } from '../../src/store/within.ts'
import { type Ask, type Asked, maybeMutated } from './ask.ts'
import type { Dice } from './dice.ts'
import { text } from './elastic-asks.ts'
import { allMarks } from './places.ts'
import { now_ms, spread_ms } from './rows.ts'

const tables = [
  ...['logs', 'logs', 'spans', 'metric_series', 'kubernetes_events'],
  ...['audit_events', 'security_events', 'network_flows'],
] as const satisfies readonly SearchTable[]

const fields = [
  ...['service', 'pod', 'namespace', 'cluster', 'level', 'customer', 'app', 'http.route', 'name'],
  ...['trace_id', 'duration', 'status', 'kind', 'metric', 'host.name', 'service.version', 'x', 'n'],
  ...[
    'user',
    'rule',
    'reason',
    'type',
    'verdict',
    'time',
    'body',
    'resource_id',
    'code.line',
    'own.*',
  ],
  ...['severity', 'node', 'workload', 'k8s.pod.name', 'source.ip', 'tags', 'count', 'a', 'bytes'],
]

const bounds = ['1', '5ms', '200', 'warn', 'now-10m']

function term(dice: Dice): string {
  const field = dice.chance(0.9) ? dice.pick(fields) : `own.${dice.pick(allMarks)}`
  const value = text(dice)
  return dice.pick([
    ...[`${field}:${JSON.stringify(value)}`, `${field}:${JSON.stringify(value)}`, `${field}:zq*`],
    ...[`${field}:*`, JSON.stringify(value), 'lost', 'zq*', `${field}:(cart or pay)`, '*qz*'],
    ...[`${field} ${dice.pick(['>', '<=', '>=', '<'])} ${dice.pick(bounds)}`],
  ])
}

function search(dice: Dice, depth: number): string {
  if (depth <= 0 || dice.chance(0.4)) return term(dice)
  const left = search(dice, depth - 1)
  if (dice.chance(0.2)) return `not (${left})`
  return `(${left}) ${dice.pick(['and', 'or', ''])} ${search(dice, depth - 1)}`
}

const range = { from_ms: now_ms - 2 * spread_ms, to_ms: now_ms + 1 }

async function answer(query: string, table: SearchTable, context: QueryContext): Promise<Asked> {
  try {
    const { store, scope, limits } = context
    const rows_max = Math.min(200, limits.rows_max)
    const condition = where(parse(query), table, { now_ms })
    const seen = within(table, range, scope)
    const from = sql`FROM ${sql.identifier(table)} WHERE ${seen} AND ${condition}`
    const options = { timeout_ms: limits.timeout_ms, rows_max }
    const rows = await store.rows(
      sql`SELECT * ${from} ORDER BY time DESC, cityHash64(*) LIMIT ${rows_max}`,
      options,
    )
    const [sum] = await store.rows(sql`SELECT count() AS n ${from}`, options)
    return { status: 200, text: JSON.stringify({ rows, sum }) }
  } catch (error) {
    if (error instanceof Fault) return { status: error.status, text: error.message }
    throw error
  }
}

const syntax = { parse, print }

export function searchAsk(dice: Dice): Ask {
  const query = maybeMutated(dice, search(dice, 3))
  const table = dice.pick(tables)
  return {
    ...{ language: 'search', kind: table, query, sent: query, language_of: syntax },
    isComparable: true,
    answer: (context) => answer(query, table, context),
  }
}
