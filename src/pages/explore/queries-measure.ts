/**
 * What a search computes: a measure over time or over the whole range, for all rows or for the
 * largest groups. Rows themselves are told by queries-rows.ts.
 */
import { Fault } from '../../model/faults.ts'
import type { Value } from '../../query/elastic/value-sql.ts'
import type { AskContext } from '../../store/answer.ts'
import { type Sql, sql } from '../../store/sql.ts'
import type { RunAsk, SearchShape, SeriesRun, TableRun, Untimed } from './contract.ts'
import { matching, optionsOf } from './queries-matching.ts'
import { stepOf } from './queries-steps.ts'
import { numberValue, rowsFrom, textValue } from './queries-values.ts'

type Measure = NonNullable<SearchShape['measure']>
type MeasureAsk = RunAsk & { shape: SearchShape & { measure: Measure } }

/** More lines than this cannot be told apart in one chart. */
const lines_max = 100
const day_ms = 86_400_000

/** `p95(duration)`, as it is written everywhere. */
export function measureName({ measure = 'count', field }: SearchShape): string {
  return field === undefined || measure === 'count' ? measure : `${measure}(${field})`
}

export async function measureOverTime(
  ask: MeasureAsk,
  context: AskContext,
): Promise<Untimed<SeriesRun>> {
  const { step_ms, warnings } = measureStep(ask)
  const source = sourceOf(ask, context)
  const lines = Math.min(ask.rows_max, lines_max)
  const { groups, isCapped } = await largest(source, ask, lines, context)
  const time_ms = timesOf(ask, step_ms)
  if (groups.length === 0) return { ...empty, step_ms, time_ms, warnings }
  const bucket = sql`intDiv(toUnixTimestamp64Milli(toDateTime64(time, 3)), ${step_ms})`
  const only = isCapped ? sql`WHERE tuple(${names(ask)}) IN ${tuples(groups)}` : sql``
  const by = ask.shape.group_by.length === 0 ? sql`` : sql`, ${names(ask)}`
  const found = await context.store.rows<Record<string, unknown>>(
    sql`SELECT bucket${by}, ${source.measured} AS measured
      FROM (SELECT ${bucket} AS bucket, ${source.columns} FROM ${source.rows}) ${only}
      GROUP BY bucket${by}`,
    { ...optionsOf(context), rows_max: 2_000_000 },
  )
  const at = new Map(time_ms.map((time, index) => [time / step_ms, index]))
  const line = new Map(groups.map((group, index) => [JSON.stringify(group), index]))
  const nothing = isCounted(ask.shape.measure) ? 0 : null
  const values: (number | null)[][] = groups.map(() => time_ms.map(() => nothing))
  for (const row of found) {
    const index = line.get(JSON.stringify(ask.shape.group_by.map((_, nth) => row[`g${nth}`])))
    const column = at.get(Number(row.bucket))
    if (index === undefined || column === undefined) continue
    values[index]![column] = numberOf(row.measured)
  }
  const labels = groups.map((group) => labelsOf(ask.shape.group_by, group))
  return { ...empty, capped: isCapped, warnings, step_ms, time_ms, labels, values }
}

export async function measureAtOnce(
  ask: MeasureAsk,
  context: AskContext,
): Promise<Untimed<TableRun>> {
  const source = sourceOf(ask, context)
  const { group_by } = ask.shape
  const by = group_by.length === 0 ? sql`` : sql`GROUP BY ${names(ask)}`
  const told = group_by.length === 0 ? sql`` : sql`${names(ask)}, `
  const found = await context.store.rows<Record<string, unknown>>(
    sql`SELECT ${told}${source.measured} AS measured
      FROM (SELECT ${source.columns} FROM ${source.rows}) ${by}
      ORDER BY measured DESC NULLS LAST${group_by.length === 0 ? sql`` : sql`, ${names(ask)}`}
      LIMIT ${ask.rows_max + 1}`,
    optionsOf(context),
  )
  const rows = found.slice(0, ask.rows_max)
  return {
    kind: 'table',
    warnings: [],
    infos: [],
    capped: found.length > ask.rows_max,
    columns: [
      ...group_by.map((name) => ({ name, type: 'string' as const })),
      { name: measureName(ask.shape), type: 'number' },
    ],
    values: [
      ...group_by.map((_, nth) => rows.map((row) => row[`g${nth}`])),
      rows.map((row) => numberOf(row.measured)),
    ],
  }
}

const empty = {
  kind: 'series' as const,
  warnings: [] as string[],
  infos: [] as string[],
  capped: false,
  labels: [] as Record<string, string>[],
  values: [] as (number | null)[][],
}

type Source = { rows: Sql; columns: Sql; measured: Sql }

/** What is read of each row: g0, g1, … to group by, and v to measure. */
function sourceOf(ask: MeasureAsk, context: AskContext): Source {
  const { table, measure, group_by } = ask.shape
  const groups = group_by.map((name) => textValue(table, name))
  const value = measuredValue(ask.shape)
  const columns = [
    ...groups.map((group, at) => sql`${group.value} AS ${sql.identifier(`g${at}`)}`),
    sql`${value.value} AS v`,
  ]
  const isNeeded = value.needsResource || groups.some((group) => group.needsResource)
  const condition = matching(ask.query, table, ask, context)
  const rows = rowsFrom(table, condition, { isNeeded, range: ask, scope: context.scope })
  // A series is told once a day, and it is one all the same.
  const isOfSeries = table === 'metric_series' && measure === 'count'
  return { rows, columns: sql.join(columns), measured: measures[isOfSeries ? 'unique' : measure] }
}

function measuredValue({ table, measure, field }: MeasureAsk['shape']): Value {
  if (measure === 'count') {
    if (table === 'metric_series') return textValue(table, 'series_id')
    return { value: sql`1`, needsResource: false }
  }
  if (field === undefined) {
    throw new Fault('ask_invalid', { detail: `shape.field: the measure ${measure} needs a field` })
  }
  return measure === 'unique'
    ? textValue(table, field)
    : numberValue(table, field, `shape.field of ${measure}`)
}

const measures: Readonly<Record<Measure, Sql>> = {
  count: sql`count()`,
  unique: sql`ifNull(uniqCombined64(17)(nullIf(v, '')), 0)`,
  sum: sql`ifNull(sum(v), 0)`,
  avg: sql`avg(v)`,
  min: sql`min(v)`,
  max: sql`max(v)`,
  p50: sql`quantileTDigest(0.5)(v)`,
  p95: sql`quantileTDigest(0.95)(v)`,
  p99: sql`quantileTDigest(0.99)(v)`,
}

/** What nothing adds up to. */
function isCounted(measure: Measure): boolean {
  return measure === 'count' || measure === 'unique' || measure === 'sum'
}

/** By what is measured where it adds up, and by their rows where it does not. */
async function largest(
  { rows, columns, measured }: Source,
  ask: MeasureAsk,
  lines: number,
  context: AskContext,
): Promise<{ groups: string[][]; isCapped: boolean }> {
  if (ask.shape.group_by.length === 0) return { groups: [[]], isCapped: false }
  const order = isCounted(ask.shape.measure) ? measured : sql`count()`
  const found = await context.store.rows<Record<string, string>>(
    sql`SELECT ${names(ask)} FROM (SELECT ${columns} FROM ${rows})
      GROUP BY ${names(ask)} ORDER BY ${order} DESC NULLS LAST, ${names(ask)} LIMIT ${lines + 1}`,
    optionsOf(context),
  )
  const groups = found.map((row) => ask.shape.group_by.map((_, at) => row[`g${at}`] ?? ''))
  return { groups: groups.slice(0, lines), isCapped: groups.length > lines }
}

function names(ask: MeasureAsk): Sql {
  return sql.join(ask.shape.group_by.map((_, at) => sql.identifier(`g${at}`)))
}

function tuples(groups: readonly string[][]): Sql {
  return sql`(${sql.join(groups.map((group) => sql`tuple${group}`))})`
}

/** Rows without a value are a group without that label. */
function labelsOf(group_by: readonly string[], group: readonly string[]): Record<string, string> {
  const pairs = group_by.map((name, at) => [name, group[at] ?? ''] as const)
  return Object.fromEntries(pairs.filter(([, value]) => value !== ''))
}

function numberOf(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value)
}

function measureStep(ask: MeasureAsk) {
  // Series are told once a day: shorter steps would tell when, not how many.
  return ask.shape.table === 'metric_series' ? { step_ms: day_ms, warnings: [] } : stepOf(ask)
}

function timesOf({ from_ms, to_ms }: RunAsk, step_ms: number): number[] {
  const times: number[] = []
  for (let at = Math.floor(from_ms / step_ms) * step_ms; at < to_ms; at += step_ms) times.push(at)
  return times
}
