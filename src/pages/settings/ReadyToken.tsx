/** A token just made: its secret, shown this once, and the variables that put it to use. */
import { IconCopy } from '@tabler/icons-react'
import { t } from '../../ui/i18n/translate.ts'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Button } from '../../ui/parts/Button.tsx'
import { CopyButton } from '../../ui/parts/CopyId.tsx'
import { copyText } from '../../ui/parts/copy.ts'
import styles from './SettingsPage.module.css'
import { environmentFor } from './tokens.ts'

type ReadyTokenProps = { name: string; cluster: string; token: string; onDone: () => void }

export function ReadyToken({ name, cluster, token, onDone }: ReadyTokenProps) {
  const variables = environmentFor(token, cluster, window.location.origin)
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
        <h3>{t('settings.tokens.snippet')}</h3>
        <Button kind="quiet" icon={<IconCopy />} onClick={() => copyText(variables)}>
          {t('settings.tokens.copy_snippet')}
        </Button>
      </div>
      <pre className={styles.snippet}>{variables}</pre>
    </Panel>
  )
}
