/** The way in: name and password. Setting up the first account is SetupPage. */
import { type FormEvent, useState } from 'react'
import { send } from '../../ui/ask/send.ts'
import { t } from '../../ui/i18n/translate.ts'
import { Button } from '../../ui/parts/Button.tsx'
import { TextInput } from '../../ui/parts/TextInput.tsx'
import { type Session, setSession } from '../../ui/session.ts'
import { useSubmit } from '../../ui/submit.ts'
import { Gate } from './Gate.tsx'
import styles from './SignInPage.module.css'

export function SignInPage({ setup_needed }: { setup_needed: boolean }) {
  const [name, setName] = useState('')
  const [password, setPassword] = useState('')
  const { submit, busy, fault } = useSubmit(async () => {
    setSession(await send<Session>('POST', '/api/session', { name, password }))
  })
  return (
    <Gate title={t('sign_in.title')} says={t('sign_in.says')} fault={fault}>
      {setup_needed ? <p className={styles.note}>{t('sign_in.setup_needed')}</p> : null}
      <form
        className={styles.form}
        onSubmit={(event: FormEvent) => {
          event.preventDefault()
          submit()
        }}
      >
        <TextInput
          label={t('sign_in.name')}
          value={name}
          onChange={setName}
          autoComplete="username"
          autoFocus
          required
        />
        <TextInput
          label={t('sign_in.password')}
          type="password"
          value={password}
          onChange={setPassword}
          autoComplete="current-password"
          required
        />
        <Button kind="primary" type="submit" busy={busy} className={styles.submit}>
          {t('sign_in.button')}
        </Button>
      </form>
    </Gate>
  )
}
