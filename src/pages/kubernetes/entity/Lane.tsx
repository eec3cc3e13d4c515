/** One lane of a thing's timeline: its name, what its colours mean, and its states. */
import type { ReactNode } from 'react'
import type { Asked } from '../../../ui/ask/ask.ts'
import type { Series } from '../../../ui/chart/series.ts'
import { FaultNote } from '../../../ui/panel/FaultNote.tsx'
import { Skeleton } from '../../../ui/parts/EmptyState.tsx'
import styles from './entity.module.css'

type LaneProps<Answer> = {
  title: string
  /** Under the title: what was left out, whose it is, what served. */
  note?: ReactNode
  legend?: readonly Omit<Series, 'values'>[] | undefined
  asked: Asked<Answer>
  is_empty?: ((answer: Answer) => boolean) | undefined
  /** Why there is nothing. */
  empty?: string | undefined
  children: (answer: Answer) => ReactNode
}

export function Lane<Answer>(props: LaneProps<Answer>) {
  const { title, note, legend, asked, is_empty, empty, children } = props
  const { answer, fault } = asked
  const isFailed = asked.status === 'failed' && fault !== undefined
  const isEmpty = answer !== undefined && is_empty?.(answer) === true
  return (
    <div className={styles.lane} aria-busy={asked.is_fetching}>
      <div className={styles.laneHead}>
        <h2 className={styles.laneTitle}>{title}</h2>
        {legend === undefined || isEmpty || answer === undefined ? null : (
          <Legend legend={legend} />
        )}
        {note === undefined ? null : <div className={styles.laneNote}>{note}</div>}
      </div>
      <div className={`${styles.laneContent} ${asked.is_earlier ? styles.earlier : ''}`}>
        {isFailed ? (
          <FaultNote fault={fault} retry={asked.refetch} busy={asked.is_fetching} />
        ) : answer === undefined ? (
          <Skeleton height={28} />
        ) : isEmpty ? (
          <p className={styles.nothing}>{empty}</p>
        ) : (
          children(answer)
        )}
      </div>
    </div>
  )
}

function Legend({ legend }: { legend: readonly Omit<Series, 'values'>[] }) {
  return (
    <ul className={styles.legend}>
      {legend.map(({ name, color, dashed }) => (
        <li key={name}>
          <span
            className={`${styles.swatch} ${dashed === true ? styles.dashed : ''}`}
            style={{ color }}
            aria-hidden="true"
          />
          {name}
        </li>
      ))}
    </ul>
  )
}
