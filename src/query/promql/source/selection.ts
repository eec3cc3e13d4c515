/**
 * From a selector to stored series: which metrics it means, the condition on metric_series, and
 * the series themselves with their labels.
 */
import { type Sql, sql } from '../../../store/sql.ts'
import { within } from '../../../store/within.ts'
import type { QueryContext } from '../../context.ts'
import { type Labels, type Matcher, QueryError } from '../../series.ts'
import { type Choice, type Chosen, choose, type Times } from './catalog.ts'
import { type LabelColumns, labelColumns, plainColumns, plainLabel } from './label-columns.ts'
import { conditionOf, isName } from './matching.ts'
import type { MetricEntry, MetricKind } from './names.ts'
import { askedBytes } from './reading.ts'
import { RowReader } from './row-reader.ts'

export type Selection = Choice &
  LabelColumns & {
    times: Times
    metrics: readonly string[]
    /** On metric_series, joined as `from` says. */
    where: Sql
    /** Every series of these metrics is meant: samples need no other condition. */
    isWhole: boolean
    /** Matchers of `le` that hold for bounds, which series do not store. */
    bounds: readonly Matcher[]
  }

export type Temporality = 'unspecified' | 'delta' | 'cumulative'
export type StoredSeries = {
  series_id: bigint
  temporality: Temporality
  kind: MetricKind
  isFromPrometheus: boolean
  /** Without __name__, sorted. */
  labels: Labels
  chosen: readonly Chosen[]
}

/** Undefined when the selector means no metric that there is. */
export async function select(
  context: QueryContext,
  times: Times,
  matchers: readonly Matcher[],
): Promise<Selection | undefined> {
  const choice = await choose(context, times, matchers)
  const { chosen, form, isEverything, isAlone } = choice
  if (chosen.length === 0) return undefined
  const isPlain = chosen.every(({ entry }) => entry.origin === 'prometheus')
  const columns = isPlain ? plainColumns : labelColumns(context, times, form)
  const metrics = [...new Set(chosen.map(({ entry }) => entry.metric))]
  const hasBounds = chosen.some(({ part }) => part === 'bucket')
  const bounds = hasBounds ? matchers.filter(({ name }) => name === 'le') : []
  const others = matchers.filter((one) => !isName(one) && !bounds.includes(one))
  const range = { from_ms: times.from_ms, to_ms: times.to_ms + 1 }
  const conditions = [within('metric_series', range, context.scope)]
  if (!isEverything) conditions.push(sql`metric IN ${metrics}`)
  // Of one name there may be stored metrics that are not meant, of another unit or kind.
  if (!isAlone) conditions.push(exactly(chosen))
  for (const one of others) {
    conditions.push(conditionOf(isPlain ? plainLabel(one.name) : labelIn(columns, one.name), one))
    if (isPlain && isItem(one)) conditions.push(hasItem(one))
  }
  const isWhole = others.length === 0 && isAlone && isUnlimited(context)
  return { ...choice, ...columns, times, metrics, where: sql.all(conditions), isWhole, bounds }
}

/** Attributes are found by an index; a cluster may have been told by the sender's token. */
function isItem({ name, operator, value }: Matcher): boolean {
  return operator === '=' && value !== '' && name !== 'cluster'
}

function hasItem({ name, value }: Matcher): Sql {
  return sql`has(attribute_items, ${`${name}=${value}`})`
}

function isUnlimited({ scope }: QueryContext): boolean {
  return scope.clusters === 'all' && scope.namespaces === 'all'
}

export function labelIn({ labels }: LabelColumns, name: string): Sql {
  return sql`(${labels})[${name}]`
}

/** Of Prometheus's series the name is enough. */
function exactly(chosen: readonly Chosen[]): Sql {
  if (chosen.every(({ entry }) => entry.origin === 'prometheus')) {
    return sql`origin = 'prometheus'`
  }
  const tuples = chosen.map(
    ({ entry }) =>
      sql`(${entry.metric}, ${entry.unit}, ${entry.kind}, ${entry.monotonic}, ${entry.origin})`,
  )
  return sql`(toString(metric), toString(unit), toString(kind), monotonic, toString(origin))
    IN (${sql.join(tuples)})`
}

const kinds = ['gauge', 'sum', 'histogram', 'exponential_histogram', 'summary'] as const
const temporalities = ['unspecified', 'delta', 'cumulative'] as const

/** Throws when more series match than a query may touch. */
export async function findSeries(
  context: QueryContext,
  selection: Selection,
): Promise<StoredSeries[]> {
  const { series_max } = context.limits
  const found = await findFewSeries(context, selection, series_max)
  if (found === undefined) throw tooManySeries(series_max)
  return found
}

/** Undefined when there are more than `series_max`. */
export async function findFewSeries(
  context: QueryContext,
  selection: Selection,
  series_max: number,
): Promise<StoredSeries[] | undefined> {
  // What differs between the rows of a series, its unit or description, does not change labels.
  const query = sql`SELECT series_id, toString(metric), toString(unit), toInt8(kind),
      toInt8(temporality), monotonic, toInt8(origin), ${selection.labels}
    FROM ${selection.from} WHERE ${selection.where}
    LIMIT 1 BY series_id LIMIT ${series_max + 1}`
  const reader = new RowReader(await askedBytes(context, query))
  const byEntry = new Map<string, Chosen[]>()
  for (const one of selection.chosen) {
    const key = keyOf(one.entry)
    const known = byEntry.get(key) ?? []
    const isKnown = known.some(({ part, name }) => part === one.part && name === one.name)
    if (!isKnown) byEntry.set(key, [...known, one])
  }
  const found: StoredSeries[] = []
  let rows = 0
  while (!reader.isDone) {
    if (++rows > series_max) return undefined
    const series_id = reader.u64()
    const [metric, unit] = [reader.string(), reader.string()]
    const kind = kinds[reader.u8()]!
    const temporality = temporalities[reader.u8()]!
    const monotonic = reader.u8() === 1
    const isFromPrometheus = reader.u8() === 1
    const origin = isFromPrometheus ? 'prometheus' : 'otlp'
    const labels = sorted(reader.pairs())
    const chosen = byEntry.get(keyOf({ metric, unit, kind, monotonic, origin }))
    if (chosen === undefined) continue
    found.push({ series_id, temporality, kind, isFromPrometheus, labels, chosen })
  }
  return found
}

/** Only OpenTelemetry sends deltas. */
export async function hasDeltas(context: QueryContext, selection: Selection): Promise<boolean> {
  if (selection.chosen.every(({ entry }) => entry.origin === 'prometheus')) return false
  const { from, where } = selection
  const query = sql`SELECT series_id FROM ${from} WHERE ${where} AND temporality = 'delta' LIMIT 1`
  return (await askedBytes(context, query)).length > 0
}

export function tooManySeries(series_max: number): QueryError {
  return new QueryError(
    'execution',
    `the selector matches more than ${series_max} series, which is the most a query may touch`,
  )
}

/** Of Prometheus's metrics kind and unit may be learned later: they are the same metric still. */
function keyOf({ metric, unit, kind, monotonic, origin }: MetricEntry): string {
  if (origin === 'otlp') return `${kind} ${monotonic} ${unit}\n${metric}`
  const isNative = kind === 'histogram' || kind === 'exponential_histogram'
  return `${origin} ${isNative}\n${metric}`
}

/** In code units; of two labels whose names became the same the first counts. */
function sorted(pairs: [string, string][]): Labels {
  let isSorted = true
  for (let i = 1; i < pairs.length && isSorted; i++) isSorted = pairs[i - 1]![0] < pairs[i]![0]
  const filled = pairs.every(([, value]) => value !== '')
    ? pairs
    : pairs.filter(([, value]) => value !== '')
  if (isSorted) return filled
  filled.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return filled.filter(([name], i) => i === 0 || filled[i - 1]![0] !== name)
}

/** The labels of a series that is shown, with its name, and a bound where it has one. */
export function named(labels: Labels, name: string, le?: string): Labels {
  const all: [string, string][] = [['__name__', name]]
  for (const [label, value] of labels) {
    if (label !== '__name__' && !(label === 'le' && le !== undefined)) all.push([label, value])
  }
  if (le !== undefined) all.push(['le', le])
  return all.sort(([a], [b]) => (a < b ? -1 : 1))
}
