/**
 * The series of a chart with their values, largest first. Click shows one alone, click again shows
 * all; with Ctrl or ⌘ it hides or shows one.
 */
import { type MouseEvent, useMemo } from 'react'
import { figure } from '../format/figures.ts'
import { t } from '../i18n/translate.ts'
import styles from './Legend.module.css'
import { nextHidden } from './legend-choice.ts'
import { colorOf } from './plot.ts'
import { byValue, type Series, summary } from './series.ts'

type LegendProps = {
  series: readonly Series[]
  unit: string
  /** Under the crosshair; null shows the last values. */
  index: number | null
  hidden: ReadonlySet<string>
  onHidden: (hidden: ReadonlySet<string>) => void
  isTable: boolean
  /** What stands there when nothing is hovered: the last value, or the sum of all. */
  of: 'last' | 'sum'
}

export function Legend({ series, unit, index, hidden, onHidden, isTable, of }: LegendProps) {
  const sums = useMemo(() => series.map(({ values }) => summary(values)), [series])
  const order = useMemo(() => byValue(sums.map((sum) => sum?.[of] ?? null)), [sums, of])
  const press = (name: string, event: MouseEvent) => {
    onHidden(nextHidden(name, series, hidden, event.metaKey || event.ctrlKey))
  }
  return (
    <div className={isTable ? styles.table : styles.legend}>
      {isTable ? (
        <div className={styles.heads} aria-hidden="true">
          <span className={styles.swatch} />
          <span className={styles.name} />
          {['last', 'min', 'max', 'mean'].map((head) => (
            <span key={head} className={styles.value}>
              {t(`ui.chart.${head}`)}
            </span>
          ))}
        </div>
      ) : null}
      {order.map((at) => {
        const one = series[at]
        if (one === undefined) return null
        const sum = sums[at]
        const value = index === null ? (sum?.[of] ?? null) : (one.values[index] ?? null)
        const figures = isTable ? [value, sum?.min, sum?.max, sum?.mean] : [value]
        return (
          <button
            key={one.name}
            type="button"
            className={styles.item}
            aria-pressed={!hidden.has(one.name)}
            title={one.name}
            onClick={(event) => press(one.name, event)}
          >
            <span className={styles.swatch} style={{ background: colorOf(one) }} />
            <span className={styles.name}>{one.name}</span>
            {figures.map((shown, column) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: columns have no other identity.
              <span key={column} className={styles.value}>
                {shown === null || shown === undefined ? '–' : figure(shown, unit)}
              </span>
            ))}
          </button>
        )
      })}
    </div>
  )
}
