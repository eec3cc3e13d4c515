/** What a kind of processor is, and what a pipeline is once it is compiled. */
import type { FieldPath, IngestRun } from './ingest-run.ts'
import type { ProcessorOptions } from './options.ts'

/** `stop` ends this pipeline, `leave` all of them and keeps the document, `drop` keeps none. */
export type Signal = 'stop' | 'leave' | 'drop'

/** Throws ProcessorFailure or PathProblem when the document is not fit for it. */
export type Step = (run: IngestRun) => Signal | undefined

export type ProcessorKind = {
  type: string
  /** Throws PipelineRefused. */
  compile(options: ProcessorOptions): Step
}

export type CompiledProcessor = {
  type: string
  tag: string | undefined
  description: string | undefined
  condition: { source: string; holds: (run: IngestRun) => boolean } | undefined
  ignoreFailure: boolean
  onFailure: readonly CompiledProcessor[] | undefined
  step: Step
  /** Since it was compiled; for the statistics of pipelines. */
  counts: { count: number; failed: number }
}

export type Pipeline = {
  id: string
  description: string | undefined
  version: number | undefined
  processors: readonly CompiledProcessor[]
  onFailure: readonly CompiledProcessor[] | undefined
}

/** A field that a template may name: the path is known beforehand when it names none. */
export type FieldName = (run: IngestRun) => FieldPath
