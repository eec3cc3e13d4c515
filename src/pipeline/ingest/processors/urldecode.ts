/** urldecode: a text of application/x-www-form-urlencoded as it was. */
import { ProcessorFailure } from '../pipeline-refused.ts'
import type { ProcessorKind } from '../processor.ts'
import { stringStep } from '../string-step.ts'

export const urldecode: ProcessorKind = {
  type: 'urldecode',
  compile: (options) =>
    stringStep(options, (text) => {
      const spaced = text.replaceAll('+', ' ')
      const wrong = /%(?![0-9a-fA-F]{2}).{0,2}/s.exec(spaced)?.[0]
      if (wrong !== undefined) {
        const what = `URLDecoder: Illegal hex characters in escape (%) pattern [${wrong}]`
        throw new ProcessorFailure(what)
      }
      // Bytes that are no UTF-8 become U+FFFD, as Java makes them.
      return spaced.replace(/(?:%[0-9a-fA-F]{2})+/g, (run) =>
        Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'),
      )
    }),
}
