/** The protocol of Elastic's APM agents: events as lines of JSON, and the agents' settings. */
import type { Receiver } from '../../receiver.ts'
import { apmService } from './http.ts'

export const apm: Receiver = { name: 'apm', services: [apmService] }
