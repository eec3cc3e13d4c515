/**
 * The labels of one line on its way through the stages: those of its stream, its structured
 * metadata and what was parsed from it, with the rules for names that meet.
 */
import { errorDetailsLabel, errorLabel } from '../names.ts'

export type LabelMap = ReadonlyMap<string, string>

/** Other names of labels, such as k8s_pod_name for pod. */
export type OtherNames = (name: string, stream: LabelMap) => string | undefined

const none: LabelMap = new Map()
const suffix = '_extracted'

export class LineLabels {
  error = ''
  errorDetails = ''
  #stream: LabelMap = none
  #metadata: LabelMap = none
  readonly #parsed = new Map<string, string>()
  readonly #deleted = new Set<string>()
  readonly #extracted = new Set<string>()
  readonly #otherNames: OtherNames

  constructor(otherNames: OtherNames = () => undefined) {
    this.#otherNames = otherNames
  }

  begin(stream: LabelMap, metadata: LabelMap): void {
    this.#stream = stream
    this.#metadata = metadata
    if (this.#parsed.size > 0) this.#parsed.clear()
    if (this.#deleted.size > 0) this.#deleted.clear()
    if (this.#extracted.size > 0) this.#extracted.clear()
    this.error = ''
    this.errorDetails = ''
  }

  get(name: string): string | undefined {
    const parsed = this.#parsed.get(name)
    if (parsed !== undefined) return parsed
    if (this.#deleted.has(name)) return undefined
    const own = this.#metadata.get(name) ?? this.#stream.get(name)
    return own ?? this.#otherNames(name, this.#stream)
  }

  /** As filters on text see it: what is not there is empty. */
  textOf(name: string): string {
    if (name === errorLabel) return this.error
    if (name === errorDetailsLabel) return this.errorDetails
    return this.get(name) ?? ''
  }

  /** A label of the stream keeps its name: what is parsed gets another. */
  extract(name: string, value: string): void {
    const own = this.#stream.has(name) ? name + suffix : name
    if (this.#extracted.has(own)) return
    this.#extracted.add(own)
    this.set(own, value)
  }

  streamHas(name: string): boolean {
    return this.#stream.has(name)
  }

  set(name: string, value: string): void {
    this.#parsed.set(name, value)
  }

  delete(name: string): void {
    this.#parsed.delete(name)
    this.#deleted.add(name)
  }

  fail(error: string, details: string): void {
    this.error = error
    this.errorDetails = details
  }

  /** Labels that have a value, by what they come from. */
  streamLabels(): Map<string, string> {
    return this.#kept(this.#stream, (name) => !this.#metadata.has(name))
  }

  metadata(): Map<string, string> {
    return this.#kept(this.#metadata, () => true)
  }

  parsed(): Map<string, string> {
    const labels = new Map([...this.#parsed].filter(([, value]) => value !== ''))
    if (this.error !== '') labels.set(errorLabel, this.error)
    if (this.errorDetails !== '') labels.set(errorDetailsLabel, this.errorDetails)
    return labels
  }

  /** Everything in one: the data of a template, and the names that keep and drop go through. */
  all(): Map<string, string> {
    return new Map([...this.streamLabels(), ...this.metadata(), ...this.parsed()])
  }

  #kept(from: LabelMap, isKept: (name: string) => boolean): Map<string, string> {
    const labels = new Map<string, string>()
    for (const [name, value] of from) {
      if (value === '' || this.#deleted.has(name) || this.#parsed.has(name)) continue
      if (isKept(name)) labels.set(name, value)
    }
    return labels
  }
}
