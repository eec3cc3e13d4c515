/** Series over time: lines, areas or bars, piled or not, with thresholds as lines. */
import { type CSSProperties, useMemo } from 'react'
import { seriesColor } from '../../../ui/chart/colors.ts'
import type { Series } from '../../../ui/chart/series.ts'
import { TimeSeriesChart } from '../../../ui/chart/TimeSeriesChart.tsx'
import { entityAddress } from '../../../ui/entity/paths.ts'
import { go, href } from '../../../ui/url/location.ts'
import type { PanelModel } from '../contract.ts'
import { entityOfLabels } from '../entities.ts'
import { type Drawn, type PanelSeries, seriesName, seriesOf } from '../series.ts'
import type { Size } from '../use-panel.ts'
import { colorVar, fieldFor, levelsOf, valueText } from '../values.ts'
import styles from './Draw.module.css'
import type { Drawing } from './drawing.ts'

const line_px = 24
const legend_gap_px = 6

export function ChartBody({ panel, rans, size }: Drawing) {
  const drawn = useMemo(() => seriesOf(rans, panel.transforms), [rans, panel.transforms])
  const { lines, shown } = useMemo(() => linesOf(drawn, panel), [drawn, panel])
  const { options } = panel
  const isPercent = options.stacking === 'percent'
  const unit = isPercent ? '%' : unitOf(panel, shown)
  const legend = legendOf(panel, shown.length, size.width)
  const below = legendHeight(legend, shown, size)
  const open = (name: string | undefined) => {
    const labels = shown.find((one) => one.title === name)?.labels
    const entity = labels === undefined ? undefined : entityOfLabels(labels)
    if (entity === undefined) return
    const { path, query } = entityAddress(entity.kind, entity.id)
    go(href(path, query))
  }
  if (size.height === 0) return null
  return (
    <div className={styles.chart} style={{ '--legend': `${below}px` } as CSSProperties}>
      <TimeSeriesChart
        label={panel.title}
        time_ms={drawn.time_ms}
        series={lines}
        unit={unit === 'none' ? '' : unit}
        kind={options.draw}
        stacked={options.stacking !== 'none'}
        height={Math.max(60, size.height - below - legend_gap_px)}
        legend={legend}
        onPick={(_, name) => open(name)}
      />
    </div>
  )
}

/** In a narrow panel a table would have no room for names. */
const table_least_px = 400

function legendOf({ options }: PanelModel, count: number, width: number) {
  if (options.legend === 'auto') return count > 1 ? 'bottom' : 'none'
  return options.legend === 'table' && width < table_least_px ? 'bottom' : options.legend
}

type Shown = PanelSeries & { title: string }

function linesOf(drawn: Drawn, panel: PanelModel): { lines: Series[]; shown: Shown[] } {
  const { options } = panel
  const shown: Shown[] = []
  const lines = drawn.series.flatMap((one): Series[] => {
    const field = fieldFor(options, one)
    if (field.is_hidden === true) return []
    const title =
      field.title === undefined ? one.name : seriesName(one.labels, field.title, one.name)
    shown.push({ ...one, title })
    const values = field.is_negative === true ? one.values.map(negative) : one.values
    const color = colorVar(field.color) ?? seriesColor(title, 'series')
    return [{ name: title, values, color, kind: field.draw }]
  })
  const piled = options.stacking === 'percent' ? shares(lines) : lines
  return { lines: [...piled, ...limits(drawn, panel)], shown }
}

function negative(value: number | null): number | null {
  return value === null ? null : -value
}

function shares(lines: readonly Series[]): Series[] {
  const sums = (lines[0]?.values ?? []).map((_, at) =>
    lines.reduce((sum, { values }) => sum + Math.abs(values[at] ?? 0), 0),
  )
  const share = (value: number | null, at: number) =>
    value === null || sums[at] === 0 ? value : (value / (sums[at] ?? 1)) * 100
  return lines.map((line) => ({ ...line, values: line.values.map(share) }))
}

function limits({ time_ms }: Drawn, { options }: PanelModel): Series[] {
  if (!options.has_lines || options.stacking === 'percent') return []
  return levelsOf(options.thresholds, options).flatMap(({ at, color }): Series[] => {
    if (at === null) return []
    const values = time_ms.map(() => at)
    return [{ name: `≥ ${valueText(at, options)}`, values, color: colorVar(color), dashed: true }]
  })
}

/** One axis has one unit: that of the panel, else the one that all series have of their own. */
function unitOf(panel: PanelModel, shown: readonly PanelSeries[]): string {
  const units = new Set(shown.map((one) => fieldFor(panel.options, one).unit))
  const [only] = units
  return units.size === 1 && only !== undefined ? only : panel.options.unit
}

/** The chart keeps the larger part: what does not fit in the legend scrolls. */
function legendHeight(legend: string, shown: readonly Shown[], { width, height }: Size): number {
  if (legend === 'none') return 0
  if (legend === 'table') return Math.min(height * 0.4, 18 + line_px * shown.length)
  const wide = shown.reduce((sum, { title }) => sum + Math.min(280, 104 + title.length * 7), 0)
  const lines = Math.ceil(wide / Math.max(200, width))
  return Math.min(72, Math.max(line_px, height * 0.3), lines * line_px)
}
