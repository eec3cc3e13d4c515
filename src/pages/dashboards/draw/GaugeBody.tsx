/** How far a value is on its way from least to most, as a half ring with its thresholds. */
import type { CSSProperties } from 'react'
import type { PanelModel } from '../contract.ts'
import { figuresOf, type OneFigure } from '../figures.ts'
import { colorVar, type FieldNow, fieldFor, levelsOf, shownValue, textColorVar } from '../values.ts'
import styles from './Draw.module.css'
import type { Drawing } from './drawing.ts'
import { NameLink } from './NameLink.tsx'

const gauges_max = 24
const radius = 40
const length = Math.PI * radius

export function GaugeBody({ panel, rans, size }: Drawing) {
  const figures = figuresOf(rans, panel)
    .filter((one) => fieldFor(panel.options, one).is_hidden !== true)
    .slice(0, gauges_max)
  const across = Math.max(1, Math.min(figures.length, Math.floor(size.width / 110)))
  const down = Math.max(1, Math.ceil(figures.length / across))
  const height = Math.max(72, Math.floor(size.height / down) - 4)
  return (
    <div className={styles.tiles} style={{ '--across': across } as CSSProperties}>
      {figures.map((one) => (
        <Gauge
          key={one.name}
          figure={one}
          panel={panel}
          height={height}
          hasName={figures.length > 1}
        />
      ))}
    </div>
  )
}

type GaugeProps = { figure: OneFigure; panel: PanelModel; height: number; hasName: boolean }

function Gauge({ figure, panel, height, hasName }: GaugeProps) {
  const field = fieldFor(panel.options, figure)
  const { text, color } = shownValue(figure.value, field)
  const ends = endsOf(field)
  const share = typeof figure.value === 'number' ? shareOf(figure.value, ends) : 0
  const tint = color ?? field.color ?? 'series-1'
  const name = field.title ?? figure.name
  return (
    <div className={styles.gauge} style={{ height }}>
      <svg viewBox="0 0 100 58" className={styles.ring} role="img" aria-label={`${name}: ${text}`}>
        <title>{`${name}: ${text}`}</title>
        <Limits field={field} ends={ends} />
        <Arc from={0} to={1} color="var(--surface-pressed)" width={9} />
        {share > 0 ? <Arc from={0} to={share} color={colorVar(tint) ?? ''} width={9} /> : null}
        <text
          x="50"
          y="50"
          className={styles.gaugeText}
          style={{ fill: textColorVar(tint), fontSize: Math.min(15, 96 / text.length) }}
        >
          {text}
        </text>
      </svg>
      {hasName ? <NameLink name={name} labels={figure.labels} /> : null}
    </div>
  )
}

type Ends = { min: number; max: number }

/** A share ends at one and percents at a hundred; other values behind their last threshold. */
function endsOf({ min = 0, max, unit, thresholds }: FieldNow): Ends {
  if (max !== undefined) return { min, max: max > min ? max : min + 1 }
  if (unit === '1' || unit === 'ratio') return { min, max: 1 }
  const last = thresholds.of === 'value' ? (thresholds.steps.at(-1)?.from ?? 0) : 0
  return { min, max: unit === '%' || last <= min ? Math.max(100, min + 1) : last * 1.25 }
}

function shareOf(value: number, { min, max }: Ends): number {
  return Math.min(1, Math.max(0, (value - min) / (max - min)))
}

/** The thresholds as a thin ring outside. */
function Limits({ field, ends }: { field: FieldNow; ends: Ends }) {
  const levels = levelsOf(field.thresholds, ends)
  if (levels.length < 2) return null
  return levels.map(({ at, color }, index) => {
    const from = at === null ? 0 : shareOf(at, ends)
    const next = levels[index + 1]?.at
    const to = next === undefined || next === null ? 1 : shareOf(next, ends)
    const tint = colorVar(color) ?? ''
    return to <= from ? null : <Arc key={tint + from} {...{ from, to }} color={tint} outside />
  })
}

type ArcProps = { from: number; to: number; color: string; width?: number; outside?: boolean }

function Arc({ from, to, color, width = 2, outside = false }: ArcProps) {
  const r = outside ? radius + 7 : radius
  const whole = outside ? Math.PI * r : length
  return (
    <path
      d={`M${50 - r} 52 A${r} ${r} 0 0 1 ${50 + r} 52`}
      fill="none"
      style={{ stroke: color }}
      strokeWidth={width}
      strokeDasharray={`0 ${whole * from} ${whole * (to - from)} ${whole}`}
    />
  )
}
