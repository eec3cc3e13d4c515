/** Series as panels take them: one grid of times, values or nothing at each. Pure. */
import type { GridSeries, Labels, Steps } from '../../query/series.ts'
import type { ColumnType, SeriesRun, TableRun, Untimed } from './contract.ts'

export type ShownValue = SeriesRun['values'][number][number]

/** JSON has no word for what is no number. */
export function shownValue(value: number): ShownValue {
  if (Number.isNaN(value)) return 'NaN'
  if (Number.isFinite(value)) return value
  return value > 0 ? '+Inf' : '-Inf'
}

export type Line = { labels: Record<string, string>; values: ShownValue[] }
export type Notes = { warnings: string[]; infos: string[] }

export function recordOf(labels: Labels): Record<string, string> {
  return Object.fromEntries(labels)
}

export function timesOf({ start_ms, step_ms, count }: Steps): number[] {
  return Array.from({ length: count }, (_, at) => start_ms + at * step_ms)
}

/** Series without any value are left out; of too many the first are told. */
export function seriesRun(
  steps: Steps,
  lines: readonly Line[],
  rows_max: number,
  notes: Notes,
): Untimed<SeriesRun> {
  const told = lines.filter(({ values }) => values.some((value) => value !== null))
  const shown = told.slice(0, rows_max)
  return {
    kind: 'series',
    ...notes,
    capped: told.length > rows_max,
    step_ms: steps.step_ms,
    time_ms: timesOf(steps),
    labels: shown.map(({ labels }) => labels),
    values: shown.map(({ values }) => values),
  }
}

export function gridLine({ labels, values, has }: GridSeries): Line {
  return {
    labels: recordOf(labels),
    values: Array.from(values, (value, at) => (has[at] === 1 ? shownValue(value) : null)),
  }
}

export type Sample = { labels: Record<string, string>; value: unknown; time_ms?: number }

/** One row a sample, one column a label, the value last. */
export function sampleTable(
  samples: readonly Sample[],
  rows_max: number,
  notes: Notes,
): Untimed<TableRun> {
  const shown = samples.slice(0, rows_max)
  const names = [...new Set(shown.flatMap(({ labels }) => Object.keys(labels)))].toSorted()
  const hasTime = shown.some(({ time_ms }) => time_ms !== undefined)
  const time = hasTime ? [{ name: 'time', type: 'time_ms' as const }] : []
  const isText = shown.some(({ value }) => typeof value === 'string' && !isNumberWord(value))
  const type: ColumnType = isText ? 'string' : 'number'
  return {
    kind: 'table',
    ...notes,
    capped: samples.length > rows_max,
    columns: [
      ...time,
      ...names.map((name) => ({ name, type: 'string' as const })),
      { name: 'value', type },
    ],
    values: [
      ...(hasTime ? [shown.map(({ time_ms }) => time_ms ?? null)] : []),
      ...names.map((name) => shown.map(({ labels }) => ownOf(labels, name))),
      shown.map(({ value }) => value),
    ],
  }
}

function ownOf(labels: Record<string, string>, name: string): string {
  return Object.hasOwn(labels, name) ? (labels[name] ?? '') : ''
}

function isNumberWord(value: string): boolean {
  return value === 'NaN' || value === '+Inf' || value === '-Inf'
}
