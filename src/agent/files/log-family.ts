/**
 * One log: its live file and the rotated ones, read in the order they were written, whatever is
 * done to their names meanwhile. Which logs there are is for the collectors.
 */
import { fstatSync, lstatSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { Assembler, type ReadRules } from './assembler.ts'
import { asRefused, openConfined, type Refusal } from './confine.ts'
import { type NamedFile, namedFile } from './file-names.ts'
import { readGzip } from './gzip-file.ts'
import { LineReader } from './line-reader.ts'
import { emptyFigures, type LogFigures } from './log-figures.ts'
import type { LogParts } from './log-parts.ts'
import { meetFile } from './meet-file.ts'
import {
  identityOf,
  type KnownPositions,
  logWord,
  type Position,
  positionKeyOf,
} from './position.ts'
import { block_bytes, TailFile } from './tail-file.ts'

export type LogFamilyOptions = {
  /** Where the files are, without links; only what lies under roots is opened. */
  dir: string
  base: string
  roots: readonly string[]
  /**
   * container: CRI or Docker lines, all that is there is new. plain: other files, from near their
   * end.
   */
  kind: 'container' | 'plain'
  attributes: readonly [DataView, DataView]
  rules: ReadRules
  /** The resource of records that are written now. */
  resource: () => Uint8Array
  /** Whether the plain line's own time was found and left in foundTime. */
  lineTime?: (bytes: Uint8Array, start: number, end: number) => boolean
  known: KnownPositions
}

const blocks_a_turn = 8
/** The runtime may write to a rotated file for a moment after the new one is there. */
const late_ms = 10_000
const torn_ms = 5000
/** So many files that went are still known when their compressed copy shows. */
const left_max = 64

export class LogFamily {
  readonly #options: LogFamilyOptions
  readonly #parts: LogParts
  readonly assembler: Assembler
  readonly #lines: LineReader
  readonly #files = new Map<string, TailFile>()
  #ordered: TailFile[] = []
  #dirTime_ms = -1
  /** The file system's clock is coarse: after a change the directory is read once more. */
  #isScannedAgain = false
  #isFirst = true
  readonly #word: string
  readonly #left: Position[] = []
  /** Files are there, and none of those that were there before. */
  #isCut: boolean
  /** Since then one was met that goes on with what was read. */
  #isLinked = false
  isGone = false
  refusal: { refusal: Refusal; path: string } | undefined
  figures: LogFigures = emptyFigures()

  constructor(options: LogFamilyOptions, parts: LogParts) {
    this.#options = options
    this.#parts = parts
    this.#word = logWord(join(options.dir, options.base))
    this.#isCut = options.known.hasLog(this.#word)
    this.assembler = new Assembler(options.rules, {
      writer: parts.writer,
      budget: parts.budget,
      wrote: (isKept, seconds) => {
        if (isKept) {
          this.figures.records++
          this.figures.last_s = seconds
          parts.chunks.wrote(seconds)
        } else this.figures.left_out++
      },
      moved: (origin) => {
        const file = origin as TailFile
        if (!file.isDropped) parts.chunks.touch(file)
      },
    })
    this.#lines = new LineReader(this.assembler, options, parts)
  }

  get unread_bytes(): number {
    return this.#ordered.reduce((sum, { unread_bytes }) => sum + unread_bytes, 0)
  }

  /** Nothing is open in it and nothing waits: it may be forgotten. */
  get isOver(): boolean {
    return this.isGone && this.#files.size === 0 && !this.assembler.isWaiting
  }

  /** Reads what is there, up to a limit; answers whether there is more. */
  async poll(): Promise<boolean> {
    const { now_ms } = this.#parts
    this.#scan()
    let blocks = blocks_a_turn
    for (const file of this.#ordered) {
      if (file.isDone || this.#isQuiet(file) || !this.#open(file)) continue
      if (file.isGzip) {
        // What is left of the file that it was made of comes first: it tells how far that is read.
        const { twin } = file
        const isOpen = twin !== undefined && (twin.fd >= 0 || !twin.isRead)
        const isEarly = isOpen && !twin.isDropped
        if (!isEarly) await this.#gzip(file)
        continue
      }
      if (file.look(this.#parts.files, now_ms()) === 'replaced' && this.#replaced(file)) return true
      while (!file.isRead) {
        const length = file.read(this.#parts.block)
        if (length === 0) break
        const read = this.#enter().blockOf(file, this.#parts.block, length, length === block_bytes)
        if (read === 0) break
        if (this.#parts.chunks.isFull) await this.#parts.chunks.cut()
        if (--blocks === 0) return true
      }
      this.#rest(file)
    }
    this.#countGap()
    if (this.assembler.isWaiting) {
      this.#enter()
      this.assembler.idle(this.isGone ? Number.POSITIVE_INFINITY : now_ms())
    }
    return false
  }

  /** Opens what there is, so that it can be read later even if it is deleted. */
  hold(): void {
    this.#scan()
    for (const file of this.#ordered) if (file.fd < 0) this.#open(file)
  }

  get isHeld(): boolean {
    return this.#ordered.some(({ fd }) => fd >= 0)
  }

  /** Gives what waits for more as it is, and closes everything. */
  close(isFinal: boolean): void {
    if (isFinal) {
      this.#enter()
      this.assembler.flush()
    }
    for (const file of this.#files.values()) this.#parts.files.close(file)
    this.assembler.free()
  }

  change(rules: ReadRules): void {
    this.#enter()
    this.assembler.change(rules)
  }

  #enter(): LineReader {
    const { chunks, scope } = this.#parts
    const now_ms = this.#parts.now_ms()
    chunks.encoder.observed(now_ms)
    this.assembler.at(now_ms)
    chunks.encoder.resource(this.#options.resource(), scope)
    return this.#lines
  }

  /** After reading: a file that nothing more comes to is closed. */
  #rest(file: TailFile): void {
    const isOld = file.isDeleted || this.#ordered.at(-1) !== file
    if (!isOld) return
    const quiet_ms = file.isDeleted ? Number.POSITIVE_INFINITY : this.#parts.now_ms() - file.grew_ms
    if (!file.isRead || file.long !== undefined) {
      if (quiet_ms < torn_ms) return
      const length = file.read(this.#parts.block)
      this.#enter().tail(file, this.#parts.block, length)
    }
    if (file.isDeleted) this.#drop(file)
    else if (quiet_ms >= late_ms) {
      file.isDone = true
      this.#parts.files.close(file)
    }
  }

  #drop(file: TailFile): void {
    this.#parts.files.close(file)
    file.isDropped = true
    if (!file.isGzip) this.#left.push({ ...file.position, waiting: [-1, -1] })
    if (this.#left.length > left_max) this.#left.shift()
    this.#files.delete(file.key)
    this.#ordered = this.#ordered.filter((one) => one !== file)
    this.#parts.chunks.forget(file)
  }

  /** The content is another than before. Answers whether another file must be read first. */
  #replaced(file: TailFile): boolean {
    // The copy is older than the cut: now it can be seen, and known by what the file was.
    this.#dirTime_ms = -1
    this.#scan()
    for (const one of this.#ordered) if (!one.isMet && one !== file) this.#open(one)
    const copy = this.#ordered.find((one) => one.twin === file && !one.isGzip)
    const end = file.size_before
    const lost = Math.max(0, end - Math.max(file.offset, copy?.size ?? 0))
    this.figures.truncated_bytes += lost
    if (copy !== undefined) {
      // What was copied away before the cut is read from the copy.
      copy.goOn(file.position)
      copy.twin = undefined
      copy.isDone = copy.isRead
      this.#parts.chunks.touch(copy)
    }
    this.#enter()
    this.assembler.flush()
    file.restart()
    this.#parts.chunks.touch(file)
    return copy !== undefined && !copy.isDone
  }

  async #gzip(file: TailFile): Promise<void> {
    const { chunks, files } = this.#parts
    // Its own: the plain file may never have been looked at.
    const { fingerprint } = file
    file.isDone = true
    if (file.twin?.isRead === true) {
      file.goOn({ ...file.twin.position, fingerprint, waiting: [-1, -1] })
    } else {
      if (file.twin !== undefined) file.goOn({ ...file.twin.position, fingerprint })
      const damaged = await readGzip(file, async (bytes, length, isLast) => {
        const read = this.#enter().blockOf(file, bytes, length, length >= block_bytes)
        if (isLast && read < length) this.#enter().tail(file, bytes.subarray(read), length - read)
        if (chunks.isFull) await chunks.cut()
        return read
      })
      if (damaged) this.figures.unreadable_bytes += file.size
    }
    files.close(file)
    chunks.touch(file)
  }

  /** Sees which files there are now. */
  #scan(): void {
    const { dir } = this.#options
    let time_ms: number
    let names: string[]
    try {
      time_ms = statSync(dir).mtimeMs
      if (time_ms === this.#dirTime_ms && this.#isScannedAgain) return
      this.#isScannedAgain = time_ms === this.#dirTime_ms
      this.#dirTime_ms = time_ms
      names = readdirSync(dir)
    } catch (error) {
      const { refusal, path } = asRefused(error, dir)
      if (refusal === 'gone') {
        this.isGone = true
        for (const file of [...this.#files.values()]) this.#vanished(file)
      } else this.refusal = { refusal, path }
      return
    }
    this.isGone = false
    const seen = new Set<string>()
    const before = [...this.#files.values()].filter(({ isDeleted }) => !isDeleted)
    for (const name of names) this.#see(name, seen)
    const isStill = before.some((file) => !file.isDropped && seen.has(file.key))
    if (before.length > 0 && seen.size > 0 && !isStill) {
      this.#isCut = true
      this.#isLinked = false
    }
    for (const file of [...this.#files.values()]) if (!seen.has(file.key)) this.#vanished(file)
    if (this.#files.size === 0 && !this.#isFirst) this.isGone = true
    this.#ordered = [...this.#files.values()].sort(byRank)
    // An open file is still there when its name is not: what is unread must be open.
    for (const file of this.#ordered) if (file.fd < 0 && !file.isRead) this.#open(file)
    this.#isFirst = false
  }

  #see(name: string, seen: Set<string>): void {
    const { dir, base, kind } = this.#options
    const named = namedFile(base, name)
    if (named === undefined || (named.isGzip && kind === 'plain')) return
    const path = join(dir, name)
    const stat = lstatSync(path, { bigint: true, throwIfNoEntry: false })
    if (stat === undefined) return
    if (!stat.isFile()) {
      if (named.isLive) this.refusal = { refusal: 'not_file', path }
      return
    }
    const identity = identityOf(stat)
    seen.add(identity.key)
    const before = this.#files.get(identity.key)
    const isSame = before !== undefined && isStill(before, named) && before.meets(identity)
    if (before !== undefined && !isSame) this.#vanished(before, true)
    if (isSame) {
      before.path = path
      before.rank = named.rank
      before.isDeleted = false
      if (before.size !== identity.size && !before.isGzip) before.isDone = before.twin !== undefined
      if (before.fd < 0) before.size = identity.size
      return
    }
    const { attributes } = this.#options
    const { assembler } = this
    const { rank, isGzip } = named
    const { prefix, now_ms } = this.#parts
    const positionKey = prefix + positionKeyOf(this.#word, identity, now_ms())
    this.#files.set(
      identity.key,
      new TailFile({ positionKey, identity, path, rank, isGzip, attributes, assembler }),
    )
  }

  #vanished(file: TailFile, isReplaced = false): void {
    if (file.fd >= 0 && !isReplaced) {
      file.isDeleted = true
      file.isDone = false
      return
    }
    const copy = [...this.#files.values()].some((one) => one.isGzip && one.rank === file.rank)
    if (!copy && !file.isDone) this.figures.rotated_away_bytes += file.unread_bytes
    if (copy && !file.isGzip)
      for (const one of this.#files.values())
        if (one.isGzip && one.rank === file.rank) one.twin ??= file
    this.#drop(file)
  }

  /** A closed file that has not grown is not opened to learn that. */
  #isQuiet(file: TailFile): boolean {
    if (file.fd >= 0 || !file.isMet || !file.isRead || file.isGzip) return false
    if (file !== this.#ordered.at(-1)) return true
    const stat = lstatSync(file.path, { throwIfNoEntry: false })
    return stat?.size === file.size && stat.mtimeMs === file.changed_ms
  }

  /** Opens the file and, the first time, finds where to go on. False when it cannot be read now. */
  #open(file: TailFile): boolean {
    if (file.fd >= 0) return true
    try {
      this.#parts.files.add(file, openConfined(file.path, this.#options.roots))
      if (this.refusal?.path === file.path) this.refusal = undefined
    } catch (error) {
      const { refusal, path } = asRefused(error, file.path)
      // It moved since the directory was read: that says so again.
      if (refusal === 'gone') this.#dirTime_ms = -1
      else this.refusal = { refusal, path }
      return false
    }
    if (identityOf(fstatSync(file.fd, { bigint: true })).key !== file.key) {
      // Its name is another's by now.
      this.#parts.files.close(file)
      this.#dirTime_ms = -1
      return false
    }
    if (!file.isMet) this.#meet(file)
    return !file.isDone && file.fd >= 0
  }

  #meet(file: TailFile): void {
    const { known, kind, base, dir } = this.#options
    const { chunks, files, prefix } = this.#parts
    const isLive = namedFile(base, file.path.slice(dir.length + 1))?.isLive === true
    const [ordered, left, isFirst] = [this.#ordered, this.#left, this.#isFirst]
    const met = meetFile(file, { kind, prefix, known, ordered, left, isLive, isFirst })
    file.isMet = met !== 'growing'
    if (met === 'read' || met === 'copy') this.#isLinked = true
    if (met === 'copy') file.isDone = true
    // Where it was known from was another file, which may go on with other content.
    if (met === 'copy' || (met === 'read' && file.twin === undefined)) chunks.touch(file)
    if (met === 'copy' || met === 'growing') files.close(file)
  }

  /** Nothing that was there is there any more: what came and went between is not known. */
  #countGap(): void {
    if (!this.#isCut) return
    this.#isCut = false
    if (!this.#isLinked && this.#options.kind === 'container') this.figures.gaps++
  }
}

/** What was compressed or rotated away is not live again: the inode is another file's by now. */
function isStill({ isGzip, rank }: TailFile, named: NamedFile): boolean {
  return isGzip === named.isGzip && (!named.isLive || rank === named.rank)
}

function byRank(a: TailFile, b: TailFile): number {
  if (a.rank !== b.rank) return a.rank < b.rank ? -1 : 1
  return Number(a.isGzip) - Number(b.isGzip)
}
