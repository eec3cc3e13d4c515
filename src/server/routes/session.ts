/** Who am I, signing in and out, and the first administrator. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { Fault } from '../../model/faults.ts'
import { findUser, hasAdmin, type User } from '../../state/users.ts'
import { isPassword } from '../auth/passwords.ts'
import { completeSetup } from '../auth/setup.ts'
import { createThrottle } from '../auth/throttle.ts'
import { nameSchema, read } from '../contract.ts'
import type { Guarded } from '../http-context.ts'

const passwordSchema = z.string().max(1024)
const signInSchema = z.strictObject({ name: z.string().max(64), password: passwordSchema })
const setupSchema = z.strictObject({
  token: z.string().max(128),
  name: nameSchema,
  password: passwordSchema,
})

export function sessionRoutes(app: FastifyInstance, context: Guarded): void {
  const { state, sessions, now_ms, version, log } = context
  const throttle = createThrottle(now_ms)
  const shown = (user: User | undefined) => ({
    user: user === undefined ? null : { name: user.name, role: user.role },
    setup_needed: false,
    version,
  })

  app.get('/api/session', async (request) => {
    const user = await sessions.find(request)
    return { ...shown(user), setup_needed: user === undefined && !(await hasAdmin(state.db)) }
  })

  app.post('/api/session', async (request, reply) => {
    const { name, password } = read(signInSchema, request.body)
    const attempt = { name, address: request.ip }
    throttle.check(attempt)
    throttle.failed(attempt)
    const user = await findUser(state.db, name)
    if (!(await isPassword(password, user?.password_hash)) || user === undefined) {
      log.warn({ name, address: request.ip, request_id: request.id }, 'sign-in failed')
      throw new Fault('sign_in_failed')
    }
    throttle.succeeded(attempt)
    await sessions.open(user, request, reply)
    log.info({ name: user.name, address: request.ip, request_id: request.id }, 'signed in')
    return shown(user)
  })

  app.delete('/api/session', async (request, reply) => {
    await sessions.end(request, reply)
    return shown(undefined)
  })

  app.post('/api/setup', async (request, reply) => {
    const user = await completeSetup(state, read(setupSchema, request.body), now_ms)
    await sessions.open(user, request, reply)
    log.info({ name: user.name, request_id: request.id }, 'the first administrator was created')
    return shown(user)
  })
}
