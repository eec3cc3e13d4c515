/** Draws the short news. Once in the shell. */
import { t } from '../i18n/translate.ts'
import { Button } from './Button.tsx'
import styles from './Toasts.module.css'
import { close, useToasts } from './toasts.ts'

export function Toasts() {
  return (
    <div className={styles.toasts} role="status" aria-live="polite">
      {useToasts().map(({ id, text, tone, undo }) => (
        <div key={id} className={`${styles.toast} ${tone === 'bad' ? styles.bad : ''}`}>
          <span>{text}</span>
          {undo === undefined ? null : (
            <Button kind="quiet" onClick={() => close(id, undo)}>
              {t('ui.undo')}
            </Button>
          )}
        </div>
      ))}
    </div>
  )
}
