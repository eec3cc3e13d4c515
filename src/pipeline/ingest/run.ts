/**
 * Runs a pipeline on a record, and simulates one with what `_simulate` answers. Leaves to the
 * caller which pipelines are for which index and what becomes of a record that is kept.
 */
import { type DocumentMap, type DocumentValue, toDocument, toPlain } from '../document.ts'
import { copyOf } from '../document-path.ts'
import {
  finishRun,
  type IngestRecord,
  metadataKeys,
  type PipelineFailure,
  type PipelineOutcome,
  startRun,
} from './ingest-record.ts'
import type { IngestRun, PipelineEnvironment } from './ingest-run.ts'
import { PipelineRefused, ProcessorFailure } from './pipeline-refused.ts'
import type { CompiledProcessor, Pipeline } from './processor.ts'

export type { IngestRecord, PipelineFailure, PipelineOutcome } from './ingest-record.ts'
export type { GeoLookup, IngestUser, PipelineEnvironment } from './ingest-run.ts'
export type { CompiledProcessor, Pipeline } from './processor.ts'

/**
 * Changes the record. When its metadata names another `_index` afterwards, the caller looks for the
 * pipeline of that one. A record that failed is as far as it came.
 */
export function runPipeline(
  pipeline: Pipeline,
  record: IngestRecord,
  environment: PipelineEnvironment,
): PipelineOutcome {
  return finishRun(pipeline, record, startRun(record, environment))
}

type Plain = Record<string, unknown>

const simulated_docs_max = 1000

/** The body of the answer of `_simulate`. Throws PipelineRefused when the documents are none. */
export function simulate(
  pipeline: Pipeline,
  docs: unknown,
  environment: PipelineEnvironment,
  isVerbose: boolean,
): { docs: unknown[] } {
  if (docs === undefined || docs === null) throw noDocs('docs', 'required property is missing')
  if (!Array.isArray(docs)) throw noDocs('docs', "property isn't a list")
  if (docs.length === 0) {
    throw new PipelineRefused('must specify at least one document in [docs]', {
      ...{ path: 'docs', type: 'illegal_argument_exception', property_name: 'docs' },
    })
  }
  if (docs.length > simulated_docs_max) {
    throw noDocs('docs', `at most ${simulated_docs_max} documents are simulated at once`)
  }
  const records = docs.map(boundedRecordOf)
  return {
    docs: records.map((record) =>
      isVerbose
        ? { processor_results: stepsOf(pipeline, record, environment) }
        : answerOf(pipeline, record, environment),
    ),
  }
}

function noDocs(property: string, what: string): PipelineRefused {
  return new PipelineRefused(`[${property}] ${what}`, { path: property, property_name: property })
}

function boundedRecordOf(doc: unknown): IngestRecord {
  try {
    return recordOf(doc)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw noDocs('docs', 'a document is nested too deeply')
  }
}

function recordOf(doc: unknown): IngestRecord {
  if (typeof doc !== 'object' || doc === null || Array.isArray(doc)) {
    throw noDocs('docs', 'a document is an object with [_source]')
  }
  const given = new Map(Object.entries(doc))
  const source = given.get('_source')
  if (source === undefined || source === null) {
    throw noDocs('_source', 'required property is missing')
  }
  if (typeof source !== 'object' || Array.isArray(source)) {
    throw noDocs('_source', "property isn't a map")
  }
  const metadata: IngestRecord['metadata'] = new Map<string, DocumentValue>([
    ['_index', '_index'],
    ['_id', '_id'],
    ['_version', -3],
  ])
  for (const key of metadataKeys) {
    const value = given.get(key)
    if (value !== undefined && value !== null) metadata.set(key, toDocument(value))
  }
  return { source: toDocument(source) as DocumentMap, metadata }
}

function answerOf(
  pipeline: Pipeline,
  record: IngestRecord,
  environment: PipelineEnvironment,
): unknown {
  const run = startRun(record, environment)
  const timestamp = run.timestamp()
  const outcome = finishRun(pipeline, record, run)
  if (outcome === 'dropped') return null
  if (outcome !== 'kept') return { error: errorOf(outcome.failed) }
  const ctx: DocumentMap = new Map([...record.metadata, ...record.source])
  return { doc: docOf(ctx, new Map([['timestamp', timestamp]])) }
}

/** One entry for each processor that was reached, with the document as it was after it. */
function stepsOf(
  pipeline: Pipeline,
  record: IngestRecord,
  environment: PipelineEnvironment,
): Plain[] {
  const steps: Plain[] = []
  const run = startRun(record, environment)
  run.timestamp()
  run.trace = (processor, status, failure) => {
    steps.push(stepOf(run, processor, status, failure))
  }
  const outcome = finishRun(pipeline, record, run)
  const isTold = steps.at(-1)?.status === 'error'
  if (typeof outcome === 'object' && !isTold) {
    const { processor_type } = outcome.failed
    steps.push({ processor_type, status: 'error', error: errorOf(outcome.failed) })
  }
  return steps
}

function stepOf(
  run: IngestRun,
  processor: CompiledProcessor,
  status: string,
  failure: Error | undefined,
): Plain {
  const step: Plain = { processor_type: processor.type, status }
  if (processor.description !== undefined) step.description = processor.description
  if (processor.tag !== undefined) step.tag = processor.tag
  if (processor.condition !== undefined) {
    step.if = { condition: processor.condition.source, result: status !== 'skipped' }
  }
  if (failure !== undefined) {
    const {
      type,
      message: reason,
      caused_by,
    } = failure instanceof ProcessorFailure ? failure : new ProcessorFailure(failure.message)
    const error = errorOf(caused_by === undefined ? { type, reason } : { type, reason, caused_by })
    if (status === 'error_ignored') step.ignored_error = { error }
    else step.error = error
  }
  const hasDoc =
    (status === 'success' && processor.type !== 'pipeline') || status === 'error_ignored'
  if (hasDoc) step.doc = docOf(copyOf(run.ctx), copyOf(run.ingest))
  return step
}

function docOf(ctx: DocumentMap, ingest: DocumentMap): Plain {
  const doc: Plain = {}
  for (const key of metadataKeys) {
    const value = ctx.get(key)
    ctx.delete(key)
    if (value !== undefined && value !== null) {
      doc[key] = key === '_version' ? String(value) : toPlain(value)
    }
  }
  return { ...doc, _source: toPlain(ctx), _ingest: toPlain(ingest) }
}

function errorOf(failed: Pick<PipelineFailure, 'type' | 'reason' | 'caused_by'>): Plain {
  const { type, reason, caused_by } = failed
  const cause: Plain = { type, reason }
  const error: Plain = { root_cause: [cause], type, reason }
  return caused_by === undefined ? error : { ...error, caused_by }
}
