/** Values beside one another as bars, the largest first. */
import type { CSSProperties } from 'react'
import { seriesColor } from '../../../ui/chart/colors.ts'
import { t } from '../../../ui/i18n/translate.ts'
import { figuresOf } from '../figures.ts'
import { seriesName } from '../series.ts'
import { colorVar, fieldFor, shownValue } from '../values.ts'
import styles from './Draw.module.css'
import type { Drawing } from './drawing.ts'
import { NameLink } from './NameLink.tsx'

const bars_max = 100

export function BarBody({ panel, rans }: Drawing) {
  const all = figuresOf(rans, panel)
    .map((one) => ({ one, field: fieldFor(panel.options, one) }))
    .filter(({ field }) => field.is_hidden !== true)
    .sort((a, b) => Number(b.one.value ?? -Infinity) - Number(a.one.value ?? -Infinity))
  const most = Math.max(...all.map(({ one }) => Math.abs(Number(one.value ?? 0))), 0)
  return (
    <ul className={styles.bars}>
      {all.slice(0, bars_max).map(({ one, field }) => {
        const { text, color } = shownValue(one.value, field)
        const end = field.max ?? (most > 0 ? most : 1)
        const share = Math.min(1, Math.max(0, Math.abs(Number(one.value ?? 0)) / end))
        const name =
          field.title === undefined ? one.name : seriesName(one.labels, field.title, one.name)
        const tint = colorVar(field.color ?? color) ?? seriesColor(name, 'series')
        return (
          <li key={one.name} className={styles.bar}>
            <NameLink name={name} labels={one.labels} />
            <span className={styles.track} aria-hidden="true">
              <span style={{ '--share': share, '--tint': tint } as CSSProperties} />
            </span>
            <span className={styles.barValue}>{text}</span>
          </li>
        )
      })}
      {all.length > bars_max ? (
        <li className={styles.more}>{t('ui.more', { count: all.length - bars_max })}</li>
      ) : null}
    </ul>
  )
}
