/** First run: the one-time link with which the first administrator is created. */
import { Fault } from '../../model/faults.ts'
import { isSetupLinkValid, redeemSetupLink, replaceSetupLink } from '../../state/setup-links.ts'
import type { State } from '../../state/state.ts'
import { hasAdmin, type User } from '../../state/users.ts'
import { hashPassword, refuseWeak } from './passwords.ts'
import { hashSecret, newId, newSecret } from './secrets.ts'

const valid_ms = 24 * 3600 * 1000

/** A new link's token while there is no administrator. Older links stop working. */
export async function openSetup(
  state: Pick<State, 'db'>,
  now_ms: () => number,
): Promise<string | undefined> {
  if (await hasAdmin(state.db)) return undefined
  const token = newSecret()
  const link = { token_hash: hashSecret(token), expires_ms: now_ms() + valid_ms }
  await replaceSetupLink(state.db, link)
  return token
}

/** Makes the administrator. A password that is refused leaves the link as it was. */
export async function completeSetup(
  state: Pick<State, 'db'>,
  asked: { token: string; name: string; password: string },
  now_ms: () => number,
): Promise<User> {
  const { token, name, password } = asked
  const token_hash = hashSecret(token)
  // Before hashing, which costs a third of a second.
  if (!(await isSetupLinkValid(state.db, token_hash, now_ms()))) throw invalid()
  refuseWeak(password, name)
  const user = { id: newId(), name: name.toLowerCase(), role: 'admin' } as const
  const password_hash = await hashPassword(password)
  const admin = { ...user, password_hash, created_ms: now_ms() }
  if (!(await redeemSetupLink(state.db, token_hash, admin))) throw invalid()
  return user
}

function invalid(): Fault {
  return new Fault('setup_link_invalid')
}
