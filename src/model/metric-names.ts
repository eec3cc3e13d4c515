/**
 * Which stored metric a name means: the same quantity has other names, and sometimes other units,
 * in OpenTelemetry, Metricbeat and Prometheus' exporters. The names are in the alias tables.
 */
import { hostAliases } from './metric-aliases-host.ts'
import { kubernetesAliases } from './metric-aliases-kubernetes.ts'
import { moduleAliases } from './metric-aliases-modules.ts'
import { mysqlAliases } from './metric-aliases-mysql.ts'

export type MetricLabels = Readonly<Record<string, string>>

/**
 * Another name for the metric that heads the list: alone it is the same quantity; its value times
 * factor is the head's; with labels it is the head's series that have them. `like` is of the same
 * thing in another form: found in the search, never charted in its place.
 */
export type MetricAlias =
  | string
  | readonly [name: string, factor: number]
  | readonly [name: string, labels: MetricLabels]
  | readonly [name: string, labels: MetricLabels, factor: number]
  | { readonly like: string }
export type MetricAliases = Readonly<Record<string, readonly MetricAlias[]>>

/**
 * A name under which the same quantity may be stored: the values of the series with these labels
 * times factor are the asked one's.
 */
export type MetricName = { name: string; factor: number; labels: MetricLabels }

type Member = MetricName & { isLike: boolean }
type Group = readonly Member[]

const none: MetricLabels = {}

function memberOf(alias: MetricAlias): Member {
  if (typeof alias === 'string') return { name: alias, factor: 1, labels: none, isLike: false }
  if ('like' in alias) return { name: alias.like, factor: 1, labels: none, isLike: true }
  const [name, second, factor = 1] = alias
  if (typeof second === 'number') return { name, factor: second, labels: none, isLike: false }
  return { name, factor, labels: second, isLike: false }
}

/** A name may belong to several: the load of one CPU mode to that of all. */
const groups = new Map<string, Group[]>()
for (const table of [kubernetesAliases, hostAliases, moduleAliases, mysqlAliases]) {
  for (const [name, aliases] of Object.entries(table)) {
    const group = [name, ...aliases].map(memberOf)
    for (const { name } of group) groups.set(name, [...(groups.get(name) ?? []), group])
  }
}

/**
 * Every name under which the asked metric may be stored, the asked one first. A part of a metric
 * is found in the whole by its labels; the whole is not found in a part.
 */
export function metricNames(asked: string): readonly MetricName[] {
  const names: MetricName[] = [{ name: asked, factor: 1, labels: none }]
  for (const group of groups.get(asked) ?? []) {
    const own = group.find(({ name }) => name === asked)!
    if (own.isLike) continue
    group.forEach(({ name, factor, labels, isLike }, at) => {
      if (isLike || name === asked) return
      const scaled = factor / own.factor
      if (at === 0) names.push({ name, factor: 1 / own.factor, labels: own.labels })
      else if (isSame(labels, own.labels)) names.push({ name, factor: scaled, labels: none })
    })
  }
  return names
}

/** All other names of the same thing, whole, part or alike: what a search for it should find. */
export function relatedMetrics(asked: string): readonly string[] {
  const found = new Set<string>()
  for (const group of groups.get(asked) ?? []) {
    const own = group.find(({ name }) => name === asked)!
    group.forEach((member, at) => {
      const { name, labels, isLike } = member
      const isHead = at === 0 || own === group[0]
      if (isHead || isLike || own.isLike || isSame(labels, own.labels)) found.add(name)
    })
  }
  found.delete(asked)
  return [...found]
}

function isSame(a: MetricLabels, b: MetricLabels): boolean {
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => a[name] === b[name])
}

/** All names that are known, for completion. */
export const knownMetrics: readonly string[] = [...groups.keys()]
