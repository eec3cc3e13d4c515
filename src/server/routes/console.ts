/**
 * POST /api/console: one request of Elasticsearch's API, typed by an administrator in Dev tools or
 * sent by the page of pipelines. It is answered as a client would be.
 */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { read } from '../contract.ts'
import { type Guarded, personOf } from '../http-context.ts'

const askSchema = z.strictObject({
  method: z.enum(['GET', 'HEAD', 'POST', 'PUT', 'DELETE']),
  path: z
    .string()
    .max(2048)
    .regex(/^\/[^\s]*$/, 'a path begins with a slash'),
  body: z.string().max(1024 * 1024),
})

export function consoleRoute(app: FastifyInstance, context: Guarded): void {
  const { onConsole, log } = context

  app.post('/api/console', { bodyLimit: 2 * 1024 * 1024 }, async (request, reply) => {
    const user = await personOf(request, context, 'admin')
    const { method, path, body } = read(askSchema, request.body)
    if (onConsole === undefined) return reply.code(404).send()
    const answer = await onConsole({ method, path, body, principal: { token_id: user.name } })
    if (method !== 'GET' && method !== 'HEAD') {
      log.info({ by: user.name, method, path }, 'a request was made in the console')
    }
    return {
      status: answer.status,
      media_type: answer.headers['content-type'] ?? '',
      body: Buffer.from(answer.body).toString(),
    }
  })
}
