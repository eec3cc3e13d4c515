/**
 * Labels of a stored series in SQL: what Prometheus sent as it is; of everybody else attributes,
 * job and instance of the resource, and the place, where it has no attribute of that name.
 */
import { type Sql, sql } from '../../../store/sql.ts'
import { within } from '../../../store/within.ts'
import type { QueryContext } from '../../context.ts'
import type { Times } from './catalog.ts'
import type { Form } from './names.ts'

export const placeLabels = [
  'cluster',
  'namespace',
  'workload',
  'pod',
  'container',
  'node',
  'service',
] as const

/** Tables to read series from, and their labels as Map(String, String). */
export type LabelColumns = { from: Sql; labels: Sql }

/**
 * The cluster that a sender's token named is a label as an external one would be: without it equal
 * series of two clusters were one.
 */
const isClusterTold = sql`(cluster = '' OR mapContains(attributes, 'cluster')
  OR mapContains(attributes, 'k8s_cluster_name'))`

/** When every series is Prometheus's there is nothing else to make. */
export const plainColumns: LabelColumns = {
  from: sql`metric_series`,
  labels: sql`if(${isClusterTold}, CAST(attributes, 'Map(String, String)'),
    mapUpdate(CAST(attributes, 'Map(String, String)'), map('cluster', toString(cluster))))`,
}

/** One label of a series that Prometheus sent. */
export function plainLabel(name: string): Sql {
  if (name !== 'cluster') return sql`attributes[${name}]`
  return sql`if(${isClusterTold}, attributes['cluster'], toString(cluster))`
}

export function labelColumns(context: QueryContext, times: Times, form: Form): LabelColumns {
  const range = { from_ms: times.from_ms, to_ms: times.to_ms + 1 }
  const resources = sql`(SELECT resource_id,
      any(attributes['service.name']) AS service_name,
      any(attributes['service.namespace']) AS service_namespace,
      any(attributes['service.instance.id']) AS service_instance
    FROM resources WHERE ${within('resources', range, context.scope)} GROUP BY resource_id)`
  const place = sql.join([...placeLabels.map((name) => sql.identifier(name))])
  const names = [...placeLabels, 'job', 'instance']
  const job = sql`if(service_namespace = '' OR service_name = '', service_name,
    concat(service_namespace, '/', service_name))`
  const made = sql`mapFromArrays(${listOf(names)},
    CAST([${place}, ${job}, service_instance], 'Array(String)'))`
  const own = sql`mapFilter((k, v) -> v != '', mapFromArrays(
    arrayMap(k -> ${labelOf(form)}, mapKeys(attributes)), mapValues(attributes)))`
  const derived = sql`mapFilter((k, v) -> v != '',
    mapUpdate(CAST(${made}, 'Map(String, String)'), CAST(${own}, 'Map(String, String)')))`
  return {
    from: sql`metric_series GLOBAL ANY LEFT JOIN ${resources} AS resource_words
      USING (resource_id)`,
    labels: sql`if(origin = 'prometheus', ${plainColumns.labels}, ${derived})`,
  }
}

function labelOf(form: Form): Sql {
  if (form === 'original') return sql`toString(k)`
  return sql`replaceRegexpOne(replaceRegexpAll(toString(k), '[^a-zA-Z0-9_]', '_'),
    '^([0-9])', 'key_\\1')`
}

/** A list of texts as an array of SQL. */
export function listOf(texts: readonly string[]): Sql {
  return sql`[${sql.join(texts.map((text) => sql`${text}`))}]`
}
