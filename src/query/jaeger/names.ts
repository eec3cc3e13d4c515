/** Services, operations and who calls whom, as Jaeger knows them; read from the minute tables. */
import type { RangeAsk } from '../../model/question.ts'
import { sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import type { QueryContext } from '../context.ts'
import { queryOptions } from '../traceql/read-spans.ts'

const names_max = 10_000

export async function services(range: RangeAsk, context: QueryContext): Promise<string[]> {
  const rows = await context.store.rows<{ name: string }>(
    sql`SELECT DISTINCT toString(service) AS name FROM span_metrics_1m
      WHERE ${within('span_metrics_1m', range, context.scope)} ORDER BY name LIMIT ${names_max}`,
    { ...queryOptions(context), rows_max: names_max },
  )
  return rows.map(({ name }) => name)
}

export type Operation = { name: string; kind: string }

/** Of all kinds without one; a name once for each kind that it has. */
export async function operations(
  ask: { service: string; kind?: string; range: RangeAsk },
  context: QueryContext,
): Promise<Operation[]> {
  const { service, kind, range } = ask
  const ofKind = kind === undefined ? sql`true` : sql`toString(kind) = ${kind}`
  return context.store.rows<Operation>(
    sql`SELECT toString(name) AS name, toString(kind) AS kind FROM span_metrics_1m
      WHERE ${within('span_metrics_1m', range, context.scope)} AND service = ${service}
        AND ${ofKind}
      GROUP BY name, kind ORDER BY name, kind LIMIT ${names_max}`,
    { ...queryOptions(context), rows_max: names_max },
  )
}

export type Dependency = { parent: string; child: string; calls: number }

/** Between services: what is not traced itself and who is not are no services of Jaeger's. */
export async function dependencies(range: RangeAsk, context: QueryContext): Promise<Dependency[]> {
  const rows = await context.store.rows<{ parent: string; child: string; calls_sum: string }>(
    sql`SELECT toString(service) AS parent, toString(peer_service) AS child,
        toString(sum(calls)) AS calls_sum
      FROM service_edges_1m FINAL
      WHERE ${within('service_edges_1m', range, context.scope)} AND calls > 0
        AND peer_kind = 'service'
      GROUP BY parent, child ORDER BY parent, child LIMIT ${names_max}`,
    { ...queryOptions(context), rows_max: names_max },
  )
  return rows.map(({ parent, child, calls_sum }) => ({ parent, child, calls: Number(calls_sum) }))
}
