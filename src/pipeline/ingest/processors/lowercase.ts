/** lowercase: a text in small letters. */
import type { ProcessorKind } from '../processor.ts'
import { stringStep } from '../string-step.ts'

export const lowercase: ProcessorKind = {
  type: 'lowercase',
  compile: (options) => stringStep(options, (text) => text.toLowerCase()),
}
