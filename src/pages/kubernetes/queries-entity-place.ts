/** Which rows are of one thing: its objects, and the telemetry of what runs in it or behind it. */
import type { AskContext } from '../../store/answer.ts'
import { type Sql, sql } from '../../store/sql.ts'
import { placed } from '../../store/within.ts'
import { type ContainerAsk, type EntityAsk, pagedKinds, workloadKinds } from './contract-entity.ts'
import { currentObjects, placedObjects } from './queries-living.ts'

/** The page is about a thing, wherever the top bar points. */
export function placeOf<Ask extends EntityAsk>(ask: Ask): Ask {
  return { ...ask, namespace: undefined }
}

/** None when the kind has no page. */
export function kindsOf(kind: string): readonly string[] {
  if (kind === 'workload') return workloadKinds
  return pagedKinds.filter((known) => known.toLowerCase() === kind)
}

export function isWorkload(kind: string): boolean {
  return kind === 'workload' || workloadKinds.some((known) => known.toLowerCase() === kind)
}

const ofCluster: ReadonlySet<string> = new Set([
  'Node',
  'Namespace',
  'PersistentVolume',
  'StorageClass',
  'ClusterRole',
  'ClusterRoleBinding',
])

/** By its name, and by its namespace where it has one that the asker knows. */
export function onlyNamed({ kind, of_namespace, name }: EntityAsk): Sql {
  const isUnknown = of_namespace === '' || of_namespace === '-'
  const isAnywhere = isUnknown || kindsOf(kind).every((known) => ofCluster.has(known))
  const inNamespace = isAnywhere ? sql`true` : sql`namespace = ${of_namespace}`
  // A replica set is found by its own kind; the workload of that name is what made it.
  const isTop = kind === 'workload' ? sql`workload = ${name}` : sql`true`
  return sql`(name = ${name} AND ${inNamespace} AND ${isTop})`
}

/** Everything that was told of things with this name: `SELECT … FROM ${objectsOf(…)}`. */
export function objectsOf(ask: EntityAsk, condition: Sql, context: AskContext): Sql {
  const kinds = kindsOf(ask.kind)
  return sql`(SELECT * FROM kubernetes_objects
    WHERE ${kinds.length === 0 ? sql`false` : sql`kind IN ${kinds}`} AND change != 'listed'
      AND ${onlyNamed(ask)} AND ${placedObjects(kinds, placeOf(ask), context)} AND ${condition})`
}

/** Which telemetry is of this thing; undefined when none can be. */
export async function telemetryOf(
  ask: ContainerAsk,
  context: AskContext,
): Promise<Sql | undefined> {
  const own = await placeIn(ask, context)
  if (own === undefined || ask.container === undefined) return own
  return sql`(${own}) AND container = ${ask.container}`
}

async function placeIn(ask: EntityAsk, context: AskContext): Promise<Sql | undefined> {
  const { kind, of_namespace, name } = ask
  if (kind === 'cluster') return sql`cluster = ${name}`
  if (kind === 'node') return sql`node = ${name}`
  if (kind === 'namespace') return sql`namespace = ${name}`
  const inNamespace = sql`namespace = ${of_namespace}`
  if (kind === 'pod') return sql`${inNamespace} AND pod = ${name}`
  if (kind === 'service') {
    const behind = await behindService(ask, context)
    if (behind === undefined) return undefined
    return sql`${inNamespace} AND (pod IN ${behind.pods} OR workload IN ${behind.workloads})`
  }
  if (kind === 'replicaset' || kind === 'job') {
    // Records name the top of the owners: what these own themselves is known from the pods.
    return sql`${inNamespace} AND pod IN (SELECT name FROM kubernetes_objects
      WHERE kind = 'Pod' AND ${placed({ cluster: ask.cluster }, context.scope)} AND ${inNamespace}
        AND owner_kind = ${kindsOf(kind)[0] ?? ''} AND owner_name = ${name})`
  }
  return isWorkload(kind) ? sql`${inNamespace} AND workload = ${name}` : undefined
}

type Behind = { pods: string[]; workloads: string[] }

/** Its selector says which pods serve it; by their workloads those of the past are found too. */
export async function behindService(
  ask: EntityAsk,
  context: AskContext,
): Promise<Behind | undefined> {
  const { of_namespace, name } = ask
  const range = placeOf(ask)
  const services = currentObjects(['Service'], range, context)
  const [service] = await context.store.rows<{ selector: [string, string][] }>(
    sql`SELECT JSONExtractKeysAndValues(object, 'spec', 'selector', 'String') AS selector
    FROM ${services} WHERE namespace = ${of_namespace} AND name = ${name} LIMIT 1`,
    { signal: context.signal },
  )
  const selector = service?.selector ?? []
  if (selector.length === 0) return undefined
  const labelled = sql.all(selector.map(([key, value]) => sql`labels[${key}] = ${value}`))
  const [behind] = await context.store.rows<Behind>(
    sql`SELECT groupUniqArray(toString(name)) AS pods,
      groupUniqArrayIf(toString(workload), workload != '') AS workloads
    FROM ${currentObjects(['Pod'], range, context)}
    WHERE namespace = ${of_namespace} AND ${labelled}`,
    { signal: context.signal },
  )
  return behind
}
