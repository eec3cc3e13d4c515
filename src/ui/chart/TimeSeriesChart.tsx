/**
 * Values over time: lines, areas or bars, with the page's shared crosshair, drag to zoom, a legend
 * that sorts by value, marks, gaps and exemplars. Gives its data as a table too.
 */
import 'uplot/dist/uPlot.min.css'
import { type ReactNode, useId, useMemo, useState } from 'react'
import { figure } from '../format/figures.ts'
import { span } from '../format/moment.ts'
import { t } from '../i18n/translate.ts'
import { useRange } from '../range/range.ts'
import { ChartTable } from './ChartTable.tsx'
import { ChartTip } from './ChartTip.tsx'
import { useThemeName } from './colors.ts'
import { Legend } from './Legend.tsx'
import { Overlays } from './Overlays.tsx'
import type { PlotAsk } from './plot.ts'
import { type Exemplar, type Gap, type Mark, type Series, summary } from './series.ts'
import styles from './TimeSeriesChart.module.css'
import { usePlot } from './use-plot.ts'

export type TimeSeriesChartProps = {
  /** What is drawn, in words: the name for those who do not see it. */
  label: string
  time_ms: readonly number[]
  series: readonly Series[]
  unit?: string | undefined
  kind?: 'line' | 'area' | 'bar' | undefined
  stacked?: boolean | undefined
  height?: number | undefined
  /** The page's time range by default. */
  range?: { from_ms: number; to_ms: number } | undefined
  marks?: readonly Mark[] | undefined
  gaps?: readonly Gap[] | undefined
  exemplars?: readonly Exemplar[] | undefined
  onExemplar?: ((exemplar: Exemplar) => void) | undefined
  /** A click, at the nearest time; the series when one was near. */
  onPick?: ((time_ms: number, name: string | undefined) => void) | undefined
  /** A drag; sets the page's time range by default. */
  onSelectRange?: ((from_ms: number, to_ms: number) => void) | undefined
  /** auto: none for one series, below for more. table: with last, min, max and mean. */
  legend?: 'auto' | 'none' | 'bottom' | 'table' | undefined
  /**
   * One of several charts above one another: their plots begin at lane_axis_px, and only the last
   * writes the times.
   */
  lane?: 'inner' | 'last' | undefined
  /** What the legend shows when nothing is hovered. */
  legend_of?: 'last' | 'sum' | undefined
}

const none: never[] = []

export function TimeSeriesChart(props: TimeSeriesChartProps) {
  const { label, time_ms, series, unit = '', height = 180, legend = 'auto' } = props
  const page = useRange()
  const theme = useThemeName()
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set())
  const [asTable, setAsTable] = useState(false)
  const id = useId()
  const { from_ms, to_ms } = props.range ?? page
  const ask: PlotAsk = {
    time_ms,
    series,
    hidden,
    kind: props.kind ?? 'line',
    stacked: props.stacked ?? false,
    unit,
    utc: page.utc,
    range: { from_ms, to_ms },
    marks: props.marks ?? none,
    gaps: props.gaps ?? none,
    dot_max: Math.max(0, ...(props.exemplars ?? none).map((dot) => dot.value)),
    height,
    lane: props.lane,
  }
  const select = props.onSelectRange ?? page.setRange
  const plot = usePlot(ask, theme, { select, pick: props.onPick })
  const said = useMemo(
    () => inWords(label, series, unit, span(from_ms, to_ms, page.utc)),
    [label, series, unit, from_ms, to_ms, page.utc],
  )
  const shows = legend === 'auto' ? (series.length > 1 ? 'bottom' : 'none') : legend
  return (
    <figure className={styles.chart} aria-labelledby={id}>
      <figcaption id={id} className={styles.heard}>
        {said}
      </figcaption>
      <TableToggle on={asTable} set={setAsTable} />
      <div className={asTable ? styles.away : styles.plot}>
        <div ref={plot.ref} style={{ height }} aria-hidden="true" />
        <Overlays view={plot.view} ask={ask} exemplars={props.exemplars} open={props.onExemplar} />
        {plot.index === null || !plot.isOver ? null : (
          <ChartTip ask={ask} index={plot.index} view={plot.view} />
        )}
      </div>
      {asTable ? <ChartTable ask={ask} label={label} /> : null}
      {shows === 'none' ? null : (
        <Legend
          series={series}
          unit={unit}
          index={plot.index}
          hidden={hidden}
          onHidden={setHidden}
          isTable={shows === 'table'}
          of={props.legend_of ?? 'last'}
        />
      )}
    </figure>
  )
}

function TableToggle({ on, set }: { on: boolean; set: (on: boolean) => void }): ReactNode {
  return (
    <button type="button" className={styles.toggle} aria-pressed={on} onClick={() => set(!on)}>
      {on ? t('ui.chart.as_chart') : t('ui.chart.as_table')}
    </button>
  )
}

/** One sentence a series: enough to know whether to open the table. */
function inWords(label: string, series: readonly Series[], unit: string, range: string): string {
  const lines = series.slice(0, 8).map(({ name, values }) => {
    const sums = summary(values)
    if (sums === undefined) return t('ui.chart.says_none', { name })
    return t('ui.chart.says', {
      name,
      last: figure(sums.last ?? 0, unit),
      min: figure(sums.min, unit),
      max: figure(sums.max, unit),
    })
  })
  return `${label}, ${range}. ${lines.join(' ')}`
}
