/** join: a list becomes a text with the separator between its values. */
import { javaText } from '../../document-path.ts'
import { notOf } from '../ingest-run.ts'
import { ProcessorFailure } from '../pipeline-refused.ts'
import type { ProcessorKind } from '../processor.ts'

const joined_length_max = 16 * 1024 * 1024

export const join: ProcessorKind = {
  type: 'join',
  compile(options) {
    const name = options.string('field')
    const field = options.pathOf('field', name)
    const target = options.field('target_field', name)
    const separator = options.string('separator')
    return (run) => {
      const value = run.read(field)
      if (value === null) throw new ProcessorFailure(`field [${name}] is null, cannot join.`)
      if (!Array.isArray(value)) throw notOf(name, value, 'java.util.List')
      const texts = value.map(javaText)
      const length = texts.reduce((sum, one) => sum + one.length + separator.length, 0)
      if (length > joined_length_max) {
        throw new ProcessorFailure(
          `field [${name}] joins to more than ${joined_length_max} characters`,
        )
      }
      run.write(target, texts.join(separator))
      return undefined
    }
  },
}
