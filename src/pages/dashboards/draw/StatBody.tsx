/** One large figure, or several as tiles, each with its past. */
import type { CSSProperties } from 'react'
import { Sparkline } from '../../../ui/chart/Sparkline.tsx'
import { t } from '../../../ui/i18n/translate.ts'
import type { PanelModel } from '../contract.ts'
import { figures_max, figuresOf, type OneFigure } from '../figures.ts'
import { seriesName } from '../series.ts'
import { colorVar, fieldFor, shownValue, textColorVar } from '../values.ts'
import styles from './Draw.module.css'
import type { Drawing } from './drawing.ts'
import { NameLink } from './NameLink.tsx'

const tiles_max = 60

export function StatBody({ panel, rans, size }: Drawing) {
  const all = figuresOf(rans, panel).slice(0, figures_max)
  const shown = all.filter((one) => fieldFor(panel.options, one).is_hidden !== true)
  const figures = shown.slice(0, tiles_max)
  const isOne = figures.length === 1
  // As many side by side as are wide enough to be read.
  const across = Math.max(1, Math.min(figures.length, Math.floor(size.width / 120)))
  const down = Math.ceil(figures.length / across)
  const height = Math.max(44, Math.floor((size.height - (down - 1) * 4) / Math.max(1, down)))
  return (
    <div className={styles.tiles} style={{ '--across': across } as CSSProperties}>
      {figures.map((one) => (
        <Tile
          key={one.name}
          figure={one}
          panel={panel}
          isOne={isOne}
          height={height}
          width={Math.floor(size.width / across)}
        />
      ))}
      {shown.length > tiles_max ? (
        <p className={styles.more}>{t('ui.more', { count: shown.length - tiles_max })}</p>
      ) : null}
    </div>
  )
}

type TileProps = {
  figure: OneFigure
  panel: PanelModel
  isOne: boolean
  height: number
  width: number
}

function Tile({ figure, panel, isOne, height, width }: TileProps) {
  const { options } = panel
  const field = fieldFor(options, figure)
  const { text, color } = shownValue(figure.value, field)
  const told = field.color ?? color
  const isGround = options.colors === 'ground' && told !== undefined
  const tint = options.colors === 'none' ? undefined : textColorVar(told)
  const name =
    field.title === undefined ? figure.name : seriesName(figure.labels, field.title, figure.name)
  const hasName = options.shows === 'name' || (options.shows === 'auto' && !isOne)
  const hasPast = options.has_past && figure.past.length > 2 && height > 74
  const room = height - (hasName ? 22 : 0) - (hasPast ? 30 : 0)
  const size = Math.max(16, Math.min(room * 0.62, width / Math.max(3, text.length * 0.62), 56))
  return (
    <div
      className={styles.tile}
      data-ground={isGround}
      style={{ height, '--tint': colorVar(told) } as CSSProperties}
    >
      {options.shows === 'name' ? null : (
        <span
          className={styles.figure}
          style={{ fontSize: size, color: isGround ? undefined : tint }}
        >
          {text}
        </span>
      )}
      {hasName ? <NameLink name={name} labels={figure.labels} /> : null}
      {hasPast ? (
        <Sparkline
          values={figure.past}
          label={name}
          unit={field.unit}
          width={Math.max(40, width - 16)}
          height={26}
          color={colorVar(told) ?? 'var(--series-1)'}
        />
      ) : null}
    </div>
  )
}
