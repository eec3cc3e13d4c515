/** What is wrong with a definition or with a document, in Elasticsearch's words and error types. */

/** The definition is none that can run: said at PUT, with the place in it. */
export class PipelineRefused extends Error {
  readonly type: 'parse_exception' | 'illegal_argument_exception' | 'script_exception'
  /** As `processors[3].set.value`. */
  readonly path: string
  readonly processor_type?: string
  readonly processor_tag?: string
  readonly property_name?: string
  readonly position?: { line: number; column: number }

  constructor(
    message: string,
    at: {
      path: string
      type?: PipelineRefused['type']
      processor_type?: string | undefined
      processor_tag?: string | undefined
      property_name?: string | undefined
      position?: { line: number; column: number } | undefined
    },
  ) {
    super(message)
    this.type = at.type ?? 'parse_exception'
    this.path = at.path
    if (at.processor_type !== undefined) this.processor_type = at.processor_type
    if (at.processor_tag !== undefined) this.processor_tag = at.processor_tag
    if (at.property_name !== undefined) this.property_name = at.property_name
    if (at.position !== undefined) this.position = at.position
  }
}

/** A processor cannot do its work on this document. */
export class ProcessorFailure extends Error {
  /** Elasticsearch's error type: `illegal_argument_exception`. */
  readonly type: string
  readonly caused_by?: { type: string; reason: string }

  constructor(
    message: string,
    type = 'illegal_argument_exception',
    caused_by?: { type: string; reason: string },
  ) {
    super(message)
    this.type = type
    if (caused_by !== undefined) this.caused_by = caused_by
  }
}

/** A bound that holds for every document was met: no on_failure can hide it. */
export class BoundMet extends Error {}
