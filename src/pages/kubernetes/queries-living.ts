/**
 * Which objects are alive, now or at a moment of the past, as a table in parentheses that other
 * questions read from. An object is gone when that was told, or its kind was listed without it.
 */
import { healths } from '../../model/kubernetes.ts'
import type { RangeAsk } from '../../model/question.ts'
import type { AskContext } from '../../store/answer.ts'
import { type Sql, sql } from '../../store/sql.ts'
import { type Place, placed } from '../../store/within.ts'

/** A range that ends this shortly ago means now: its end was snapped when the page was opened. */
const past_ms_min = 120_000
/** Agents tell a living object again at least once a week. */
const told_ms_max = 8 * 86_400_000

const before = sql`cluster, namespace, workload, node, time, change, kind, api_version, name, uid,
  created_time, owner_kind, owner_name, workload_kind`
const after = sql`status, status_message, labels, numbers, object`
const columns = sql`${before}, health, ${after}`

/** So long pods may take to start and to end before that is called trouble. */
const patience_ms = 45_000
const healthType = `Enum8(${healths.map((health, at) => `'${health}' = ${at}`).join(', ')})`

/** The moment whose objects are shown; undefined for now. */
export function momentOf(range: RangeAsk, now_ms: number): number | undefined {
  return range.to_ms < now_ms - past_ms_min ? range.to_ms : undefined
}

/** Objects of these kinds in the ask's place: `SELECT … FROM ${currentObjects(…)}`. */
export function currentObjects(
  kinds: readonly string[],
  ask: RangeAsk,
  context: Pick<AskContext, 'scope' | 'now_ms'>,
): Sql {
  const at_ms = momentOf(ask, context.now_ms)
  const place = placedObjects(kinds, ask, context)
  const told = at_ms === undefined ? toldNow(kinds, place) : toldBefore(at_ms, kinds, place)
  return sql`(SELECT ${before}, ${patientHealth(at_ms ?? context.now_ms)} AS health, ${after}
    FROM ${told} AS told LEFT JOIN ${listed(at_ms, kinds)} AS listed
    USING (cluster, kind) WHERE change != 'deleted' AND time >= listed_time)`
}

/** A pod that was only just made or told to go is on its way, not in trouble. */
function patientHealth(now_ms: number): Sql {
  const since = millis(now_ms - patience_ms)
  const isStarting = sql`told.created_time > ${since} AND told.status != 'Terminating'`
  const isEnding = sql`told.time > ${since} AND told.status = 'Terminating'`
  return sql`if(told.kind = 'Pod' AND told.health = 'warn' AND (${isStarting} OR ${isEnding}),
    CAST('ok', ${healthType}), told.health)`
}

/** Things of the whole cluster lie in no namespace: the top bar's namespace does not hide them. */
const ofCluster = new Set(['Node', 'PersistentVolume'])

/** Which objects of these kinds lie in the asked place and in the asker's scope. */
export function placedObjects(
  kinds: readonly string[],
  ask: RangeAsk,
  { scope }: Pick<AskContext, 'scope'>,
): Sql {
  const place: Place = { cluster: ask.cluster, namespace: ask.namespace }
  if (kinds.length === 1 && kinds[0] === 'Namespace') {
    // A namespace lies in none: its own name is what the asker may see or not.
    const seen = scope.namespaces
    const named =
      seen === 'all' || seen.length === 0 ? sql`${seen === 'all'}` : sql`name IN ${seen}`
    const chosen = ask.namespace === undefined ? sql`true` : sql`name = ${ask.namespace}`
    const inCluster = placed({ cluster: ask.cluster }, { ...scope, namespaces: 'all' })
    return sql.all([inCluster, named, chosen])
  }
  if (ask.namespace === undefined || !kinds.some((kind) => ofCluster.has(kind))) {
    return placed(place, scope)
  }
  const everywhere = placed({ cluster: ask.cluster }, scope)
  return sql.all([everywhere, sql`namespace = ${ask.namespace} OR kind IN ${[...ofCluster]}`])
}

function toldNow(kinds: readonly string[], place: Sql): Sql {
  return sql`(SELECT ${columns} FROM kubernetes_current FINAL
    WHERE kind IN ${kinds} AND change != 'listed' AND ${place})`
}

function toldBefore(at_ms: number, kinds: readonly string[], place: Sql): Sql {
  return sql`(SELECT ${columns} FROM kubernetes_objects
    WHERE kind IN ${kinds} AND change != 'listed' AND ${during(at_ms)} AND ${place}
    ORDER BY time DESC, change DESC LIMIT 1 BY kind, cluster, namespace, name, uid)`
}

function listed(at_ms: number | undefined, kinds: readonly string[]): Sql {
  const table = sql.identifier(at_ms === undefined ? 'kubernetes_current' : 'kubernetes_objects')
  return sql`(SELECT cluster, kind, max(time) AS listed_time FROM ${table}
    WHERE change = 'listed' AND kind IN ${kinds}
      AND ${at_ms === undefined ? sql`true` : during(at_ms)} GROUP BY cluster, kind)`
}

function during(at_ms: number): Sql {
  return sql`time >= ${millis(at_ms - told_ms_max)} AND time < ${millis(at_ms)}`
}

function millis(time_ms: number): Sql {
  return sql`fromUnixTimestamp64Milli(${BigInt(Math.max(0, Math.trunc(time_ms)))})`
}
