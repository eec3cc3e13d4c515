/** rename: moves a field to another place. */
import { ProcessorFailure } from '../pipeline-refused.ts'
import type { ProcessorKind } from '../processor.ts'

export const rename: ProcessorKind = {
  type: 'rename',
  compile(options) {
    const field = options.fieldTemplate('field')
    const target = options.fieldTemplate('target_field')
    const ignoreMissing = options.boolean('ignore_missing', false)
    const isOverriding = options.boolean('override', false)
    return (run) => {
      const from = field(run)
      const value = run.find(from)
      if (value === undefined) {
        if (ignoreMissing) return undefined
        throw new ProcessorFailure(`field [${from.text}] doesn't exist`)
      }
      const to = target(run)
      if (!isOverriding && run.find(to) !== undefined) {
        throw new ProcessorFailure(`field [${to.text}] already exists`)
      }
      run.remove(from)
      try {
        run.write(to, value)
      } catch (error) {
        run.write(from, value)
        throw error
      }
      return undefined
    }
  },
}
