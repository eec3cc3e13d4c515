/** Hubble: the lines of Cilium's flow export, or of `hubble observe -o json`. */
import type { Receiver } from '../../receiver.ts'
import { decodeJson, eventService } from '../security/event-service.ts'
import { hubbleEvent } from './hubble-event.ts'

export const hubble: Receiver = {
  name: 'hubble',
  services: [
    eventService({
      path: '/ingest/hubble',
      decode: decodeJson({ noun: 'Hubble flows', read: hubbleEvent }),
    }),
  ],
}
