/**
 * What a heatmap shows: rows of cells over time. Series with a bucket's bound are a histogram whose
 * buckets hold all below them; others are rows of their own. Pure.
 */
import type { PanelModel } from '../contract.ts'
import type { Drawn, PanelSeries } from '../series.ts'
import { type FieldNow, fieldFor, valueText } from '../values.ts'

export type HeatRow = {
  name: string
  labels: PanelSeries['labels']
  values: readonly (number | null)[]
  field: FieldNow
}
export type Heat = {
  time_ms: readonly number[]
  rows: HeatRow[]
  most: number
  isHistogram: boolean
}

export const heat_rows_max = 60

/** Rows from the top. */
export function heatOf(drawn: Drawn, panel: PanelModel): Heat {
  const bounds = drawn.series.map(boundOf)
  const isHistogram = drawn.series.length > 1 && bounds.every((bound) => bound !== undefined)
  const rows = isHistogram ? buckets(drawn.series, panel) : lanes(drawn.series, panel)
  const most = rows.reduce((all, { values }) => Math.max(all, ...values.map((one) => one ?? 0)), 0)
  return { time_ms: drawn.time_ms, rows: rows.slice(0, heat_rows_max), most, isHistogram }
}

function boundOf({ labels, name }: PanelSeries): number | undefined {
  const text = labels.le ?? name
  if (text === '+Inf' || text === 'Inf') return Infinity
  const bound = Number(text)
  return text !== '' && Number.isFinite(bound) ? bound : undefined
}

function lanes(series: readonly PanelSeries[], panel: PanelModel): HeatRow[] {
  return series.map(({ name, labels, values, ref }) => ({
    ...{ name, labels, values, field: fieldFor(panel.options, { name, ref }) },
  }))
}

function buckets(series: readonly PanelSeries[], panel: PanelModel): HeatRow[] {
  const ordered = series
    .map((one) => ({ one, bound: boundOf(one) ?? Infinity }))
    .sort((a, b) => a.bound - b.bound)
  const isCumulative = ordered.some(({ one }) => one.labels.le !== undefined)
  const rows = ordered.map(({ one, bound }, at): HeatRow => {
    const below = isCumulative ? ordered[at - 1]?.one.values : undefined
    const values = one.values.map((value, index) =>
      value === null ? null : Math.max(0, value - (below?.[index] ?? 0)),
    )
    const field = fieldFor(panel.options, one)
    const name = Number.isFinite(bound) ? `≤ ${valueText(bound, field)}` : '∞'
    return { name, labels: one.labels, values, field: { ...field, unit: '' } }
  })
  // Empty buckets at both ends say nothing.
  const holds = rows.map(({ values }) => values.some((value) => value !== null && value > 0))
  const [first, last] = [holds.indexOf(true), holds.lastIndexOf(true)]
  return (first < 0 ? rows : rows.slice(first, last + 1)).reverse()
}

/** How strong a cell is: the root keeps small values in sight. */
export function strengthOf(value: number, most: number): number {
  return most <= 0 ? 0 : 0.1 + 0.9 * Math.sqrt(Math.max(0, value) / most)
}
