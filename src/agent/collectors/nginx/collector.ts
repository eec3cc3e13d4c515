/** The policy integration nginx; what is asked is the module's. */
import { moduleCollector } from '../../modules/start-host-module.ts'

export const nginx = moduleCollector('nginx')
