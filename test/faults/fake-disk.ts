/**
 * A disk in memory for tests, with the two kinds of memory a real one has: what a running kernel
 * shows and what is left after a power cut. Errors are made where a test asks for them.
 */
import type { SegmentFile, SegmentFiles } from '../../src/store/segment-files.ts'

type Inode = { bytes: Buffer; durable: number; isBroken: boolean }
type Entries = Map<string, Inode>
export type DiskCall = 'create' | 'append' | 'datasync' | 'truncate' | 'read' | 'remove' | 'syncDir'

export class FakeDisk {
  readonly dirs = new Map<string, { seen: Entries; durable: Entries }>()
  /** Returns the error that a call is to end with; a failing append writes half of its bytes. */
  fail: (call: DiskCall, path: string) => Error | undefined = () => undefined
  space = { usedRatio: 0.1, free_bytes: 1e9 }
  calls: Record<string, number> = {}
  #boot = 0

  /** For one process: after a kill or a power cut its calls never come back. */
  files(): SegmentFiles {
    const boot = this.#boot
    const alive = async <Result>(
      call: string,
      path: string,
      act: () => Result,
    ): Promise<Result> => {
      await Promise.resolve()
      if (boot !== this.#boot) return new Promise<Result>(() => undefined)
      this.calls[call] = (this.calls[call] ?? 0) + 1
      // These two leave traces when they fail, so they ask for themselves.
      const asksItself = call === 'append' || call === 'datasync'
      const error = asksItself ? undefined : this.fail(call as DiskCall, path)
      if (error !== undefined) throw error
      return act()
    }
    return {
      makeDir: (path) => alive('makeDir', path, () => void this.#dir(path)),
      create: (path) => alive('create', path, () => this.#create(path, alive)),
      read: (path) => alive('read', path, () => Buffer.from(this.#inode(path).bytes)),
      readStart: (path, bytes) =>
        alive('read', path, () => Buffer.from(this.#inode(path).bytes.subarray(0, bytes))),
      list: (dir) =>
        alive('list', dir, () =>
          [...this.#dir(dir).seen].map(([name, { bytes }]) => ({ name, bytes: bytes.length })),
        ),
      write: (path, text) =>
        alive('write', path, () => {
          const inode = { bytes: Buffer.from(text), durable: 0, isBroken: false }
          this.#dir(dirOf(path)).seen.set(nameOf(path), inode)
        }),
      rename: (from, to) =>
        alive('rename', from, () => {
          const inode = this.#inode(from)
          this.#dir(dirOf(from)).seen.delete(nameOf(from))
          this.#dir(dirOf(to)).seen.set(nameOf(to), inode)
        }),
      remove: (path) =>
        alive('remove', path, () => {
          this.#inode(path)
          this.#dir(dirOf(path)).seen.delete(nameOf(path))
        }),
      syncDir: (dir) =>
        alive('syncDir', dir, () => {
          const entries = this.#dir(dir)
          entries.durable = new Map(entries.seen)
        }),
      space: (dir) => alive('space', dir, () => this.space),
    }
  }

  kill(): void {
    this.#boot++
  }

  /**
   * Directories and files fall back to what was synced; some of an unsynced tail may have
   * survived.
   */
  powerCut(survives: (unsynced_bytes: number) => number): void {
    this.#boot++
    for (const entries of this.dirs.values()) {
      entries.seen = new Map(entries.durable)
      for (const inode of entries.seen.values()) {
        const tail = inode.bytes.length - inode.durable
        inode.bytes = inode.bytes.subarray(0, inode.durable + (tail > 0 ? survives(tail) : 0))
        inode.durable = inode.bytes.length
        inode.isBroken = false
      }
    }
  }

  paths(dir: string): string[] {
    return [...this.#dir(dir).seen.keys()].sort()
  }

  bytes(path: string): Buffer {
    return this.#inode(path).bytes
  }

  #create(path: string, alive: Alive): SegmentFile {
    const inode: Inode = { bytes: Buffer.alloc(0), durable: 0, isBroken: false }
    this.#dir(dirOf(path)).seen.set(nameOf(path), inode)
    return {
      append: (buffers) =>
        alive('append', path, () => {
          const error = this.fail('append', path)
          const written = Buffer.concat(buffers)
          const kept = error === undefined ? written.length : written.length >> 1
          inode.bytes = Buffer.concat([inode.bytes, written.subarray(0, kept)])
          if (error !== undefined) throw error
        }),
      datasync: () =>
        alive('datasync', path, () => {
          const error = this.fail('datasync', path)
          if (error !== undefined) {
            // As Linux does: the pages are clean now, and the next sync says that all is well.
            inode.isBroken = true
            throw error
          }
          if (!inode.isBroken) inode.durable = inode.bytes.length
        }),
      truncate: (bytes) =>
        alive('truncate', path, () => {
          inode.bytes = inode.bytes.subarray(0, bytes)
          inode.durable = Math.min(inode.durable, bytes)
        }),
      close: () => alive('close', path, () => undefined),
    }
  }

  #dir(path: string) {
    let dir = this.dirs.get(path)
    if (dir === undefined) {
      dir = { seen: new Map(), durable: new Map() }
      this.dirs.set(path, dir)
    }
    return dir
  }

  #inode(path: string): Inode {
    const inode = this.#dir(dirOf(path)).seen.get(nameOf(path))
    if (inode === undefined) throw Object.assign(new Error(`ENOENT ${path}`), { code: 'ENOENT' })
    return inode
  }
}

type Alive = <Result>(call: string, path: string, act: () => Result) => Promise<Result>

export function diskError(code: 'EIO' | 'ENOSPC'): Error {
  return Object.assign(new Error(`${code}: made by the test`), { code })
}

function dirOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'))
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}
