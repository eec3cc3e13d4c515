/** Stands before saving when the definition loses some of the newest records. */
import { IconAlertTriangle } from '@tabler/icons-react'
import { t } from '../../ui/i18n/translate.ts'
import { Button } from '../../ui/parts/Button.tsx'
import type { Verdict } from './outcome.ts'
import styles from './Pipelines.module.css'

type SaveWarningProps = {
  verdicts: Record<Verdict, number>
  onSave: () => void
  onCancel: () => void
}

export function SaveWarning({ verdicts, onSave, onCancel }: SaveWarningProps) {
  const { kept, dropped, failed } = verdicts
  const all = kept + dropped + failed
  return (
    <div className={styles.warning} role="alert">
      <IconAlertTriangle aria-hidden="true" />
      <span className={styles.warningText}>{t('pipelines.warning', { dropped, failed, all })}</span>
      <Button onClick={onCancel}>{t('ui.cancel')}</Button>
      <Button kind="danger" onClick={onSave}>
        {t('pipelines.save_anyway')}
      </Button>
    </div>
  )
}
