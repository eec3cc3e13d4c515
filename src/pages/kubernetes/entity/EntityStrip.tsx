/**
 * The lanes that are no charts: how a thing's status went, and what happened to it, on the same
 * times as the charts below.
 */
import { lane_axis_px } from '../../../ui/chart/axes.ts'
import { absolute, span } from '../../../ui/format/moment.ts'
import { t } from '../../../ui/i18n/translate.ts'
import { Tooltip } from '../../../ui/parts/Tooltip.tsx'
import { useRange } from '../../../ui/range/range.ts'
import styles from './entity.module.css'
import type { Happening } from './prepare-happenings.ts'
import type { Period } from './prepare-periods.ts'

/** More are said when one points at them. */
const count_max = 99
/** What uPlot leaves free at its right. */
export const plot_end_px = 20

type Range = { from_ms: number; to_ms: number }
const share = (time_ms: number, { from_ms, to_ms }: Range) =>
  `${(100 * (Math.min(Math.max(time_ms, from_ms), to_ms) - from_ms)) / (to_ms - from_ms)}%`

const plotEdges = { marginInlineStart: lane_axis_px, marginInlineEnd: plot_end_px }

export function StatusStrip({ periods, range }: { periods: readonly Period[]; range: Range }) {
  const { utc } = useRange()
  return (
    <ol className={styles.strip} style={plotEdges} aria-label={t('entity.lane.status')}>
      {periods.map((period) => {
        const isUnseen = period.status === '' && period.health === 'unknown'
        const words = isUnseen
          ? t('entity.unwatched')
          : period.status || t(`ui.status.${period.health}`)
        const says = `${words} · ${span(period.from_ms, period.to_ms, utc)}`
        return (
          <li
            key={`${period.from_ms} ${period.status}`}
            className={`${styles.period} ${styles[`period_${period.health}`]}`}
            style={{
              insetInlineStart: share(period.from_ms, range),
              insetInlineEnd: `calc(100% - ${share(period.to_ms, range)})`,
            }}
            title={says}
          >
            <span>{words}</span>
          </li>
        )
      })}
    </ol>
  )
}

type HappeningsProps = {
  label: string
  /** What is said when nothing happened. */
  none: string
  happenings: readonly Happening[]
  range: Range
  onOpen: (happening: Happening) => void
}

export function HappeningsStrip({ label, none, happenings, range, onOpen }: HappeningsProps) {
  const { utc } = useRange()
  if (happenings.length === 0) {
    return (
      <p className={`${styles.strip} ${styles.calm}`} style={plotEdges}>
        {none}
      </p>
    )
  }
  return (
    <ol className={styles.happenings} style={plotEdges} aria-label={label}>
      {happenings.map((one) => {
        const more = one.count > 1 ? ` · ${t('entity.and_more', { more: one.count - 1 })}` : ''
        const says = `${absolute(one.time_ms, { utc })} · ${one.says}${more}`
        return (
          <li key={one.id} style={{ insetInlineStart: share(one.time_ms, range) }}>
            <Tooltip text={says} side="top">
              <button
                type="button"
                className={`${styles.happening} ${styles[`happening_${one.tone}`]}`}
                aria-label={says}
                onClick={() => onOpen(one)}
              >
                {one.count > 1 ? Math.min(one.count, count_max) : null}
              </button>
            </Tooltip>
          </li>
        )
      })}
    </ol>
  )
}
