/**
 * The moment under the pointer as one line through all lanes. Charts draw their own crosshair; over
 * a strip the nearest chart is told of the pointer, so that theirs follows.
 */
import { useEffect, useRef, useState } from 'react'
import { lane_axis_px } from '../../../ui/chart/axes.ts'
import { clock } from '../../../ui/format/moment.ts'
import { useRange } from '../../../ui/range/range.ts'
import { plot_end_px } from './EntityStrip.tsx'
import styles from './entity.module.css'

type Cursor = { left: number; time_ms: number }

export function CursorLine({ range }: { range: { from_ms: number; to_ms: number } }) {
  const mark = useRef<HTMLDivElement>(null)
  const [cursor, setCursor] = useState<Cursor>()
  const { utc } = useRange()
  const latest = useRef(range)
  latest.current = range
  useEffect(() => {
    const lanes = mark.current?.parentElement
    if (lanes === undefined || lanes === null) return
    const move = (event: PointerEvent) => {
      const found = cursorAt(lanes, event.clientX, latest.current)
      setCursor(found)
      if (!isOverChart(event)) tellCharts(lanes, found === undefined ? undefined : event.clientX)
    }
    const leave = () => {
      setCursor(undefined)
      tellCharts(lanes, undefined)
    }
    lanes.addEventListener('pointermove', move)
    lanes.addEventListener('pointerleave', leave)
    return () => {
      lanes.removeEventListener('pointermove', move)
      lanes.removeEventListener('pointerleave', leave)
    }
  }, [])
  return (
    <div ref={mark} className={styles.cursors} aria-hidden="true">
      {cursor === undefined ? null : (
        <div className={styles.cursor} style={{ insetInlineStart: cursor.left }}>
          <span className={styles.cursorTime}>{clock(cursor.time_ms, utc, false)}</span>
        </div>
      )}
    </div>
  )
}

function cursorAt(
  lanes: HTMLElement,
  client_x: number,
  { from_ms, to_ms }: { from_ms: number; to_ms: number },
): Cursor | undefined {
  const content = lanes.querySelector(`.${styles.laneContent}`)?.getBoundingClientRect()
  if (content === undefined) return undefined
  const width = content.width - lane_axis_px - plot_end_px
  const x = client_x - content.left - lane_axis_px
  if (width <= 0 || x < 0 || x > width) return undefined
  const left = client_x - lanes.getBoundingClientRect().left
  return { left, time_ms: from_ms + ((to_ms - from_ms) * x) / width }
}

function isOverChart(event: PointerEvent): boolean {
  return event.target instanceof Element && event.target.closest('.u-over') !== null
}

/** Crosshairs of all charts follow any one of them. */
function tellCharts(lanes: HTMLElement, client_x: number | undefined): void {
  const plot = lanes.querySelector('.u-over')
  if (plot === null) return
  const { top, height } = plot.getBoundingClientRect()
  const type = client_x === undefined ? 'mouseleave' : 'mousemove'
  const at = { clientX: client_x ?? 0, clientY: top + height / 2 }
  plot.dispatchEvent(new MouseEvent(type, at))
}
