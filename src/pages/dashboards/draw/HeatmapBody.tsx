/** Cells over time, the stronger the more; what is under the pointer is said below. */
import { type PointerEvent, useEffect, useMemo, useRef, useState } from 'react'
import { timeLabel } from '../../../ui/chart/axes.ts'
import { faded, resolve, useThemeName } from '../../../ui/chart/colors.ts'
import { absolute } from '../../../ui/format/moment.ts'
import { t } from '../../../ui/i18n/translate.ts'
import { useRange } from '../../../ui/range/range.ts'
import { seriesOf } from '../series.ts'
import { colorVar, shownValue } from '../values.ts'
import styles from './Draw.module.css'
import type { Drawing } from './drawing.ts'
import { type Heat, heatOf, strengthOf } from './heat.ts'

const label_px = 96
const foot_px = 40
const gap_px = 1

type Cell = { row: number; at: number }

export function HeatmapBody({ panel, rans, size }: Drawing) {
  const { utc } = useRange()
  const theme = useThemeName()
  const heat = useMemo(() => heatOf(seriesOf(rans, panel.transforms), panel), [rans, panel])
  const canvas = useRef<HTMLCanvasElement>(null)
  const [cell, setCell] = useState<Cell>()
  const width = Math.max(40, size.width - label_px)
  const height = Math.max(40, size.height - foot_px)
  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme decides the colours.
  useEffect(() => {
    if (canvas.current !== null) paint(canvas.current, heat, { width, height })
  }, [heat, width, height, theme])
  const point = (event: PointerEvent<HTMLCanvasElement>) => {
    const box = event.currentTarget.getBoundingClientRect()
    const at = Math.floor(((event.clientX - box.left) / box.width) * heat.time_ms.length)
    const row = Math.floor(((event.clientY - box.top) / box.height) * heat.rows.length)
    setCell({ row, at })
  }
  const [first = 0, second = first] = heat.time_ms
  const step_ms = second - first
  const every = Math.max(1, Math.ceil(heat.rows.length / Math.max(1, Math.floor(height / 14))))
  return (
    <div className={styles.heat}>
      <div className={styles.heatLabels} style={{ width: label_px, height }} aria-hidden="true">
        {heat.rows.map((row, at) => (
          <span key={row.name} title={row.name}>
            {at % every === 0 ? row.name : ''}
          </span>
        ))}
      </div>
      <canvas
        ref={canvas}
        style={{ width, height }}
        role="img"
        aria-label={saysOf(heat, panel.title)}
        onPointerMove={point}
        onPointerLeave={() => setCell(undefined)}
      />
      <div className={styles.heatTimes} aria-hidden="true">
        {[0, 0.25, 0.5, 0.75].map((share) => {
          const time = heat.time_ms[Math.floor(share * heat.time_ms.length)] ?? 0
          return <span key={share}>{timeLabel(time, Math.max(60_000, step_ms), utc, false)}</span>
        })}
      </div>
      <p className={styles.heatSays}>{cellText(heat, cell, utc)}</p>
    </div>
  )
}

function saysOf({ rows, time_ms }: Heat, title: string): string {
  return t('dashboards.heat.says', { title, rows: rows.length, times: time_ms.length })
}

function cellText({ rows, time_ms }: Heat, cell: Cell | undefined, utc: boolean): string {
  const row = rows[cell?.row ?? -1]
  const time = time_ms[cell?.at ?? -1]
  if (cell === undefined || row === undefined || time === undefined) return ''
  const { text } = shownValue(row.values[cell.at] ?? null, row.field)
  return `${absolute(time, { utc })} · ${row.name} · ${text}`
}

function paint(canvas: HTMLCanvasElement, heat: Heat, size: { width: number; height: number }) {
  const ratio = devicePixelRatio
  canvas.width = size.width * ratio
  canvas.height = size.height * ratio
  const context = canvas.getContext('2d')
  if (context === null) return
  context.scale(ratio, ratio)
  const [wide, high] = [size.width / heat.time_ms.length, size.height / heat.rows.length]
  const gap = wide > 4 && high > 4 ? gap_px : 0
  heat.rows.forEach(({ values, field }, row) => {
    values.forEach((value, at) => {
      if (value === null || (heat.isHistogram && value === 0)) return
      const { color } = shownValue(value, field)
      // States have colours of their own; amounts have strengths of one.
      const isState = color !== undefined && field.thresholds.steps.length > 0
      context.fillStyle =
        isState || field.mappings.length > 0
          ? resolve(colorVar(color ?? 'neutral') ?? '')
          : faded('var(--series-1)', strengthOf(value, heat.most))
      context.fillRect(at * wide, row * high, Math.max(1, wide - gap), Math.max(1, high - gap))
    })
  })
}
