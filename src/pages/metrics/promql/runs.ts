/**
 * Answers of PromQL as lines and rows: names of series, labels that tell them apart, figures. Pure.
 */
import { summary } from '../../../ui/chart/series.ts'
import type { SeriesRun, TableRun } from '../../explore/contract.ts'

export type LabelSet = Readonly<Record<string, string>>

export function seriesName(labels: LabelSet): string {
  const { __name__: metric = '', ...others } = labels
  const inside = Object.entries(others).map(([name, value]) => `${name}="${value}"`)
  return inside.length === 0 ? metric : `${metric}{${inside.join(', ')}}`
}

export type Told = {
  /** Labels whose values differ, those with fewest missing first; each is a column. */
  columns: string[]
  /** What all series share, said once. */
  shared: [name: string, value: string][]
}

/** Of many differing labels the first are columns: the rest is in the series' full name. */
export function tellingLabels(sets: readonly LabelSet[], columns_max: number): Told {
  const seen = new Map<string, { values: Set<string>; count: number }>()
  for (const labels of sets) {
    for (const [name, value] of Object.entries(labels)) {
      const own = seen.get(name) ?? { values: new Set(), count: 0 }
      own.values.add(value)
      own.count += 1
      seen.set(name, own)
    }
  }
  const columns: { name: string; count: number }[] = []
  const shared: [string, string][] = []
  for (const [name, { values, count }] of seen) {
    if (values.size > 1 || count < sets.length || sets.length === 1) columns.push({ name, count })
    else shared.push([name, [...values][0] ?? ''])
  }
  columns.sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1))
  return { columns: columns.slice(0, columns_max).map(({ name }) => name), shared }
}

/** By the labels that tell series apart, so that a legend is short; whole where none do. */
export function shortNames(sets: readonly LabelSet[]): string[] {
  const { columns } = tellingLabels(sets, Number.POSITIVE_INFINITY)
  if (sets.length < 2 || columns.length === 0) return sets.map(seriesName)
  return sets.map((labels) => columns.map((name) => labels[name] ?? '–').join(' · '))
}

export type SeriesRow = {
  id: string
  labels: LabelSet
  name: string
  last: number | string | null
  min: number | null
  max: number | null
  mean: number | null
}

type Values = SeriesRun['values'][number]

/** What cannot be drawn is a gap. */
export function drawn(values: Values): (number | null)[] {
  return values.map((value) => (typeof value === 'number' ? value : null))
}

export function seriesRows({ labels, values }: SeriesRun): SeriesRow[] {
  return labels.map((own, at) => {
    const line = values[at] ?? []
    const figures = summary(drawn(line))
    return {
      id: String(at),
      labels: own,
      name: seriesName(own),
      last: line.findLast((value) => value !== null) ?? null,
      min: figures?.min ?? null,
      max: figures?.max ?? null,
      mean: figures?.mean ?? null,
    }
  })
}

/** Rows of values at one time; a range vector has many a series, each with its own time. */
export type SampleRow = {
  id: string
  labels: LabelSet
  name: string
  time_ms: number | undefined
  value: unknown
}

export function sampleRows({ columns, values }: TableRun): SampleRow[] {
  const at = (name: string, type: string) =>
    columns.findIndex((column) => column.name === name && column.type === type)
  const time_at = at('time', 'time_ms')
  const value_at = columns.length - 1
  return Array.from({ length: values[value_at]?.length ?? 0 }, (_, row) => {
    const labels: Record<string, string> = Object.create(null)
    columns.forEach(({ name }, column) => {
      const value = values[column]?.[row]
      if (column !== time_at && column !== value_at && value !== '') labels[name] = String(value)
    })
    const time = values[time_at]?.[row]
    const time_ms = typeof time === 'number' ? time : undefined
    const value = values[value_at]?.[row]
    return { id: String(row), labels, name: seriesName(labels), time_ms, value }
  })
}
