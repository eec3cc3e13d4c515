/** Falco: its http_output posts an alert a request; Falcosidekick and files bring the same. */
import type { Receiver } from '../../receiver.ts'
import { decodeJson, eventService } from '../security/event-service.ts'
import { falcoEvent } from './falco-event.ts'

export const falco: Receiver = {
  name: 'falco',
  services: [
    eventService({
      path: '/ingest/falco',
      alive: ['ping', 'healthz'],
      decode: decodeJson({ noun: 'Falco alerts', read: falcoEvent }),
    }),
  ],
}
