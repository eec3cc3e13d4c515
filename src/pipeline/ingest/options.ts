/**
 * Reads the options of one processor with Elasticsearch's words for what is wrong with them.
 * Leaves to the processor what they mean.
 */
import { type DocumentMap, type DocumentValue, toDocument } from '../document.ts'
import { javaClass, PathProblem } from '../document-path.ts'
import { type FieldPath, fieldPath, renderedPath } from './ingest-run.ts'
import { compileTemplate, compileValue, type TextTemplate, type ValueTemplate } from './mustache.ts'
import { PipelineRefused } from './pipeline-refused.ts'
import type { CompiledProcessor, FieldName } from './processor.ts'

export class ProcessorOptions {
  readonly type: string
  readonly path: string
  readonly tag: string | undefined
  /** Compiles a processor within this one, as foreach has. */
  readonly inner: (type: string, config: unknown, name: string) => CompiledProcessor
  private readonly left: Map<string, unknown>

  constructor(
    type: string,
    path: string,
    config: ReadonlyMap<string, unknown>,
    inner: ProcessorOptions['inner'],
  ) {
    this.type = type
    this.path = path
    this.inner = inner
    this.left = new Map(config)
    this.tag = this.optionalString('tag')
  }

  refuse(property: string | undefined, message: string, at: Partial<PipelineRefused> = {}): never {
    const text = property === undefined ? message : `[${property}] ${message}`
    throw new PipelineRefused(text, {
      type: at.type ?? 'parse_exception',
      path: property === undefined ? this.path : `${this.path}.${property}`,
      processor_type: this.type,
      processor_tag: this.tag,
      property_name: property,
      position: at.position,
    })
  }

  /** Whatever was not asked for is not known. */
  finish(): void {
    if (this.left.size === 0) return
    const names = [...this.left.keys()].join(', ')
    const text = `processor [${this.type}] doesn't support one or more provided configuration`
    this.refuse(undefined, `${text} parameters [${names}]`)
  }

  has(name: string): boolean {
    return (this.left.get(name) ?? null) !== null
  }

  peek(name: string): unknown {
    return this.left.get(name)
  }

  giveUnlessSet(name: string, value: unknown): void {
    if (!this.has(name)) this.left.set(name, value)
  }

  /** Undefined when it is missing or null. */
  take(name: string): unknown {
    const value = this.left.get(name)
    this.left.delete(name)
    return value ?? undefined
  }

  required(name: string): unknown {
    return this.take(name) ?? this.refuse(name, 'required property is missing')
  }

  private notA(name: string, kind: string, value: unknown): never {
    return this.refuse(name, `property isn't a ${kind}, but of type [${javaClass(value)}]`)
  }

  optionalString(name: string): string | undefined {
    const value = this.take(name)
    if (value === undefined || typeof value === 'string') return value
    return this.notA(name, 'string', value)
  }

  string(name: string, fallback?: string): string {
    return (
      this.optionalString(name) ?? fallback ?? this.refuse(name, 'required property is missing')
    )
  }

  boolean(name: string, fallback: boolean): boolean {
    const value = this.take(name)
    if (value === undefined) return fallback
    return typeof value === 'boolean' ? value : this.notA(name, 'boolean', value)
  }

  integer(name: string, fallback: number): number {
    const value = this.take(name)
    if (value === undefined) return fallback
    if (/^-?\d{1,9}$/.test(String(value))) return Number(value)
    return this.refuse(name, `property cannot be converted to an int [${String(value)}]`)
  }

  optionalList(name: string): unknown[] | undefined {
    const value = this.take(name)
    if (value === undefined || Array.isArray(value)) return value
    return this.notA(name, 'list', value)
  }

  optionalStrings(name: string): string[] | undefined {
    return this.optionalList(name)?.map((item) =>
      typeof item === 'string' ? item : this.notA(name, 'string', item),
    )
  }

  strings(name: string): string[] {
    return this.optionalStrings(name) ?? this.refuse(name, 'required property is missing')
  }

  stringOrStrings(name: string): string[] | undefined {
    if (typeof this.left.get(name) === 'string') return [this.string(name)]
    return this.optionalStrings(name)
  }

  optionalMap(name: string): DocumentMap | undefined {
    const value = this.take(name)
    if (value === undefined) return undefined
    if (typeof value !== 'object' || Array.isArray(value)) return this.notA(name, 'map', value)
    return toDocument(value) as DocumentMap
  }

  /** The value as it stands, without templates. */
  constant(name: string): DocumentValue | undefined {
    const value = this.take(name)
    return value === undefined ? undefined : toDocument(value)
  }

  choice<T extends string>(name: string, choices: readonly T[], fallback: T): T {
    const value = this.optionalString(name) ?? fallback
    const found = choices.find((one) => one === value)
    return found ?? this.refuse(name, `[${value}] must be one of [${choices.join(', ')}]`)
  }

  /** Runs what reads an option in a language of its own: its message is told with the option. */
  reading<T>(name: string, read: () => T): T {
    try {
      return read()
    } catch (error) {
      if (error instanceof PipelineRefused) throw error
      return this.refuse(name, (error as Error).message)
    }
  }

  optionalTemplate(name: string, mediaType?: string): TextTemplate | undefined {
    const text = this.optionalString(name)
    return text === undefined
      ? undefined
      : this.reading(name, () => compileTemplate(text, mediaType))
  }

  template(name: string, fallback?: string): TextTemplate {
    return this.reading(name, () => compileTemplate(this.string(name, fallback)))
  }

  valueTemplate(name: string, mediaType: string): ValueTemplate {
    const value = toDocument(this.required(name))
    return this.reading(name, () => compileValue(value, mediaType))
  }

  pathOf(name: string, text: string): FieldPath {
    try {
      return fieldPath(text)
    } catch (error) {
      if (error instanceof PathProblem) return this.refuse(name, error.message)
      throw error
    }
  }

  field(name: string, fallback?: string): FieldPath {
    return this.pathOf(name, this.string(name, fallback))
  }

  fieldTemplate(name: string): FieldName {
    return this.fieldNameOf(name, this.string(name))
  }

  /** The path is read once unless a template names it. */
  fieldNameOf(name: string, text: string): FieldName {
    const template = this.reading(name, () => compileTemplate(text))
    if (!template.isConstant) return (run) => renderedPath(template.render(run))
    const path = this.pathOf(name, text)
    return () => path
  }
}
