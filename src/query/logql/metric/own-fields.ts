/**
 * Fields of JSON lines come before attributes of the same name, which nearly no record has beside
 * them. Queries assume so, which spares reading every record's attributes; then this asks for one.
 */
import { type Sql, sql } from '../../../store/sql.ts'
import type { Store } from '../../../store/store.ts'
import type { QueryContext } from '../../context.ts'
import { linesTable } from '../store/lines-table.ts'
import type { TimeSpan } from '../store/read-lines.ts'

/** That no record which the selectors choose has an attribute of these names. */
export type Assumption = { keys: readonly string[]; selectors: readonly Sql[] }

const refuted = new WeakMap<Store, Map<string, number>>()
const refuted_max = 500
const fresh_ms = 600_000

function keyOf({ keys, selectors }: Assumption): string {
  return JSON.stringify([keys, sql.all(selectors).text])
}

/** Whether it is worth assuming: not where it was wrong before. */
export function mayAssume(assumption: Assumption, { store }: QueryContext): boolean {
  const at_ms = refuted.get(store)?.get(keyOf(assumption))
  return at_ms === undefined || performance.now() - at_ms > fresh_ms
}

/**
 * Asked behind the query that assumes it, so that no record can come in between. The engine knows
 * where it found none before: asking again costs milliseconds.
 */
export async function isRefuted(
  assumption: Assumption,
  span: TimeSpan,
  context: QueryContext,
): Promise<boolean> {
  const { keys, selectors } = assumption
  // A line that was kept as it was sent has its fields beside it too: the line's own come first.
  const has = keys.map(
    (key) => sql`((mapContains(attributes, ${key}) OR mapContains(numbers, ${key})) AND
      JSONType(body, ${key}) NOT IN ('String', 'Int64', 'UInt64', 'Double', 'Bool'))`,
  )
  const choice = { selectors: [...selectors, sql`(${sql.join(has, sql` OR `)})`] }
  const table = linesTable(sql`1 AS found`, { ...choice, lines: [], kept: [] }, span, context)
  const rows = await context.store.rows<{ found: number }>(
    sql`SELECT found FROM ${table} LIMIT 1`,
    {
      timeout_ms: context.limits.timeout_ms,
      rows_max: 1,
      signal: context.signal,
    },
  )
  if (rows.length === 0) return false
  const known = refuted.get(context.store) ?? new Map<string, number>()
  refuted.set(context.store, known)
  if (known.size >= refuted_max) known.clear()
  known.set(keyOf(assumption), performance.now())
  return true
}
