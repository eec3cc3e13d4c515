/**
 * Makes a pipeline that runs of its definition, or says what is wrong with it and where. Everything
 * is compiled here, so that documents meet no patterns, scripts or templates as text.
 */
import { javaClass } from '../document-path.ts'
import { runLimits } from './ingest-run.ts'
import { ProcessorOptions } from './options.ts'
import { PipelineRefused } from './pipeline-refused.ts'
import type { CompiledProcessor, Pipeline } from './processor.ts'
import { processorKinds, refusedProcessors } from './processors.ts'
import { compileIf } from './scripts.ts'

/** As it is PUT; `processors` are objects with the one key that names their kind. */
export type PipelineDefinition = {
  description?: string
  version?: number
  processors: unknown[]
  on_failure?: unknown[]
  _meta?: unknown
  deprecated?: boolean
  field_access_pattern?: 'classic'
}

const processors_max = 1000
const definition_depth_max = 100
const keys = [
  ...['description', 'version', 'processors', 'on_failure', '_meta', 'deprecated'],
  ...['field_access_pattern', 'created_date', 'modified_date'],
  ...['created_date_millis', 'modified_date_millis'],
]

class Compiler {
  private count = 0

  /** `path` is that of the list. */
  list(list: readonly unknown[], path: string, depth: number): CompiledProcessor[] {
    return list.flatMap((item, i) => {
      const at = `${path}[${i}]`
      if (typeof item !== 'object' || item === null || Array.isArray(item)) {
        throw new PipelineRefused(`[${at}] must be an object with the type of a processor`, {
          path: at,
        })
      }
      return Object.entries(item).map(([type, config]) =>
        this.processor(type, config, `${at}.${type}`, depth),
      )
    })
  }

  processor(type: string, config: unknown, path: string, depth: number): CompiledProcessor {
    const at = { path, processor_type: type }
    if (++this.count > processors_max) {
      throw new PipelineRefused(`a pipeline has at most ${processors_max} processors`, at)
    }
    if (depth > runLimits.depth_max) {
      const most = `at most ${runLimits.depth_max} deep`
      throw new PipelineRefused(`on_failure and foreach are ${most} within each other`, at)
    }
    const why = refusedProcessors.get(type)
    if (why !== undefined) {
      throw new PipelineRefused(`processor [${type}] is not supported: ${why}`, at)
    }
    const kind = processorKinds.get(type)
    if (kind === undefined) {
      throw new PipelineRefused(`No processor type exists with name [${type}]`, at)
    }
    const inner: ProcessorOptions['inner'] = (innerType, innerConfig, name) =>
      this.processor(innerType, innerConfig, `${path}.${name}.${innerType}`, depth + 1)
    const options = new ProcessorOptions(type, path, this.configOf(type, config, path), inner)
    return this.compiled(kind, options, depth)
  }

  /** Scripts and their like may be given as a text alone. */
  private configOf(type: string, config: unknown, path: string): Map<string, unknown> {
    if (typeof config === 'string' && type === 'script') return new Map([['source', config]])
    if (typeof config === 'object' && config !== null && !Array.isArray(config)) {
      return new Map(Object.entries(config))
    }
    const what = `property isn't a map, but of type [${javaClass(config)}]`
    throw new PipelineRefused(`[${type}] ${what}`, {
      ...{ path, processor_type: type, property_name: type },
    })
  }

  private compiled(
    kind: { type: string; compile(options: ProcessorOptions): CompiledProcessor['step'] },
    options: ProcessorOptions,
    depth: number,
  ): CompiledProcessor {
    const description = options.optionalString('description')
    const ignoreFailure = options.boolean('ignore_failure', false)
    const source = conditionSource(options)
    const condition =
      source === undefined ? undefined : { source, holds: compileIf(source, options) }
    const handlers = options.optionalList('on_failure')
    if (handlers?.length === 0) options.refuse('on_failure', 'processors list cannot be empty')
    const onFailure =
      handlers === undefined
        ? undefined
        : this.list(handlers, `${options.path}.on_failure`, depth + 1)
    const step = kind.compile(options)
    options.finish()
    const counts = { count: 0, failed: 0 }
    const { type } = kind
    return {
      type,
      tag: options.tag,
      description,
      condition,
      ignoreFailure,
      onFailure,
      step,
      counts,
    }
  }
}

/** A text, or an object as scripts have it elsewhere. */
function conditionSource(options: ProcessorOptions): string | undefined {
  const value = options.take('if')
  if (value === undefined || typeof value === 'string') return value
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    const inner = new Map(Object.entries(value))
    const language = inner.get('lang') ?? 'painless'
    if (language !== 'painless') {
      options.refuse('if', `script_lang not supported [${String(language)}]`)
    }
    const source = inner.get('source') ?? inner.get('inline')
    if (typeof source === 'string') return source
  }
  return options.refuse('if', `property isn't a string, but of type [${javaClass(value)}]`)
}

/** Throws PipelineRefused. */
export function compilePipeline(id: string, definition: unknown): Pipeline {
  if (typeof definition !== 'object' || definition === null || Array.isArray(definition)) {
    throw new PipelineRefused('a pipeline is an object with [processors]', { path: '' })
  }
  checkDepth(definition, 0)
  const given = new Map(Object.entries(definition))
  const problem = (property: string, what: string) =>
    new PipelineRefused(`[${property}] ${what}`, { path: property, property_name: property })
  const isOf = (name: string, kind: 'string' | 'number' | 'boolean') => {
    const value = given.get(name) ?? undefined
    const word = kind === 'number' ? 'an int' : `a ${kind}`
    if (value !== undefined && (typeof value as string) !== kind) {
      throw problem(name, `property isn't ${word}, but of type [${javaClass(value)}]`)
    }
    return value
  }
  const listOf = (name: string): readonly unknown[] | undefined => {
    const value = given.get(name) ?? undefined
    if (value === undefined || Array.isArray(value)) return value
    throw problem(name, `property isn't a list, but of type [${javaClass(value)}]`)
  }
  const description = isOf('description', 'string') as string | undefined
  const version = isOf('version', 'number') as number | undefined
  isOf('deprecated', 'boolean')
  const access = isOf('field_access_pattern', 'string')
  if (access !== undefined && access !== 'classic') {
    throw problem('field_access_pattern', `[${access}] is not supported, only [classic] is`)
  }
  const list = listOf('processors')
  if (list === undefined) throw problem('processors', 'required property is missing')
  const handlers = listOf('on_failure')
  if (handlers?.length === 0) {
    const what = `pipeline [${id}] cannot have an empty on_failure option defined`
    throw new PipelineRefused(what, { path: 'on_failure', property_name: 'on_failure' })
  }
  const compiler = new Compiler()
  const processors = compiler.list(list, 'processors', 1)
  const onFailure = handlers === undefined ? undefined : compiler.list(handlers, 'on_failure', 1)
  const unknown = [...given.keys()].filter((key) => !keys.includes(key))
  if (unknown.length > 0) {
    const what = "doesn't support one or more provided configuration parameters"
    throw new PipelineRefused(`pipeline [${id}] ${what} [${unknown.join(', ')}]`, {
      path: unknown[0]!,
    })
  }
  return { id, description, version, processors, onFailure }
}

/** What is nested without end would break whatever walks it. */
function checkDepth(value: unknown, depth: number): void {
  if (typeof value !== 'object' || value === null) return
  if (depth > definition_depth_max) {
    const what = `a definition is at most ${definition_depth_max} deep`
    throw new PipelineRefused(what, { path: '' })
  }
  for (const item of Object.values(value)) checkDepth(item, depth + 1)
}
