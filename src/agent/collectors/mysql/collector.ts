/** The policy integration mysql; what is asked is the module's. */
import { moduleCollector } from '../../modules/start-host-module.ts'

export const mysql = moduleCollector('mysql')
