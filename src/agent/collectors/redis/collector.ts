/** The policy integration redis; what is asked is the module's. */
import { moduleCollector } from '../../modules/start-host-module.ts'

export const redis = moduleCollector('redis')
