/** terminate: ends this pipeline; the one that called it goes on. */
import type { ProcessorKind } from '../processor.ts'

export const terminate: ProcessorKind = {
  type: 'terminate',
  compile: () => () => 'stop',
}
