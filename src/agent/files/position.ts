/**
 * How far a file has been read, as kept between runs, and how a file is known again: by device,
 * inode and birth, and by what its first bytes are.
 */
import { hash } from 'node:crypto'
import { readSync } from 'node:fs'

export const fingerprint_bytes_max = 1024

export type Fingerprint = { bytes: number; hash: string }

export type Position = {
  /** All lines before it are read, but for the streams that wait. */
  offset: number
  fingerprint: Fingerprint
  /** Birth in nanoseconds since 1970, or '0' when the file system keeps none. */
  birth: string
  /**
   * For each stream where its unfinished record begins, or -1: its lines from there to `offset` are
   * read again, and those of the other stream are not.
   */
  waiting: readonly [number, number]
}

export function positionText(position: Position): string {
  const { offset, fingerprint, birth, waiting } = position
  const text = `${offset} ${fingerprint.bytes} ${fingerprint.hash || '-'} ${birth}`
  return waiting[0] < 0 && waiting[1] < 0 ? text : `${text} ${waiting[0]} ${waiting[1]}`
}

/** Undefined when the text is not ours. */
export function readPosition(text: string): Position | undefined {
  const match = /^(\d+) (\d+) (\S+) (\d+)(?: (-?\d+) (-?\d+))?$/.exec(text)
  if (match === null) return undefined
  const [, offset, bytes, hashed, birth, first = '-1', second = '-1'] = match
  return {
    offset: Number(offset),
    fingerprint: { bytes: Number(bytes), hash: hashed === '-' ? '' : hashed! },
    birth: birth!,
    waiting: [Number(first), Number(second)],
  }
}

const head = Buffer.alloc(fingerprint_bytes_max)

export function fingerprintOf(bytes: Uint8Array): Fingerprint {
  return { bytes: bytes.length, hash: bytes.length === 0 ? '' : digest(bytes) }
}

function digest(bytes: Uint8Array): string {
  return hash('sha256', bytes, 'hex').slice(0, 16)
}

/** Of the file's first bytes, at most `bytes_max`. */
export function readFingerprint(fd: number, bytes_max = fingerprint_bytes_max): Fingerprint {
  const wanted = Math.min(bytes_max, fingerprint_bytes_max)
  return fingerprintOf(head.subarray(0, wanted === 0 ? 0 : readSync(fd, head, 0, wanted, 0)))
}

/** Whether what begins with `bytes` began with the fingerprint when that was taken. */
export function isBeginningOf(fingerprint: Fingerprint, bytes: Uint8Array): boolean {
  if (fingerprint.bytes > bytes.length) return false
  return fingerprintOf(bytes.subarray(0, fingerprint.bytes)).hash === fingerprint.hash
}

export type FileIdentity = { key: string; birth: string; size: number }

/**
 * Birth counts only once it differs from the last change: file systems that keep none report the
 * change instead, and that moves.
 */
export function identityOf(stat: {
  dev: bigint
  ino: bigint
  birthtimeNs: bigint
  ctimeNs: bigint
  size: bigint
}): FileIdentity {
  const isBorn = stat.birthtimeNs > 0n && stat.birthtimeNs < stat.ctimeNs
  return {
    key: `${stat.dev.toString(16)}-${stat.ino.toString(16)}`,
    birth: isBorn ? String(stat.birthtimeNs) : '0',
    size: Number(stat.size),
  }
}

/** Whether two births can be of one file. */
export function isSameBirth(a: string, b: string): boolean {
  return a === '0' || b === '0' || a === b
}

/** The positions of a run before this one, found by identity or, for what was moved, by content. */
export type KnownPosition = { key: string; position: Position }

/**
 * Under `<log>.<device and inode>.<birth>`: an inode is used again at once, by another log's file
 * too, and what the file before it proved still counts where it was compressed.
 */
export function positionKeyOf(log: string, { key, birth }: FileIdentity, now_ms: number): string {
  const tag = birth === '0' ? `n${now_ms.toString(36)}` : BigInt(birth).toString(36)
  return `${log}.${key}.${tag}`
}

/** Names a log in keys. */
export function logWord(path: string): string {
  return hash('sha256', path, 'hex').slice(0, 8)
}

const keyShape = /^([0-9a-f]{8})\.([0-9a-f]+-[0-9a-f]+)\.[0-9a-z]+$/

export class KnownPositions {
  readonly #byKey = new Map<string, Position>()
  readonly #byInode = new Map<string, KnownPosition[]>()
  readonly #logs = new Set<string>()
  readonly #byHash = new Map<string, Position>()
  readonly #lengths = new Set<number>()

  constructor(texts: ReadonlyMap<string, string>, prefix: string) {
    for (const [key, text] of texts) {
      const position = readPosition(text)
      if (position === undefined) continue
      this.#add(key.slice(prefix.length), position)
    }
  }

  keys(): Iterable<string> {
    return this.#byKey.keys()
  }

  /** All files that had this inode one after the other. */
  ofInode(inode: string): readonly KnownPosition[] {
    return (this.#byInode.get(inode) ?? []).filter(({ key }) => this.#byKey.has(key))
  }

  /** Whether files of this log were read before. */
  hasLog(log: string): boolean {
    return this.#logs.has(log)
  }

  /** A file that begins with these bytes, wherever it was then. */
  byContent(bytes: Uint8Array): Position | undefined {
    let furthest: Position | undefined
    for (const length of this.#lengths) {
      if (length > bytes.length) continue
      const found = this.#byHash.get(digest(bytes.subarray(0, length)))
      if (found === undefined || found.fingerprint.bytes !== length) continue
      if (found.offset > (furthest?.offset ?? -1)) furthest = found
    }
    return furthest
  }

  /** Used once: the file that has this inode next is another one. */
  take(key: string): void {
    this.#byKey.delete(key)
  }

  #add(key: string, position: Position): void {
    this.#byKey.set(key, position)
    const [, log, inode] = keyShape.exec(key) ?? []
    if (log !== undefined && inode !== undefined) {
      this.#logs.add(log)
      const others = this.#byInode.get(inode)
      if (others === undefined) this.#byInode.set(inode, [{ key, position }])
      else others.push({ key, position })
    }
    const { bytes, hash } = position.fingerprint
    if (bytes < 64) return
    this.#lengths.add(bytes)
    // The plain file and its compressed copy: what was read of either was read.
    const other = this.#byHash.get(hash)
    if (other === undefined || other.offset < position.offset) this.#byHash.set(hash, position)
  }
}
