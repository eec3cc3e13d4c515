/**
 * What the spool must know of chunks that it no longer has: positions, and which chunks the server
 * acknowledged. One small file with a checksum, replaced as a whole.
 */
import { crc32 } from 'node:zlib'
import type { ChunkSignal } from '../collector.ts'
import type { Disk } from './disk.ts'
import type { ToldPositions } from './position-book.ts'

/** All chunks of a signal before `below` are acknowledged, and these few behind it. */
export type Acknowledged = { below: number; also: number[] }

export type Checkpoint = {
  next_sequence: number
  positions: ToldPositions
  acknowledged: Partial<Record<ChunkSignal, Acknowledged>>
}

const nothing: Checkpoint = {
  next_sequence: 1,
  positions: { known: {}, forgotten: {} },
  acknowledged: {},
}

export async function writeCheckpoint(disk: Disk, path: string, told: Checkpoint): Promise<void> {
  const text = JSON.stringify(told)
  await disk.replace(path, Buffer.from(`${checksum(text)}\n${text}`))
}

/** `isDamaged`: the file is there and cannot be read; what chunks on disk prove still counts. */
export async function readCheckpoint(
  disk: Disk,
  path: string,
): Promise<Checkpoint & { isDamaged: boolean }> {
  let file: string
  try {
    file = (await disk.read(path)).toString()
  } catch (error) {
    const isDamaged = (error as NodeJS.ErrnoException).code !== 'ENOENT'
    return { ...structuredClone(nothing), isDamaged }
  }
  const text = file.slice(9)
  if (file.slice(0, 8) !== checksum(text)) return { ...structuredClone(nothing), isDamaged: true }
  return { ...(JSON.parse(text) as Checkpoint), isDamaged: false }
}

function checksum(text: string): string {
  return crc32(text).toString(16).padStart(8, '0')
}
