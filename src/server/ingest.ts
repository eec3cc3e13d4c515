/** The way in, as configured: tokens decide who may send, listeners take it to durable segments. */
import { systemClock } from '../ingest/clock.ts'
import { Counters } from '../ingest/counters.ts'
import { createIntake, type IntakeLimits } from '../ingest/intake.ts'
import { chunks_known_max, KnownChunks } from '../ingest/known-chunks.ts'
import { type Listeners, startListeners } from '../ingest/listen.ts'
import type { Authorize } from '../ingest/receiver.ts'
import { receivers } from '../ingest/receivers.ts'
import { tokenFrom } from '../ingest/token.ts'
import { limits as modelLimits } from '../model/limits.ts'
import { storedChunkIds } from '../store/chunk-ids.ts'
import { coverage_days } from '../store/retention/retention.ts'
import type { Segments } from '../store/segments.ts'
import type { Store } from '../store/store.ts'
import { KnownIdentities } from '../wire/known-identities.ts'
import { ingestListeners, isIngestOpen } from './addresses.ts'
import type { AgentKeys } from './auth/agent-keys.ts'
import type { IngestTokens } from './auth/ingest-tokens.ts'
import type { ServerContext } from './serve.ts'
import type { Config } from './settings.ts'

const day_ms = 24 * 3600 * 1000

export async function startIngest(
  config: Config,
  needs: { segments: Segments; store: Store; tokens: IngestTokens; agents: AgentKeys },
  { log, now_ms }: ServerContext,
): Promise<Listeners> {
  const { segments, store, tokens, agents } = needs
  const counters = new Counters()
  const known = new KnownIdentities()
  const chunks = new KnownChunks()
  const stored = { store, segments, now_ms: now_ms(), log }
  for (const id of await storedChunkIds(stored, chunks_known_max)) chunks.add(id)
  const limits = intakeLimits(config)
  const intake = createIntake({ segments, known, chunks, now_ms, counters, limits })
  const { body_bytes_max, connections_max } = config.limits
  const listeners = await startListeners(
    {
      listeners: ingestListeners.map((name) => ({ name, address: config.listen[name] })),
      tls: config.tls.cert_file === '' ? undefined : config.tls,
      cors_origins: config.listen.cors_origins.split(/[\s,]+/).filter(Boolean),
      limits: { body_bytes_max, connections_max },
    },
    {
      receivers,
      intake,
      authorize: authorizer(tokens, agents, isIngestOpen(config)),
      counters,
      clock: { ...systemClock, now_ms },
      log,
    },
  )
  for (const keys of [tokens, agents]) {
    keys.onRevoked((token_id) => void listeners.dropToken(token_id))
  }
  return listeners
}

/** Where ingest is open a token still binds its sender, and a revoked one still stops it. */
function authorizer(tokens: IngestTokens, agents: AgentKeys, isOpen: boolean): Authorize {
  return (headers) => {
    const token = tokenFrom(headers)
    if (token?.startsWith('cn_agent_')) return agents.check(token)
    const isOurs = token?.startsWith('cn_ingest_') ?? false
    if (token !== undefined && isOurs) return tokens.check(token)
    return isOpen ? {} : undefined
  }
}

/** What retention would remove at once is not taken in. */
function intakeLimits({ retention }: Config): IntakeLimits {
  return {
    past_ms_max: {
      logs: retention.logs_days * day_ms,
      traces: retention.traces_days * day_ms,
      metrics: retention.metrics_days * day_ms,
      objects: retention.kubernetes_days * day_ms,
      events: retention.kubernetes_days * day_ms,
      coverage: coverage_days * day_ms,
    },
    future_ms_max: modelLimits.future_ms_max,
  }
}
