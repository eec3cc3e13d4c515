/** What is known of metrics beside their samples, and the exemplars of series. */
import { sql } from '../../../store/sql.ts'
import { within } from '../../../store/within.ts'
import type { QueryContext } from '../../context.ts'
import type { Labels, Matcher } from '../../series.ts'
import { spanMetrics } from '../../traceql/span-metrics.ts'
import { choose, type Times } from './catalog.ts'
import { askedBytes } from './reading.ts'
import { RowReader } from './row-reader.ts'
import { pointsOf } from './samples.ts'
import { findSeries, named, select } from './selection.ts'

export type Metadata = { type: string; help: string; unit: string }

const parts = /_(bucket|sum|count)$/

/** By the name of the metric's family: of a histogram's parts, what they are parts of. */
export async function metadataOf(
  context: QueryContext,
  times: Times,
  metric: string,
): Promise<Map<string, Metadata[]>> {
  const { chosen } = await choose(context, times, [])
  const range = { from_ms: times.from_ms, to_ms: times.to_ms + 1 }
  const query = sql`SELECT toString(metric), toString(unit), toString(kind), monotonic,
      toString(origin), argMax(description, (description != '', time))
    FROM metric_series WHERE ${within('metric_series', range, context.scope)}
    GROUP BY metric, unit, kind, monotonic, origin ORDER BY metric`
  const reader = new RowReader(await askedBytes(context, query))
  const names = new Map<string, string>()
  for (const { entry, name, part } of chosen) {
    const { metric: stored, unit, kind, monotonic, origin } = entry
    const isPart = part === 'bucket' || part === 'sum' || part === 'count'
    const family = isPart ? name.replace(parts, '') : name
    names.set(JSON.stringify([stored, unit, kind, monotonic, origin]), family)
  }
  const found = new Map<string, Metadata[]>()
  while (!reader.isDone) {
    const [stored, unit, kind] = [reader.string(), reader.string(), reader.string()]
    const monotonic = reader.u8() === 1
    const key = JSON.stringify([stored, unit, kind, monotonic, reader.string()])
    const help = reader.string()
    const name = names.get(key)
    if (name === undefined || (metric !== '' && name !== metric)) continue
    const one = { type: typeOf(kind, monotonic), help, unit }
    const known = found.get(name) ?? []
    if (!known.some((each) => each.type === one.type && each.help === help && each.unit === unit)) {
      found.set(name, [...known, one])
    }
  }
  for (const { name, type, help } of spanMetrics) {
    if (metric !== '' && name !== metric) continue
    if (!found.has(name)) found.set(name, [{ type, help, unit: '' }])
  }
  return found
}

function typeOf(kind: string, monotonic: boolean): string {
  if (kind === 'sum') return monotonic ? 'counter' : 'gauge'
  return kind === 'exponential_histogram' ? 'histogram' : kind
}

export type Exemplar = { labels: Labels; value: number; time_ms: number }
export type SeriesExemplars = { labels: Labels; exemplars: Exemplar[] }

export async function exemplarsOf(
  context: QueryContext,
  times: Times,
  matchers: readonly Matcher[],
): Promise<SeriesExemplars[]> {
  const selection = await select(context, times, matchers)
  if (selection === undefined) return []
  const series = await findSeries(context, selection)
  const range = { from_ms: times.from_ms, to_ms: times.to_ms + 1 }
  const where = pointsOf(context, selection, series, 'metric_exemplars', range)
  const query = sql`SELECT series_id, toUnixTimestamp64Milli(time), value, lower(hex(trace_id)),
      lower(hex(span_id)), CAST(attributes, 'Map(String, String)')
    FROM metric_exemplars WHERE ${where} ORDER BY metric, series_id, time
    LIMIT ${context.limits.rows_max}`
  const reader = new RowReader(await askedBytes(context, query))
  const byId = new Map<bigint, Exemplar[]>()
  while (!reader.isDone) {
    const id = reader.u64()
    const one = readExemplar(reader)
    const known = byId.get(id)
    if (known === undefined) byId.set(id, [one])
    else known.push(one)
  }
  return series.flatMap(({ series_id, labels, chosen }) => {
    const exemplars = byId.get(series_id)
    const own = chosen[0]
    return exemplars && own ? [{ labels: named(labels, own.name), exemplars }] : []
  })
}

function readExemplar(reader: RowReader): Exemplar {
  const time_ms = reader.int53()
  const value = reader.f64()
  const trace_id = reader.string()
  const span_id = reader.string()
  const labels = reader.pairs()
  if (/[^0]/.test(trace_id)) labels.push(['trace_id', trace_id])
  if (/[^0]/.test(span_id)) labels.push(['span_id', span_id])
  return { labels: labels.sort(([a], [b]) => (a < b ? -1 : 1)), value, time_ms }
}
