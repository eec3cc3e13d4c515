/** date: a text, or a number, as a date in one form. */
import { javaText } from '../../document-path.ts'
import { compileDates } from '../date-options.ts'
import { dateWriter, defaultOutput } from '../date-writer.ts'
import { ProcessorFailure } from '../pipeline-refused.ts'
import type { ProcessorKind } from '../processor.ts'

export const date: ProcessorKind = {
  type: 'date',
  compile(options) {
    const name = options.string('field')
    const field = options.pathOf('field', name)
    const target = options.field('target_field', '@timestamp')
    const read = compileDates(options, 'formats')
    const output = options.string('output_format', defaultOutput)
    const write = options.reading('output_format', () => dateWriter(output, 'en'))
    return (run) => {
      const value = run.read(field)
      const text = value === null ? 'null' : javaText(value)
      const moment = value === null ? undefined : read(text, run)
      if (moment === undefined) throw new ProcessorFailure(`unable to parse date [${text}]`)
      run.write(target, write(moment))
      return undefined
    }
  },
}
