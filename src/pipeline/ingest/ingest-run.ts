/**
 * One document on its way through pipelines: its fields, its metadata, and what bounds the work on
 * it. Leaves to the processors what they do with it.
 */
import type { DocumentMap, DocumentValue } from '../document.ts'
import {
  appendAt,
  type DocumentPath,
  documentPath,
  findAt,
  javaClass,
  readAt,
  removeAt,
  writeAt,
} from '../document-path.ts'
import { BoundMet, ProcessorFailure } from './pipeline-refused.ts'
import type { CompiledProcessor, Pipeline } from './processor.ts'

/** Who sent the document: what set_security_user may tell of. */
export type IngestUser = {
  username: string
  roles: readonly string[]
  email?: string
  full_name?: string
  metadata?: DocumentMap
  api_key?: DocumentMap
  realm?: DocumentMap
  authentication_type?: string
}

/** A record of a MaxMind database for the address, as its reader gives it. */
export type GeoLookup = (address: string) => unknown

export type PipelineEnvironment = {
  now_ms(): number
  find(id: string): Pipeline | undefined
  /** Undefined when there is no such database. */
  geo?: (databaseFile: string) => GeoLookup | undefined
  user?: () => IngestUser | undefined
  on_pipeline?: (id: string, outcome: 'kept' | 'dropped' | 'failed', ms: number) => void
}

export type Trace = (
  processor: CompiledProcessor,
  status: 'success' | 'error' | 'error_ignored' | 'skipped' | 'dropped',
  failure?: Error,
) => void

/** A path is in the document, or with `_ingest.` before it in what is known of the run. */
export type FieldPath = DocumentPath & { isIngest: boolean }

export const runLimits = {
  depth_max: 16,
  steps_max: 100_000,
  copied_values_max: 1_000_000,
  /** A third of a second of work. */
  regex_steps_max: 40_000_000,
  text_length_max: 64 * 1024,
} as const

export function fieldPath(text: string): FieldPath {
  if (text.startsWith('_ingest.')) return { ...documentPath(text.slice(8)), text, isIngest: true }
  const bare = text.startsWith('_source.') ? text.slice(8) : text
  return { ...documentPath(bare), text: bare, isIngest: false }
}

const nowhere: FieldPath = { text: '', keys: [''], isIngest: false }

/** A template that renders to nothing names a field that is missing. */
export function renderedPath(text: string): FieldPath {
  return text === '' ? nowhere : fieldPath(text)
}

export class IngestRun {
  /** The fields and beside them `_index`, `_id` and the like, as scripts see them. */
  readonly ctx: DocumentMap
  readonly ingest: DocumentMap
  readonly environment: PipelineEnvironment
  trace: Trace | undefined
  /** Tells that a pipeline processor is about to run its pipeline; set beside trace. */
  traceCall: (() => void) | undefined
  /** The pipelines that are being run, outermost first. */
  readonly pipelines: string[] = []
  private steps = 0
  private regexSteps = 0
  private copied = 0

  constructor(ctx: DocumentMap, environment: PipelineEnvironment, trace?: Trace) {
    this.ctx = ctx
    this.environment = environment
    this.trace = trace
    this.ingest = new Map()
  }

  countStep(): void {
    if (++this.steps > runLimits.steps_max) {
      throw new BoundMet(`the document needs more than ${runLimits.steps_max} processor steps`)
    }
  }

  /** Of regular expressions: each is one character, or one choice, that was looked at. */
  countSteps(steps: number): void {
    this.regexSteps += steps
    if (this.regexSteps > runLimits.regex_steps_max) {
      throw new BoundMet('the regular expressions need too long for this document')
    }
  }

  /** A copy that shares nothing; copies of copies would else grow without bound. */
  copy(value: DocumentValue): DocumentValue {
    if (typeof value !== 'object' || value === null) return value
    this.copied += value instanceof Map ? value.size : value.length
    if (this.copied > runLimits.copied_values_max) {
      throw new BoundMet(
        `the document needs more than ${runLimits.copied_values_max} copied values`,
      )
    }
    if (Array.isArray(value)) return value.map((item) => this.copy(item))
    const made: DocumentMap = new Map()
    for (const [key, item] of value) made.set(key, this.copy(item))
    return made
  }

  regexStepsLeft(): number {
    return runLimits.regex_steps_max - this.regexSteps
  }

  /** What templates read: `_ingest` is a field there. */
  findForTemplate(keys: readonly string[]): DocumentValue | undefined {
    const [first = ''] = keys
    if (first === '_ingest') {
      const rest = keys.slice(1)
      if (rest.length === 0) return this.ingest
      const found = findAt(this.ingest, { text: '', keys: rest })
      if (found !== undefined || rest[0] !== 'timestamp') return found
      return this.timestamp()
    }
    const path = { text: '', keys: first === '_source' && keys.length > 1 ? keys.slice(1) : keys }
    return findAt(this.ctx, path)
  }

  /** Of the moment at which the run began; written when it is first asked for. */
  timestamp(): string {
    const known = this.ingest.get('timestamp')
    if (typeof known === 'string') return known
    const text = new Date(this.environment.now_ms()).toISOString()
    this.ingest.set('timestamp', text)
    return text
  }

  private rootOf(path: FieldPath): DocumentMap {
    if (!path.isIngest) return this.ctx
    if (path.keys[0] === 'timestamp') this.timestamp()
    return this.ingest
  }

  /** Undefined when there is no such field. */
  find(path: FieldPath): DocumentValue | undefined {
    return findAt(this.rootOf(path), path)
  }

  read(path: FieldPath): DocumentValue {
    return readAt(this.rootOf(path), path)
  }

  /** Null when it is null, or when it is missing and that is ignored. */
  readOrNull(path: FieldPath, ignoreMissing: boolean): DocumentValue {
    return ignoreMissing ? (this.find(path) ?? null) : this.read(path)
  }

  readText(path: FieldPath, ignoreMissing: boolean): string | null {
    const value = this.readOrNull(path, ignoreMissing)
    if (value === null || typeof value === 'string') return value
    throw notOf(path.text, value, 'java.lang.String')
  }

  write(path: FieldPath, value: DocumentValue): void {
    if (path === nowhere) documentPath('')
    writeAt(this.rootOf(path), path, value)
  }

  append(path: FieldPath, value: DocumentValue, allowDuplicates = true): void {
    if (path === nowhere) documentPath('')
    appendAt(this.rootOf(path), path, value, allowDuplicates)
  }

  remove(path: FieldPath): void {
    removeAt(this.rootOf(path), path)
  }
}

export function notOf(path: string, value: DocumentValue, wanted: string): ProcessorFailure {
  return new ProcessorFailure(
    `field [${path}] of type [${javaClass(value)}] cannot be cast to [${wanted}]`,
  )
}
