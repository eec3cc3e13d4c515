/** Every receiver of the product. Adding one is a folder in receivers/ and a line here. */
import type { Receiver } from './receiver.ts'
import { kubernetes } from './receivers/kubernetes/receiver.ts'
import { otlp } from './receivers/otlp/receiver.ts'

export const receivers: readonly Receiver[] = [otlp, kubernetes]
