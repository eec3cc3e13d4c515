/** Who is signed in, as the server says, and how that changes. */
import { useQuery } from '@tanstack/react-query'
import { answers } from './ask/ask.ts'
import { send } from './ask/send.ts'

export type Session = {
  user: { name: string; role: string } | null
  setup_needed: boolean
  version: string
}

const key = ['session']

export function useSession() {
  return useQuery({
    queryKey: key,
    queryFn: ({ signal }) => send<Session>('GET', '/api/session', undefined, signal),
    staleTime: Number.POSITIVE_INFINITY,
    retry: 2,
  })
}

/** Signing in, setting up and signing out all answer with the session as it then is. */
export function setSession(session: Session): void {
  answers.setQueryData(key, session)
}

/** What was answered to one person is not kept for the next. */
export async function signOut(): Promise<void> {
  const session = await send<Session>('DELETE', '/api/session')
  answers.removeQueries({ predicate: (query) => query.queryKey[0] !== 'session' })
  setSession(session)
}

/** The server no longer knows us. */
export function forgetSession(): void {
  answers.setQueryData(key, (session: Session | undefined) =>
    session === undefined ? session : { ...session, user: null },
  )
}
