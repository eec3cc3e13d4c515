/**
 * Entry of the child process that owns the embedded engine: one process per data directory. It
 * leaves as soon as its parent does, so that the directory's lock never stays behind.
 */
import { createHash } from 'node:crypto'
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  writeSync,
} from 'node:fs'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { engineServer } from './engine/http.ts'
import { EngineLanes } from './engine/lanes.ts'
import type { EngineReady, EngineStart } from './engine.ts'

let scratchDir: string | undefined

process.on('disconnect', leave)
process.on('SIGTERM', leave)
// Ctrl-C reaches the whole group: the parent decides when the engine goes, after it has drained.
process.on('SIGINT', () => {})
process.once('message', (start: EngineStart) => {
  open(start).catch((error: unknown) => {
    writeSync(2, `${error instanceof Error ? error.message : error}\n`)
    leave()
  })
})

async function open(start: EngineStart): Promise<void> {
  const lanes = new EngineLanes(start.dir, connectionArgs(start.memory_bytes_max), (query) => {
    // The last resort: the parent starts another child, and what was acknowledged is safe.
    console.error(`Stuck past its time limit: ${query.text.slice(0, 500)}`)
    process.kill(process.pid, 'SIGKILL')
  })
  const scratch = makeScratchDir(start.dir)
  scratchDir = scratch
  const server = engineServer({ lanes, key: start.key, scratchDir: scratch })
  const socket = join(scratch, 'engine.sock')
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    if (start.listen === 'tcp') server.listen(start.port ?? 0, '127.0.0.1', resolve)
    else server.listen(socket, resolve)
  })
  if (start.listen === 'socket') chmodSync(socket, 0o600)
  const ready: EngineReady =
    start.listen === 'tcp'
      ? { port: (server.address() as AddressInfo).port, scratchDir: scratch }
      : { socket, scratchDir: scratch }
  process.send?.(ready)
}

/**
 * In memory where the system has memory to write to. Named after the data directory, whose lock we
 * hold by now: what lies there was left by a killed child.
 */
function makeScratchDir(dir: string): string {
  const parent = existsSync('/dev/shm') ? '/dev/shm' : tmpdir()
  const name = createHash('sha256').update(dir).digest('hex').slice(0, 16)
  const path = join(parent, `crowsnest-${name}`)
  try {
    if (existsSync(path)) {
      if (lstatSync(path).uid !== process.getuid?.()) return mkdtempSync(`${path}-`)
      rmSync(path, { recursive: true })
    }
    mkdirSync(path, { mode: 0o700 })
    return path
  } catch {
    return mkdtempSync(join(tmpdir(), 'crowsnest-'))
  }
}

/** The defaults are made for machines with nothing else on them: five caches of 5 GiB. */
function connectionArgs(memory_bytes_max: number): string[] {
  const MiB = 1024 * 1024
  const settings = {
    max_server_memory_usage: memory_bytes_max,
    mark_cache_size: 64 * MiB,
    primary_index_cache_size: 32 * MiB,
    index_mark_cache_size: 32 * MiB,
    index_uncompressed_cache_size: 0,
    uncompressed_cache_size: 0,
    text_index_tokens_cache_size: 32 * MiB,
    text_index_header_cache_size: 32 * MiB,
    text_index_postings_cache_size: 32 * MiB,
    vector_similarity_index_cache_size: 0,
    parquet_metadata_cache_size: 0,
    iceberg_metadata_files_cache_size: 0,
    query_condition_cache_size: 16 * MiB,
    compiled_expression_cache_size: 8 * MiB,
    mmap_cache_size: 0,
    max_threads: 2,
    // By default a second thread has to have 1 GiB of its own: every query then ran on one.
    max_threads_min_free_memory_per_thread: 0,
    background_pool_size: 2,
    os_threads_nice_value_merge_mutate: 10,
    max_thread_pool_size: 256,
  }
  return Object.entries(settings).map(([name, value]) => `--${name}=${value}`)
}

/**
 * Leaves at once, without the exit handlers of the engine's library: about one exit in fifty waits
 * for ever in them (for a mutex that a thread of its pools holds), and the directory's lock with
 * it. Nothing is lost: what was inserted is on disk, what is in flight was not acknowledged.
 */
function leave(): void {
  if (scratchDir) rmSync(scratchDir, { recursive: true, force: true })
  process.kill(process.pid, 'SIGKILL')
}
