/** What lies on a chart and can be reached: flags of marks and dots of exemplars. */
import { absolute } from '../format/moment.ts'
import { Tooltip } from '../parts/Tooltip.tsx'
import styles from './Overlays.module.css'
import { markColor, type PlotAsk } from './plot.ts'
import type { Exemplar } from './series.ts'
import type { PlotView } from './use-plot.ts'

const exemplars_max = 200

type OverlaysProps = {
  view: PlotView | undefined
  ask: PlotAsk
  exemplars?: readonly Exemplar[] | undefined
  open?: ((exemplar: Exemplar) => void) | undefined
}

export function Overlays({ view, ask, exemplars = [], open }: OverlaysProps) {
  if (view === undefined) return null
  const isInside = (time_ms: number) => time_ms >= ask.range.from_ms && time_ms <= ask.range.to_ms
  const marks = ask.marks.filter((mark) => isInside(mark.time_ms))
  const isOnPlot = (dot: Exemplar) => isInside(dot.time_ms) && view.y(dot.value) >= view.top
  const dots = exemplars.filter(isOnPlot).slice(0, exemplars_max)
  return (
    <>
      {marks.map((mark) => (
        <Tooltip
          key={`${mark.time_ms}${mark.label}`}
          text={`${mark.label} · ${absolute(mark.time_ms, { utc: ask.utc })}`}
          side="top"
        >
          <button
            type="button"
            className={styles.mark}
            aria-label={mark.label}
            style={{ left: view.x(mark.time_ms), top: view.top, background: markColor(mark) }}
          />
        </Tooltip>
      ))}
      {dots.map((dot) => (
        <Tooltip key={`${dot.time_ms}${dot.trace_id}`} text={dot.label} side="top">
          <button
            type="button"
            className={styles.dot}
            aria-label={dot.label}
            style={{ left: view.x(dot.time_ms), top: view.y(dot.value) }}
            onClick={() => open?.(dot)}
          />
        </Tooltip>
      ))}
    </>
  )
}
