/** The way in, as configured: tokens decide who may send, listeners take it to durable segments. */
import { hostname } from 'node:os'
import { callService } from '../ingest/call-service.ts'
import { systemClock } from '../ingest/clock.ts'
import { Counters } from '../ingest/counters.ts'
import { createIntake, type Intake, type IntakeLimits } from '../ingest/intake.ts'
import { chunks_known_max, KnownChunks } from '../ingest/known-chunks.ts'
import { type Listeners, startListeners } from '../ingest/listen.ts'
import type { Authorize, ListenerName, Principal, StreamSettings } from '../ingest/receiver.ts'
import {
  document_bytes,
  documents_known_max,
  storedDocuments,
} from '../ingest/receivers/elastic/known-documents.ts'
import { rememberStages } from '../ingest/receivers/kubernetes-audit/known-stages.ts'
import { receivers } from '../ingest/receivers.ts'
import { tokenFrom } from '../ingest/token.ts'
import { limits as modelLimits } from '../model/limits.ts'
import type { State } from '../state/state.ts'
import { storedIds } from '../store/chunk-ids.ts'
import { coverage_days } from '../store/retention/retention.ts'
import type { Segments } from '../store/segments.ts'
import type { Store } from '../store/store.ts'
import { KnownIdentities } from '../wire/known-identities.ts'
import { ingestListeners, isIngestOpen } from './addresses.ts'
import type { AgentKeys } from './auth/agent-keys.ts'
import type { IngestTokens } from './auth/ingest-tokens.ts'
import type { HttpContext } from './http-context.ts'
import type { Job } from './jobs.ts'
import { openNamedObjects } from './named-objects.ts'
import { openReceiverParts } from './receiver-parts.ts'
import type { ServerContext } from './serve.ts'
import type { ServedApis } from './serve-api.ts'
import type { Config } from './settings.ts'

const day_ms = 24 * 3600 * 1000

export type WayIn = {
  listeners: Listeners
  intake: Intake
  /** What is told of it from time to time. */
  jobs: readonly Job[]
  /** What the screens' port shows of it and serves for it. */
  shown: Pick<HttpContext, 'parts' | 'onIngest' | 'onConsole' | 'arrivals' | 'ingest_addresses'>
  close(deadline_ms: number): Promise<void>
}

export async function startIngest(
  config: Config,
  needs: {
    segments: Segments
    store: Store
    tokens: IngestTokens
    agents: AgentKeys
    state: State
    /** What is asked on the listeners, and sent to none. */
    served: Pick<ServedApis, 'request' | 'upgrade'>
    onError: (error: unknown) => void
  },
  context: ServerContext,
): Promise<WayIn> {
  const { segments, store, tokens, agents, state, served, onError } = needs
  const { log, now_ms } = context
  const objects = openNamedObjects(state, { ...context, onError })
  const parts = await openReceiverParts(config, objects, context)
  const counters = new Counters()
  const known = new KnownIdentities()
  const chunks = new KnownChunks()
  const stored = { store, segments, now_ms: now_ms(), log }
  const ids = await storedIds(stored, {
    chunks_max: chunks_known_max,
    documents_bytes_max: documents_known_max * document_bytes,
  })
  for (const id of ids.chunks) chunks.add(id)
  for (const row of ids.documents) storedDocuments.read(row)
  rememberStages(ids.documents, known)
  const limits = intakeLimits(config)
  const needed = { segments, known, chunks, parts, now_ms, counters, limits }
  const intake = createIntake({ ...needed, instance: hostname() })
  const { body_bytes_max, connections_max } = config.limits
  const listeners = await startListeners(
    {
      listeners: ingestListeners.map((name) => ({ name, address: config.listen[name] })),
      tls: config.tls.cert_file === '' ? undefined : config.tls,
      cors_origins: config.listen.cors_origins.split(/[\s,]+/).filter(Boolean),
      limits: { body_bytes_max, connections_max },
      streams: streamSettings(config),
    },
    {
      receivers,
      intake,
      authorize: authorizer(tokens, agents, isIngestOpen(config)),
      counters,
      clock: { ...systemClock, now_ms },
      log,
      others: served,
    },
  )
  for (const keys of [tokens, agents]) {
    keys.onRevoked((token_id) => void listeners.dropToken(token_id))
  }
  return {
    listeners,
    intake,
    jobs: [
      { name: 'refusals', every_ms: 1_000, run: () => intake.tellRefused() },
      { name: 'counts', every_ms: 15_000, run: () => intake.tellCounts() },
    ],
    shown: {
      parts,
      onIngest: listeners.onUi,
      arrivals: listeners.stats,
      onConsole: consoleOf(intake),
      ingest_addresses: listeners.bound,
    },
    async close(deadline_ms) {
      await listeners.close(deadline_ms)
      await intake.tellRefused().catch(onError)
      await intake.tellCounts().catch(onError)
      parts.close()
      objects.close()
    },
  }
}

function consoleOf(intake: Intake): HttpContext['onConsole'] {
  const elastic = receivers.find(({ name }) => name === 'elastic')
  const service = elastic?.services?.[0]
  if (elastic === undefined || service === undefined) return undefined
  return (request) => callService(service, elastic.name, intake, request)
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

function streamSettings(config: Config): Partial<StreamSettings> {
  const { fluent_forward, syslog, tls } = config
  const { shared_key, hostname, users } = fluent_forward
  const pairs = users.split(',').filter((pair) => pair.includes(':'))
  const bound = syslog.cluster === '' ? {} : { cluster: syslog.cluster }
  // The handshake lets nobody in who has no certificate of ours.
  const isProven = tls.client_ca_file !== ''
  const trusted = new Map<ListenerName, Principal>()
  if (syslog.open || isProven || isIngestOpen(config)) trusted.set('syslog', bound)
  if (isProven) trusted.set('fluent_forward', {})
  return {
    shared_key,
    hostname,
    trusted,
    users: new Map(
      pairs.map((pair) => {
        const colon = pair.indexOf(':')
        return [pair.slice(0, colon).trim(), pair.slice(colon + 1)] as const
      }),
    ),
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
