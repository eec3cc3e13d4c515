/** What the processors share that change one text, or each text of a list. */
import type { DocumentValue } from '../document.ts'
import { javaClass } from '../document-path.ts'
import type { IngestRun } from './ingest-run.ts'
import { notOf } from './ingest-run.ts'
import type { ProcessorOptions } from './options.ts'
import { ProcessorFailure } from './pipeline-refused.ts'
import type { Step } from './processor.ts'

/** Reads field, target_field and ignore_missing itself. */
export function stringStep(
  options: ProcessorOptions,
  change: (text: string, run: IngestRun) => DocumentValue,
): Step {
  const name = options.string('field')
  const field = options.pathOf('field', name)
  const target = options.field('target_field', name)
  const ignoreMissing = options.boolean('ignore_missing', false)
  return (run) => {
    const value = run.readOrNull(field, ignoreMissing)
    if (typeof value === 'string') run.write(target, change(value, run))
    else if (Array.isArray(value)) {
      const changed = value.map((item) => {
        if (typeof item === 'string') return change(item, run)
        const where = `in list field [${name}] cannot be cast to [java.lang.String]`
        const what = `value [${String(item)}] of type [${javaClass(item)}]`
        throw new ProcessorFailure(`${what} ${where}`)
      })
      run.write(target, changed)
    } else if (value !== null) throw notOf(name, value, 'java.lang.String')
    else if (!ignoreMissing) {
      throw new ProcessorFailure(`field [${name}] is null, cannot process it.`)
    }
    return undefined
  }
}
