/** Decides what the window shows: the way in, or the shell with the page of the address. */
import { useEffect } from 'react'
import { SetupPage } from '../pages/sign-in/SetupPage.tsx'
import { SignInPage } from '../pages/sign-in/SignInPage.tsx'
import { Refused } from '../ui/ask/ask.ts'
import { whenSignedOut } from '../ui/ask/send.ts'
import { useLanguage } from '../ui/i18n/translate.ts'
import { FaultNote } from '../ui/panel/FaultNote.tsx'
import { Toasts } from '../ui/parts/Toasts.tsx'
import { forgetSession, useSession } from '../ui/session.ts'
import { usePath } from '../ui/url/location.ts'
import styles from './App.module.css'
import { Shell } from './Shell.tsx'

whenSignedOut(forgetSession)

export function App() {
  const language = useLanguage()
  return (
    <div key={language} className={styles.app}>
      <Window />
      <Toasts />
    </div>
  )
}

function Window() {
  const path = usePath()
  const session = useSession()
  useEffect(() => {
    if (path === '/setup' || path === '/sign-in') document.title = 'Crowsnest'
  }, [path])
  if (path === '/setup') return <SetupPage />
  if (session.error !== null) {
    const fault =
      session.error instanceof Refused
        ? session.error.fault
        : { code: 'client', says: String(session.error), do: 'ui.client.do', details: {} }
    return (
      <main className={styles.center}>
        <FaultNote fault={fault} retry={() => session.refetch()} busy={session.isFetching} />
      </main>
    )
  }
  if (session.data === undefined) return null
  const { user, setup_needed } = session.data
  if (user === null) return <SignInPage setup_needed={setup_needed} />
  return <Shell user={user} />
}
