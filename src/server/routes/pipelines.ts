/**
 * GET /api/pipelines: the ingest pipelines as they were put, and what each did since this server
 * started. Everybody who is signed in may read them; changing them is the console's.
 */
import type { FastifyInstance } from 'fastify'
import { type Guarded, personOf } from '../http-context.ts'

export function pipelineRoutes(app: FastifyInstance, context: Guarded): void {
  const { objects, pipelines } = context.parts

  app.get('/api/pipelines', async (request) => {
    await personOf(request, context)
    const kept = await objects.list('ingest_pipeline')
    const shown = kept.map(({ name, body, version, updated_ms, updated_by }) => {
      const { count, failed, dropped } = pipelines.counts(name)
      const compiled = pipelines.find(name)
      return {
        ...{ name, definition: body, version, updated_ms, updated_by, count, failed, dropped },
        // One that a newer server put may be none that this one can run.
        is_running: compiled !== undefined,
        processors: compiled?.processors.map(({ type, tag, counts }) => ({ type, tag, ...counts })),
      }
    })
    return { pipelines: shown.sort((a, b) => (a.name < b.name ? -1 : 1)) }
  })
}
