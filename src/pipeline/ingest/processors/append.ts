/** append: adds values to a list, or makes one of what is there. */
import type { ProcessorKind } from '../processor.ts'

const mediaTypes = ['application/json', 'text/plain', 'application/x-www-form-urlencoded'] as const

export const append: ProcessorKind = {
  type: 'append',
  compile(options) {
    const field = options.fieldTemplate('field')
    const isCopy = options.has('copy_from')
    if (isCopy && options.has('value')) {
      options.refuse('copy_from', 'cannot set both `copy_from` and `value` in the same processor')
    }
    const from = isCopy ? options.fieldTemplate('copy_from') : undefined
    const mediaType = options.choice('media_type', mediaTypes, 'application/json')
    const value = isCopy ? undefined : options.valueTemplate('value', mediaType)
    const allowDuplicates = options.boolean('allow_duplicates', true)
    const ignoreEmpty = options.boolean('ignore_empty_values', false)
    return (run) => {
      const path = field(run)
      let made =
        from === undefined ? value!.make(run) : run.copy(run.readOrNull(from(run), ignoreEmpty))
      if (ignoreEmpty) {
        const items = Array.isArray(made) ? made : [made]
        made = items.filter((item) => item !== null && item !== '')
        if (made.length === 0) return undefined
      }
      run.append(path, made, allowDuplicates)
      return undefined
    }
  },
}
