/** Makes the token that the configuration below then shows; where none is needed, says so. */
import { useState } from 'react'
import { t } from '../../ui/i18n/translate.ts'
import { FaultNote } from '../../ui/panel/FaultNote.tsx'
import { Button } from '../../ui/parts/Button.tsx'
import { TextInput } from '../../ui/parts/TextInput.tsx'
import { useSession } from '../../ui/session.ts'
import { useSubmit } from '../../ui/submit.ts'
import { createToken } from './arrivals.ts'
import styles from './GetDataIn.module.css'

type TokenStepProps = {
  name: string
  is_open: boolean
  token: string
  onMade: (token: string) => void
}

export function TokenStep({ name, is_open, token, onMade }: TokenStepProps) {
  const [cluster, setCluster] = useState('')
  const role = useSession().data?.user?.role
  const { submit, busy, fault } = useSubmit(async () => {
    onMade((await createToken(name, cluster)).token)
  })
  if (token !== '') {
    return (
      <p className={styles.callout} data-tone="ok">
        {t('data_in.token.made')}
      </p>
    )
  }
  return (
    <>
      <p className={styles.note}>{t(is_open ? 'data_in.token.open' : 'data_in.token.needed')}</p>
      {role === 'admin' ? (
        <form
          className={styles.form}
          onSubmit={(event) => {
            event.preventDefault()
            submit()
          }}
        >
          <TextInput
            label={t('settings.tokens.cluster')}
            hint={t('settings.tokens.cluster_hint')}
            value={cluster}
            onChange={setCluster}
            maxLength={253}
            required
          />
          <Button type="submit" busy={busy}>
            {t('settings.tokens.create')}
          </Button>
        </form>
      ) : (
        <p className={styles.note}>{t('data_in.token.ask_admin')}</p>
      )}
      {fault === undefined ? null : <FaultNote fault={fault} />}
    </>
  )
}
