/** foreach: one processor for each value of a list or an object, seen as _ingest._value. */
import type { DocumentMap, DocumentValue } from '../../document.ts'
import { javaText } from '../../document-path.ts'
import { runOne } from '../execute.ts'
import { type IngestRun, notOf } from '../ingest-run.ts'
import { ProcessorFailure } from '../pipeline-refused.ts'
import type { CompiledProcessor, ProcessorKind, Signal } from '../processor.ts'

export const foreach: ProcessorKind = {
  type: 'foreach',
  compile(options) {
    const name = options.string('field')
    const field = options.pathOf('field', name)
    const ignoreMissing = options.boolean('ignore_missing', false)
    const inner = options.required('processor')
    const entries =
      typeof inner === 'object' && !Array.isArray(inner) ? Object.entries(inner as object) : []
    const [entry] = entries
    if (entry === undefined || entries.length !== 1) {
      return options.refuse('processor', 'Must specify exactly one processor type')
    }
    const processor = options.inner(entry[0], entry[1], 'processor')
    return (run) => {
      const value = run.readOrNull(field, ignoreMissing)
      if (value === null) {
        if (ignoreMissing) return undefined
        throw new ProcessorFailure(`field [${name}] is null, cannot loop over its elements.`)
      }
      if (Array.isArray(value)) {
        const made: DocumentValue[] = []
        const signal = withTurns(
          run,
          value.map((item, i) => [String(i), item] as const),
          processor,
          (_, item) => made.push(item),
        )
        if (signal === undefined) run.write(field, made)
        return signal
      }
      if (value instanceof Map) {
        const made: DocumentMap = new Map()
        const signal = withTurns(run, [...value], processor, (key, item) => made.set(key, item))
        if (signal === undefined) run.write(field, made)
        return signal
      }
      throw notOf(name, value, 'java.util.List')
    }
  },
}

/** What was the value before, in a foreach around this one, is so again afterwards. */
function withTurns(
  run: IngestRun,
  entries: readonly (readonly [string, DocumentValue])[],
  processor: CompiledProcessor,
  give: (key: string, value: DocumentValue) => void,
): Signal | undefined {
  const { ingest, trace } = run
  const beforeKey = ingest.get('_key')
  const beforeValue = ingest.get('_value')
  run.trace = undefined
  try {
    for (const [key, value] of entries) {
      ingest.set('_key', key)
      ingest.set('_value', value)
      const signal = runOne(processor, run)
      if (signal !== undefined) return signal
      give(javaText(ingest.get('_key') ?? key), ingest.get('_value') ?? null)
    }
    return undefined
  } finally {
    run.trace = trace
    put(ingest, '_key', beforeKey)
    put(ingest, '_value', beforeValue)
  }
}

function put(map: DocumentMap, key: string, value: DocumentValue | undefined): void {
  if (value === undefined) map.delete(key)
  else map.set(key, value)
}
