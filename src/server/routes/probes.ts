/** What machines ask about the server itself: alive, ready, healthy, figures, version. */
import type { FastifyInstance } from 'fastify'
import type { HttpContext } from '../http-context.ts'

export function probeRoutes(app: FastifyInstance, context: HttpContext): void {
  const { serves, health, metrics, version } = context

  /** The process answers: anything else is no reason to kill it. */
  app.get('/livez', async () => ({ alive: true }))

  /** Telemetry can be taken in. A store that restarts does not count: segments bridge it. */
  app.get('/readyz', async (_, reply) => {
    const ready = serves()
    return reply.code(ready ? 200 : 503).send({ ready })
  })

  app.get('/healthz', async (_, reply) => {
    const { healthy, parts } = await health()
    return reply.code(healthy ? 200 : 503).send({ healthy, ...parts })
  })

  app.get('/metrics', async (_, reply) => {
    return reply.type(metrics.content_type).send(await metrics.text())
  })

  app.get('/api/version', async () => ({ version }))
}
