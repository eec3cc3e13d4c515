/**
 * What ingest pipelines look like to the receivers: which ones a record's data set has, and running
 * them. Keeping and compiling them is kept-pipelines.ts; a record without one never becomes a
 * document.
 */
import type { IngestRecord, Pipeline, PipelineEnvironment } from '../../pipeline/ingest/run.ts'

export type PipelineStream = { type: string; dataset: string; namespace: string }

export type PipelineVerdict =
  | 'kept'
  | { dropped: string }
  | { failed: { type: string; reason: string; pipeline: string } }

/** What became of records since the pipeline was compiled by this server. */
export type PipelineCounts = { count: number; failed: number; dropped: number; time_ms: number }

export interface RecordPipelines {
  /** No pipeline at all: nothing is looked up for any record. */
  isEmpty(): boolean
  /** Whether records of this data set pass a pipeline, e.g. `logs`, `nginx.access`. */
  has(type: string, dataset: string, index: string): boolean
  /** Runs those of the data set, after the named ones that a request asks for. */
  run(record: IngestRecord, stream: PipelineStream, asked: readonly string[]): PipelineVerdict
  find(id: string): Pipeline | undefined
  /** For simulations. */
  environment: PipelineEnvironment
  counts(id: string): PipelineCounts
  /** Reads them again; what was put before is in force when it resolves. */
  refresh(): Promise<void>
}

export const noPipelines: RecordPipelines = {
  isEmpty: () => true,
  has: () => false,
  run: () => 'kept',
  find: () => undefined,
  environment: { now_ms: () => Date.now(), find: () => undefined },
  counts: () => ({ count: 0, failed: 0, dropped: 0, time_ms: 0 }),
  refresh: async () => {},
}
