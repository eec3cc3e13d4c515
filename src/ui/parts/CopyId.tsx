/** Ids in monospace, shortened in the middle; a click copies the whole. */
import { IconCopy } from '@tabler/icons-react'
import { t } from '../i18n/translate.ts'
import { IconButton } from './Button.tsx'
import styles from './CopyId.module.css'
import { copyText } from './copy.ts'
import { middle } from './middle.ts'
import { Tooltip } from './Tooltip.tsx'

export function CopyId({ value, chars = 16 }: { value: string; chars?: number | undefined }) {
  return (
    <Tooltip text={`${value} · ${t('ui.click_copies')}`}>
      <button type="button" className={styles.id} onClick={() => copyText(value)}>
        {middle(value, chars)}
        <span className={styles.heard}> {t('ui.copy')}</span>
      </button>
    </Tooltip>
  )
}

export function CopyButton({ value, label }: { value: string; label?: string | undefined }) {
  return (
    <IconButton label={label ?? t('ui.copy')} onClick={() => copyText(value)}>
      <IconCopy />
    </IconButton>
  )
}
