/** A file or command to paste, with a button that copies it whole. */
import { IconCopy } from '@tabler/icons-react'
import { t } from '../../ui/i18n/translate.ts'
import { Button } from '../../ui/parts/Button.tsx'
import { copyText } from '../../ui/parts/copy.ts'
import styles from './GetDataIn.module.css'

export function Snippet({ title, text }: { title: string; text: string }) {
  return (
    <div className={styles.snippet}>
      <div className={styles.snippetHead}>
        <span>{title}</span>
        <Button kind="quiet" icon={<IconCopy />} onClick={() => copyText(text)}>
          {t('ui.copy')}
        </Button>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys. */}
      <pre tabIndex={0}>{text}</pre>
    </div>
  )
}
