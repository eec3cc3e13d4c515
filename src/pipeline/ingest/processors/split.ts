/** split: a text becomes a list at each match of the separator. */
import { ProcessorFailure } from '../pipeline-refused.ts'
import type { ProcessorKind } from '../processor.ts'
import { UserRegex } from '../user-regex.ts'

export const split: ProcessorKind = {
  type: 'split',
  compile(options) {
    const name = options.string('field')
    const field = options.pathOf('field', name)
    const target = options.field('target_field', name)
    const separator = options.string('separator')
    const regex = options.reading('separator', () => new UserRegex(separator))
    const limit = options.boolean('preserve_trailing', false) ? -1 : 0
    const ignoreMissing = options.boolean('ignore_missing', false)
    // Most separators are one plain character: no expression is needed to find that.
    const isPlain = /^[^\\[\](){}.*+?^$|]$/u.test(separator)
    return (run) => {
      const text = run.readText(field, ignoreMissing)
      if (text === null) {
        if (ignoreMissing) return undefined
        throw new ProcessorFailure(`field [${name}] is null, cannot split.`)
      }
      if (isPlain) {
        const pieces = text.split(separator)
        if (limit === 0 && pieces.length > 1) while (pieces.at(-1) === '') pieces.pop()
        run.write(target, pieces)
      } else run.write(target, regex.split(text, limit, run))
      return undefined
    }
  },
}
