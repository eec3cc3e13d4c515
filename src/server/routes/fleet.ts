/**
 * Agents and enrolment tokens for people: everybody signed in may look, administrators may act.
 * Policies are in fleet-policies.ts, what agents ask in fleet-machines.ts.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { nameOf } from '../../fleet/agent.ts'
import { agentCommands } from '../../fleet/commands.ts'
import { shownAgent } from '../../fleet/shown.ts'
import { isLimited } from '../../model/question.ts'
import type { User } from '../../state/users.ts'
import { clusterSchema, nameSchema, read } from '../contract.ts'
import { type Guarded, type HttpContext, personOf } from '../http-context.ts'
import { scopeOf } from './ask.ts'
import { fleetPolicyRoutes } from './fleet-policies.ts'
import { isWithin, within } from './fleet-scope.ts'

const idSchema = z.strictObject({ id: z.string().max(64) })
const hours_max = 24 * 365
const tokenSchema = z.strictObject({
  name: nameSchema,
  policy_id: z.string().max(64),
  cluster: z.union([z.literal(''), clusterSchema]).default(''),
  ttl_hours: z.number().int().min(1).max(hours_max).nullable().default(null),
  uses_max: z.number().int().min(1).max(100_000).nullable().default(null),
})
const changeSchema = z.strictObject({
  policy_id: z.string().max(64).optional(),
  tags: z.array(z.string().trim().min(1).max(64)).max(32).optional(),
})
const manifestSchema = z.strictObject({
  address: z.url({ protocol: /^https?$/ }).max(2048),
  ingest: z.url({ protocol: /^https?$/ }).max(2048),
  token: z.string().max(128),
  cluster: z.union([z.literal(''), clusterSchema]).default(''),
})
const hour_ms = 3_600_000

export function fleetRoutes(app: FastifyInstance, context: Guarded): void {
  agentRoutes(app, context)
  tokenRoutes(app, context)
  fleetPolicyRoutes(app, context)

  app.post('/api/fleet/manifest', async (request) => {
    await personOf(request, context, 'admin')
    return agentCommands({ ...read(manifestSchema, request.body), version: context.version })
  })

  /** Where agents would reach this server, as far as it can know. */
  app.get('/api/fleet/reach', async (request) => {
    await personOf(request, context)
    return reachOf(context, `${request.protocol}://${request.host}`)
  })
}

function agentRoutes(app: FastifyInstance, context: Guarded): void {
  const { fleet, log, now_ms, version } = context
  const agentOf = (user: User, request: FastifyRequest) => {
    const agent = fleet.agent(read(idSchema, request.params).id)
    return within(scopeOf(user), agent, request.url)
  }

  app.get('/api/fleet/agents', async (request) => {
    const user = await personOf(request, context)
    const scope = scopeOf(user)
    const now = now_ms()
    const agents = fleet.roster
      .all()
      .filter((agent) => isWithin(scope, agent))
      .map((agent) => shownAgent(fleet, agent, now))
    const policies = fleet.book.all().map(({ id, name }) => ({ id, name }))
    const isSteward = user.role === 'admin' && !isLimited(scope)
    const refusals = isSteward ? fleet.enrolment.refusals() : []
    return { agents, policies, refusals, version, now_ms: now }
  })

  app.post('/api/fleet/agents/:id', async (request) => {
    const user = await personOf(request, context, 'admin')
    const agent = agentOf(user, request)
    const { policy_id, tags } = read(changeSchema, request.body)
    if (tags !== undefined) await fleet.setTags(agent, [...new Set(tags)])
    if (policy_id !== undefined) await fleet.movePolicy(agent, policy_id)
    log.info({ by: user.name, agent_id: agent.id, policy_id, tags }, 'an agent was changed')
    return shownAgent(fleet, agent, now_ms())
  })

  app.delete('/api/fleet/agents/:id', async (request) => {
    const user = await personOf(request, context, 'admin')
    const agent = agentOf(user, request)
    await fleet.roster.unenrol(agent, `by ${user.name}`)
    log.info({ by: user.name, agent_id: agent.id, name: nameOf(agent) }, 'an agent was unenrolled')
    return {}
  })
}

function tokenRoutes(app: FastifyInstance, context: Guarded): void {
  const { fleet, log, now_ms } = context

  app.get('/api/fleet/tokens', async (request) => {
    const scope = scopeOf(await personOf(request, context, 'admin'))
    const names = new Map(fleet.book.all().map(({ id, name }) => [id, name]))
    const seen = (await fleet.enrolment.list()).filter((token) => isWithin(scope, token))
    const tokens = seen.map((token) => ({
      ...token,
      policy_name: names.get(token.policy_id) ?? token.policy_id,
    }))
    return { tokens }
  })

  app.post('/api/fleet/tokens', async (request) => {
    const user = await personOf(request, context, 'admin')
    const { ttl_hours, ...asked } = read(tokenSchema, request.body)
    within(scopeOf(user), asked, request.url)
    const expires_ms = ttl_hours === null ? null : now_ms() + ttl_hours * hour_ms
    const created = await fleet.enrolment.create({ ...asked, expires_ms }, user.name)
    log.info({ by: user.name, token_id: created.id }, 'an enrolment token was created')
    return created
  })

  app.delete('/api/fleet/tokens/:id', async (request) => {
    const user = await personOf(request, context, 'admin')
    const { id } = read(idSchema, request.params)
    const known = (await fleet.enrolment.list()).find((token) => token.id === id)
    if (known !== undefined) within(scopeOf(user), known, request.url)
    await fleet.enrolment.revoke(id)
    log.info({ by: user.name, token_id: id }, 'an enrolment token was revoked')
    return {}
  })
}

function reachOf({ config, ingest_addresses }: HttpContext, asked: string) {
  const address = config.listen.public_url.replace(/\/$/, '') || asked
  const { protocol, hostname } = new URL(address)
  const http = ingest_addresses?.find(({ name }) => name === 'otlp_http')?.address
  const port = http === undefined ? '4318' : http.slice(http.lastIndexOf(':') + 1)
  return {
    address,
    ingest: `${protocol}//${hostname}:${port}`,
    /** Only this machine reaches it: pods and other hosts do not. */
    is_loopback: {
      ui: isLoopback(config.listen.ui) && config.listen.public_url === '',
      ingest: http === undefined || isLoopback(http),
    },
    is_ingest_off: http === undefined,
  }
}

function isLoopback(address: string): boolean {
  return /^(localhost|127\.|\[?::1)/i.test(address)
}
