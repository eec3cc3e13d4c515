/** uppercase: a text in capitals. */
import type { ProcessorKind } from '../processor.ts'
import { stringStep } from '../string-step.ts'

export const uppercase: ProcessorKind = {
  type: 'uppercase',
  compile: (options) => stringStep(options, (text) => text.toUpperCase()),
}
