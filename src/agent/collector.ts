/**
 * The kind "collector": one source of telemetry on a node or of a cluster, as data. What it reads
 * is its own affair; it gives finished chunks to the spool and tells what it sees and does not see.
 */
import type { Logger } from 'pino'
import type { AgentKind, Component } from '../model/fleet.ts'
import type { CoverageRow } from '../model/kubernetes.ts'
import type { Integration, IntegrationSettings, IntegrationType } from '../model/policy.ts'
import type { Cluster } from './kubernetes/cluster.ts'

/** In the order in which they leave when the way is narrow. */
export const chunkSignals = ['objects', 'events', 'logs', 'traces', 'metrics', 'coverage'] as const
export type ChunkSignal = (typeof chunkSignals)[number]

/**
 * How far each source is read once the chunk is durable: `<source>/<identity>` to a byte offset or
 * whatever the collector needs to go on from there. Kept with the chunk, so that after a kill
 * nothing is read twice into a second chunk.
 */
export type Positions = Readonly<Record<string, string>>

export type Chunk = {
  signal: ChunkSignal
  /**
   * A whole OTLP export request (protobuf), or lines of JSON for objects, events and coverage. The
   * memory is the giver's again when put() has resolved.
   */
  body: Uint8Array
  records: number
  /** Event time of the oldest record, for the lag. */
  oldest_ms: number
  positions?: Positions
}

export type Sink = {
  /**
   * Resolves when the chunk is on disk. While the spool is full it waits: stop reading, do not
   * buffer. Chunks that may not wait (metrics, traces of the gateway) are refused with false and
   * counted as dropped with a reason.
   */
  put(chunk: Chunk, options?: { wait?: boolean }): Promise<boolean>
  /** What a collector gave with its last durable chunk, after a restart too. */
  position(key: string): string | undefined
  positions(prefix: string): ReadonlyMap<string, string>
  /** Forget a source that is gone. */
  forget(key: string): void
}

export type CollectorContext<Type extends IntegrationType = IntegrationType> = {
  settings: IntegrationSettings<Type>
  agent: {
    id: string
    kind: AgentKind
    cluster: string
    node: string
    /** Address of that node, where it is known. */
    node_ip?: string
    version: string
  }
  sink: Sink
  /** The API server and the pods of this node (kind cluster: of all); undefined on a plain host. */
  cluster: Cluster | undefined
  /** Where the machine's own files are seen: `/` or a mount such as `/host`. */
  host_root: string
  /** What else runs here by the same policy, as of now: nothing is to be collected twice. */
  integrations?: () => readonly Integration[]
  log: Logger
  now_ms: () => number
  /** Runs again and again until stopped; answers how to stop. */
  every: (interval_ms: number, run: () => void) => () => void
}

export type Running = {
  /** What is wrong, in words people can act on. Asked every few seconds; answers from memory. */
  health(): Pick<Component, 'state' | 'message'>
  /** Since the call before. */
  coverage(): CoverageRow[]
  /** Gives what it holds to the sink and closes everything. */
  stop(): Promise<void>
}

export type Collector<Type extends IntegrationType = IntegrationType> = {
  type: Type
  /** Throws when these settings cannot work here: the policy is then put back. */
  start(context: CollectorContext<Type>): Promise<Running>
}
