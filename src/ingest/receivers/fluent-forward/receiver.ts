/** The forward protocol of Fluentd and Fluent Bit, over TCP or TLS; heartbeats over UDP. */
import type { Receiver } from '../../receiver.ts'
import { decodeForward } from './decode.ts'
import { serveForward } from './stream.ts'

/** What Fluentd answers to a heartbeat. */
const heartbeat = Uint8Array.of(0)

export const fluentForward: Receiver = {
  name: 'fluent_forward',
  streams: [
    {
      listener: 'fluent_forward',
      serve: serveForward,
      datagram: { signal: 'logs', decode: decodeForward, answer: () => heartbeat },
    },
  ],
}
