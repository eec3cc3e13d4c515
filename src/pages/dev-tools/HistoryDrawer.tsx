/** The last requests that were sent from this browser; a chosen one is put into the editor. */
import { useState } from 'react'
import { Drawer } from '../../ui/drawer/Drawer.tsx'
import { t } from '../../ui/i18n/translate.ts'
import { Button } from '../../ui/parts/Button.tsx'
import { EmptyState } from '../../ui/parts/EmptyState.tsx'
import { RelativeTime } from '../../ui/parts/Figures.tsx'
import styles from './DevTools.module.css'
import { forgetSent, sentRequests } from './kept.ts'

type HistoryDrawerProps = { open: boolean; onClose: () => void; onTake: (text: string) => void }

export function HistoryDrawer({ open, onClose, onTake }: HistoryDrawerProps) {
  const [times, setTimes] = useState(0)
  const forget = () => {
    forgetSent()
    setTimes(times + 1)
  }
  return (
    <Drawer
      open={open}
      title={t('dev.history')}
      onClose={onClose}
      actions={
        <Button kind="quiet" onClick={forget}>
          {t('dev.history.forget')}
        </Button>
      }
    >
      {open ? <SentList key={times} onTake={onTake} /> : null}
    </Drawer>
  )
}

function SentList({ onTake }: { onTake: (text: string) => void }) {
  const sent = sentRequests()
  if (sent.length === 0) {
    return <EmptyState title={t('dev.history.none')}>{t('dev.history.none.do')}</EmptyState>
  }
  return (
    <ul className={styles.sent}>
      {sent.map((one) => (
        <li key={`${one.at_ms} ${one.path}`}>
          <button
            type="button"
            className={styles.sentOne}
            aria-label={t('dev.history.take', { request: `${one.method} ${one.path}` })}
            onClick={() => onTake(one.text)}
          >
            <span className={styles.sentHead}>
              <strong>{one.method}</strong>
              <span className={styles.sentPath}>{one.path}</span>
              <span className={styles.quiet}>
                {one.status === 0 ? '' : one.status} <RelativeTime time_ms={one.at_ms} />
              </span>
            </span>
            <span className={styles.sentBody}>{bodyOf(one.text)}</span>
          </button>
        </li>
      ))}
    </ul>
  )
}

function bodyOf(text: string): string {
  return text.split('\n').slice(1).join(' ').replace(/\s+/g, ' ').slice(0, 200)
}
