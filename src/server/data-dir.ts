/** The data directory belongs to one server: two would replay and delete each other's segments. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Fault } from '../model/faults.ts'

/** A predecessor that is still leaving is waited for. */
const wait_ms = 5_000

/**
 * Takes the directory until the answered function is called or the process ends, however it ends:
 * the lock is the system's own, held through SQLite because Node offers none.
 */
export function takeDataDir(dir: string, timeout = wait_ms): () => void {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 })
  } catch (error) {
    const got = `${dir} (${(error as NodeJS.ErrnoException).code})`
    throw new Fault('config_invalid', { key: 'store.dir', expected: 'a writable directory', got })
  }
  const path = join(dir, 'lock')
  let lock: DatabaseSync | undefined
  try {
    lock = new DatabaseSync(path, { timeout })
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    lock?.close()
    throw faultOf(error, dir)
  }
  const taken = lock
  return () => {
    rmSync(`${path}-journal`, { force: true })
    taken.close()
  }
}

const busy = 5

function faultOf(error: unknown, dir: string): Fault {
  const { errcode, message } = error as { errcode?: number; message: string }
  if (errcode === busy) return new Fault('store_in_use', { dir }, error)
  const details = { key: 'store.dir', expected: 'a writable directory', got: `${dir} (${message})` }
  return new Fault('config_invalid', details, error)
}
