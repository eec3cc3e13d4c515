/** Answers of the fleet's pages from what agents told of what they see. */
import type { AskOf } from '../../model/question.ts'
import { type Answerer, type AskContext, answers } from '../../store/answer.ts'
import { sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import { type Coverage, fleetCoverage } from './contract.ts'

const rows_max = 5_000

async function coverage(
  ask: AskOf<typeof fleetCoverage>,
  { store, scope, signal }: AskContext,
): Promise<Coverage> {
  const { agent_id } = ask
  const ofAgent = agent_id === undefined ? sql`1` : sql`agent_id = ${agent_id}`
  // Trouble first: the cap then leaves out only what is well. Of what was told in one moment the
  // worst counts: one unreadable file is not hidden by the others beside it.
  const { columns } = await store.columns(
    sql`WITH (time, toInt8(state)) AS newest
    SELECT cluster, node, namespace, workload, pod, source, signal,
      argMax(agent_id, newest) AS agent_id_last, argMax(state, newest) AS state_last,
      argMax(reason, newest) AS reason_last, argMax(detail, newest) AS detail_last,
      argMax(lag_s, newest) AS lag_last, sum(dropped) AS dropped_sum,
      toUnixTimestamp64Milli(max(time)) AS time_last, count() OVER () AS total
    FROM ${sql.identifier('agent_coverage')}
    WHERE ${within('agent_coverage', ask, scope)} AND ${ofAgent}
    GROUP BY cluster, node, namespace, workload, pod, source, signal
    ORDER BY state_last DESC, cluster, node, namespace, workload, pod, source, signal
    LIMIT ${rows_max}`,
    { signal },
  )
  const texts = (name: string) => (columns[name] ?? []) as string[]
  const numbers = (name: string) => (columns[name] ?? []).map(Number)
  return {
    cluster: texts('cluster'),
    node: texts('node'),
    namespace: texts('namespace'),
    workload: texts('workload'),
    pod: texts('pod'),
    agent_id: texts('agent_id_last'),
    source: texts('source'),
    signal: texts('signal'),
    state: texts('state_last') as Coverage['state'],
    reason: texts('reason_last'),
    detail: texts('detail_last'),
    lag_s: numbers('lag_last'),
    dropped: numbers('dropped_sum'),
    time_ms: numbers('time_last'),
    total: numbers('total')[0] ?? 0,
  }
}

export const fleetAnswerers: Answerer[] = [answers(fleetCoverage, coverage)]
