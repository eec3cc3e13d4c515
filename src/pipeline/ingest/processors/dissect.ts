/** dissect: the fields between the delimiters of a pattern. */

import { dissectPattern } from '../dissect-pattern.ts'
import type { FieldPath } from '../ingest-run.ts'
import { fieldPath } from '../ingest-run.ts'
import { ProcessorFailure } from '../pipeline-refused.ts'
import type { ProcessorKind } from '../processor.ts'

export const dissect: ProcessorKind = {
  type: 'dissect',
  compile(options) {
    const name = options.string('field')
    const field = options.pathOf('field', name)
    const pattern = options.string('pattern')
    const separator = options.string('append_separator', '')
    const ignoreMissing = options.boolean('ignore_missing', false)
    const read = options.reading('pattern', () => dissectPattern(pattern, separator))
    const paths = new Map<string, FieldPath>()
    return (run) => {
      const text = run.readText(field, ignoreMissing)
      if (text === null) {
        if (ignoreMissing) return undefined
        throw new ProcessorFailure(`field [${name}] is null, cannot process it.`)
      }
      const found = read(text)
      if (found === undefined) {
        const what = `Unable to find match for dissect pattern: ${pattern} against source: ${text}`
        throw new ProcessorFailure(what, 'dissect_exception')
      }
      for (const [key, value] of found) {
        let path = paths.get(key)
        if (path === undefined) {
          path = fieldPath(key)
          // Keys that are in the text are without number.
          if (paths.size < 256) paths.set(key, path)
        }
        run.write(path, value)
      }
      return undefined
    }
  },
}
