/**
 * Where reading goes on in a file that is met for the first time: it was read before under this or
 * another name, is a copy of one that was, or is news. Changes the file met, and its twin's rank.
 */
import { readSync } from 'node:fs'
import { contentBytesOf, gunzipHead } from './gzip-file.ts'
import {
  type Fingerprint,
  fingerprint_bytes_max,
  fingerprintOf,
  isBeginningOf,
  type KnownPositions,
  type Position,
} from './position.ts'
import { block_bytes, type TailFile } from './tail-file.ts'

/** Of a plain file that is met for the first time so much of its end is read. */
const first_bytes_max = 1024 * 1024
/** Shorter beginnings are the same too easily. */
const twin_bytes_min = 64

export type MeetNeeds = {
  kind: 'container' | 'plain'
  prefix: string
  known: KnownPositions
  /** The log's files now. */
  ordered: readonly TailFile[]
  /** How far those were read that went lately. */
  left: readonly Position[]
  isLive: boolean
  /** There before the agent was. */
  isFirst: boolean
}

/**
 * read: was, or a part of it. copy: of a file that is or was read, so there is nothing to read.
 * growing: what it is shows only once it is whole.
 */
export type Met = 'news' | 'read' | 'copy' | 'growing'

export function meetFile(file: TailFile, needs: MeetNeeds): Met {
  return file.isGzip ? meetGzip(file, needs) : meetPlain(file, needs)
}

/** The kubelet compresses what it rotated before: the plain file may have had any name by then. */
function meetGzip(file: TailFile, { ordered, left, known, prefix }: MeetNeeds): Met {
  const head = gunzipHead(file.fd, fingerprint_bytes_max)
  file.fingerprint = fingerprintOf(head)
  const others = ordered.filter((one) => one !== file && !one.isGzip)
  const isUnseen = (one: TailFile) => one.fd < 0 && one.fingerprint.bytes === 0
  const twin =
    others.find((one) => one.rank === file.rank && (isUnseen(one) || isPlainOf(one, head))) ??
    others.find((one) => isPlainOf(one, head))
  if (twin !== undefined) {
    file.twin = twin
    // Of the same content the plain file is read, and before any that was written later.
    twin.rank = file.rank
    return 'read'
  }
  const kept = known.ofInode(file.key).find(({ position }) => isSame(position.fingerprint, head))
  if (kept !== undefined) {
    known.take(kept.key)
    file.positionKey = prefix + kept.key
  }
  // The plain file may have been read further than this one was when its position was kept.
  const found = [
    kept?.position,
    known.byContent(head),
    ...left.filter(({ fingerprint }) => isSame(fingerprint, head)),
  ]
  const position = furthest(found)
  if (position === undefined) return 'news'
  file.goOn({ ...position, fingerprint: file.fingerprint })
  // Nothing is after what was read, so it need not be decompressed to learn that.
  const isWhole = file.offset > 0 && file.offset === contentBytesOf(file.fd, file.size)
  return isWhole && file.resume === undefined ? 'copy' : 'read'
}

function furthest(positions: readonly (Position | undefined)[]): Position | undefined {
  let best: Position | undefined
  for (const one of positions) {
    if (one !== undefined && one.offset > (best?.offset ?? -1)) best = one
  }
  return best
}

/** An open file may not have been looked at yet: what it begins with is asked of itself. */
function isPlainOf(one: TailFile, head: Uint8Array): boolean {
  if (one.fd < 0) return isSame(one.fingerprint, head)
  const begins = one.head().subarray(0, head.length)
  return head.length > 0 && Buffer.compare(begins, head) === 0
}

function isSame(fingerprint: Fingerprint, head: Uint8Array): boolean {
  const { bytes } = fingerprint
  const isEnough = bytes >= twin_bytes_min || (bytes > 0 && bytes === head.length)
  return isEnough && isBeginningOf(fingerprint, head)
}

function meetPlain(file: TailFile, needs: MeetNeeds): Met {
  const { known, prefix, kind, isLive, isFirst } = needs
  const same = known.ofInode(file.key).filter(({ position }) => file.isOf(position))
  const kept = same.find(({ position }) => position === furthest(same.map((one) => one.position)))
  if (kept !== undefined) {
    known.take(kept.key)
    file.positionKey = prefix + kept.key
    file.goOn(kept.position)
    return 'read'
  }
  const head = file.head()
  const moved = known.byContent(head)
  if (moved !== undefined && moved.offset <= file.size) {
    file.goOn(moved)
    return 'read'
  }
  if (!isLive) return meetRotated(file, head, needs)
  if (kind === 'plain' && isFirst) skipTo(file, file.size - first_bytes_max)
  return 'news'
}

/** A rotated file that was never seen by another name: a copy of one that was, or news. */
function meetRotated(file: TailFile, head: Uint8Array, { ordered, kind }: MeetNeeds): Met {
  if (ordered.some((one) => one !== file && one.mayBecome(head))) return 'growing'
  const twin = ordered.find(
    (one) =>
      one !== file &&
      !one.isGzip &&
      one.fingerprint.bytes >= twin_bytes_min &&
      isBeginningOf(one.fingerprint, head),
  )
  if (twin !== undefined) {
    file.goOn({ ...twin.position, waiting: [-1, -1] })
    file.twin = twin
    return 'copy'
  }
  if (kind === 'container') return 'news'
  file.offset = file.size
  return 'copy'
}

/** Starts at the first line from this offset on. */
function skipTo(file: TailFile, offset: number): void {
  if (offset <= 0) return
  const bytes = Buffer.alloc(block_bytes)
  const length = readSync(file.fd, bytes, 0, bytes.length, offset - 1)
  const found = bytes.subarray(0, length).indexOf(0x0a)
  file.offset = offset - 1 + (found < 0 ? length : found + 1)
}
