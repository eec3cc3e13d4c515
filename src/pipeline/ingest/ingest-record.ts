/**
 * A record on its way into a pipeline and out of it: its metadata are fields while it is within,
 * and what failed is told in the types of Elasticsearch.
 */
import type { DocumentMap, DocumentValue } from '../document.ts'
import { checkMetadata, FailedAt, runProcessorsOf } from './execute.ts'
import { IngestRun, type PipelineEnvironment } from './ingest-run.ts'
import { BoundMet, ProcessorFailure } from './pipeline-refused.ts'
import type { Pipeline } from './processor.ts'

/** `_index`, `_id`, `_routing` and the like; scripts see them among the fields. */
export type IngestRecord = { source: DocumentMap; metadata: Map<string, DocumentValue> }

export type PipelineFailure = {
  type: string
  reason: string
  caused_by?: { type: string; reason: string }
  processor_type: string
  tag: string | undefined
  pipeline: string
}
export type PipelineOutcome = 'kept' | 'dropped' | { failed: PipelineFailure }

export const metadataKeys: readonly string[] = [
  ...['_index', '_id', '_routing', '_version', '_version_type', '_type', '_op_type'],
  ...['_if_seq_no', '_if_primary_term', '_dynamic_templates'],
]

export function startRun(record: IngestRecord, environment: PipelineEnvironment): IngestRun {
  for (const [key, value] of record.metadata) record.source.set(key, value)
  return new IngestRun(record.source, environment)
}

/** The record is as far as it came when it failed. */
export function finishRun(
  pipeline: Pipeline,
  record: IngestRecord,
  run: IngestRun,
): PipelineOutcome {
  const { source, metadata } = record
  let outcome: PipelineOutcome
  try {
    outcome = runProcessorsOf(pipeline, run) === 'drop' ? 'dropped' : 'kept'
    checkMetadata(run)
  } catch (error) {
    outcome = { failed: failureOf(error as Error, pipeline.id) }
  }
  for (const key of metadataKeys) {
    const value = source.get(key)
    source.delete(key)
    if (value === undefined || value === null) metadata.delete(key)
    else metadata.set(key, value)
  }
  return outcome
}

function failureOf(error: Error, pipeline: string): PipelineFailure {
  if (error instanceof FailedAt) {
    const { failure, processor_type, tag } = error
    const { type, message: reason, caused_by } = failure
    const found = { type, reason, processor_type, tag, pipeline: error.pipeline }
    return caused_by === undefined ? found : { ...found, caused_by }
  }
  const type =
    error instanceof BoundMet
      ? 'elasticsearch_timeout_exception'
      : error instanceof ProcessorFailure
        ? error.type
        : 'illegal_argument_exception'
  return { type, reason: error.message, processor_type: 'pipeline', tag: undefined, pipeline }
}
