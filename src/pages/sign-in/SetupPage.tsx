/** Creates the first administrator with the one-time key behind the # of the address. */
import { type FormEvent, useState } from 'react'
import { send } from '../../ui/ask/send.ts'
import { t } from '../../ui/i18n/translate.ts'
import { Button } from '../../ui/parts/Button.tsx'
import { TextInput } from '../../ui/parts/TextInput.tsx'
import { type Session, setSession } from '../../ui/session.ts'
import { useSubmit } from '../../ui/submit.ts'
import { go } from '../../ui/url/location.ts'
import { Gate } from './Gate.tsx'
import styles from './SignInPage.module.css'

export function SetupPage() {
  const [token] = useState(() => window.location.hash.slice(1))
  const [name, setName] = useState('admin')
  const [password, setPassword] = useState('')
  const [again, setAgain] = useState('')
  const { submit, busy, fault } = useSubmit(async () => {
    const session = await send<Session>('POST', '/api/setup', { token, name, password })
    setSession(session)
    go('/', { replace: true })
  })
  if (token === '') {
    return <Gate title={t('setup.no_token')} says={t('setup.no_token.do')} />
  }
  const differs = again !== '' && again !== password
  return (
    <Gate title={t('setup.title')} says={t('setup.says')} fault={fault}>
      <form
        className={styles.form}
        onSubmit={(event: FormEvent) => {
          event.preventDefault()
          if (password === again) submit()
        }}
      >
        <TextInput
          label={t('sign_in.name')}
          value={name}
          onChange={setName}
          autoComplete="username"
          required
        />
        <TextInput
          label={t('sign_in.password')}
          type="password"
          value={password}
          onChange={setPassword}
          hint={t('setup.password_hint')}
          autoComplete="new-password"
          minLength={12}
          autoFocus
          required
        />
        <TextInput
          label={t('setup.again')}
          type="password"
          value={again}
          onChange={setAgain}
          fault={differs ? t('setup.differ') : undefined}
          autoComplete="new-password"
          required
        />
        <Button kind="primary" type="submit" busy={busy} className={styles.submit}>
          {t('setup.button')}
        </Button>
      </form>
    </Gate>
  )
}
