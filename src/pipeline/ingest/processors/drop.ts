/** drop: the document is not kept, and nobody is told of a failure. */
import type { ProcessorKind } from '../processor.ts'

export const drop: ProcessorKind = {
  type: 'drop',
  compile: () => () => 'drop',
}
