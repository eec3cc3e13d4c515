/** Reads rotated files that were compressed before anyone read them. */
import { createReadStream, readSync } from 'node:fs'
import { constants, createGunzip, gunzipSync } from 'node:zlib'
import { block_bytes, type TailFile } from './tail-file.ts'

const head_bytes = 4096
const head_content_bytes_max = 8 * 1024 * 1024

/** The first bytes of the content; empty when it is damaged. */
export function gunzipHead(fd: number, bytes_max: number): Uint8Array {
  const start = Buffer.alloc(head_bytes)
  const length = readSync(fd, start, 0, head_bytes, 0)
  try {
    const content = gunzipSync(start.subarray(0, length), {
      finishFlush: constants.Z_SYNC_FLUSH,
      maxOutputLength: head_content_bytes_max,
    })
    return content.subarray(0, bytes_max)
  } catch {
    return new Uint8Array()
  }
}

/** How long the content is, modulo 4 GiB, as the file's end says; of its last part only. */
export function contentBytesOf(fd: number, file_bytes: number): number {
  const trailer = Buffer.alloc(4)
  const read = file_bytes < 18 ? 0 : readSync(fd, trailer, 0, 4, file_bytes - 4)
  return read === 4 ? trailer.readUInt32LE(0) : 0
}

/**
 * Gives the content from the file's offset on in blocks. `take` answers how much it used; the rest
 * comes again with what follows. Answers whether the file is damaged.
 */
export async function readGzip(
  file: TailFile,
  take: (bytes: Buffer, length: number, isLast: boolean) => Promise<number>,
): Promise<boolean> {
  const source = createReadStream('', { fd: file.fd, autoClose: false, start: 0 })
  const content = source.pipe(createGunzip({ chunkSize: block_bytes / 2 }))
  source.on('error', (error) => content.destroy(error))
  const held = Buffer.alloc(block_bytes)
  let length = 0
  let skip = file.offset
  let isDamaged = false
  try {
    for await (const piece of content as AsyncIterable<Buffer>) {
      const fresh = piece.subarray(Math.min(skip, piece.length))
      skip -= piece.length - fresh.length
      for (let at = 0; at < fresh.length; ) {
        const copied = fresh.copy(held, length, at)
        at += copied
        length += copied
        const used = await take(held, length, false)
        held.copyWithin(0, used, length)
        length -= used
      }
    }
  } catch {
    isDamaged = true
  }
  await take(held, length, true)
  return isDamaged
}
