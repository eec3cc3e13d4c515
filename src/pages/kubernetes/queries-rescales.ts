/**
 * How often autoscalers changed their minds lately, from what they say of themselves in events:
 * one that scales up and down again and again is in trouble although each of its states is well.
 */
import type { RangeAsk } from '../../model/question.ts'
import type { AskContext } from '../../store/answer.ts'
import { type Sql, sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import { flapping_min } from './contract.ts'
import { type Figures, placeKey } from './queries-usage.ts'

const lately_ms = 30 * 60_000

/** An event is told again as its count grows: the last count counts. */
function counted(ask: RangeAsk, context: AskContext): Sql {
  const from_ms = Math.max(0, Math.max(ask.from_ms, ask.to_ms - lately_ms))
  return sql`(SELECT cluster, namespace, name, sum(times) AS rescales FROM (
      SELECT cluster, namespace, name, event_uid, max(count) AS times FROM kubernetes_events
      WHERE ${within('kubernetes_events', { ...ask, from_ms }, context.scope)}
        AND kind = 'HorizontalPodAutoscaler' AND reason = 'SuccessfulRescale'
      GROUP BY cluster, namespace, name, event_uid
    ) GROUP BY cluster, namespace, name)`
}

/** Whether an object is an autoscaler that flaps. */
export function isFlapping(ask: RangeAsk, context: AskContext): Sql {
  return sql`kind = 'HorizontalPodAutoscaler' AND (cluster, namespace, name) IN (
    SELECT cluster, namespace, name FROM ${counted(ask, context)}
    WHERE rescales >= ${flapping_min})`
}

export async function rescalesBy(ask: RangeAsk, context: AskContext): Promise<Figures> {
  type Row = { place: string[]; rescales: string }
  const rows = await context.store.rows<Row>(
    sql`SELECT [toString(cluster), toString(namespace), name] AS place, rescales
    FROM ${counted(ask, context)}`,
    { signal: context.signal },
  )
  return new Map(
    rows.map(({ place, rescales }) => [placeKey(...place), { rescales: Number(rescales) }]),
  )
}
