/** Runs ingest pipelines on documents for tests, at a time that stands still. */
import { type DocumentMap, toDocument, toPlain } from '../../src/pipeline/document.ts'
import { compilePipeline } from '../../src/pipeline/ingest/compile.ts'
import {
  type Pipeline,
  type PipelineEnvironment,
  type PipelineFailure,
  runPipeline,
} from '../../src/pipeline/ingest/run.ts'

export const pipelineNow_ms = Date.parse('2026-11-21T10:00:00Z')

// biome-ignore lint/suspicious/noExplicitAny: tests look into documents of every shape
type Plain = any

export type Ran = {
  outcome: 'kept' | 'dropped' | 'failed'
  source: Plain
  metadata: Plain
  failed: PipelineFailure | undefined
}

export function onePipeline(
  pipeline: Pipeline,
  source: unknown,
  environment: Partial<PipelineEnvironment> = {},
  index = 'logs-app-default',
): Ran {
  const record = {
    source: toDocument(source) as DocumentMap,
    metadata: new Map([['_index', index]]) as DocumentMap,
  }
  const full = { now_ms: () => pipelineNow_ms, find: () => undefined, ...environment }
  const outcome = runPipeline(pipeline, record, full)
  const failed = typeof outcome === 'object' ? outcome.failed : undefined
  return {
    outcome: typeof outcome === 'object' ? 'failed' : outcome,
    source: toPlain(record.source),
    metadata: toPlain(record.metadata),
    failed,
  }
}

export function ranOn(
  processors: unknown[],
  source: unknown,
  environment: Partial<PipelineEnvironment> = {},
): Ran {
  return onePipeline(compilePipeline('test', { processors }), source, environment)
}
