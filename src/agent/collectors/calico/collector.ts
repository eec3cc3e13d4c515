/** The flow logs that Calico Enterprise and Cloud write on each node. */
import { eventFiles } from '../event-files.ts'

export const calico = eventFiles('calico', 'calico.flows', 'calico')
