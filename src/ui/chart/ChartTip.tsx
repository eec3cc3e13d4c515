/** The values under the crosshair, largest first, beside the pointer. */
import { figure } from '../format/figures.ts'
import { absolute } from '../format/moment.ts'
import { t } from '../i18n/translate.ts'
import styles from './ChartTip.module.css'
import { colorOf, type PlotAsk } from './plot.ts'
import { byValue } from './series.ts'
import type { PlotView } from './use-plot.ts'

const rows_max = 10

type ChartTipProps = { ask: PlotAsk; index: number; view: PlotView | undefined }

export function ChartTip({ ask, index, view }: ChartTipProps) {
  const time_ms = ask.time_ms[index]
  if (time_ms === undefined || view === undefined) return null
  const shown = ask.series.filter((series) => !ask.hidden.has(series.name))
  const values = shown.map((series) => series.values[index] ?? null)
  const order = byValue(values).filter((at) => values[at] !== null)
  const x = view.x(time_ms)
  const isRight = x > view.left + view.width / 2
  const style = isRight
    ? { right: `calc(100% - ${x - 12}px)`, top: view.top }
    : { left: x + 12, top: view.top }
  return (
    <div className={styles.tip} style={style} aria-hidden="true">
      <p className={styles.time}>{absolute(time_ms, { utc: ask.utc })}</p>
      {order.slice(0, rows_max).map((at) => {
        const series = shown[at]
        if (series === undefined) return null
        return (
          <p key={series.name} className={styles.row}>
            <span className={styles.swatch} style={{ background: colorOf(series) }} />
            <span className={styles.name}>{series.name}</span>
            <span className={styles.value}>{figure(values[at] ?? 0, ask.unit)}</span>
          </p>
        )
      })}
      {order.length > rows_max ? (
        <p className={styles.more}>{t('ui.more', { count: order.length - rows_max })}</p>
      ) : null}
      {order.length === 0 ? <p className={styles.more}>{t('ui.chart.no_data')}</p> : null}
    </div>
  )
}
