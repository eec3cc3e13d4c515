/**
 * Many single things by time and value, ten thousand at ease: hover tells one, a click opens it, a
 * dragged box selects many. The list beside a scatter is its accessible form.
 */
import { type MouseEvent, useEffect, useMemo, useRef, useState } from 'react'
import { count, figure } from '../format/figures.ts'
import { absolute } from '../format/moment.ts'
import { t } from '../i18n/translate.ts'
import { useRange } from '../range/range.ts'
import { useThemeName } from './colors.ts'
import styles from './ScatterChart.module.css'
import {
  type Box,
  draw,
  type Frame,
  frameFor,
  inBox,
  nearestPoint,
  type Points,
  timeAt,
  valueAt,
  xOf,
  yOf,
} from './scatter.ts'
import { useWidth } from './size.ts'

export type ScatterSelection = {
  from_ms: number
  to_ms: number
  value_min: number
  value_max: number
  indexes: number[]
}

type ScatterChartProps = {
  label: string
  points: Points
  unit?: string | undefined
  log?: boolean | undefined
  height?: number | undefined
  range?: { from_ms: number; to_ms: number } | undefined
  onPoint?: ((index: number) => void) | undefined
  onSelect?: ((selection: ScatterSelection) => void) | undefined
  /** Indexes to bring forward; the others fade. */
  selected?: ReadonlySet<number> | undefined
  /** More words for the hovered point: its service and operation. */
  says?: ((index: number) => string) | undefined
}

export function ScatterChart(props: ScatterChartProps) {
  const { points, unit = 'ns', log = false, height = 200, selected } = props
  const page = useRange()
  const theme = useThemeName()
  const [ref, width] = useWidth<HTMLDivElement>()
  const canvas = useRef<HTMLCanvasElement>(null)
  const [hovered, setHovered] = useState(-1)
  const { from_ms, to_ms } = props.range ?? page
  const frame = useMemo(
    () => frameFor(points, { width, height }, { from_ms, to_ms }, log),
    [points, width, height, from_ms, to_ms, log],
  )
  // biome-ignore lint/correctness/useExhaustiveDependencies: colours resolve by the theme.
  useEffect(() => {
    if (canvas.current === null || width === 0) return
    draw(canvas.current, { points, frame, unit, utc: page.utc, hovered, selected })
  }, [points, frame, unit, page.utc, hovered, selected, width, theme])
  const box = useBox(frame, props, setHovered)
  const said = t('ui.chart.scatter_says', { label: props.label, count: points.time_ms.length })
  return (
    <div ref={ref} className={styles.scatter} style={{ height }}>
      <canvas
        ref={canvas}
        className={hovered >= 0 ? styles.pointing : styles.canvas}
        style={{ width, height }}
        role="img"
        aria-label={said}
        {...box.handlers}
      />
      {box.now === undefined ? null : <div className={styles.box} style={boxStyle(box.now)} />}
      {hovered < 0 || box.now !== undefined ? null : (
        <Tip frame={frame} points={points} at={hovered} unit={unit} says={props.says} />
      )}
    </div>
  )
}

function useBox(frame: Frame, props: ScatterChartProps, hover: (index: number) => void) {
  const [now, setNow] = useState<Box>()
  const at = (event: MouseEvent) => {
    const place = event.currentTarget.getBoundingClientRect()
    return { x: event.clientX - place.left, y: event.clientY - place.top }
  }
  const finish = (event: MouseEvent) => {
    const { x, y } = at(event)
    const isBox = now !== undefined && Math.abs(now.x1 - now.x0) + Math.abs(now.y1 - now.y0) > 8
    setNow(undefined)
    if (isBox && now !== undefined) props.onSelect?.(selection(frame, props.points, now))
    else {
      const index = nearestPoint(frame, props.points, x, y)
      if (index >= 0) props.onPoint?.(index)
    }
  }
  const handlers = {
    onMouseDown: (event: MouseEvent) => {
      const { x, y } = at(event)
      event.preventDefault()
      setNow({ x0: x, y0: y, x1: x, y1: y })
    },
    onMouseMove: (event: MouseEvent) => {
      const { x, y } = at(event)
      if (now !== undefined) setNow({ ...now, x1: x, y1: y })
      else hover(nearestPoint(frame, props.points, x, y))
    },
    onMouseUp: finish,
    onMouseLeave: () => {
      hover(-1)
      setNow(undefined)
    },
  }
  return { now, handlers }
}

function selection(frame: Frame, points: Points, box: Box): ScatterSelection {
  return {
    from_ms: Math.floor(timeAt(frame, Math.min(box.x0, box.x1))),
    to_ms: Math.ceil(timeAt(frame, Math.max(box.x0, box.x1))),
    value_min: valueAt(frame, Math.max(box.y0, box.y1)),
    value_max: valueAt(frame, Math.min(box.y0, box.y1)),
    indexes: inBox(frame, points, box),
  }
}

function boxStyle(box: Box) {
  return {
    left: Math.min(box.x0, box.x1),
    top: Math.min(box.y0, box.y1),
    width: Math.abs(box.x1 - box.x0),
    height: Math.abs(box.y1 - box.y0),
  }
}

type TipProps = {
  frame: Frame
  points: Points
  at: number
  unit: string
  says: ((index: number) => string) | undefined
}

function Tip({ frame, points, at, unit, says }: TipProps) {
  const { utc } = useRange()
  const time_ms = points.time_ms[at] ?? 0
  const value = points.value[at] ?? 0
  const x = xOf(frame, time_ms)
  const side = x > frame.width / 2 ? { right: frame.width - x + 10 } : { left: x + 10 }
  return (
    <div className={styles.tip} style={{ ...side, top: Math.max(0, yOf(frame, value) - 28) }}>
      <strong>{unit === '' ? count(value) : figure(value, unit)}</strong>
      {says === undefined ? null : <span>{says(at)}</span>}
      <span className={styles.time}>{absolute(time_ms, { utc, ms: true })}</span>
    </div>
  )
}
