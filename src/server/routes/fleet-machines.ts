/**
 * What agents ask: to enrol, what to run, to leave. They show a token or a key of their own and no
 * cookie, so the browser's proof of origin is not asked of these routes, and of these alone.
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Agent } from '../../fleet/agent.ts'
import { Allowance } from '../../fleet/allowance.ts'
import type { Fleet } from '../../fleet/fleet.ts'
import { tokenFrom } from '../../ingest/token.ts'
import { Fault } from '../../model/faults.ts'
import { checkinSchema, type Enrol, type Enrolled, enrolSchema } from '../../model/fleet.ts'
import { read } from '../contract.ts'
import type { HttpContext } from '../http-context.ts'

const enrol_path = '/api/fleet/enroll'
const checkin_path = '/api/fleet/agents/:id/checkin'
const unenrol_path = '/api/fleet/agents/:id/unenroll'
const paths = new Set<string | undefined>([enrol_path, checkin_path, unenrol_path])

/** A whole fleet may come from one address at one moment; who guesses soon gets one a second. */
const guesses = { burst_max: 300, per_s_max: 1, keys_max: 20_000 }
/** With as many tags, and as many components in trouble, as there may be. */
const body_bytes_max = { enrol: 64 * 1024, checkin: 768 * 1024, unenrol: 1024 }

const idSchema = z.strictObject({ id: z.string().max(64) })

export function isMachineRoute(request: FastifyRequest): boolean {
  return request.method === 'POST' && paths.has(request.routeOptions.url)
}

export function fleetMachineRoutes(app: FastifyInstance, context: HttpContext): void {
  const { fleet } = context
  const { now_ms } = context
  const door = new Door(fleet, new Allowance(guesses, now_ms))
  let isStopping = false
  // An open poll would hold up the shutdown.
  app.addHook('preClose', async () => {
    isStopping = true
    fleet.polls.close()
  })

  app.post(enrol_path, { bodyLimit: body_bytes_max.enrol }, async (request) => {
    const asked = read(enrolSchema, request.body)
    return door.enrol(request, asked)
  })

  app.post(checkin_path, { bodyLimit: body_bytes_max.checkin }, async (request, reply) => {
    const agent = door.agentOf(request)
    fleet.polls.pace(agent.id)
    fleet.polls.admit()
    const told = read(checkinSchema, request.body)
    const answer = await fleet.checkin(agent, told, leaving(reply))
    if (isStopping && Object.keys(answer).length === 0) {
      throw new Fault('server_stopping', { retry_after_s: fleet.polls.comeBack_s() })
    }
    return answer
  })

  app.post(unenrol_path, { bodyLimit: body_bytes_max.unenrol }, async (request) => {
    const agent = door.agentOf(request)
    await fleet.roster.unenrol(agent, 'left')
    return {}
  })
}

/** Who asks, and that nobody asks again and again with a token or a key that is not valid. */
class Door {
  readonly #fleet: Fleet
  readonly #guesses: Allowance

  constructor(fleet: Fleet, guesses: Allowance) {
    this.#fleet = fleet
    this.#guesses = guesses
  }

  /** Counted before it is checked: guesses sent at one time must not all pass. */
  async enrol(request: FastifyRequest, asked: Enrol): Promise<Enrolled> {
    this.#guess(request)
    try {
      const enrolled = await this.#fleet.enrolment.enrol(tokenFrom(request.headers), asked)
      this.#guesses.giveBack(request.ip)
      return enrolled
    } catch (error) {
      if (!(error instanceof Fault)) throw error
      if (!isGuess(error)) this.#guesses.giveBack(request.ip)
      this.#fleet.enrolment.noteRefusal(request.ip, error.answer().says)
      throw error
    }
  }

  /** The key must be that of the agent in the address. */
  agentOf(request: FastifyRequest): Agent {
    const { id } = read(idSchema, request.params)
    const key = tokenFrom(request.headers)
    const agent = key === undefined ? undefined : this.#fleet.agentOf(key)
    if (agent !== undefined && agent.id === id) return agent
    this.#guess(request)
    const got = key === undefined ? 'nothing' : 'a key that is not valid'
    throw new Fault('agent_unauthenticated', { expected: 'the agent’s key', got })
  }

  #guess({ ip }: FastifyRequest): void {
    const retry_after_s = this.#guesses.take(ip)
    if (retry_after_s > 0) throw new Fault('fleet_busy', { retry_after_s })
  }
}

function isGuess({ code }: Fault): boolean {
  return code === 'agent_unauthenticated' || code === 'enrolment_refused'
}

/** Aborts when nobody waits for the answer any more. */
function leaving(reply: FastifyReply): AbortSignal {
  const controller = new AbortController()
  reply.raw.once('close', () => controller.abort())
  if (reply.raw.destroyed) controller.abort()
  return controller.signal
}
