/** The file that Cilium's agent exports flows of Hubble to. */
import { eventFiles } from '../event-files.ts'

export const hubble = eventFiles('hubble', 'hubble.flows', 'hubble')
