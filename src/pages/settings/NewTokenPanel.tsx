/** The form for a new ingest token. */
import { useState } from 'react'
import { t } from '../../ui/i18n/translate.ts'
import { FaultNote } from '../../ui/panel/FaultNote.tsx'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Button } from '../../ui/parts/Button.tsx'
import { TextInput } from '../../ui/parts/TextInput.tsx'
import { useSubmit } from '../../ui/submit.ts'
import styles from './SettingsPage.module.css'
import { createToken, type NewToken } from './tokens.ts'

type NewTokenProps = {
  onMade: (made: NewToken & { name: string; cluster: string }) => void
  onCancel: () => void
}

export function NewTokenPanel({ onMade, onCancel }: NewTokenProps) {
  const [name, setName] = useState('')
  const [cluster, setCluster] = useState('')
  const { submit, busy, fault } = useSubmit(async () => {
    onMade({ ...(await createToken(name, cluster)), name, cluster })
  })
  return (
    <Panel title={t('settings.tokens.new')}>
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
      >
        <TextInput
          label={t('settings.tokens.name')}
          hint={t('settings.tokens.name_hint')}
          value={name}
          onChange={setName}
          maxLength={64}
          autoFocus
          required
        />
        <TextInput
          label={t('settings.tokens.cluster')}
          hint={t('settings.tokens.cluster_hint')}
          value={cluster}
          onChange={setCluster}
          maxLength={253}
          required
        />
        {fault === undefined ? null : <FaultNote fault={fault} />}
        <div className={styles.actions}>
          <Button kind="primary" type="submit" busy={busy}>
            {t('settings.tokens.create')}
          </Button>
          <Button kind="quiet" onClick={onCancel}>
            {t('ui.cancel')}
          </Button>
        </div>
      </form>
    </Panel>
  )
}
