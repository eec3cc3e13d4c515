/** Answers about one service's errors, instances and versions, from its spans and resources. */
import { type Answerer, type AskContext, answers } from '../../store/answer.ts'
import { sql } from '../../store/sql.ts'
import { within } from '../../store/within.ts'
import {
  type ServiceAsk,
  type ServiceErrors,
  type ServiceInstances,
  type ServiceVersions,
  serviceErrors,
  serviceInstances,
  serviceVersions,
} from './contract.ts'

const errors_max = 50
const instances_max = 200

type ErrorRow = {
  name: string
  exception: string
  message: string
  count: string
  last_ms: string
  trace: string
  span: string
}

/** Failed spans grouped by operation and exception, the newest as the example. */
async function errorsOf(ask: ServiceAsk, context: AskContext): Promise<ServiceErrors> {
  const rows = await context.store.rows<ErrorRow>(
    sql`SELECT name, exception, argMax(text, time) AS message, count() AS count,
      toUnixTimestamp64Milli(max(time)) AS last_ms, lower(hex(argMax(trace_id, time))) AS trace,
      lower(hex(argMax(span_id, time))) AS span
    FROM (
      SELECT name, time, trace_id, span_id,
        arrayFirst(x -> x['exception.type'] != '',
          ${sql.identifier('events.attributes')}) AS thrown,
        thrown['exception.type'] AS exception,
        if(thrown['exception.message'] != '', thrown['exception.message'], status_message) AS text
      FROM spans
      WHERE ${within('spans', ask, context.scope)} AND service = ${ask.service} AND status = 'error'
    )
    GROUP BY name, exception ORDER BY count DESC LIMIT ${errors_max}`,
    { signal: context.signal },
  )
  return {
    name: rows.map((row) => row.name),
    exception: rows.map((row) => row.exception),
    message: rows.map((row) => row.message),
    count: rows.map((row) => Number(row.count)),
    last_ms: rows.map((row) => Number(row.last_ms)),
    trace_id: rows.map((row) => row.trace),
    span_id: rows.map((row) => row.span),
  }
}

/** No alias repeats a column's name: the scope's condition would then mean the aggregate. */
type InstanceRow = {
  its_pod: string
  its_node: string
  its_namespace: string
  its_cluster: string
  version: string
  resource: string
  calls: string
  errors: string
  p95_ns: number
  last_ms: string
}

async function instancesOf(ask: ServiceAsk, context: AskContext): Promise<ServiceInstances> {
  const rows = await context.store.rows<InstanceRow>(
    sql`SELECT any(pod) AS its_pod, any(node) AS its_node, any(namespace) AS its_namespace,
      any(cluster) AS its_cluster, toString(spans.resource_id) AS resource,
      any(versions.version) AS version, countIf(kind IN ('server', 'consumer')) AS calls,
      countIf(kind IN ('server', 'consumer') AND status = 'error') AS errors,
      quantileIf(0.95)(duration_ns, kind IN ('server', 'consumer')) AS p95_ns,
      toUnixTimestamp64Milli(max(time)) AS last_ms
    FROM spans LEFT JOIN (
      SELECT resource_id, any(attributes['service.version']) AS version FROM resources
      WHERE service = ${ask.service} GROUP BY resource_id
    ) AS versions ON versions.resource_id = spans.resource_id
    WHERE ${within('spans', ask, context.scope)} AND service = ${ask.service}
    GROUP BY spans.resource_id ORDER BY calls DESC LIMIT ${instances_max}`,
    { signal: context.signal },
  )
  return {
    pod: rows.map((row) => row.its_pod),
    node: rows.map((row) => row.its_node),
    namespace: rows.map((row) => row.its_namespace),
    cluster: rows.map((row) => row.its_cluster),
    version: rows.map((row) => row.version),
    resource_id: rows.map((row) => row.resource),
    calls: rows.map((row) => Number(row.calls)),
    errors: rows.map((row) => Number(row.errors)),
    p95_ns: rows.map((row) => (Number(row.calls) === 0 ? null : row.p95_ns)),
    last_ms: rows.map((row) => Number(row.last_ms)),
  }
}

/** A version counts as new when an earlier one was known; the very first is no change. */
async function versionsOf(ask: ServiceAsk, context: AskContext): Promise<ServiceVersions> {
  const everything = { ...ask, from_ms: 0 }
  const rows = await context.store.rows<{ version: string; first_ms: string }>(
    sql`SELECT attributes['service.version'] AS version,
      toUnixTimestamp64Milli(min(time)) AS first_ms
    FROM resources
    WHERE ${within('resources', everything, context.scope)} AND service = ${ask.service}
      AND version != ''
    GROUP BY version ORDER BY first_ms`,
    { signal: context.signal },
  )
  const changes = rows
    .map((row, at) => ({
      time_ms: Number(row.first_ms),
      version: row.version,
      before: rows[at - 1]?.version,
    }))
    .filter((change) => change.before !== undefined && change.time_ms >= ask.from_ms)
  return {
    time_ms: changes.map((change) => change.time_ms),
    version: changes.map((change) => change.version),
    before: changes.map((change) => change.before ?? ''),
  }
}

export const instancesAnswerers: Answerer[] = [
  answers(serviceErrors, errorsOf),
  answers(serviceInstances, instancesOf),
  answers(serviceVersions, versionsOf),
]
