/**
 * POST /api/ask: one question of a page. Checks who asks and what; answering is the page's queries.
 */
import type { FastifyInstance, FastifyReply } from 'fastify'
import { z } from 'zod'
import { Fault } from '../../model/faults.ts'
import { everything, type Scope } from '../../model/question.ts'
import type { User } from '../../state/users.ts'
import type { Answerer } from '../../store/answer.ts'
import { read } from '../contract.ts'
import { type Guarded, personOf } from '../http-context.ts'

/** When the server stops, questions that run get this long. */
const stopping_ms = 2_000

const askSchema = z.strictObject({ question: z.string().max(128), ask: z.unknown() })

export function askRoute(app: FastifyInstance, context: Guarded): void {
  const { config, store, metrics, now_ms } = context
  const { asks_max, ask_timeout_ms } = config.limits
  const byName = new Map(context.answerers.map((answerer) => [answerer.question.name, answerer]))
  const running = new Set<Stopper>()
  app.addHook('preClose', async () => {
    const stopAll = () => {
      for (const { stop } of running) stop(new Fault('server_stopping'))
    }
    setTimeout(stopAll, stopping_ms).unref()
  })

  app.post('/api/ask', async (request, reply) => {
    const user = await personOf(request, context)
    const { question, ask } = read(askSchema, request.body)
    const answerer = byName.get(question)
    if (answerer === undefined) throw new Fault('question_unknown', { name: question })
    const asked = readAsk(answerer, ask)
    if (running.size >= asks_max) {
      throw new Fault('query_busy', { waiting: running.size, retry_after_s: 2 })
    }
    const began = performance.now()
    const stopper = createStopper(reply, ask_timeout_ms)
    running.add(stopper)
    try {
      const asking = { store, scope: scopeOf(user), now_ms: now_ms(), signal: stopper.signal }
      const answer = await Promise.race([answerer.answer(asked, asking), stopper.stopped])
      metrics.asked(question, 'answered', performance.now() - began)
      return { answer }
    } catch (error) {
      metrics.asked(
        question,
        error instanceof Fault ? error.code : 'internal',
        performance.now() - began,
      )
      throw error
    } finally {
      stopper.end()
      running.delete(stopper)
    }
  })
}

/** Everything, for now: roles that see a part of it come with their bindings. */
export function scopeOf(_user: User): Scope {
  return everything
}

function readAsk(answerer: Answerer, ask: unknown): unknown {
  const asked = read(answerer.question.ask, ask)
  const { from_ms, to_ms } = asked as { from_ms?: unknown; to_ms?: unknown }
  if (typeof from_ms === 'number' && typeof to_ms === 'number' && from_ms >= to_ms) {
    throw new Fault('ask_invalid', { detail: 'from_ms: expected a time before to_ms' })
  }
  return asked
}

/** Stops a question when its time is over or nobody waits for the answer any more. */
type Stopper = ReturnType<typeof createStopper>

function createStopper(reply: FastifyReply, timeout_ms: number) {
  const controller = new AbortController()
  const { promise, reject } = Promise.withResolvers<never>()
  promise.catch(() => {})
  const stop = (fault: Fault) => {
    reject(fault)
    controller.abort(fault)
  }
  const timer = setTimeout(() => stop(new Fault('query_timeout', { timeout_ms })), timeout_ms)
  const gone = () => {
    if (!reply.raw.writableFinished) stop(new Fault('query_abandoned'))
  }
  reply.raw.once('close', gone)
  return {
    stop,
    signal: controller.signal,
    stopped: promise,
    end: () => {
      clearTimeout(timer)
      reply.raw.off('close', gone)
    },
  }
}
