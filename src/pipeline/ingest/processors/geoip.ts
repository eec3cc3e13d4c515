/** geoip: where an address is, by a database that the environment has. */
import { geoStep } from '../geo-step.ts'
import type { ProcessorKind } from '../processor.ts'

export const geoip: ProcessorKind = {
  type: 'geoip',
  compile: (options) => geoStep(options, 'geoip'),
}
