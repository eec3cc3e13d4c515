/**
 * The few file operations of the spool, so that tests can make them fail. Callers decide what must
 * be synced, and when.
 */
import { constants } from 'node:fs'
import {
  type FileHandle,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  statfs,
  truncate,
  unlink,
} from 'node:fs/promises'

export type SpoolFile = {
  /** Appends all of it at the offset, which is the file's length. */
  append(buffers: readonly Uint8Array[], offset: number): Promise<void>
  datasync(): Promise<void>
  truncate(bytes: number): Promise<void>
  close(): Promise<void>
}

export type Disk = {
  makeDir(path: string): Promise<void>
  list(dir: string): Promise<string[]>
  create(path: string): Promise<SpoolFile>
  read(path: string): Promise<Buffer>
  readAt(path: string, offset: number, bytes: number): Promise<Buffer>
  truncate(path: string, bytes: number): Promise<void>
  remove(path: string): Promise<void>
  syncDir(dir: string): Promise<void>
  /** Whole and durable under its name, or as it was before. */
  replace(path: string, bytes: Uint8Array): Promise<void>
  space(dir: string): Promise<{ total_bytes: number; free_bytes: number }>
}

export const disk: Disk = {
  makeDir: async (path) => {
    await mkdir(path, { recursive: true, mode: 0o700 })
  },
  list: (dir) => readdir(dir),
  create: createFile,
  read: (path) => readFile(path),
  readAt: async (path, offset, bytes) => {
    const handle = await open(path, 'r')
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.allocUnsafe(bytes), 0, bytes, offset)
      return buffer.subarray(0, bytesRead)
    } finally {
      await handle.close()
    }
  },
  truncate,
  remove: unlink,
  syncDir,
  replace: async (path, bytes) => {
    const handle = await open(`${path}.new`, 'w', 0o600)
    try {
      await handle.writeFile(bytes)
      await handle.datasync()
    } finally {
      await handle.close()
    }
    await rename(`${path}.new`, path)
    await syncDir(path.slice(0, path.lastIndexOf('/')))
  },
  space: async (dir) => {
    const { blocks, bavail, bsize } = await statfs(dir)
    return { total_bytes: blocks * bsize, free_bytes: bavail * bsize }
  },
}

async function syncDir(dir: string): Promise<void> {
  const handle = await open(dir, constants.O_RDONLY | constants.O_DIRECTORY)
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

async function createFile(path: string): Promise<SpoolFile> {
  const handle: FileHandle = await open(path, 'wx', 0o600)
  return {
    append: async (buffers, offset) => {
      let rest = buffers.filter((buffer) => buffer.length > 0)
      let at = offset
      while (rest.length > 0) {
        const { bytesWritten } = await handle.writev(rest, at)
        at += bytesWritten
        rest = after(rest, bytesWritten)
      }
    },
    datasync: () => handle.datasync(),
    truncate: (bytes) => handle.truncate(bytes),
    close: () => handle.close(),
  }
}

/** What a short write left over. */
function after(buffers: readonly Uint8Array[], written: number): Uint8Array[] {
  let skip = written
  const rest: Uint8Array[] = []
  for (const buffer of buffers) {
    if (skip >= buffer.length) skip -= buffer.length
    else {
      rest.push(buffer.subarray(skip))
      skip = 0
    }
  }
  return rest
}
