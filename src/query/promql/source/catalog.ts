/**
 * Which metrics there are on the days of a range, for what the caller may see, and which of them a
 * selector's name means. Remembered for moments, so that the panels of a page ask once.
 */
import { sql } from '../../../store/sql.ts'
import type { Store } from '../../../store/store.ts'
import { within } from '../../../store/within.ts'
import type { QueryContext } from '../../context.ts'
import type { Matcher } from '../../series.ts'
import { tester } from '../regexp.ts'
import { isName } from './matching.ts'
import {
  type Form,
  isLegacyLabel,
  isLegacyName,
  type MetricEntry,
  namesOf,
  type Part,
  specified,
} from './names.ts'
import { askedBytes } from './reading.ts'
import { RowReader } from './row-reader.ts'

/** A metric that a selector means, and the name under which its series are shown. */
export type Chosen = { entry: MetricEntry; part: Part; name: string }
export type Choice = {
  form: Form
  chosen: Chosen[]
  /** Every metric that there is was chosen. */
  isEverything: boolean
  /** No other metric, of another unit or kind, is stored under the name of a chosen one. */
  isAlone: boolean
}

type Remembered = { loaded_ms: number; entries: Promise<MetricEntry[]> }

const day_ms = 86_400_000
/** A name that is asked for and not found is looked for at once; a pattern waits this long. */
const remembered_ms = 5_000
const remembered_max = 64
const metrics_max = 200_000
const memory = new WeakMap<Store, Map<string, Remembered>>()

export type Times = { from_ms: number; to_ms: number }

/** The metrics whose names match. A name that nothing has is looked for anew before it is none. */
export async function choose(
  context: QueryContext,
  times: Times,
  matchers: readonly Matcher[],
): Promise<Choice> {
  const form = formOf(matchers)
  const named = matchers.filter(isName)
  const entries = await entriesOf(context, times, false)
  const choice = chosenOf(entries, named, form)
  if (choice.chosen.length > 0) return choice
  return chosenOf(await entriesOf(context, times, true), named, form)
}

/** Names that need quotes are asked for as they were sent, and shown so. */
function formOf(matchers: readonly Matcher[]): Form {
  const isOriginal = matchers.some((one) =>
    isName(one)
      ? one.operator === '=' && one.value !== '' && !isLegacyName(one.value)
      : !isLegacyLabel(one.name),
  )
  return isOriginal ? 'original' : 'translated'
}

function chosenOf(entries: readonly MetricEntry[], named: readonly Matcher[], form: Form): Choice {
  const tests = named.map(tester)
  const exact = named.find((one) => one.operator === '=')?.value
  const matches = (name: string) => tests.every((test) => test(name))
  const summaries = new Set(
    entries.filter((one) => one.kind === 'summary').map((one) => one.metric),
  )
  const chosen: Chosen[] = []
  const left = new Set<string>()
  for (const entry of entries) {
    const before = chosen.length
    const isPart = summaries.has(entry.metric.replace(/_(sum|count)$/, ''))
    for (const [part, name] of namesOf(entry, form, isPart)) {
      if (matches(name)) chosen.push({ entry, part, name })
    }
    if (chosen.length === before) {
      const alias = exact === undefined ? undefined : aliasOf(entry, exact)
      if (alias !== undefined && matches(exact!)) chosen.push(alias)
      else left.add(entry.metric)
    }
  }
  const isAlone = chosen.every(({ entry }) => !left.has(entry.metric))
  return { form, chosen, isEverything: left.size === 0, isAlone }
}

/** A metric with a Prometheus name is also found under the name that the specification makes. */
function aliasOf(entry: MetricEntry, name: string): Chosen | undefined {
  if (entry.origin === 'prometheus') return undefined
  const base = specified(entry)
  if (entry.kind === 'exponential_histogram') {
    return name === base ? { entry, part: 'native', name } : undefined
  }
  if (entry.kind !== 'histogram') return name === base ? { entry, part: 'value', name } : undefined
  const part = (['bucket', 'sum', 'count'] as const).find((one) => name === `${base}_${one}`)
  return part && { entry, part, name }
}

export function entriesOf(
  context: QueryContext,
  times: Times,
  isAnew: boolean,
): Promise<MetricEntry[]> {
  const from = Math.floor(times.from_ms / day_ms)
  const to = Math.floor(times.to_ms / day_ms)
  const key = JSON.stringify([from, to, context.scope])
  const known = memory.get(context.store) ?? new Map<string, Remembered>()
  memory.set(context.store, known)
  const found = known.get(key)
  if (found !== undefined) known.delete(key)
  const age_ms = found === undefined ? remembered_ms : context.now_ms - found.loaded_ms
  const isFresh = !isAnew && age_ms >= 0 && age_ms < remembered_ms
  const one = isFresh ? found! : { loaded_ms: context.now_ms, entries: load(context, times) }
  known.set(key, one)
  // A failure is not remembered.
  one.entries.catch(() => known.get(key) === one && known.delete(key))
  if (known.size > remembered_max) known.delete(known.keys().next().value!)
  return one.entries
}

const kinds = ['gauge', 'sum', 'histogram', 'exponential_histogram', 'summary'] as const

async function load(context: QueryContext, times: Times): Promise<MetricEntry[]> {
  const range = { from_ms: times.from_ms, to_ms: times.to_ms + 1 }
  const query = sql`SELECT toString(metric), toString(unit), toInt8(kind), monotonic, toInt8(origin)
    FROM metric_series WHERE ${within('metric_series', range, context.scope)}
    GROUP BY metric, unit, kind, monotonic, origin ORDER BY metric LIMIT ${metrics_max}`
  const reader = new RowReader(await askedBytes(context, query))
  const entries: MetricEntry[] = []
  while (!reader.isDone) {
    const [metric, unit] = [reader.string(), reader.string()]
    const kind = kinds[reader.u8()]!
    const monotonic = reader.u8() === 1
    entries.push({
      metric,
      unit,
      kind,
      monotonic,
      origin: reader.u8() === 1 ? 'prometheus' : 'otlp',
    })
  }
  return entries
}
