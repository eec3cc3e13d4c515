/**
 * What an ended process left in the spool: cuts torn tails, puts damaged stretches aside, and
 * finds positions and what still has to be sent.
 */
import type { Logger } from 'pino'
import type { ChunkSignal, Positions } from '../collector.ts'
import type { Acknowledged } from './checkpoint.ts'
import type { Disk } from './disk.ts'
import { scanFrames } from './frame.ts'
import type { Lane } from './lane.ts'
import { Segment } from './segment.ts'

export type Recovery = {
  next_sequence: number
  /** The signal of each stretch that could not be read. */
  damaged: ChunkSignal[]
  torn_bytes: number
}

type Needs = {
  dir: string
  disk: Disk
  log: Logger
  lanes: Readonly<Record<ChunkSignal, Lane>>
  acknowledged: Partial<Record<ChunkSignal, Acknowledged>>
  prove: (positions: Positions, sequence: number) => void
  /** Keeps a damaged stretch for people to look at. */
  quarantine: (name: string, bytes: Uint8Array) => Promise<void>
}

export async function recover(needs: Needs): Promise<Recovery> {
  const { dir, disk, lanes } = needs
  const recovery: Recovery = { next_sequence: 1, damaged: [], torn_bytes: 0 }
  const bySignal = new Map<Lane, Segment[]>()
  for (const name of (await disk.list(dir)).sort()) {
    const found = Segment.found(dir, name)
    const lane = lanes[found?.signal as ChunkSignal]
    if (found === undefined || lane === undefined) continue
    bySignal.set(lane, [...(bySignal.get(lane) ?? []), found.segment])
  }
  for (const [lane, segments] of bySignal) {
    let seen = 0
    for (const segment of segments) {
      // Only the last one can have been written to when the process ended.
      const options = { bodies: segment === segments.at(-1), after_sequence: seen }
      await recoverSegment(segment, lane, options, needs, recovery)
      seen = Math.max(seen, segment.last_sequence)
    }
    recovery.next_sequence = Math.max(recovery.next_sequence, seen + 1)
  }
  return recovery
}

async function recoverSegment(
  segment: Segment,
  lane: Lane,
  options: { bodies: boolean; after_sequence: number },
  needs: Needs,
  recovery: Recovery,
): Promise<void> {
  const { disk, log } = needs
  let file: Buffer
  try {
    file = await disk.read(segment.path)
  } catch (error) {
    // The rest of the spool, and all that is still to come, do not wait for one bad sector.
    log.error({ path: segment.path, error: (error as Error).message }, 'a segment cannot be read')
    recovery.damaged.push(lane.signal)
    return
  }
  const found = scanFrames(file, segment.seed, options)
  const torn_bytes = file.length - found.whole_bytes
  if (torn_bytes > 0) {
    await disk.truncate(segment.path, found.whole_bytes)
    recovery.torn_bytes += torn_bytes
    log.info({ torn_bytes, path: segment.path }, 'an unfinished write was cut from the spool')
  }
  for (const { offset, bytes } of found.damaged) {
    recovery.damaged.push(lane.signal)
    const name = `damaged-${segment.path.slice(segment.path.lastIndexOf('/') + 1)}-${offset}`
    await needs.quarantine(name, file.subarray(offset, offset + bytes))
  }
  segment.bytes = found.whole_bytes
  // After a failed sync chunks were written again in the next file.
  const isWrittenTwice = found.frames.some(({ sequence }) => sequence <= options.after_sequence)
  segment.keepsIndex = found.damaged.length > 0 || isWrittenTwice
  if (segment.keepsIndex) segment.frames = []
  const known = needs.acknowledged[lane.signal]
  const also = new Set(known?.also)
  for (const [i, frame] of found.frames.entries()) {
    if (frame.sequence <= options.after_sequence) continue
    segment.add(frame)
    needs.prove(found.positions[i]!, frame.sequence)
    if (frame.sequence >= (known?.below ?? 0) && !also.has(frame.sequence)) continue
    lane.acknowledged.add(frame.sequence)
    segment.left--
  }
  lane.segments.push(segment)
}
