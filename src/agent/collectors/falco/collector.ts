/** The file that Falco's file_output writes alerts to. Its standard output is a container log. */
import { eventFiles } from '../event-files.ts'

export const falco = eventFiles('falco', 'falco.alerts', 'falco')
