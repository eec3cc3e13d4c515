/** Calico: flows of Goldmane and Whisker, and flow logs of Calico Enterprise and Cloud. */
import type { Receiver } from '../../receiver.ts'
import { decodeJson, eventService } from '../security/event-service.ts'
import { calicoEvent } from './calico-event.ts'

export const calico: Receiver = {
  name: 'calico',
  services: [
    eventService({
      path: '/ingest/calico',
      decode: decodeJson({ noun: 'Calico flows', list: 'items', read: calicoEvent }),
    }),
  ],
}
