/**
 * GET /api/tail: records as they arrive, as server-sent events. Polls the store each second for
 * what was ingested since; the query is the logs page's.
 */
import type { ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { Fault } from '../../model/faults.ts'
import type { AskContext } from '../../store/answer.ts'
import { read } from '../contract.ts'
import { type Guarded, personOf } from '../http-context.ts'
import { scopeOf } from './ask.ts'

/** What is followed, and from where: records ingested after `after_ms`. */
export type TailAsk = {
  search: string
  cluster?: string | undefined
  namespace?: string | undefined
  after_ms: number
}
/** One look: the records, how many there are, and where the next look starts. */
export type TailLook = { records: unknown; count: number; after_ms: number }
export type Tail = (ask: TailAsk, context: AskContext) => Promise<TailLook>

const tailSchema = z.strictObject({
  search: z.string().max(4096).default(''),
  cluster: z.string().max(253).optional(),
  namespace: z.string().max(253).optional(),
})
const look_every_ms = 1_000
/** Proxies close what is silent for a minute. */
const beat_every_ms = 15_000

export function tailRoute(app: FastifyInstance, context: Guarded): void {
  const { tail, store, now_ms, config, log } = context
  const open = new Set<AbortController>()
  // An open tail would hold up the shutdown.
  app.addHook('preClose', async () => {
    for (const controller of open) controller.abort()
  })

  app.get('/api/tail', { exposeHeadRoute: false }, async (request, reply) => {
    const user = await personOf(request, context)
    const asked = read(tailSchema, request.query)
    if (tail === undefined) throw new Fault('not_found', { path: '/api/tail' })
    if (open.size >= config.limits.tails_max) {
      throw new Fault('query_busy', { waiting: open.size, retry_after_s: 10 })
    }
    const controller = new AbortController()
    const { signal } = controller
    open.add(controller)
    const look = (after_ms: number) =>
      tail({ ...asked, after_ms }, { store, scope: scopeOf(user), now_ms: now_ms(), signal })
    try {
      // Before anything is awaited: who leaves during the first look is not followed for ever.
      reply.raw.on('close', () => controller.abort())
      if (reply.raw.destroyed) controller.abort()
      // The first look is made before the answer begins, so that a bad search is a plain fault.
      const first = await look(now_ms())
      reply.hijack()
      const headers = { ...reply.getHeaders(), ...eventHeaders } as Record<string, string>
      reply.raw.writeHead(200, headers)
      const isSignedIn = async () => (await context.sessions.find(request)) !== undefined
      await follow({ first, look, signal, isSignedIn, now_ms, out: reply.raw })
    } catch (error) {
      if (!reply.raw.headersSent) throw signal.aborted ? endedBy(reply.raw) : error
      const fault =
        error instanceof Fault ? error : new Fault('internal', { request_id: request.id })
      if (!(error instanceof Fault))
        log.error({ err: error, request_id: request.id }, 'tail failed')
      send(reply.raw, 'fault', { fault: fault.answer() })
    } finally {
      open.delete(controller)
      if (reply.raw.headersSent) reply.raw.end()
    }
  })
}

/** An abort comes from who left, or from us. */
function endedBy(out: ServerResponse): Fault {
  return new Fault(out.destroyed ? 'query_abandoned' : 'server_stopping')
}

const eventHeaders = {
  'content-type': 'text/event-stream',
  'cache-control': 'no-store',
  // Said to nginx, which would hold events back.
  'x-accel-buffering': 'no',
}

type Following = {
  first: TailLook
  look: (after_ms: number) => Promise<TailLook>
  signal: AbortSignal
  isSignedIn: () => Promise<boolean>
  now_ms: () => number
  out: ServerResponse
}

async function follow({ first, look, signal, isSignedIn, now_ms, out }: Following): Promise<void> {
  let seen = first
  let said_ms = now_ms()
  out.write(': following\n\n')
  while (!signal.aborted) {
    if (seen.count > 0) send(out, 'records', seen.records)
    else if (now_ms() - said_ms >= beat_every_ms) out.write(': nothing yet\n\n')
    if (seen.count > 0 || now_ms() - said_ms >= beat_every_ms) said_ms = now_ms()
    // A reader that is slower than the records is waited for; the next look then sends more at
    // once.
    if (out.writableNeedDrain) await drained(out, signal)
    await pause(look_every_ms, signal)
    if (signal.aborted) return
    if (!(await isSignedIn())) throw new Fault('signed_out')
    seen = await look(seen.after_ms).catch((error: unknown) => {
      // The store restarts, or is busy: the records wait, and so do we.
      if (!(error instanceof Fault) || ![429, 503].includes(error.status)) throw error
      return { ...seen, count: 0 }
    })
  }
}

function send(out: ServerResponse, event: string, data: unknown): void {
  out.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', end)
      resolve()
    }
    const timer = setTimeout(end, ms)
    signal.addEventListener('abort', end)
  })
}

function drained(out: ServerResponse, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    out.once('drain', resolve)
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
