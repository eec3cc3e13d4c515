/** What the HTTP routes are given, and who is asking them. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyRequest } from 'fastify'
import type { Logger } from 'pino'
import type { Fleet } from '../fleet/fleet.ts'
import type { ServiceRequest } from '../ingest/call-service.ts'
import type { IngestStats } from '../ingest/counters.ts'
import type { ReceiverParts } from '../ingest/parts.ts'
import type { HttpReply } from '../ingest/receiver.ts'
import { Fault } from '../model/faults.ts'
import type { Role } from '../state/schema.ts'
import type { State } from '../state/state.ts'
import type { User } from '../state/users.ts'
import type { Answerer } from '../store/answer.ts'
import type { Store } from '../store/store.ts'
import type { IngestTokens } from './auth/ingest-tokens.ts'
import type { Readers } from './auth/readers.ts'
import type { Sessions } from './auth/sessions.ts'
import type { Metrics } from './metrics.ts'
import type { Tail } from './routes/tail.ts'
import type { ServedApis } from './serve-api.ts'
import type { Config } from './settings.ts'

export type HttpContext = {
  config: Pick<Config, 'limits' | 'listen' | 'session' | 'tls'>
  log: Logger
  now_ms: () => number
  version: string
  state: State
  store: Store
  tokens: IngestTokens
  /** Who reads through the APIs of other tools. */
  readers: Readers
  fleet: Fleet
  /** Where telemetry is taken in: name and host:port of each open listener. */
  ingest_addresses?: readonly { name: string; address: string }[]
  /** What receivers keep for clients: pipelines, templates, configurations of APM agents. */
  parts: ReceiverParts
  /** Serves what receivers mount on this port; false when the path is none of theirs. */
  onIngest?: ((request: IncomingMessage, response: ServerResponse) => boolean) | undefined
  /** Serves the query APIs that are mounted on this port. */
  apis?: Pick<ServedApis, 'request' | 'upgrade'> | undefined
  /** Answers a request of Elasticsearch's API that a person makes. */
  onConsole?: ((request: ServiceRequest) => Promise<HttpReply>) | undefined
  /** What came in and what was refused since this server started. */
  arrivals?: (() => IngestStats) | undefined
  answerers: readonly Answerer[]
  tail?: Tail | undefined
  metrics: Metrics
  /** Whether telemetry can be taken in: /readyz tells it without asking the store. */
  serves: () => boolean
  /** What /healthz tells. */
  health: () => Promise<Health>
  /** The built screens; may not exist. */
  screens_dir: string
  tls?: { cert: string | Buffer; key: string | Buffer } | undefined
}

/** `healthy`: telemetry can be taken in, and everything else works too. */
export type Health = { healthy: boolean; parts: Record<string, unknown> }

/** Routes that need a person are given this too. */
export type Guarded = HttpContext & { sessions: Sessions }

/** Throws signed_out, or forbidden when the role is not the one that is needed. */
export async function personOf(
  request: FastifyRequest,
  context: Guarded,
  needed?: Role,
): Promise<User> {
  const user = await context.sessions.find(request)
  if (user === undefined) throw new Fault('signed_out')
  if (needed !== undefined && user.role !== needed) {
    throw new Fault('forbidden', { role: user.role })
  }
  return user
}
