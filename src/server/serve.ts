/**
 * The whole server, in the order in which it starts; it stops in reverse. Leaves reading the
 * configuration, printing and signals to main.ts.
 */
import { join, resolve } from 'node:path'
import type { Logger } from 'pino'
import type { Listeners } from '../ingest/listen.ts'
import { loadTls } from '../ingest/tls.ts'
import { queryLimits } from '../query/context.ts'
import { openState } from '../state/state.ts'
import { openSegments, type Segments } from '../store/segments.ts'
import { openStore, type Store } from '../store/store.ts'
import { Summaries } from '../store/summaries.ts'
import { startWriter, type Writer } from '../store/writer.ts'
import { isReadOpen, refuseHalfTls, refuseInsecure } from './addresses.ts'
import { startHostAgent } from './agent.ts'
import { apis } from './apis.ts'
import { agentKeys } from './auth/agent-keys.ts'
import { openIngestTokens } from './auth/ingest-tokens.ts'
import { Readers } from './auth/readers.ts'
import { openSetup } from './auth/setup.ts'
import { takeDataDir } from './data-dir.ts'
import { startDemo } from './demo.ts'
import { ingestFigures, segmentsFigures, storeFigures, writerFigures } from './figures.ts'
import { startFleet } from './fleet.ts'
import { healthOf, storeLook } from './health.ts'
import { startIngest, type WayIn } from './ingest.ts'
import { startJobs } from './jobs.ts'
import { listenUi } from './listen-ui.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { opening } from './opening.ts'
import { retain } from './retain.ts'
import { ServedApis } from './serve-api.ts'
import type { Config } from './settings.ts'

export type ServerContext = {
  log: Logger
  now_ms: () => number
  /** Every so often; answers how to stop. */
  every: (interval_ms: number, run: () => void) => () => void
}

export type Server = {
  /** `listening otlp_grpc 127.0.0.1:4317`, one for each open address. */
  lines: readonly string[]
  /** Where people reach the screens, when they are served. */
  url: string | undefined
  /** The one-time link, while there is no administrator. */
  setup_url: string | undefined
  /** Takes nothing new, finishes what is there, closes everything. */
  stop: () => Promise<void>
}

/** With what the others take at most (demo 2 s, jobs 1 s, screens 3 s, engine 5 s): 18 s. */
const drain_ms = { ingest: 3_000, writer: 4_000 }

export async function serve(config: Config, context: ServerContext): Promise<Server> {
  const { log, now_ms } = context
  const stops: (() => unknown)[] = []
  const stop = async () => {
    for (const close of stops.splice(0).reverse()) await close()
  }
  try {
    refuseHalfTls(config)
    refuseInsecure(config)
    if (config.tls.cert_file !== '') loadTls(config.tls)
    const dir = resolve(config.store.dir)
    stops.push(takeDataDir(dir))
    const onError = (error: unknown) => log.warn({ err: error }, 'the state is out of reach')
    const state = await openState({ url: config.state.url, dir }, { now_ms, onError }).catch(
      opening('state_failed'),
    )
    stops.push(() => state.close())
    const tokens = await openIngestTokens(state, { ...context, onError })
    stops.push(() => tokens.close())
    const fleet = await startFleet(config, state, context)
    stops.push(() => fleet.close())

    const store = await openStore(storeConfig(config), { log, now_ms }).catch(
      opening('store_failed'),
    )
    stops.push(() => store.close())
    const segmentsDir = join(dir, 'segments')
    const segments = await openSegments({ dir: segmentsDir, ...config.segments }, { log, now_ms })
    const writer = startWriter({ dir: segmentsDir }, { segments, store, log, now_ms })
    stops.push(() => writer.close(drain_ms.writer))

    const readers = new Readers(state, { now_ms, isOpen: isReadOpen(config), onError })
    const metrics = createMetrics()
    const limits = limitsOf(config)
    const served = new ServedApis({ apis, readers, store, metrics, limits, now_ms, log })
    stops.push(() => served.close())

    const needs = { segments, store, state, tokens, agents: agentKeys(fleet), served, onError }
    const ingest = await startIngest(config, needs, context)
    stops.push(() => ingest.close(drain_ms.ingest))
    const { listeners } = ingest
    const look = storeLook(store)
    measure(metrics, { listeners, segments, writer, look })

    const probed = healthOf({ segments, look, state })
    const shown = { state, tokens, readers, fleet, apis: served, ...ingest.shown, store, metrics }
    const ui = await listenUi(config, { ...shown, ...probed }, context)
    stops.push(() => ui?.close())
    const setup_token = ui && (await openSetup(state, now_ms))

    stops.push(startJobs(jobsOf(config, store, ingest, context), log))
    const near = { listeners, fleet, ui, url: ui?.url, log, now_ms }
    stops.push(await startHostAgent(config, near))
    if (config.demo) stops.push(await startDemo(config, near))
    return {
      lines: [...(ui === undefined ? [] : [ui.line]), ...listeners.lines],
      url: ui?.url,
      setup_url: setup_token && `${ui.url}/setup#${setup_token}`,
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

function jobsOf(config: Config, store: Store, ingest: WayIn, context: ServerContext) {
  const { log, now_ms } = context
  const summaries = new Summaries(store, log)
  return [
    { name: 'summaries', every_ms: 1_000, run: () => summaries.run(now_ms()) },
    ...ingest.jobs,
    { name: 'retention', every_ms: 60_000, run: () => retain(store, config, context) },
  ]
}

type Measured = {
  listeners: Listeners
  segments: Segments
  writer: Writer
  look: ReturnType<typeof storeLook>
}

function limitsOf({ limits: { ask_timeout_ms, asks_max } }: Config) {
  return { ...queryLimits, timeout_ms: ask_timeout_ms, asks_max }
}

function measure(metrics: Metrics, { listeners, segments, writer, look }: Measured): void {
  metrics.add(() => ingestFigures(listeners.stats()))
  metrics.add(() => segmentsFigures(segments.stats()))
  metrics.add(() => writerFigures(writer.stats()))
  metrics.add(async () => storeFigures(await look()))
}

function storeConfig({ store }: Config) {
  const { url, user, password, database, cluster, memory_bytes_max } = store
  const engineDir = resolve(store.dir, 'engine')
  if (url === '') return { dir: engineDir, memory_bytes_max }
  return {
    dir: engineDir,
    url,
    user,
    password,
    database,
    cluster: cluster || undefined,
    memory_bytes_max,
  }
}
