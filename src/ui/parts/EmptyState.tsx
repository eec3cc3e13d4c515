/** Nothing to show, why, and what to do about it. Skeletons stand where something will be. */
import type { ReactNode } from 'react'
import { t } from '../i18n/translate.ts'
import styles from './EmptyState.module.css'

type EmptyStateProps = {
  /** What there is none of, and where it was looked for. */
  title: ReactNode
  /** What to do. */
  children?: ReactNode
  actions?: ReactNode
  icon?: ReactNode
}

export function EmptyState({ title, children, actions, icon }: EmptyStateProps) {
  return (
    <div className={styles.empty}>
      {icon === undefined ? null : <div className={styles.icon}>{icon}</div>}
      <div className={styles.title}>{title}</div>
      {children === undefined ? null : <div className={styles.text}>{children}</div>}
      {actions === undefined ? null : <div className={styles.actions}>{actions}</div>}
    </div>
  )
}

/** Grey rows (or a block of the given height) until the answer arrives. */
export function Skeleton({
  rows,
  height,
}: {
  rows?: number | undefined
  height?: number | undefined
}) {
  const lines = Array.from({ length: rows ?? 4 }, (_, at) => `row-${at}`)
  return (
    <div className={styles.skeleton} role="status" aria-label={t('ui.loading')}>
      {height === undefined ? (
        lines.map((line) => <div key={line} className={styles.row} />)
      ) : (
        <div className={styles.block} style={{ height }} />
      )}
    </div>
  )
}
