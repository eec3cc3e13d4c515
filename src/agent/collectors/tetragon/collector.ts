/** The file that Tetragon exports to; `export-stdout` beside it says the same to container logs. */
import { eventFiles } from '../event-files.ts'

export const tetragon = eventFiles('tetragon', 'tetragon.events', 'tetragon')
