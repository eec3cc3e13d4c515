/**
 * Imported before everything else: a node has better uses for its memory than our garbage, so it
 * is collected sooner and compactly, also that of loading the other modules.
 */
import { setFlagsFromString } from 'node:v8'

setFlagsFromString('--optimize-for-size')
setFlagsFromString('--semi-space-growth-factor=1')
setFlagsFromString('--heap-growing-percent=40')
// Each thread of the pool keeps memory of its own; two are enough for a spool and few names.
process.env.UV_THREADPOOL_SIZE ??= '2'
