/** For the page "Get data in": where senders reach this server, and what arrives from them. */
import { readFileSync } from 'node:fs'
import type { FastifyInstance } from 'fastify'
import { listenerNames } from '../../ingest/receiver.ts'
import { isIngestOpen, isLoopback } from '../addresses.ts'
import { type Guarded, personOf } from '../http-context.ts'

export function getDataInRoutes(app: FastifyInstance, context: Guarded): void {
  const { config, ingest_addresses = [], arrivals, now_ms } = context
  const is_tls = config.tls.cert_file !== ''

  app.get('/api/get-data-in', async (request) => {
    await personOf(request, context)
    const stats = arrivals?.()
    return {
      now_ms: now_ms(),
      is_open: isIngestOpen(config),
      is_tls,
      public_url: config.listen.public_url.replace(/\/$/, ''),
      listeners: listenerNames.map((name) => {
        const address = ingest_addresses.find((one) => one.name === name)?.address ?? ''
        return { name, address, is_loopback: address !== '' && isLoopback(name, address) }
      }),
      is_ui_loopback: isLoopback('listen.ui', config.listen.ui),
      received: stats?.records.map(({ source, signal, accepted, rejected, last_ms }) => {
        return { source, signal, accepted, rejected, last_ms }
      }),
      refused: stats?.listeners.map(({ listener, refused }) => ({ listener, refused })),
    }
  })

  /** The certificate that senders must trust; it is shown to everyone who connects anyway. */
  app.get('/api/get-data-in/ca.pem', async (request, reply) => {
    await personOf(request, context)
    if (!is_tls) return reply.code(404).send()
    return reply.type('application/x-pem-file').send(readFileSync(config.tls.cert_file, 'utf8'))
  })
}
