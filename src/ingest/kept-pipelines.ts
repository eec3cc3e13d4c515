/**
 * The pipelines that clients and people put, compiled, and which of them a record passes: what its
 * request asks for or its index's default, then the @custom chain of its data set, then the final
 * one. Running one is the pipeline room's.
 */
import { compilePipeline } from '../pipeline/ingest/compile.ts'
import {
  type GeoLookup,
  type IngestRecord,
  type Pipeline,
  type PipelineEnvironment,
  runPipeline,
} from '../pipeline/ingest/run.ts'
import type { NamedObjects } from './parts.ts'
import { type IndexSettings, indexSettings, settingsOf } from './pipeline-settings.ts'
import type {
  PipelineCounts,
  PipelineStream,
  PipelineVerdict,
  RecordPipelines,
} from './records/record-pipelines.ts'

/** Data sets whose chain is remembered; past it all are looked up again. */
const chains_max = 10_000

type Needs = {
  objects: NamedObjects
  now_ms: () => number
  geo?: (databaseFile: string) => GeoLookup | undefined
  onError: (error: unknown, id: string) => void
}

/** Chain of one index: the default stands aside when a request names another. */
type Chain = { default: string | undefined; custom: readonly string[]; final: string | undefined }

export class KeptPipelines implements RecordPipelines {
  readonly environment: PipelineEnvironment
  readonly #needs: Needs
  #compiled = new Map<string, Pipeline>()
  #sources = new Map<string, string>()
  #settings: readonly IndexSettings[] = []
  #chains = new Map<string, Chain>()
  #counts = new Map<string, PipelineCounts>()
  readonly #stops: (() => void)[]

  constructor(needs: Needs) {
    this.#needs = needs
    const { objects, now_ms, geo, onError } = needs
    this.environment = {
      now_ms,
      find: (id) => this.#compiled.get(id),
      ...(geo && { geo }),
      on_pipeline: (id, outcome, ms) => this.#count(id, outcome, ms),
    }
    const again = () => void this.refresh().catch((error: unknown) => onError(error, '*'))
    this.#stops = [
      objects.onChanged('ingest_pipeline', again),
      objects.onChanged('index_template', again),
      objects.onChanged('template', again),
    ]
  }

  close(): void {
    for (const stop of this.#stops) stop()
  }

  async refresh(): Promise<void> {
    const { objects, onError } = this.#needs
    const kept = await objects.list('ingest_pipeline')
    const compiled = new Map<string, Pipeline>()
    const sources = new Map<string, string>()
    for (const { name, body } of kept) {
      const source = JSON.stringify(body)
      sources.set(name, source)
      const known = this.#sources.get(name) === source ? this.#compiled.get(name) : undefined
      try {
        compiled.set(name, known ?? compilePipeline(name, body))
      } catch (error) {
        // It was put by a newer server: the others of the chain still run.
        onError(error, name)
      }
    }
    this.#compiled = compiled
    this.#sources = sources
    this.#settings = indexSettings(
      await objects.list('index_template'),
      await objects.list('template'),
    )
    this.#chains = new Map()
  }

  isEmpty(): boolean {
    return this.#compiled.size === 0
  }

  find(id: string): Pipeline | undefined {
    return this.#compiled.get(id)
  }

  counts(id: string): PipelineCounts {
    return this.#counts.get(id) ?? { count: 0, failed: 0, dropped: 0, time_ms: 0 }
  }

  has(type: string, dataset: string, index: string): boolean {
    const chain = this.#chainOf(type, dataset, index)
    return chain.custom.length > 0 || chain.default !== undefined || chain.final !== undefined
  }

  run(record: IngestRecord, stream: PipelineStream, asked: readonly string[]): PipelineVerdict {
    const index = indexOf(record, stream)
    record.metadata.set('_index', index)
    const chain = this.#chainOf(stream.type, stream.dataset, index)
    const first = asked.length > 0 ? asked : chain.default === undefined ? [] : [chain.default]
    const verdict = this.#runAll([...first, ...chain.custom], record)
    if (verdict !== 'kept') return verdict
    const sentTo = String(record.metadata.get('_index') ?? index)
    if (sentTo === index) return this.#runAll(finalOf(chain), record)
    // Rerouted: the pipelines of where it goes, once.
    const target = streamOfIndex(sentTo) ?? stream
    const next = this.#chainOf(target.type, target.dataset, sentTo)
    const rest = next.default === undefined ? [] : [next.default]
    return this.#runAll([...rest, ...next.custom, ...finalOf(next)], record)
  }

  #runAll(ids: readonly string[], record: IngestRecord): PipelineVerdict {
    for (const id of ids) {
      if (id === '_none') continue
      const pipeline = this.#compiled.get(id)
      if (pipeline === undefined) {
        const reason = `pipeline with id [${id}] does not exist`
        return { failed: { type: 'illegal_argument_exception', reason, pipeline: id } }
      }
      const outcome = runPipeline(pipeline, record, this.environment)
      if (outcome === 'dropped') return { dropped: id }
      if (outcome !== 'kept') {
        const { type, reason } = outcome.failed
        return { failed: { type, reason, pipeline: id } }
      }
    }
    return 'kept'
  }

  #chainOf(type: string, dataset: string, index: string): Chain {
    const key = `${type} ${dataset} ${index}`
    const known = this.#chains.get(key)
    if (known !== undefined) return known
    if (this.#chains.size >= chains_max) this.#chains = new Map()
    const { default_pipeline, final_pipeline } = settingsOf(this.#settings, index)
    const chain: Chain = {
      default: default_pipeline === '_none' ? undefined : default_pipeline,
      final: final_pipeline === '_none' ? undefined : final_pipeline,
      custom: customNames(type, dataset).filter((id) => this.#compiled.has(id)),
    }
    this.#chains.set(key, chain)
    return chain
  }

  #count(id: string, outcome: 'kept' | 'dropped' | 'failed', ms: number): void {
    const counts = this.counts(id)
    counts.count++
    counts.time_ms += ms
    if (outcome !== 'kept') counts[outcome]++
    this.#counts.set(id, counts)
  }
}

/**
 * Widest first, as Elastic's own integrations call them. `logs-endpoint.events.process@custom` is
 * the one of data set `endpoint.events.process`; its package is `endpoint`.
 */
function customNames(type: string, dataset: string): string[] {
  const [pack = ''] = dataset.split('.')
  return [
    'global@custom',
    `${type}@custom`,
    `${type}-${pack}.integration@custom`,
    `${type}-${dataset}@custom`,
  ]
}

function finalOf({ final }: Chain): string[] {
  return final === undefined ? [] : [final]
}

function indexOf({ metadata }: IngestRecord, stream: PipelineStream): string {
  const said = metadata.get('_index')
  if (typeof said === 'string' && said !== '') return said
  return `${stream.type}-${stream.dataset}-${stream.namespace}`
}

/** The data stream that an index name says, if it follows their scheme. */
export function streamOfIndex(index: string): PipelineStream | undefined {
  const parts = /^(logs|metrics|traces|synthetics)-([^-]+)-(.+)$/.exec(index)
  if (parts === null) return undefined
  return { type: parts[1]!, dataset: parts[2]!, namespace: parts[3]! }
}
