/**
 * /api/saved-searches: searches that people keep under a name, with who and when. All who are
 * signed in read and save; one that is there is its author's and the administrators' to change.
 */
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { Fault } from '../../model/faults.ts'
import type { SavedSearch } from '../../pages/explore/contract.ts'
import type { User } from '../../state/users.ts'
import { read } from '../contract.ts'
import { type Guarded, personOf } from '../http-context.ts'

const kind = 'saved_search'
const printable = /^\P{Cc}{1,120}$/u
const ofName = z.strictObject({
  name: z.string().refine((name) => printable.test(name) && name.trim() === name, {
    error: 'expected 1 to 120 printable characters, none of them a space at an end',
  }),
})
const saveSchema = z.strictObject({ query: z.string().max(32_768) })
const bodySchema = z.object({ query: z.string() })

export function savedSearchRoutes(app: FastifyInstance, context: Guarded): void {
  const { objects } = context.parts

  app.get('/api/saved-searches', async (request) => {
    await personOf(request, context)
    const kept = await objects.list(kind)
    const searches = kept.flatMap(({ name, body, updated_ms, updated_by }): SavedSearch[] => {
      const { data } = bodySchema.safeParse(body)
      if (data === undefined) return []
      return [{ name, query: data.query, saved_ms: updated_ms, saved_by: updated_by }]
    })
    return { searches }
  })

  app.put('/api/saved-searches/:name', async (request) => {
    const user = await personOf(request, context)
    const { name } = read(ofName, request.params)
    const { query } = read(saveSchema, request.body)
    await checkOwn(context, name, user)
    await objects.put(kind, name, { query }, user.name)
    return {}
  })

  app.delete('/api/saved-searches/:name', async (request) => {
    const user = await personOf(request, context)
    const { name } = read(ofName, request.params)
    await checkOwn(context, name, user)
    await objects.delete(kind, name)
    return {}
  })
}

async function checkOwn({ parts }: Guarded, name: string, user: User): Promise<void> {
  const kept = await parts.objects.get(kind, name)
  if (kept === undefined || kept.updated_by === user.name || user.role === 'admin') return
  throw new Fault('forbidden', { role: user.role })
}
