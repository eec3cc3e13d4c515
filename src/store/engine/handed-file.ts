/**
 * Gives rows to the embedded engine as a file in its scratch directory, which lies in memory: one
 * copy in place of four through a socket and its streams, 0.5 µs of CPU less a log record.
 */
import { constants } from 'node:fs'
import { open, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** Names the file in a request whose body is empty. */
export const handedFileHeader = 'x-crowsnest-file'
const named = /^handed-\d+-\d+$/

let files = 0

/** The name to send; use() has ended before the file is removed. */
export async function withHandedFile<Result>(
  socket: string,
  body: readonly Uint8Array[],
  use: (name: string) => Promise<Result>,
): Promise<Result> {
  const name = `handed-${process.pid}-${++files}`
  const path = join(dirname(socket), name)
  try {
    await write(path, body)
    return await use(name)
  } finally {
    await rm(path, { force: true })
  }
}

async function write(path: string, body: readonly Uint8Array[]): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, 0o600)
  try {
    for (const part of body) {
      for (let at = 0; at < part.byteLength; ) {
        at += (await file.write(part, at)).bytesWritten
      }
    }
  } finally {
    await file.close()
  }
}

/** Where the file of a request lies; undefined for a name that is none of ours. */
export function handedFilePath(scratchDir: string, name: string): string | undefined {
  return named.test(name) ? join(scratchDir, name) : undefined
}
