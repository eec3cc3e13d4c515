/**
 * One question's place on a page, in four states: loading, empty (why and what to do), failed (the
 * fault's sentence and remedy) and done, with a note when a limit left something out.
 */
import { IconPlayerStop } from '@tabler/icons-react'
import { type ReactNode, useEffect, useState } from 'react'
import type { Asked } from '../ask/ask.ts'
import { exact } from '../format/figures.ts'
import { language, t } from '../i18n/translate.ts'
import { IconButton } from '../parts/Button.tsx'
import { EmptyState, Skeleton } from '../parts/EmptyState.tsx'
import { FaultNote } from './FaultNote.tsx'
import styles from './Panel.module.css'

type PanelBase = {
  title?: ReactNode
  /** The question it answers, in words; shown beside the title. */
  question?: ReactNode
  actions?: ReactNode
  /** No padding around the content: tables and maps. */
  flush?: boolean | undefined
  /** No border and ground either. */
  bare?: boolean | undefined
  /** Takes the height that is left. */
  grow?: boolean | undefined
  className?: string | undefined
}

type Still = PanelBase & { asked?: undefined; children: ReactNode }
type Asking<Answer> = PanelBase & {
  asked: Asked<Answer>
  is_empty?: ((answer: Answer) => boolean) | undefined
  empty?: { title: ReactNode; do?: ReactNode; actions?: ReactNode } | undefined
  capped?: ((answer: Answer) => { shown: number; all: number } | undefined) | undefined
  skeleton_height?: number | undefined
  children: (answer: Answer) => ReactNode
}

export function Panel<Answer>(props: Still | Asking<Answer>) {
  const { title, question, actions, flush, bare, grow, className } = props
  const asked = props.asked
  const classes = [styles.panel, className]
  if (flush === true) classes.push(styles.flush)
  if (bare === true) classes.push(styles.bare)
  if (grow === true) classes.push(styles.grow)
  return (
    <section className={classes.filter(Boolean).join(' ')} aria-busy={asked?.is_fetching ?? false}>
      {title === undefined && actions === undefined ? null : (
        <header className={styles.header}>
          <h2 className={styles.title}>{title}</h2>
          {question === undefined ? null : <p className={styles.question}>{question}</p>}
          <div className={styles.actions}>
            {asked === undefined ? null : <Progress asked={asked} />}
            {actions}
          </div>
        </header>
      )}
      {asked?.is_fetching === true ? <div className={styles.busy} aria-hidden="true" /> : null}
      <div className={styles.content}>
        {props.asked === undefined ? props.children : <States {...props} />}
      </div>
    </section>
  )
}

function States<Answer>(props: Asking<Answer>) {
  const { asked, empty, children } = props
  if (asked.status === 'failed' && asked.fault !== undefined) {
    return <FaultNote fault={asked.fault} retry={asked.refetch} busy={asked.is_fetching} />
  }
  const { answer } = asked
  if (answer === undefined) {
    return (
      <div className={styles.padded}>
        <Skeleton height={props.skeleton_height} rows={5} />
      </div>
    )
  }
  if (props.is_empty?.(answer) === true) {
    return (
      <EmptyState title={empty?.title ?? t('ui.nothing_found')} actions={empty?.actions}>
        {empty?.do}
      </EmptyState>
    )
  }
  const capped = props.capped?.(answer)
  return (
    <div className={`${styles.answer} ${asked.is_earlier ? styles.earlier : ''}`}>
      {children(answer)}
      {capped === undefined || capped.shown >= capped.all ? null : (
        <p className={styles.capped}>
          {t('ui.capped', {
            shown: exact(capped.shown, language()),
            all: exact(capped.all, language()),
          })}
        </p>
      )}
    </div>
  )
}

/** Appears when asking takes longer than a second and a half, and can stop it. */
function Progress({ asked }: { asked: Asked<unknown> }) {
  const [isSlow, setSlow] = useState(false)
  const { is_fetching } = asked
  useEffect(() => {
    if (!is_fetching) return setSlow(false)
    const timer = setTimeout(() => setSlow(true), 1500)
    return () => clearTimeout(timer)
  }, [is_fetching])
  if (!isSlow) return null
  return (
    <span className={styles.slow} role="status">
      {t('ui.searching')}
      <IconButton label={t('ui.stop')} onClick={asked.stop}>
        <IconPlayerStop />
      </IconButton>
    </span>
  )
}
