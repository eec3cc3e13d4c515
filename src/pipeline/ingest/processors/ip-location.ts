/** ip_location: as geoip, by its newer name. */
import { geoStep } from '../geo-step.ts'
import type { ProcessorKind } from '../processor.ts'

export const ipLocation: ProcessorKind = {
  type: 'ip_location',
  compile: (options) => geoStep(options, 'ip_location'),
}
