/**
 * One file of a log: who it is, how far it is read, and reading its next block. Which files make
 * up a log, and in what order they are read, is for log-family.ts.
 */
import { fstatSync, readSync } from 'node:fs'
import type { LineFormat } from '../../pipeline/log-line.ts'
import type { Assembler, Origin } from './assembler.ts'
import type { Positioned } from './log-chunks.ts'
import type { OpenFiles } from './open-files.ts'
import {
  type FileIdentity,
  type Fingerprint,
  fingerprint_bytes_max,
  isSameBirth,
  type Position,
  positionText,
  readFingerprint,
} from './position.ts'

export const block_bytes = 128 * 1024

export type TailFileOptions = {
  positionKey: string
  identity: FileIdentity
  path: string
  rank: string
  isGzip: boolean
  attributes: readonly [DataView, DataView]
  assembler: Assembler
}

/** A physical line longer than a block, of which only a part has been read. */
export type LongLine = {
  /** Where it begins. */
  at: number
  stream: 0 | 1
  isPartial: boolean
  isGiven: boolean
  seconds: number
  nanoseconds: number
}

export class TailFile implements Origin, Positioned {
  fd = -1
  path: string
  /** Files of one log are read in the order of their ranks. */
  rank: string
  readonly key: string
  /** Of a file that was read before it is the one it had then. */
  positionKey: string
  readonly isGzip: boolean
  readonly attributes: readonly [DataView, DataView]
  readonly #assembler: Assembler
  birth: string
  /** All before it is read; of a gzip file, of its content. */
  offset = 0
  /** As last seen, and before that. */
  size: number
  size_before = 0
  fingerprint: Fingerprint = { bytes: 0, hash: '' }
  format: LineFormat | undefined
  /** Where the run before this one was: lines before are taken of waiting streams only. */
  resume: Position | undefined
  long: LongLine | undefined
  isTouched = false
  /** Rotated away and read to its end: only a change of its size wakes it. */
  isDone = false
  /** Its name is gone; what the descriptor holds is still read. */
  isDeleted = false
  /** Nobody asks for its position any more. */
  isDropped = false
  /** Has the same content, by another name: its plain form, or the file this is a copy of. */
  twin: TailFile | undefined
  /** It is known whether it was read before. */
  isMet = false
  /** When it was last found with something to read. */
  grew_ms = 0
  /** When it was written to last, as last seen. */
  changed_ms = 0

  constructor(options: TailFileOptions) {
    const { positionKey, identity, path, rank, isGzip, attributes, assembler } = options
    this.key = identity.key
    this.positionKey = positionKey
    this.birth = identity.birth
    this.size = identity.size
    this.path = path
    this.rank = rank
    this.isGzip = isGzip
    this.attributes = attributes
    this.#assembler = assembler
  }

  get isRead(): boolean {
    return this.offset >= this.size
  }

  get unread_bytes(): number {
    return Math.max(0, this.size - this.offset)
  }

  get position(): Position {
    const { resume, offset, fingerprint, birth } = this
    const isResuming = resume !== undefined && offset < resume.offset
    return {
      offset: isResuming ? resume.offset : (this.long?.at ?? offset),
      fingerprint,
      birth,
      waiting: [this.#waiting(0), this.#waiting(1)],
    }
  }

  positionText(): string {
    return positionText(this.position)
  }

  /** What a run before this one still waited for and was not read again yet counts too. */
  #waiting(stream: 0 | 1): number {
    const at = this.#assembler.waiting(this, stream)
    const { resume, offset } = this
    if (at >= 0 || resume === undefined || offset >= resume.offset) return at
    return resume.waiting[stream] < 0 ? -1 : Math.max(resume.waiting[stream], offset)
  }

  /** Goes on where another run, or the file of which this is the compressed copy, ended. */
  goOn(position: Position): void {
    this.fingerprint = position.fingerprint
    const waits = position.waiting.filter((at) => at >= 0)
    this.offset = Math.min(position.offset, ...waits)
    if (waits.length > 0) this.resume = position
  }

  /** Whether a line at this offset was given by the run before this one already. */
  isGiven(offset: number, stream: 0 | 1 | undefined): boolean {
    const { resume } = this
    if (resume === undefined) return false
    if (offset >= resume.offset) {
      this.resume = undefined
      return false
    }
    const from = stream === undefined ? -1 : resume.waiting[stream]
    return from < 0 || offset < from
  }

  /** Starts at the beginning: the content is another. */
  restart(): void {
    this.offset = 0
    this.long = undefined
    this.resume = undefined
    this.format = undefined
    this.fingerprint = readFingerprint(this.fd, this.size)
    // It may be another file that was given the inode at once: its birth is not known yet.
    this.birth = '0'
  }

  /** Looks at the open file anew. replaced: its content is not what was read before. */
  look(files: OpenFiles, now_ms: number): 'same' | 'replaced' {
    const { size, mtimeMs } = fstatSync(this.fd)
    files.touch(this)
    const isChanged = mtimeMs !== this.changed_ms
    this.changed_ms = mtimeMs
    const before = this.size
    this.size_before = before
    this.size = size
    if (size > before || size > this.offset) this.grew_ms = now_ms
    if (size < this.offset) return 'replaced'
    // Cut and written again to the very same length it is told by its time.
    if (size === this.offset && size === before && !isChanged) return 'same'
    const { bytes, hash } = this.fingerprint
    if (bytes > 0 && readFingerprint(this.fd, bytes).hash !== hash) return 'replaced'
    if (bytes < fingerprint_bytes_max && size > bytes) {
      this.fingerprint = readFingerprint(this.fd, size)
    }
    return 'same'
  }

  /** Whether a file of this identity, seen under any name, can be this one. */
  meets(identity: FileIdentity): boolean {
    const isSame = isSameBirth(this.birth, identity.birth)
    if (isSame && this.birth === '0') this.birth = identity.birth
    return isSame
  }

  head(): Uint8Array {
    const bytes = Buffer.alloc(fingerprint_bytes_max)
    return bytes.subarray(0, readSync(this.fd, bytes, 0, bytes.length, 0))
  }

  /** Whether a file with these first bytes can be an unfinished copy of this one. */
  mayBecome(head: Uint8Array): boolean {
    if (this.fd < 0 || this.isGzip || head.length >= this.fingerprint.bytes) return false
    return Buffer.compare(this.head().subarray(0, head.length), head) === 0
  }

  /** Whether this can be the file of a position kept under its key. */
  isOf(position: Position): boolean {
    if (!isSameBirth(this.birth, position.birth)) return false
    const { bytes, hash } = position.fingerprint
    if (this.size < bytes) return false
    // Of what nobody looked at nothing is known but that it was new.
    if (bytes === 0) return position.offset === 0
    return readFingerprint(this.fd, bytes).hash === hash
  }

  /** The bytes from offset on, at most a block; returns how many. */
  read(block: Buffer): number {
    const wanted = Math.min(block.length, this.size - this.offset)
    return wanted <= 0 ? 0 : readSync(this.fd, block, 0, wanted, this.offset)
  }
}
