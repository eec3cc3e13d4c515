/** What went wrong, what to do about it, and the details folded away. */
import { IconAlertTriangle, IconPlayerStop } from '@tabler/icons-react'
import type { FaultShown } from '../ask/ask.ts'
import { hasText, t } from '../i18n/translate.ts'
import { Button } from '../parts/Button.tsx'
import styles from './FaultNote.module.css'

type FaultNoteProps = {
  fault: FaultShown
  retry?: (() => void) | undefined
  busy?: boolean | undefined
}

export function FaultNote({ fault, retry, busy }: FaultNoteProps) {
  const details = Object.entries(fault.details ?? {})
  const Icon = fault.code === 'stopped' ? IconPlayerStop : IconAlertTriangle
  return (
    <div className={styles.note} role="alert">
      <Icon className={fault.code === 'stopped' ? styles.calm : styles.icon} aria-hidden="true" />
      <div className={styles.text}>
        <p className={styles.says}>{words(fault.says)}</p>
        <p className={styles.do}>{words(fault.do)}</p>
        <details className={styles.details}>
          <summary>{t('ui.details')}</summary>
          <dl>
            <dt>code</dt>
            <dd>{fault.code}</dd>
            {details.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd>{String(value)}</dd>
              </div>
            ))}
          </dl>
        </details>
      </div>
      {retry === undefined ? null : (
        <Button onClick={retry} busy={busy}>
          {t('ui.retry')}
        </Button>
      )}
    </div>
  )
}

/** The kit's own faults carry keys of the dictionary; the server's carry sentences. */
function words(text: string): string {
  return /^ui\.[a-z_.]+$/.test(text) && hasText(text) ? t(text) : text
}
