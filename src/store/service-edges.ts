/**
 * Who calls whom in one minute, computed from spans by pairing both sides of each call. Writing a
 * minute again replaces what was there. Which minutes are due is decided in summaries.ts.
 */
import { type Sql, sql } from './sql.ts'

const minute_ms = 60_000
/** A called side may start this much later than its caller, queueing included… */
export const callee_late_ms = 30_000
/** …and this much earlier, when clocks differ. */
const callee_early_ms = 10_000
/** An exit younger than this waits for its other side before it is called external. */
export const settle_ms = 10_000
/** Consumers of large batches link to each producer: past this, links are ignored. */
const linksMax = 128

/** Computes and stores a minute's edges. Whoever reads the table uses FINAL and calls > 0. */
export function edgesOfMinute(minute: number, now_ms: number): Sql {
  const start = sql`toDateTime(${minute / 1_000})`
  return sql`INSERT INTO service_edges_1m (time, cluster, namespace, service, peer_service,
    peer_kind, peer_system, calls, errors, duration_ns_sum, duration_histogram, version)
SELECT ${start}, cluster, namespace, service, peer_service, peer_kind, peer_system,
  sum(bucket_calls), sum(bucket_errors), sum(bucket_duration),
  sumMap(histogram), toUInt64(${now_ms})
FROM (
  SELECT cluster, namespace, service, peer_service, peer_kind, peer_system,
    toUInt16(floor(log2(greatest(duration_ns, 1)) * 8)) AS bucket, count() AS bucket_calls,
    countIf(failed) AS bucket_errors, sum(toFloat64(duration_ns)) AS bucket_duration,
    map(bucket, bucket_calls) AS histogram
  FROM (${calls(minute, now_ms)} UNION ALL ${entries(minute)})
  GROUP BY cluster, namespace, service, peer_service, peer_kind, peer_system, bucket
  UNION ALL
  -- Edges that an earlier run found and this one does not are written again with no calls.
  SELECT cluster, namespace, service, peer_service, toString(peer_kind), peer_system, 0, 0, 0, 0,
    CAST(map(), 'Map(UInt16, UInt64)')
  FROM service_edges_1m WHERE time = ${start}
)
GROUP BY cluster, namespace, service, peer_service, peer_kind, peer_system
SETTINGS max_threads = 1, insert_deduplicate = 0`
}

/**
 * Exit spans with their other side, if it is ours; else with the node they name. A client span
 * inside another one of the same call (an SDK over HTTP) speaks for both.
 */
function calls(minute: number, now_ms: number): Sql {
  const settled = nano(now_ms - settle_ms)
  return sql`SELECT cluster, namespace, service,
    if(is_paired, callee.service, if(named != '', named, system)) AS peer_service,
    multiIf(is_paired, 'service', exit_kind = 'none', 'external', exit_kind) AS peer_kind,
    if(is_paired, '', system) AS peer_system,
    if(is_paired, callee.duration_ns, own_duration_ns) AS duration_ns,
    own_failed OR callee.failed AS failed
  FROM (
    SELECT cityHash64(trace_id, span_id) AS key, time AS own_time, toString(cluster) AS cluster,
      toString(namespace) AS namespace, toString(service) AS service,
      toString(peer_service) AS named, toString(peer_kind) AS exit_kind,
      toString(peer_system) AS system, duration_ns AS own_duration_ns,
      status = 'error' AS own_failed
    FROM spans WHERE kind IN ('client', 'producer')
      AND time >= ${nano(minute)} AND time < ${nano(minute + minute_ms)}
  ) AS caller
  LEFT JOIN (${callees(minute)}) AS callee ON caller.key = callee.key
  WHERE NOT (callee.is_nested AND callee.service = caller.service)
    AND (callee.key != 0 AS is_paired OR (named != '' OR exit_kind != 'none')
      AND (own_time < ${settled} OR exit_kind = 'database'))`
}

function callees(minute: number): Sql {
  const zero = sql`toFixedString('', 8)`
  return sql`SELECT arrayJoin(arrayDistinct(arrayConcat(
      if(parent_span_id = ${zero}, [], [cityHash64(trace_id, parent_span_id)]),
      if(kind = 'consumer', arrayMap((trace, span) -> cityHash64(trace, span),
        arraySlice(links.trace_id, 1, ${linksMax}), arraySlice(links.span_id, 1, ${linksMax})), [])
    ))) AS key,
    toString(service) AS service, duration_ns, status = 'error' AS failed,
    kind IN ('client', 'producer') AS is_nested
  FROM spans WHERE kind IN ('server', 'consumer', 'client', 'producer')
    AND time >= ${nano(minute - callee_early_ms)}
    AND time < ${nano(minute + minute_ms + callee_late_ms)}`
}

/** Requests that come from outside of everything that sends traces. */
function entries(minute: number): Sql {
  return sql`SELECT toString(cluster) AS cluster, toString(namespace) AS namespace,
    toString(service) AS service, 'user' AS peer_service,
    'user' AS peer_kind, '' AS peer_system, duration_ns, status = 'error' AS failed
  FROM spans WHERE kind = 'server' AND parent_span_id = toFixedString('', 8)
    AND time >= ${nano(minute)} AND time < ${nano(minute + minute_ms)}`
}

function nano(ms: number): Sql {
  return sql`fromUnixTimestamp64Nano(${BigInt(Math.trunc(ms)) * 1_000_000n})`
}
