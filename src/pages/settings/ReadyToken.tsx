/** A token just made: its secret, shown this once, and the text that puts it to use. */
import { IconCopy } from '@tabler/icons-react'
import { t } from '../../ui/i18n/translate.ts'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Button } from '../../ui/parts/Button.tsx'
import { CopyButton } from '../../ui/parts/CopyId.tsx'
import { copyText } from '../../ui/parts/copy.ts'
import styles from './SettingsPage.module.css'

type ReadyTokenProps = {
  name: string
  token: string
  snippet: { title: string; text: string }
  onDone: () => void
}

export function ReadyToken({ name, token, snippet, onDone }: ReadyTokenProps) {
  return (
    <Panel
      title={t('settings.tokens.ready', { name })}
      actions={<Button onClick={onDone}>{t('settings.tokens.done')}</Button>}
    >
      <p className={styles.once}>{t('settings.tokens.once')}</p>
      <div className={styles.secret}>
        <code>{token}</code>
        <CopyButton value={token} />
      </div>
      <div className={styles.snippetHead}>
        <h3>{snippet.title}</h3>
        <Button kind="quiet" icon={<IconCopy />} onClick={() => copyText(snippet.text)}>
          {t('ui.copy')}
        </Button>
      </div>
      <pre className={styles.snippet}>{snippet.text}</pre>
    </Panel>
  )
}
