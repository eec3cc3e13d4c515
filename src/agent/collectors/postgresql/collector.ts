/** The policy integration postgresql; what is asked is the module's. */
import { moduleCollector } from '../../modules/start-host-module.ts'

export const postgresql = moduleCollector('postgresql')
