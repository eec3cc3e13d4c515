/**
 * What the agent keeps beside its spool: small JSON files, replaced as a whole and readable by it
 * alone. The directory belongs to one process.
 */
import { mkdirSync, rmSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Fault } from '../model/faults.ts'
import { disk } from './spool/disk.ts'

/** A predecessor that is still leaving is waited for. */
const wait_ms = 15_000

export class StateDir {
  readonly path: string
  readonly #lock: DatabaseSync

  /** Throws config_invalid when it cannot be written to, store_in_use when it has an owner. */
  constructor(path: string, timeout = wait_ms) {
    this.path = resolve(path)
    this.#lock = lock(this.path, timeout)
  }

  async read<Value>(name: string): Promise<Value | undefined> {
    try {
      const found: unknown = JSON.parse(await readFile(join(this.path, name), 'utf8'))
      return typeof found === 'object' && found !== null ? (found as Value) : undefined
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      // Files are replaced as a whole: what cannot be read was damaged, and is made anew.
      if (error instanceof SyntaxError) return undefined
      throw error
    }
  }

  async write(name: string, value: unknown): Promise<void> {
    await disk.replace(join(this.path, name), Buffer.from(`${JSON.stringify(value)}\n`))
  }

  async remove(name: string): Promise<void> {
    await rm(join(this.path, name), { force: true })
    await disk.syncDir(this.path)
  }

  close(): void {
    rmSync(join(this.path, 'lock-journal'), { force: true })
    this.#lock.close()
  }
}

/** The system's own lock, held through SQLite because Node offers none; it ends as we end. */
function lock(dir: string, timeout: number): DatabaseSync {
  let taken: DatabaseSync | undefined
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 })
    taken = new DatabaseSync(join(dir, 'lock'), { timeout })
    taken.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
    return taken
  } catch (error) {
    taken?.close()
    const { errcode, message } = error as { errcode?: number; message: string }
    if (errcode === 5) throw new Fault('store_in_use', { dir }, error)
    const details = { key: 'state_dir', expected: 'a writable directory', got: message }
    throw new Fault('config_invalid', details, error)
  }
}
