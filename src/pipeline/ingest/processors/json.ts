/** json: a text that is JSON becomes what it says, in its place or at the root. */
import type { DocumentMap, DocumentValue } from '../../document.ts'
import { javaText } from '../../document-path.ts'
import { readJson } from '../json-text.ts'
import { ProcessorFailure } from '../pipeline-refused.ts'
import type { ProcessorKind } from '../processor.ts'

export const json: ProcessorKind = {
  type: 'json',
  compile(options) {
    const name = options.string('field')
    const field = options.pathOf('field', name)
    const targetName = options.optionalString('target_field')
    const isRoot = options.boolean('add_to_root', false)
    const hasStrategy = options.has('add_to_root_conflict_strategy')
    const strategies = ['replace', 'merge'] as const
    const strategy = options.choice('add_to_root_conflict_strategy', strategies, 'replace')
    const allowDuplicateKeys = options.boolean('allow_duplicate_keys', false)
    const isStrict = options.boolean('strict_json_parsing', true)
    if (isRoot && targetName !== undefined) {
      const what = 'Cannot set a target field while also setting `add_to_root` to true'
      options.refuse('target_field', what)
    }
    if (!isRoot && hasStrategy) {
      const what = 'Cannot set `add_to_root_conflict_strategy` if `add_to_root` is false'
      options.refuse('add_to_root_conflict_strategy', what)
    }
    const target = options.pathOf('target_field', targetName ?? name)
    const readText = (value: DocumentValue) => {
      const text = value === null ? 'null' : javaText(value)
      try {
        return readJson(text, { allowDuplicateKeys, isStrict })
      } catch (error) {
        throw new ProcessorFailure((error as Error).message)
      }
    }
    if (!isRoot) {
      return (run) => {
        run.write(target, readText(run.read(field)))
        return undefined
      }
    }
    return (run) => {
      const value = readText(run.read(field))
      if (!(value instanceof Map)) {
        throw new ProcessorFailure('cannot add non-map fields to root of document')
      }
      if (strategy === 'merge') merge(run.ctx, value)
      else for (const [key, item] of value) run.ctx.set(key, item)
      return undefined
    }
  },
}

function merge(into: DocumentMap, from: DocumentMap): void {
  for (const [key, value] of from) {
    const before = into.get(key)
    if (before instanceof Map && value instanceof Map) merge(before, value)
    else into.set(key, value)
  }
}
