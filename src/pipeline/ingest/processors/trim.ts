/** trim: a text without white space at its ends, which to Java is all up to the space. */
import type { ProcessorKind } from '../processor.ts'
import { stringStep } from '../string-step.ts'

export const trim: ProcessorKind = {
  type: 'trim',
  compile: (options) =>
    stringStep(options, (text) => {
      let start = 0
      let end = text.length
      while (start < end && text.charCodeAt(start) <= 0x20) start++
      while (end > start && text.charCodeAt(end - 1) <= 0x20) end--
      return text.slice(start, end)
    }),
}
