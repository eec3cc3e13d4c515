/**
 * Answers of queries as series on one time line, named as the panel says. Pure; drawing is draw/.
 */
import type { QueryRun, SeriesRun, TableRun } from '../explore/contract.ts'
import type { Calc, PanelQuery, Transform } from './contract.ts'
import { patternOf } from './patterns.ts'

/** What a panel's query was answered. */
export type Ran = { query: PanelQuery; run: QueryRun }
export type Labels = Readonly<Record<string, string>>
export type PanelSeries = {
  name: string
  ref: string
  labels: Labels
  values: (number | null)[]
}
export type Drawn = { time_ms: number[]; series: PanelSeries[] }

export function seriesOf(rans: readonly Ran[], transforms: readonly Transform[] = []): Drawn {
  const parts = rans.flatMap((ran) => linesOf(ran))
  const time_ms = [...new Set(parts.flatMap((part) => part.time_ms))].sort((a, b) => a - b)
  const place = new Map(time_ms.map((time, at) => [time, at]))
  const series = parts.map(({ time_ms: own, ...one }) => {
    if (own.length === time_ms.length) return one
    const values: (number | null)[] = time_ms.map(() => null)
    own.forEach((time, at) => {
      values[place.get(time) ?? 0] = one.values[at] ?? null
    })
    return { ...one, values }
  })
  return { time_ms, series: distinct(renamed(series, transforms)) }
}

type Line = PanelSeries & { time_ms: number[] }

function linesOf({ query, run }: Ran): Line[] {
  if (run.kind === 'series') return ofSeries(query, run)
  return run.kind === 'table' ? ofTable(query, run) : []
}

/** Samples of one moment come as rows: they are series of one point, named as all others are. */
export function asSeries(run: QueryRun, time_ms: number): QueryRun {
  if (run.kind !== 'table') return run
  const at = run.columns.findIndex(({ name, type }) => name === 'value' && type === 'number')
  if (at < 0) return run
  const texts = run.columns.flatMap(({ type }, index) => (type === 'string' ? [index] : []))
  const { warnings, infos, capped, took_ms } = run
  const values = (run.values[at] ?? []) as SeriesRun['values'][number]
  const labels = values.map((_, row) => {
    const own = texts.map((index) => [
      run.columns[index]!.name,
      `${run.values[index]?.[row] ?? ''}`,
    ])
    return Object.fromEntries(own.filter(([, value]) => value !== '')) as Record<string, string>
  })
  return {
    ...{ kind: 'series', warnings, infos, capped, took_ms, step_ms: 1, time_ms: [time_ms] },
    labels,
    values: values.map((value) => [value]),
  }
}

function ofSeries(query: PanelQuery, run: SeriesRun): Line[] {
  return run.labels.map((labels, at) => ({
    name: seriesName(labels, query.legend, query.ref),
    ref: query.ref,
    labels,
    time_ms: run.time_ms,
    values: (run.values[at] ?? []).map(drawnNumber),
  }))
}

/** A table with times is series: its texts name them, its other numbers are their values. */
function ofTable(query: PanelQuery, run: TableRun): Line[] {
  const time = run.columns.findIndex(({ type }) => type === 'time_ms')
  if (time < 0) return []
  const texts = run.columns.flatMap(({ type }, at) => (type === 'string' ? [at] : []))
  const numbers = run.columns.flatMap(({ type }, at) => (type === 'number' ? [at] : []))
  const lines = new Map<string, Line>()
  const times = (run.values[time] ?? []) as number[]
  times.forEach((time_ms, row) => {
    const labels = Object.fromEntries(
      texts.map((at) => [run.columns[at]!.name, String(run.values[at]?.[row] ?? '')]),
    )
    for (const at of numbers) {
      const own = numbers.length > 1 ? { ...labels, '': run.columns[at]!.name } : labels
      const key = JSON.stringify(own)
      const name = seriesName(own, query.legend, run.columns[at]!.name)
      const line = lines.get(key) ?? { name, ref: query.ref, labels, time_ms: [], values: [] }
      lines.set(key, line)
      line.time_ms.push(time_ms)
      line.values.push(drawnNumber(run.values[at]?.[row]))
    }
  })
  return [...lines.values()]
}

/** Charts have no place for what is no number. */
export function drawnNumber(value: unknown): number | null {
  const number = typeof value === 'number' ? value : Number.NaN
  return Number.isFinite(number) ? number : null
}

/** `{{pod}} of {{ node }}`, or the labels themselves. */
export function seriesName(labels: Labels, legend: string, otherwise: string): string {
  if (legend !== '' && legend !== '__auto') {
    const hole = /\{\{\s*([^{}]*?)\s*\}\}/g
    const name = legend.replace(hole, (_, label: string) => labels[label] ?? '').trim()
    // A series that has none of the labels is still told by those it has.
    if (name !== '') return name
  }
  const { __name__: metric, ...rest } = labels
  const entries = Object.entries(rest)
  if (entries.length === 0) return metric ?? otherwise
  const [only] = entries
  if (entries.length === 1 && only !== undefined && metric === undefined) return only[1]
  const told = entries.map(([label, value]) => (label === '' ? value : `${label}=${value}`))
  return `${metric === undefined ? '' : `${metric} `}${told.join(' ')}`
}

/** What transformations do to series: leave out and rename. */
function renamed(series: PanelSeries[], transforms: readonly Transform[]): PanelSeries[] {
  let now = series
  for (const step of transforms) {
    if (step.kind === 'filter_names') now = now.filter(({ name }) => isKept(name, step))
    else if (step.kind === 'rename') {
      const pattern = patternOf(step.pattern)
      now = now.map((one) => ({ ...one, name: pattern?.replaces(one.name, step.to) ?? one.name }))
    } else if (step.kind === 'organize') {
      const names = new Map(step.names)
      now = now
        .filter(({ name }) => !step.hidden.includes(name))
        .map((one) => ({ ...one, name: names.get(one.name) ?? one.name }))
    } else if (step.kind === 'combine') now = combined(now, step)
  }
  return now
}

function combined(series: PanelSeries[], step: Extract<Transform, { kind: 'combine' }>) {
  const of = series.filter(({ name }) => step.fields.length === 0 || step.fields.includes(name))
  const [first] = of
  if (first === undefined) return series
  const values = first.values.map((_, at) =>
    calculated(
      of.map((one) => one.values[at] ?? null),
      step.calc,
    ),
  )
  const made: PanelSeries = { name: step.as, ref: '', labels: {}, values }
  return step.is_alone ? [made] : [...series, made]
}

export function isKept(name: string, step: Extract<Transform, { kind: 'filter_names' }>): boolean {
  const isNamed = step.names.includes(name)
  const isFound = step.pattern !== '' && patternOf(step.pattern)?.finds(name) === true
  return (isNamed || isFound) !== step.is_out
}

/** Two series of one name are told apart: charts and legends go by it. */
function distinct(series: PanelSeries[]): PanelSeries[] {
  const seen = new Map<string, number>()
  return series.map((one) => {
    const times = (seen.get(one.name) ?? 0) + 1
    seen.set(one.name, times)
    return times === 1 ? one : { ...one, name: `${one.name} (${times})` }
  })
}

/** Many values as one; null when there is none. */
export function calculated(values: readonly (number | null)[], calc: Calc): number | null {
  const numbers = values.filter((value): value is number => value !== null)
  const [first] = numbers
  if (calc === 'count') return numbers.length
  if (first === undefined) return null
  const sum = numbers.reduce((all, value) => all + value, 0)
  const least = numbers.reduce((one, other) => Math.min(one, other), first)
  const most = numbers.reduce((one, other) => Math.max(one, other), first)
  const found = { first, last: numbers.at(-1) ?? null, sum, mean: sum / numbers.length }
  return { ...found, min: least, max: most, range: most - least }[calc]
}
