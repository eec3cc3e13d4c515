/** gsub: every match of a regular expression becomes the replacement. */
import type { ProcessorKind } from '../processor.ts'
import { stringStep } from '../string-step.ts'
import { UserRegex } from '../user-regex.ts'

export const gsub: ProcessorKind = {
  type: 'gsub',
  compile(options) {
    const pattern = options.string('pattern')
    const replacement = options.string('replacement')
    const regex = options.reading('pattern', () => {
      try {
        return new UserRegex(pattern)
      } catch (error) {
        throw new Error(`Invalid regex pattern. ${(error as Error).message}`)
      }
    })
    const made = options.reading('replacement', () => regex.replacement(replacement))
    return stringStep(options, (text, run) => regex.replaceAll(text, made, run))
  },
}
