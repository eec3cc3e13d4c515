/** Ingest tokens: an administrator lists, creates and revokes them. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { clusterSchema, nameSchema, read } from '../contract.ts'
import { type Guarded, personOf } from '../http-context.ts'

const createSchema = z.strictObject({ name: nameSchema, cluster: clusterSchema })
const idSchema = z.strictObject({ id: z.string().max(64) })

export function tokenRoutes(app: FastifyInstance, context: Guarded): void {
  const { tokens, log } = context

  app.get('/api/tokens', async (request) => {
    await personOf(request, context, 'admin')
    return { tokens: await tokens.list() }
  })

  app.post('/api/tokens', async (request, reply) => {
    const user = await personOf(request, context, 'admin')
    const created = await tokens.create(read(createSchema, request.body))
    log.info({ by: user.name, token_id: created.id }, 'an ingest token was created')
    reply.header('cache-control', 'no-store')
    return created
  })

  app.delete('/api/tokens/:id', async (request) => {
    const user = await personOf(request, context, 'admin')
    const { id } = read(idSchema, request.params)
    await tokens.revoke(id)
    log.info({ by: user.name, token_id: id }, 'an ingest token was revoked')
    return {}
  })
}
