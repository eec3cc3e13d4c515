/** Answers what one thing is: the object as its agent tells it, or what telemetry knows of it. */
import type { AskContext } from '../../store/answer.ts'
import { type Sql, sql } from '../../store/sql.ts'
import { placed, within } from '../../store/within.ts'
import type { Entity, EntityAsk, EntityPlace } from './contract-entity.ts'
import { listClusters } from './queries-clusters.ts'
import {
  behindService,
  isWorkload,
  kindsOf,
  objectsOf,
  onlyNamed,
  placeOf,
} from './queries-entity-place.ts'
import { currentObjects } from './queries-living.ts'
import { placeKey, podSumsBy } from './queries-usage.ts'

const others_max = 20

type Row = Omit<Entity, 'others' | 'serves' | 'state' | 'gone_ms' | 'created_ms' | 'told_ms'> & {
  change: string
  created_ms: string
  told_ms: string
  places: [cluster: string, kind: string, namespace: string][]
}

export async function aboutEntity(ask: EntityAsk, context: AskContext): Promise<Entity | null> {
  if (ask.kind === 'cluster') return aboutCluster(ask, context)
  const kinds = kindsOf(ask.kind)
  if (kinds.length === 0) return null
  const [living] = await read(currentObjects(kinds, placeOf(ask), context), ask, context)
  if (living !== undefined) return withSums(shown(living, 'alive'), ask, context)
  const end = sql`fromUnixTimestamp64Milli(${BigInt(ask.to_ms)})`
  const [gone] = await read(objectsOf(ask, sql`time < ${end}`, context), ask, context)
  if (gone !== undefined) return lastSeen(shown(gone, 'gone'), gone, ask, context)
  const [later] = await read(objectsOf(ask, sql`time >= ${end}`, context), ask, context)
  return later === undefined ? untold(ask, context) : shown(later, 'later')
}

const columns = sql`cluster, kind, namespace, name, api_version, uid, node, owner_kind, owner_name,
  workload_kind, workload, health, status, status_message, change,
  toUnixTimestamp64Milli(created_time) AS created_ms, toUnixTimestamp64Milli(time) AS told_ms,
  labels, numbers, object`

function read(from: Sql, ask: EntityAsk, context: AskContext): Promise<Row[]> {
  return context.store.rows<Row>(
    sql`SELECT ${columns},
      groupUniqArray(${others_max})((toString(cluster), toString(kind), toString(namespace)))
        OVER () AS places
    FROM ${from} WHERE ${onlyNamed(ask)} ORDER BY time DESC, object != '' DESC LIMIT 1`,
    { signal: context.signal },
  )
}

function shown({ places, change, ...row }: Row, state: Entity['state']): Entity {
  const others = places
    .map(([cluster, kind, namespace]) => ({ cluster, kind, namespace, name: row.name }))
    .filter((one) => !isSame(one, row))
    .toSorted((a, b) => keyOf(a).localeCompare(keyOf(b)))
  const told_ms = Number(row.told_ms)
  const gone_ms = change === 'deleted' ? told_ms : 0
  const created_ms = Number(row.created_ms)
  return { ...row, others, serves: [], state, gone_ms, created_ms, told_ms }
}

function keyOf({ cluster, kind, namespace }: EntityPlace): string {
  return placeKey(cluster, kind, namespace)
}

function isSame(one: EntityPlace, other: EntityPlace): boolean {
  return keyOf(one) === keyOf(other)
}

/** A farewell holds no object: what it was is in the word before. */
async function lastSeen(
  gone: Entity,
  { cluster, kind, namespace, name, uid }: Row,
  ask: EntityAsk,
  context: AskContext,
): Promise<Entity> {
  if (gone.object !== '') return gone
  const [before] = await context.store.rows<Row>(
    sql`SELECT ${columns} FROM kubernetes_objects
    WHERE ${placed({ cluster }, context.scope)} AND kind = ${kind} AND namespace = ${namespace}
      AND name = ${name} AND uid = ${uid} AND object != ''
      AND time < fromUnixTimestamp64Milli(${BigInt(ask.to_ms)})
    ORDER BY time DESC LIMIT 1`,
    { signal: context.signal },
  )
  if (before === undefined) return gone
  const { others, state, gone_ms, told_ms } = gone
  const created_ms = Number(before.created_ms)
  const { change: _, places: __, ...row } = before
  return { ...row, others, serves: [], state, gone_ms, told_ms, created_ms }
}

/** What holds pods is measured against what these ask for and may use. */
async function withSums(entity: Entity, ask: EntityAsk, context: AskContext): Promise<Entity> {
  const { cluster, kind, namespace, name } = entity
  const range = { ...placeOf(ask), cluster }
  if (kind === 'Node') {
    const found = await podSumsBy(['node'], range, context)
    return { ...entity, numbers: { ...found.get(placeKey(name)), ...entity.numbers } }
  }
  if (kind === 'Namespace') {
    const found = await podSumsBy(['namespace'], { ...range, namespace: name }, context)
    return { ...entity, numbers: { ...entity.numbers, ...found.get(placeKey(name)) } }
  }
  if (kind === 'Service') {
    const behind = await behindService({ ...ask, of_namespace: namespace, cluster }, context)
    return { ...entity, serves: behind?.workloads ?? [] }
  }
  if (!isWorkload(kind.toLowerCase()) || entity.workload !== name) return entity
  const found = await podSumsBy(['workload'], { ...range, namespace }, context)
  return { ...entity, numbers: { ...entity.numbers, ...found.get(placeKey(name)) } }
}

const nothing: Omit<Entity, keyof EntityPlace | 'others' | 'state'> = {
  api_version: '',
  uid: '',
  node: '',
  owner_kind: '',
  owner_name: '',
  workload_kind: '',
  workload: '',
  health: 'unknown',
  status: '',
  status_message: '',
  created_ms: 0,
  told_ms: 0,
  gone_ms: 0,
  labels: {},
  serves: [],
  numbers: {},
  object: '',
}

/** A cluster is no object: it is what lies in it. */
async function aboutCluster(ask: EntityAsk, context: AskContext): Promise<Entity | null> {
  if (ask.cluster !== undefined && ask.cluster !== ask.name) return null
  const place = { cluster: ask.name, kind: 'Cluster', namespace: '', name: ask.name }
  const found = await listClusters({ ...placeOf(ask), cluster: ask.name }, context)
  if (found.cluster[0] === undefined) return untold(ask, context)
  const { cluster: _, told_ms, ...columns } = found
  const numbers: Record<string, number> = {}
  for (const [key, values] of Object.entries(columns)) {
    const value = values[0]
    if (typeof value === 'number') numbers[key] = value
  }
  const unwell = (numbers.nodes_unwell ?? 0) + (numbers.workloads_unwell ?? 0)
  const health = unwell + (numbers.pods_bad ?? 0) > 0 ? 'warn' : 'ok'
  const state = 'alive'
  return { ...nothing, ...place, others: [], state, health, numbers, told_ms: told_ms[0] ?? 0 }
}

type UntoldRow = {
  cluster: string
  of_namespace: string
  of_workload: string
  of_node: string
}

/** Records name pods, nodes, workloads and namespaces, whether or not an agent watches them. */
async function untold(ask: EntityAsk, context: AskContext): Promise<Entity | null> {
  const of = isWorkload(ask.kind) ? 'workload' : ask.kind
  if (!['pod', 'node', 'workload', 'namespace', 'cluster'].includes(of)) return null
  const inNamespace = of === 'pod' || of === 'workload'
  const namespace = inNamespace ? sql`toString(namespace)` : sql`''`
  const only =
    inNamespace && ask.of_namespace !== '-' && ask.of_namespace !== ''
      ? sql`namespace = ${ask.of_namespace}`
      : sql`true`
  const rows = await context.store.rows<UntoldRow>(
    sql`SELECT cluster, ${namespace} AS of_namespace, max(toString(workload)) AS of_workload,
      max(toString(node)) AS of_node
    FROM resources WHERE ${within('resources', placeOf(ask), context.scope)}
      AND ${sql.identifier(of)} = ${ask.name} AND ${only}
    GROUP BY cluster, of_namespace ORDER BY max(time) DESC LIMIT ${others_max}`,
    { signal: context.signal },
  )
  const kind = kindsOf(ask.kind).length === 1 ? (kindsOf(ask.kind)[0] ?? '') : 'Workload'
  const places = rows.map(({ cluster, of_namespace }) => {
    return { cluster, kind, namespace: of_namespace, name: ask.name }
  })
  const [place, ...others] = places
  if (place === undefined) return null
  const isPod = of === 'pod'
  const node = isPod ? (rows[0]?.of_node ?? '') : of === 'node' ? ask.name : ''
  const workload = isPod ? (rows[0]?.of_workload ?? '') : of === 'workload' ? ask.name : ''
  const workload_kind = workload === '' ? '' : isPod ? 'workload' : kind
  return { ...nothing, ...place, others, state: 'untold', node, workload, workload_kind }
}
