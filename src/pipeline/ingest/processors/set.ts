/** set: writes a value, a template or a copy of another field. */
import type { ProcessorKind } from '../processor.ts'

const mediaTypes = ['application/json', 'text/plain', 'application/x-www-form-urlencoded'] as const

export const set: ProcessorKind = {
  type: 'set',
  compile(options) {
    const field = options.fieldTemplate('field')
    const isCopy = options.has('copy_from')
    if (isCopy && options.has('value')) {
      options.refuse('copy_from', 'cannot set both `copy_from` and `value` in the same processor')
    }
    const from = isCopy ? options.fieldTemplate('copy_from') : undefined
    const mediaType = options.choice('media_type', mediaTypes, 'application/json')
    const value = isCopy ? undefined : options.valueTemplate('value', mediaType)
    const isOverriding = options.boolean('override', true)
    const ignoreEmpty = options.boolean('ignore_empty_value', false)
    return (run) => {
      const path = field(run)
      if (!isOverriding && (run.find(path) ?? null) !== null) return undefined
      const made =
        from === undefined ? value!.make(run) : run.copy(run.readOrNull(from(run), ignoreEmpty))
      if (ignoreEmpty && (made === null || made === '')) return undefined
      run.write(path, made)
      return undefined
    }
  },
}
