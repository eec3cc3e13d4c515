/** Read tokens: an administrator lists, creates and revokes them, each with what it may see. */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { dataClasses } from '../../model/question.ts'
import { clusterSchema, nameSchema, read } from '../contract.ts'
import { type Guarded, personOf } from '../http-context.ts'

const all = z.literal('all')
const namespaceSchema = z.string().regex(/^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/, {
  error: 'expected the name of a namespace',
})
const places_max = 1_000
const scopeSchema = z.strictObject({
  clusters: z.union([all, z.array(clusterSchema).min(1).max(places_max)]),
  namespaces: z.union([all, z.array(namespaceSchema).min(1).max(places_max)]),
  classes: z.union([all, z.array(z.enum(dataClasses)).min(1)]),
})
const createSchema = z.strictObject({ name: nameSchema, scope: scopeSchema })
const idSchema = z.strictObject({ id: z.string().max(64) })

export function readTokenRoutes(app: FastifyInstance, context: Guarded): void {
  const { readers, log } = context

  app.get('/api/read-tokens', async (request) => {
    await personOf(request, context, 'admin')
    return { tokens: await readers.list() }
  })

  app.post('/api/read-tokens', async (request, reply) => {
    const user = await personOf(request, context, 'admin')
    const created = await readers.create(read(createSchema, request.body))
    log.info({ by: user.name, token_id: created.id }, 'a read token was created')
    reply.header('cache-control', 'no-store')
    return created
  })

  app.delete('/api/read-tokens/:id', async (request) => {
    const user = await personOf(request, context, 'admin')
    const { id } = read(idSchema, request.params)
    await readers.revoke(id)
    log.info({ by: user.name, token_id: id }, 'a read token was revoked')
    return {}
  })
}
