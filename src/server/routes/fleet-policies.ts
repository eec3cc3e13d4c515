/**
 * Policies for people: reading them with their history, changing them as new revisions, and
 * steering how those roll out. What is sent to a browser holds no password.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Agent } from '../../fleet/agent.ts'
import { unenroll_after_s_default } from '../../fleet/policy-book.ts'
import { placesOf, shownPolicy, shownPolicyWhole } from '../../fleet/shown.ts'
import { validate } from '../../fleet/validate.ts'
import type { User } from '../../state/users.ts'
import { nameSchema, read } from '../contract.ts'
import { type Guarded, personOf } from '../http-context.ts'
import { scopeOf } from './ask.ts'
import { everywhere, isWithin } from './fleet-scope.ts'

const idSchema = z.strictObject({ id: z.string().max(64) })
const aboutShape = {
  name: nameSchema,
  description: z.string().max(1024).default(''),
  /** 0: never. */
  unenroll_after_s: z.number().int().min(0).max(31_536_000).default(unenroll_after_s_default),
}
const createSchema = z.strictObject({ ...aboutShape, document: z.unknown() })
const aboutSchema = z.strictObject(aboutShape)
const publishSchema = z.strictObject({
  base: z.number().int().positive(),
  document: z.unknown(),
  note: z.string().max(1024).default(''),
})
const restoreSchema = z.strictObject({ revision: z.number().int().positive() })
const steerSchema = z.strictObject({ act: z.enum(['pause', 'resume', 'put_back']) })

export function fleetPolicyRoutes(app: FastifyInstance, context: Guarded): void {
  readRoutes(app, context)
  changeRoutes(app, context)
}

const seesOf = (user: User) => {
  const scope = scopeOf(user)
  return (agent: Agent) => isWithin(scope, agent)
}

function readRoutes(app: FastifyInstance, context: Guarded): void {
  const { fleet, now_ms } = context

  app.get('/api/fleet/policies', async (request) => {
    const sees = seesOf(await personOf(request, context))
    const policies = fleet.book.all().map(async (policy) => ({
      ...shownPolicy(fleet, policy, now_ms(), sees),
      places: await placesOf(fleet, policy),
    }))
    return { policies: await Promise.all(policies) }
  })

  app.get('/api/fleet/policies/:id', async (request) => {
    const sees = seesOf(await personOf(request, context))
    return shownPolicyWhole(fleet, read(idSchema, request.params).id, now_ms(), sees)
  })

  app.post('/api/fleet/policies/validate', async (request) => {
    await personOf(request, context, 'admin')
    const { document } = read(z.strictObject({ document: z.unknown() }), request.body)
    const result = validate(document)
    return { issues: 'issues' in result ? result.issues : [] }
  })
}

function changeRoutes(app: FastifyInstance, context: Guarded): void {
  const { fleet, log, now_ms } = context
  const whole = (id: string) => shownPolicyWhole(fleet, id, now_ms(), () => true)
  /** An administrator of everything. */
  const steward = async (request: FastifyRequest) => {
    const user = await personOf(request, context, 'admin')
    everywhere(scopeOf(user), user)
    return user
  }

  app.post('/api/fleet/policies', async (request) => {
    const user = await steward(request)
    const { document, ...about } = read(createSchema, request.body)
    const id = await fleet.createPolicy(about, document, user.name)
    log.info({ by: user.name, policy_id: id }, 'a policy was created')
    return whole(id)
  })

  app.post('/api/fleet/policies/:id', async (request) => {
    await steward(request)
    const { id } = read(idSchema, request.params)
    await fleet.book.describe(id, read(aboutSchema, request.body))
    return whole(id)
  })

  app.post('/api/fleet/policies/:id/revisions', async (request) => {
    const user = await steward(request)
    const { id } = read(idSchema, request.params)
    const { base, document, note } = read(publishSchema, request.body)
    const revision = await fleet.publish(id, base, document, { author: user.name, note })
    log.info({ by: user.name, policy_id: id, revision }, 'a policy was changed')
    return whole(id)
  })

  app.post('/api/fleet/policies/:id/restore', async (request) => {
    const user = await steward(request)
    const { id } = read(idSchema, request.params)
    const { revision } = read(restoreSchema, request.body)
    await fleet.restore(id, revision, user.name)
    log.info({ by: user.name, policy_id: id, revision }, 'a policy was restored')
    return whole(id)
  })

  app.post('/api/fleet/policies/:id/rollout', async (request) => {
    const user = await steward(request)
    const { id } = read(idSchema, request.params)
    fleet.book.get(id)
    const { act } = read(steerSchema, request.body)
    await fleet.rollouts.steer(id, act, user.name)
    log.info({ by: user.name, policy_id: id, act }, 'a rollout was steered')
    return whole(id)
  })

  app.delete('/api/fleet/policies/:id', async (request) => {
    const user = await steward(request)
    const { id } = read(idSchema, request.params)
    await fleet.removePolicy(id)
    log.info({ by: user.name, policy_id: id }, 'a policy was removed')
    return {}
  })
}
