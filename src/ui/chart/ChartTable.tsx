/** A chart's data as a table, newest first, for those who read rather than look. */
import { figure } from '../format/figures.ts'
import { absolute } from '../format/moment.ts'
import { t } from '../i18n/translate.ts'
import styles from './ChartTable.module.css'
import type { PlotAsk } from './plot.ts'

const rows_max = 300

export function ChartTable({ ask, label }: { ask: PlotAsk; label: string }) {
  const rows = ask.time_ms.map((time_ms, at) => ({ time_ms, at })).reverse()
  return (
    <section
      className={styles.scroll}
      style={{ height: ask.height }}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keys.
      tabIndex={0}
      aria-label={label}
    >
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t('ui.time')}</th>
            {ask.series.map((series) => (
              <th key={series.name} scope="col">
                {series.name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, rows_max).map(({ time_ms, at }) => (
            <tr key={time_ms}>
              <th scope="row">{absolute(time_ms, { utc: ask.utc })}</th>
              {ask.series.map((series) => {
                const value = series.values[at] ?? null
                return <td key={series.name}>{value === null ? '–' : figure(value, ask.unit)}</td>
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
