/** pipeline: runs another pipeline on the document. */
import { runProcessorsOf } from '../execute.ts'
import { ProcessorFailure } from '../pipeline-refused.ts'
import type { ProcessorKind } from '../processor.ts'

export const pipeline: ProcessorKind = {
  type: 'pipeline',
  compile(options) {
    const name = options.template('name')
    const ignoreMissing = options.boolean('ignore_missing_pipeline', false)
    return (run) => {
      const id = name.render(run)
      const found = run.environment.find(id)
      if (found !== undefined) {
        run.traceCall?.()
        return runProcessorsOf(found, run)
      }
      if (ignoreMissing) return undefined
      throw new ProcessorFailure(`Pipeline processor configured for non-existent pipeline [${id}]`)
    }
  },
}
