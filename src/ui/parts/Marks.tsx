/** Small signs with a meaning: badge, status dot, severity. Colour never carries it alone. */
import type { ReactNode } from 'react'
import { hasText, t } from '../i18n/translate.ts'
import styles from './Marks.module.css'

export type Status = 'ok' | 'warn' | 'bad' | 'unknown'

type BadgeProps = {
  tone?: Status | 'neutral' | 'accent' | undefined
  title?: string | undefined
  children: ReactNode
}

export function Badge({ tone = 'neutral', title, children }: BadgeProps) {
  return (
    <span className={`${styles.badge} ${styles[tone]}`} title={title}>
      {children}
    </span>
  )
}

/** A dot with its meaning in words beside it, or read aloud alone when `quiet`. */
export function StatusDot({
  status,
  label,
  quiet,
}: {
  status: Status
  label?: string | undefined
  quiet?: boolean | undefined
}) {
  const words = label ?? t(`ui.status.${status}`)
  return (
    <span className={styles.status} title={quiet === true ? words : undefined}>
      <span className={`${styles.dot} ${styles[`dot_${status}`]}`} aria-hidden="true" />
      <span className={quiet === true ? styles.heard : undefined}>{words}</span>
    </span>
  )
}

export const severities = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const

/** A record's severity; '' is a record that has none. */
export function SeverityTag({ severity }: { severity: string }) {
  const known = (severities as readonly string[]).includes(severity) ? severity : 'none'
  const words = hasText(`ui.severity.${known}`) ? t(`ui.severity.${known}`) : severity
  return <span className={`${styles.severity} ${styles[`severity_${known}`]}`}>{words}</span>
}

/** The CSS colour of a severity, for charts. */
export function severityColor(severity: string): string {
  const known = (severities as readonly string[]).includes(severity) ? severity : 'none'
  return `var(--severity-${known})`
}
