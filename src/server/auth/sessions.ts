/** Sessions of signed-in people: opaque ids in a cookie, everything else on the server. */
import type {} from '@fastify/cookie'
import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  addSession,
  endOldSessions,
  endSession,
  findSession,
  type Limits,
  touchSession,
} from '../../state/sessions.ts'
import type { State } from '../../state/state.ts'
import type { User } from '../../state/users.ts'
import { hashSecret, newSecret } from './secrets.ts'

const minute_ms = 60_000
const day_ms = 24 * 60 * minute_ms

export type Sessions = ReturnType<typeof createSessions>
type Settings = { idle_minutes: number; days_max: number; is_secure: boolean }

export function createSessions(state: Pick<State, 'db'>, settings: Settings, now_ms: () => number) {
  const { db } = state
  // Browsers keep a __Host- cookie to this host alone, and only over TLS.
  const cookie = settings.is_secure ? '__Host-crowsnest' : 'crowsnest'
  const attributes = {
    path: '/',
    httpOnly: true,
    sameSite: 'strict',
    secure: settings.is_secure,
  } as const

  function limits(): Limits {
    return {
      seen_after_ms: now_ms() - settings.idle_minutes * minute_ms,
      created_after_ms: now_ms() - settings.days_max * day_ms,
    }
  }

  async function find(request: FastifyRequest): Promise<User | undefined> {
    const id = request.cookies[cookie]
    if (id === undefined) return undefined
    const id_hash = hashSecret(id)
    const session = await findSession(db, id_hash, limits())
    if (session === undefined) return undefined
    // Once a minute is exact enough for the idle time, and spares a write on each request.
    if (now_ms() - session.seen_ms > minute_ms) await touchSession(db, id_hash, now_ms())
    return { id: session.id, name: session.name, role: session.role }
  }

  /** A new id on each sign-in: one planted before it is worth nothing. */
  async function open(user: User, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    await end(request, reply)
    await endOldSessions(db, limits())
    const id = newSecret()
    const created_ms = now_ms()
    const session = { id_hash: hashSecret(id), user_id: user.id, created_ms, seen_ms: created_ms }
    await addSession(db, session)
    reply.setCookie(cookie, id, { ...attributes, maxAge: settings.days_max * (day_ms / 1_000) })
  }

  async function end(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const id = request.cookies[cookie]
    if (id !== undefined) await endSession(db, hashSecret(id))
    reply.clearCookie(cookie, attributes)
  }

  return { find, open, end }
}
