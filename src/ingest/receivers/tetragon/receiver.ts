/** Tetragon: the lines of its export, posted by a shipper or with curl. */
import type { Receiver } from '../../receiver.ts'
import { decodeJson, eventService } from '../security/event-service.ts'
import { tetragonEvent } from './tetragon-event.ts'

export const tetragon: Receiver = {
  name: 'tetragon',
  services: [
    eventService({
      path: '/ingest/tetragon',
      decode: decodeJson({ noun: 'Tetragon events', read: tetragonEvent }),
    }),
  ],
}
