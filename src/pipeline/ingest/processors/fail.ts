/** fail: fails with a message of its own. */
import { ProcessorFailure } from '../pipeline-refused.ts'
import type { ProcessorKind } from '../processor.ts'

export const fail: ProcessorKind = {
  type: 'fail',
  compile(options) {
    const message = options.template('message')
    return (run) => {
      throw new ProcessorFailure(message.render(run), 'fail_processor_exception')
    }
  },
}
