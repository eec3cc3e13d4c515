/**
 * Finds the lines in a block of a file and hands them to the assembler, also those that are longer
 * than a block or lack their end.
 */
import { formatOf, line, readCriLine, readDockerLine } from '../../pipeline/log-line.ts'
import { foundTime } from '../../pipeline/time-text.ts'
import type { Assembler } from './assembler.ts'
import type { LogParts } from './log-parts.ts'
import type { TailFile } from './tail-file.ts'

const newline = 0x0a

export type LineReaderOptions = {
  kind: 'container' | 'plain'
  lineTime?: (bytes: Uint8Array, start: number, end: number) => boolean
}

export class LineReader {
  readonly #assembler: Assembler
  readonly #options: LineReaderOptions
  readonly #parts: LogParts

  constructor(assembler: Assembler, options: LineReaderOptions, parts: LogParts) {
    this.#assembler = assembler
    this.#options = options
    this.#parts = parts
  }

  /**
   * Takes the whole lines of bytes [0, length), which are the file's from its offset on; answers
   * how many bytes they are. A line that is longer than the block is taken in pieces.
   */
  blockOf(file: TailFile, bytes: Buffer, length: number, isFull: boolean): number {
    if (length === 0) return 0
    let at = 0
    if (file.long !== undefined) {
      at = this.#goOnLong(file, bytes, length)
      if (at === length) return length
    }
    const last = bytes.lastIndexOf(newline, length - 1)
    if (last < at) return at > 0 || !isFull ? at : this.#startLong(file, bytes, length)
    this.#assembler.block(bytes, at, last + 1)
    while (at <= last) {
      const end = bytes.indexOf(newline, at)
      this.#line(file, bytes, at, end)
      file.offset += end + 1 - at
      at = end + 1
    }
    this.#parts.chunks.touch(file)
    return at
  }

  /** The rest of a file that nothing more comes to, without its newline. */
  tail(file: TailFile, bytes: Buffer, length: number): void {
    if (file.long !== undefined) this.#piece(file, bytes, 0, length, true)
    else if (length > 0) {
      this.#assembler.block(bytes, 0, length)
      this.#line(file, bytes, 0, length)
    }
    file.long = undefined
    file.offset += length
    this.#parts.chunks.touch(file)
  }

  #line(file: TailFile, bytes: Uint8Array, start: number, end: number): void {
    const isRead = this.#read(file, bytes, start, end)
    if (isRead) {
      const stream = line.stream === 1 ? 1 : 0
      if (file.isGiven(file.offset, stream)) return
      this.#assembler.take(file, file.offset, true, line.bytes === bytes)
      return
    }
    // In a container's file a line of another shape is kept, but belongs to nothing.
    if (end === start || file.isGiven(file.offset, undefined)) return
    this.#asPlain(bytes, start, end)
    this.#assembler.alone(file)
  }

  /** Takes a line apart; false when it has not the shape of the file's others. */
  #read(file: TailFile, bytes: Uint8Array, start: number, end: number): boolean {
    if (this.#options.kind === 'plain') {
      this.#asPlain(bytes, start, end)
      return true
    }
    if (file.format === undefined) {
      const format = formatOf(bytes, start, end)
      if (format === 'plain') return false
      file.format = format
      return true
    }
    return file.format === 'cri'
      ? readCriLine(bytes, start, end)
      : readDockerLine(bytes, start, end)
  }

  #asPlain(bytes: Uint8Array, start: number, end: number): void {
    line.bytes = bytes
    line.start = start
    line.end = end > start && bytes[end - 1] === 0x0d ? end - 1 : end
    line.stream = 0
    line.isPartial = false
    if (this.#options.lineTime?.(bytes, start, end) === true) {
      line.seconds = foundTime.seconds
      line.nanoseconds = foundTime.nanoseconds
    } else {
      const now_ms = this.#parts.now_ms()
      line.seconds = Math.floor(now_ms / 1000)
      line.nanoseconds = Math.floor(now_ms % 1000) * 1_000_000
    }
  }

  #startLong(file: TailFile, bytes: Uint8Array, length: number): number {
    if (!this.#read(file, bytes, 0, length) || line.bytes !== bytes) this.#asPlain(bytes, 0, length)
    const { seconds, nanoseconds, isPartial, start } = line
    const stream = line.stream === 1 ? 1 : 0
    const isGiven = file.isGiven(file.offset, stream)
    file.long = { at: file.offset, stream, isPartial, isGiven, seconds, nanoseconds }
    this.#piece(file, bytes, start, length, false)
    file.offset += length
    return length
  }

  /** Takes bytes up to the end of the long line; answers the place after it, or length. */
  #goOnLong(file: TailFile, bytes: Buffer, length: number): number {
    const found = bytes.subarray(0, length).indexOf(newline)
    const end = found < 0 ? length : found
    this.#piece(file, bytes, 0, end, found >= 0)
    const after = found < 0 ? length : end + 1
    file.offset += after
    if (found >= 0) {
      file.long = undefined
      this.#parts.chunks.touch(file)
    }
    return after
  }

  #piece(file: TailFile, bytes: Uint8Array, start: number, end: number, isLast: boolean): void {
    const long = file.long!
    if (long.isGiven) return
    line.bytes = bytes
    line.start = start
    line.end = end
    line.stream = long.stream
    line.isPartial = long.isPartial
    line.seconds = long.seconds
    line.nanoseconds = long.nanoseconds
    this.#assembler.take(file, long.at, isLast, false)
  }
}
