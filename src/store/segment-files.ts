/**
 * The few file operations that segments need, so that tests can make them fail. Everything that
 * must survive a power cut is synced by the caller, who decides when.
 */
import { constants } from 'node:fs'
import {
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  stat,
  statfs,
  unlink,
  writeFile,
} from 'node:fs/promises'

export type SegmentFile = {
  /** Appends all of it, in one system call unless the disk takes less. */
  append(buffers: readonly Uint8Array[]): Promise<void>
  datasync(): Promise<void>
  truncate(bytes: number): Promise<void>
  close(): Promise<void>
}

export type DiskSpace = { usedRatio: number; free_bytes: number }

export type SegmentFiles = {
  makeDir(path: string): Promise<void>
  create(path: string): Promise<SegmentFile>
  read(path: string): Promise<Uint8Array>
  /** The first bytes of a file; fewer when it is shorter. */
  readStart(path: string, bytes: number): Promise<Uint8Array>
  list(dir: string): Promise<{ name: string; bytes: number }[]>
  /** Not synced: for notes that people read. */
  write(path: string, text: string): Promise<void>
  rename(from: string, to: string): Promise<void>
  remove(path: string): Promise<void>
  /** Makes creations, renames and removals in a directory durable. */
  syncDir(dir: string): Promise<void>
  space(dir: string): Promise<DiskSpace>
}

export const segmentFiles: SegmentFiles = {
  makeDir: async (path) => {
    await mkdir(path, { recursive: true })
  },
  create: createFile,
  read: (path) => readFile(path),
  readStart: async (path, bytes) => {
    const handle = await open(path, 'r')
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, 0)
      return buffer.subarray(0, bytesRead)
    } finally {
      await handle.close()
    }
  },
  list: async (dir) => {
    const entries = await readdir(dir, { withFileTypes: true })
    const files = entries.filter((entry) => entry.isFile()).map((entry) => entry.name)
    return Promise.all(
      files.map(async (name) => ({ name, bytes: (await stat(`${dir}/${name}`)).size })),
    )
  },
  write: (path, text) => writeFile(path, text),
  rename,
  remove: unlink,
  syncDir: async (dir) => {
    const handle = await open(dir, constants.O_RDONLY | constants.O_DIRECTORY)
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  },
  space: async (dir) => {
    const disk = await statfs(dir)
    // As df counts: what only root may use is neither used nor free.
    const used = disk.blocks - disk.bfree
    const usedRatio = used + disk.bavail === 0 ? 0 : used / (used + disk.bavail)
    return { usedRatio, free_bytes: disk.bavail * disk.bsize }
  },
}

async function createFile(path: string): Promise<SegmentFile> {
  const handle = await open(path, 'ax', 0o640)
  return {
    append: async (buffers) => {
      let rest = buffers.filter((buffer) => buffer.byteLength > 0)
      while (rest.length > 0) {
        const { bytesWritten } = await handle.writev(rest)
        rest = after(rest, bytesWritten)
      }
    },
    datasync: () => handle.datasync(),
    truncate: (bytes) => handle.truncate(bytes),
    close: () => handle.close(),
  }
}

/** What a short write left over. */
export function after(buffers: readonly Uint8Array[], written: number): Uint8Array[] {
  let skip = written
  const rest: Uint8Array[] = []
  for (const buffer of buffers) {
    if (skip >= buffer.byteLength) skip -= buffer.byteLength
    else {
      rest.push(buffer.subarray(skip))
      skip = 0
    }
  }
  return rest
}
