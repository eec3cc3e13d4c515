/** Answers about who calls whom, from the per-minute edges that a job pairs. Draws nothing. */
import { type DurationHistogram, durationPercentiles } from '../../model/duration-histogram.ts'
import type { RangeAsk } from '../../model/question.ts'
import { type Answerer, type AskContext, answers } from '../../store/answer.ts'
import { sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import { type PeerKind, type ServiceMap, serviceMap } from './contract.ts'

const edges_max = 2000

type EdgeRow = {
  service: string
  peer_service: string
  peer_kind: PeerKind
  peer_system: string
  called: string
  errors: string
  histogram: DurationHistogram
}

/**
 * FINAL, because a minute may have been written again and only its newest version counts; an edge
 * that is no longer there was written again with no calls.
 */
async function edges(
  ask: RangeAsk & { service?: string | undefined },
  context: AskContext,
): Promise<ServiceMap> {
  const touches =
    ask.service === undefined
      ? sql`true`
      : sql`(service = ${ask.service} OR (peer_service = ${ask.service} AND peer_kind = 'service'))`
  const rows = await context.store.rows<EdgeRow>(
    sql`SELECT service, peer_service, peer_kind, peer_system, sum(calls) AS called,
      sum(errors) AS errors, sumMap(duration_histogram) AS histogram
    FROM service_edges_1m FINAL
    WHERE ${within('service_edges_1m', ask, context.scope)} AND calls > 0 AND ${touches}
    GROUP BY service, peer_service, peer_kind, peer_system
    ORDER BY called DESC LIMIT ${edges_max}`,
    { signal: context.signal },
  )
  const percentiles = rows.map((row) => durationPercentiles(row.histogram, [0.5, 0.95]))
  return {
    service: rows.map((row) => row.service),
    peer_service: rows.map((row) => row.peer_service),
    peer_kind: rows.map((row) => row.peer_kind),
    peer_system: rows.map((row) => row.peer_system),
    calls: rows.map((row) => Number(row.called)),
    errors: rows.map((row) => Number(row.errors)),
    p50_ns: percentiles.map((p) => p[0] ?? null),
    p95_ns: percentiles.map((p) => p[1] ?? null),
  }
}

export const mapAnswerers: Answerer[] = [answers(serviceMap, edges)]
