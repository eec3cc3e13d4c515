/**
 * Runs compiled processors on a document: conditions, failures and what is done on them, pipelines
 * within pipelines. Leaves to run.ts where the document comes from and what is answered.
 */
import { javaText } from '../document-path.ts'
import { type IngestRun, runLimits } from './ingest-run.ts'
import { BoundMet, ProcessorFailure } from './pipeline-refused.ts'
import type { CompiledProcessor, Pipeline, Signal } from './processor.ts'

/** A processor failed, and nothing so far has taken care of it. */
export class FailedAt extends Error {
  readonly failure: ProcessorFailure
  readonly processor_type: string
  readonly tag: string | undefined
  readonly pipeline: string

  constructor(failure: ProcessorFailure, type: string, tag: string | undefined, pipeline: string) {
    super(failure.message)
    this.failure = failure
    this.processor_type = type
    this.tag = tag
    this.pipeline = pipeline
  }
}

export function runList(list: readonly CompiledProcessor[], run: IngestRun): Signal | undefined {
  for (let i = 0; i < list.length; i++) {
    const signal = runOne(list[i]!, run)
    if (signal !== undefined) return signal
  }
  return undefined
}

export function runOne(processor: CompiledProcessor, run: IngestRun): Signal | undefined {
  run.countStep()
  const { counts } = processor
  let isCondition = processor.condition !== undefined
  let isTraced = false
  let signal: Signal | undefined
  try {
    if (isCondition && !processor.condition!.holds(run)) {
      run.trace?.(processor, 'skipped')
      return undefined
    }
    isCondition = false
    counts.count++
    if (run.trace !== undefined && processor.type === 'pipeline') {
      run.traceCall = () => {
        isTraced = true
        run.trace?.(processor, 'success')
      }
    }
    signal = processor.step(run)
  } catch (error) {
    if (error instanceof BoundMet) throw error
    counts.failed++
    return failed(processor, run, isCondition ? 'conditional' : processor.type, error as Error)
  }
  if (run.trace !== undefined && !isTraced) {
    run.trace(processor, signal === 'drop' ? 'dropped' : 'success')
  }
  return signal
}

function failed(
  processor: CompiledProcessor,
  run: IngestRun,
  type: string,
  error: Error,
): Signal | undefined {
  const at = failedAt(error, type, processor.tag, run.pipelines.at(-1) ?? '')
  // What failed within another pipeline has been traced there.
  const isInner = processor.type === 'pipeline' && error instanceof FailedAt
  const status = processor.ignoreFailure ? 'error_ignored' : 'error'
  if (run.trace !== undefined && !isInner) run.trace(processor, status, at.failure)
  if (processor.ignoreFailure) return undefined
  if (processor.onFailure === undefined) throw at
  return runOnFailure(processor.onFailure, at, run)
}

function failedAt(error: Error, type: string, tag: string | undefined, pipeline: string): FailedAt {
  if (error instanceof FailedAt) return error
  const failure =
    error instanceof ProcessorFailure ? error : new ProcessorFailure(String(error.message))
  return new FailedAt(failure, type, tag, pipeline)
}

const failureKeys = ['message', 'processor_type', 'processor_tag', 'pipeline'].map(
  (word) => `on_failure_${word}`,
)

function runOnFailure(
  list: readonly CompiledProcessor[],
  at: FailedAt,
  run: IngestRun,
): Signal | undefined {
  const { ingest } = run
  const { failure } = at
  ingest.set('on_failure_message', failure.caused_by?.reason ?? failure.message)
  ingest.set('on_failure_processor_type', at.processor_type)
  ingest.set('on_failure_processor_tag', at.tag ?? null)
  ingest.set('on_failure_pipeline', at.pipeline)
  try {
    return runList(list, run)
  } finally {
    for (const key of failureKeys) ingest.delete(key)
  }
}

/** Throws FailedAt when the pipeline failed. `stop` ends this pipeline alone. */
export function runProcessorsOf(pipeline: Pipeline, run: IngestRun): Signal | undefined {
  const { id } = pipeline
  const { on_pipeline } = run.environment
  if (run.pipelines.includes(id)) {
    throw new ProcessorFailure(`Cycle detected for pipeline: ${id}`, 'graph_structure_exception')
  }
  if (run.pipelines.length >= runLimits.depth_max) {
    const most = `at most ${runLimits.depth_max} pipelines may be within each other`
    throw new ProcessorFailure(`${most}: ${run.pipelines.join(' > ')}`, 'graph_structure_exception')
  }
  const before = run.ingest.get('pipeline')
  const start_ms = on_pipeline === undefined ? 0 : run.environment.now_ms()
  let outcome: 'kept' | 'dropped' | 'failed' = 'failed'
  run.pipelines.push(id)
  run.ingest.set('pipeline', id)
  try {
    const signal = runGuarded(pipeline, run)
    outcome = signal === 'drop' ? 'dropped' : 'kept'
    return signal === 'stop' ? undefined : signal
  } finally {
    run.pipelines.pop()
    if (before === undefined) run.ingest.delete('pipeline')
    else run.ingest.set('pipeline', before)
    on_pipeline?.(id, outcome, run.environment.now_ms() - start_ms)
  }
}

function runGuarded(pipeline: Pipeline, run: IngestRun): Signal | undefined {
  try {
    return runList(pipeline.processors, run)
  } catch (error) {
    if (!(error instanceof FailedAt) || pipeline.onFailure === undefined) throw error
    return runOnFailure(pipeline.onFailure, error, run)
  }
}

/** `_index` and `_id` may be changed, but to a text alone. */
export function checkMetadata(run: IngestRun): void {
  for (const key of ['_index', '_id', '_routing']) {
    const value = run.ctx.get(key)
    if (value === undefined || value === null || typeof value === 'string') continue
    throw new ProcessorFailure(`${key} must be null or a String but was [${javaText(value)}]`)
  }
}
