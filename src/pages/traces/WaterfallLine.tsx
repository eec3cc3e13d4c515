/**
 * One span of the waterfall: its name in the tree, its bar over time, its part of the critical
 * path.
 */
import { IconAlertCircleFilled, IconChevronDown, IconChevronRight } from '@tabler/icons-react'
import { seriesColor } from '../../ui/chart/colors.ts'
import { duration } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import type { Trace } from './contract.ts'
import type { Segment, WaterfallRow } from './prepare.ts'
import styles from './Waterfall.module.css'

type LineProps = {
  trace: Trace
  row: WaterfallRow
  top: number
  critical: readonly Segment[] | undefined
  is_selected: boolean
  is_faded: boolean
  onFold: () => void
  onSelect: () => void
}

export function WaterfallLine(props: LineProps) {
  const { trace, row, top, critical, is_selected, is_faded, onFold, onSelect } = props
  const { at } = row
  const service = trace.service[at] ?? ''
  const is_error = trace.status[at] === 'error'
  const classes = [styles.line]
  if (is_selected) classes.push(styles.selected)
  if (is_faded) classes.push(styles.faded)
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the tree around it has the keys.
    <div
      className={classes.join(' ')}
      style={{ transform: `translateY(${top}px)` }}
      role="treeitem"
      tabIndex={-1}
      aria-level={row.depth + 1}
      aria-selected={is_selected}
      aria-expanded={row.children === 0 ? undefined : !row.is_folded}
      onClick={onSelect}
    >
      <div className={styles.label} style={{ paddingInlineStart: 8 + row.depth * 14 }}>
        <FoldButton row={row} onFold={onFold} />
        <span className={styles.mark} style={{ background: seriesColor(service) }} />
        {is_error ? (
          <IconAlertCircleFilled className={styles.errorIcon} aria-label="error" />
        ) : null}
        <span className={styles.service}>{service}</span>
        <span className={`${styles.name} ${is_error ? styles.failed : ''}`}>{trace.name[at]}</span>
        {row.is_orphan ? (
          <span className={styles.orphan} title={t('traces.orphan')}>
            ?
          </span>
        ) : null}
      </div>
      <Bar trace={trace} at={at} critical={critical} color={seriesColor(service)} />
    </div>
  )
}

function FoldButton({ row, onFold }: { row: WaterfallRow; onFold: () => void }) {
  if (row.children === 0) return <span className={styles.foldSpace} />
  const Icon = row.is_folded ? IconChevronRight : IconChevronDown
  return (
    <button
      type="button"
      className={styles.fold}
      tabIndex={-1}
      aria-label={t('traces.fold')}
      onClick={(event) => {
        event.stopPropagation()
        onFold()
      }}
    >
      <Icon size={14} aria-hidden="true" />
      {row.is_folded ? <span className={styles.hidden}>{row.children}</span> : null}
    </button>
  )
}

type BarProps = {
  trace: Trace
  at: number
  critical: readonly Segment[] | undefined
  color: string
}

/** The duration stands in a column of its own, where all of them compare at a glance. */
function Bar({ trace, at, critical, color }: BarProps) {
  const whole = Math.max(1, trace.duration_ns)
  const left = ((trace.offset_ns[at] ?? 0) / whole) * 100
  const width = ((trace.duration_ns_each[at] ?? 0) / whole) * 100
  return (
    <>
      <div className={styles.lane}>
        <span
          className={styles.bar}
          style={{ left: `${left}%`, width: `${width}%`, background: color }}
        />
        {(critical ?? []).map((segment) => (
          <span
            key={segment.from_ns}
            className={styles.critical}
            style={{
              left: `${(segment.from_ns / whole) * 100}%`,
              width: `${((segment.to_ns - segment.from_ns) / whole) * 100}%`,
            }}
          />
        ))}
      </div>
      <span className={styles.time}>{duration(trace.duration_ns_each[at] ?? 0)}</span>
    </>
  )
}
