/**
 * Which series, labels and values there are on the days of a range: what tools ask to offer
 * completion. Samples are not read.
 */
import { sql } from '../../../store/sql.ts'
import type { QueryContext } from '../../context.ts'
import type { Labels, Matcher } from '../../series.ts'
import { isSpanSeries, virtualLabels } from '../../traceql/span-series.ts'
import { formatFixed } from '../go-text.ts'
import { tester } from '../regexp.ts'
import type { Times } from './catalog.ts'
import { labelsKey } from './merge.ts'
import { askedBytes } from './reading.ts'
import { RowReader } from './row-reader.ts'
import { pointsOf } from './samples.ts'
import { findSeries, labelIn, named, type Selection, select } from './selection.ts'

/** Selectors of which one must match; none at all is every series. */
export type Selectors = readonly (readonly Matcher[])[]

const everySeries: Selectors = [[]]

async function selections(
  context: QueryContext,
  times: Times,
  selectors: Selectors,
): Promise<Selection[]> {
  const found: Selection[] = []
  for (const matchers of selectors.length === 0 ? everySeries : selectors) {
    const selection = await select(context, times, matchers)
    if (selection !== undefined) found.push(selection)
  }
  return found
}

export async function foundSeries(
  context: QueryContext,
  times: Times,
  selectors: Selectors,
): Promise<Labels[]> {
  const found = new Map<string, Labels>()
  const add = (labels: Labels) => found.set(labelsKey(labels), labels)
  for (const selection of await selections(context, times, selectors)) {
    const bounds = await boundsOf(context, selection)
    for (const series of await findSeries(context, selection)) {
      for (const { part, name } of series.chosen) {
        if (part !== 'bucket') add(named(series.labels, name))
        else {
          for (const le of bounds.get(series.series_id) ?? []) add(named(series.labels, name, le))
        }
      }
    }
  }
  for (const labels of await ofSpans(context, times, selectors)) add(labels)
  return [...found.values()]
}

/** Series that are computed from spans and stored nowhere. */
async function ofSpans(
  context: QueryContext,
  { from_ms, to_ms }: Times,
  selectors: Selectors,
): Promise<Labels[]> {
  const chosen = (selectors.length === 0 ? everySeries : selectors).filter(isSpanSeries)
  const found = await Promise.all(
    chosen.map((matchers) => virtualLabels(matchers, from_ms, to_ms, context)),
  )
  return found.flat()
}

/** Bounds of the buckets that a selection's OpenTelemetry histograms have, by series. */
async function boundsOf(
  context: QueryContext,
  selection: Selection,
): Promise<Map<bigint, Set<string>>> {
  const found = new Map<bigint, Set<string>>()
  if (!selection.chosen.some(({ part }) => part === 'bucket')) return found
  const { from_ms, to_ms } = selection.times
  const range = { from_ms, to_ms: to_ms + 1 }
  const where = pointsOf(context, selection, undefined, 'metric_histograms', range)
  const query = sql`SELECT series_id, bounds FROM metric_histograms
    WHERE ${where} AND NOT stale AND empty(positive_counts) GROUP BY series_id, bounds`
  const reader = new RowReader(await askedBytes(context, query))
  const tests = selection.bounds.map(tester)
  while (!reader.isDone) {
    const series_id = reader.u64()
    const known = found.get(series_id) ?? new Set<string>()
    found.set(series_id, known)
    for (const bound of [...reader.f64Array(), Number.POSITIVE_INFINITY]) {
      const le = formatFixed(bound)
      if (tests.every((test) => test(le))) known.add(le)
    }
  }
  return found
}

/** Sorted. */
export async function labelNames(
  context: QueryContext,
  times: Times,
  selectors: Selectors,
): Promise<string[]> {
  const found = new Set<string>()
  for (const selection of await selections(context, times, selectors)) {
    const query = sql`SELECT DISTINCT arrayJoin(mapKeys(${selection.labels}))
      FROM ${selection.from} WHERE ${selection.where}`
    const names = textsOf(await askedBytes(context, query))
    if (names.length === 0 && !(await hasSeries(context, selection))) continue
    found.add('__name__')
    if (selection.chosen.some(({ part }) => part === 'bucket')) found.add('le')
    for (const name of names) if (name !== '') found.add(name)
  }
  for (const labels of await ofSpans(context, times, selectors)) {
    for (const [name] of labels) found.add(name)
  }
  return [...found].sort()
}

async function hasSeries(context: QueryContext, { from, where }: Selection): Promise<boolean> {
  const query = sql`SELECT series_id FROM ${from} WHERE ${where} LIMIT 1`
  return (await askedBytes(context, query)).length > 0
}

/** Sorted. */
export async function labelValues(
  context: QueryContext,
  times: Times,
  label: string,
  selectors: Selectors,
): Promise<string[]> {
  const found = new Set<string>()
  for (const selection of await selections(context, times, selectors)) {
    if (label === '__name__') for (const name of await namesOf(context, selection)) found.add(name)
    else {
      const value = labelIn(selection, label)
      const query = sql`SELECT DISTINCT ${value} AS value
        FROM ${selection.from} WHERE ${selection.where} AND value != ''`
      for (const one of textsOf(await askedBytes(context, query))) found.add(one)
    }
    if (label === 'le') {
      for (const bounds of (await boundsOf(context, selection)).values()) {
        for (const le of bounds) found.add(le)
      }
    }
  }
  for (const labels of await ofSpans(context, times, selectors)) {
    for (const [name, value] of labels) if (name === label) found.add(value)
  }
  return [...found].sort()
}

/** When only the name was asked for, the metrics that were chosen are the answer. */
async function namesOf(context: QueryContext, selection: Selection): Promise<string[]> {
  if (selection.isWhole) return selection.chosen.map(({ name }) => name)
  const names = new Set<string>()
  const query = sql`SELECT DISTINCT toString(metric), toString(unit), toString(kind), monotonic,
    toString(origin) FROM ${selection.from} WHERE ${selection.where}`
  const reader = new RowReader(await askedBytes(context, query))
  const stored = new Set<string>()
  while (!reader.isDone) {
    const [metric, unit, kind] = [reader.string(), reader.string(), reader.string()]
    stored.add(JSON.stringify([metric, unit, kind, reader.u8() === 1, reader.string()]))
  }
  for (const { entry, name } of selection.chosen) {
    const { metric, unit, kind, monotonic, origin } = entry
    if (stored.has(JSON.stringify([metric, unit, kind, monotonic, origin]))) names.add(name)
  }
  return [...names]
}

function textsOf(bytes: Uint8Array): string[] {
  const reader = new RowReader(bytes)
  const texts: string[] = []
  while (!reader.isDone) texts.push(reader.string())
  return texts
}
