/**
 * Finds the lines of a body as it arrives and gathers them by the signal they belong to. A line
 * that is too long is dropped while it arrives, so that it takes no memory.
 */
import { RowBuffer } from '../../../wire/row-buffer.ts'
import type { OtlpSignal } from '../../receiver.ts'

/** As the servers of this protocol bound them by default. */
export const line_bytes_max = 300 * 1024
const document_bytes_max = 1024

export type EventKind =
  | 'transaction'
  | 'span'
  | 'error'
  | 'metricset'
  | 'log'
  | 'x'
  | 'e'
  | 'unknown'
  | 'too_long'

/** A line in the gathered bytes; a too long one is only its beginning. */
export type Line = { kind: EventKind; start: number; end: number; name: string }

const signalOf: Readonly<Record<EventKind, OtlpSignal>> = {
  transaction: 'traces',
  span: 'traces',
  x: 'traces',
  metricset: 'metrics',
  error: 'logs',
  e: 'logs',
  log: 'logs',
  unknown: 'logs',
  too_long: 'logs',
}

/** Lines of one signal that wait to be stored. */
export class GatheredLines {
  bytes = new RowBuffer(64)
  lines: Line[] = []

  clear(): void {
    this.bytes = emptied(this.bytes)
    this.lines = []
  }
}

/** Thousands of agents keep a request open, and most of them have nothing to say. */
const kept_bytes_max = 16 * 1024

function emptied(buffer: RowBuffer): RowBuffer {
  if (buffer.bytes.length > kept_bytes_max) return new RowBuffer(64)
  buffer.clear()
  return buffer
}

export class LineReader {
  readonly gathered: Readonly<Record<OtlpSignal, GatheredLines>> = {
    traces: new GatheredLines(),
    metrics: new GatheredLines(),
    logs: new GatheredLines(),
  }
  /** Given the first line; no line after it is read when it answers false. */
  readonly #first: (line: Uint8Array) => boolean
  readonly #kinds: ReadonlySet<string>
  #rest = new RowBuffer(64)
  #isFirst = true
  #isTooLong = false
  #stopped = false

  constructor(kinds: readonly EventKind[], first: (line: Uint8Array) => boolean) {
    this.#kinds = new Set(kinds)
    this.#first = first
  }

  get gathered_bytes(): number {
    const { traces, metrics, logs } = this.gathered
    // A line costs more than its bytes: many short ones are a lot too.
    const lines = traces.lines.length + metrics.lines.length + logs.lines.length
    return traces.bytes.length + metrics.bytes.length + logs.bytes.length + 64 * lines
  }

  /** False when nothing more needs to be read. */
  push(piece: Uint8Array): boolean {
    for (let at = 0; at < piece.length && !this.#stopped; ) {
      const newline = piece.indexOf(0x0a, at)
      const end = newline < 0 ? piece.length : newline
      if (newline >= 0 && this.#rest.length === 0 && !this.#isTooLong) this.#line(piece, at, end)
      else {
        this.#keep(piece.subarray(at, end))
        if (newline >= 0) this.finish()
      }
      at = end + 1
    }
    return !this.#stopped
  }

  /** The last line needs no newline. */
  finish(): void {
    const rest = this.#rest
    if (this.#isTooLong) this.#add('too_long', rest.bytes, 0, document_bytes_max, '')
    else if (rest.length > 0 && !this.#stopped) this.#line(rest.bytes, 0, rest.length)
    this.#isTooLong = false
    this.#rest = emptied(rest)
  }

  #keep(part: Uint8Array): void {
    if (this.#isTooLong || part.length === 0) return
    this.#rest.raw(part)
    if (this.#rest.length > line_bytes_max) this.#tooLong()
  }

  #tooLong(): void {
    this.#isTooLong = true
    if (!this.#isFirst) return
    this.#stopped = !this.#first(this.#rest.bytes.subarray(0, this.#rest.length))
    this.#isFirst = false
  }

  #line(bytes: Uint8Array, start: number, end: number): void {
    while (start < end && isSpace(bytes[start]!)) start++
    while (end > start && isSpace(bytes[end - 1]!)) end--
    if (start === end) return
    if (this.#isFirst) {
      this.#isFirst = false
      this.#stopped = !this.#first(bytes.subarray(start, end))
      return
    }
    if (end - start > line_bytes_max) {
      this.#add('too_long', bytes, start, start + document_bytes_max, '')
      return
    }
    const name = rootKey(bytes, start, end)
    const kind = this.#kinds.has(name) ? (name as EventKind) : 'unknown'
    this.#add(kind, bytes, start, end, name)
  }

  #add(kind: EventKind, bytes: Uint8Array, from: number, to: number, name: string): void {
    const gathered = this.gathered[signalOf[kind]]
    const start = gathered.bytes.length
    gathered.bytes.raw(bytes.subarray(from, to))
    gathered.lines.push({ kind, start, end: gathered.bytes.length, name })
  }
}

function isSpace(byte: number): boolean {
  return byte === 0x20 || byte === 0x0d || byte === 0x09 || byte === 0x0a
}

const name_bytes_max = 64

/** The first key of the object that begins here; '' when there is none. */
function rootKey(bytes: Uint8Array, start: number, end: number): string {
  if (bytes[start] !== 0x7b) return ''
  let at = start + 1
  while (at < end && isSpace(bytes[at]!)) at++
  if (bytes[at] !== 0x22) return ''
  const last = Math.min(end, at + 1 + name_bytes_max)
  let stop = at + 1
  while (stop < last && bytes[stop] !== 0x22) stop++
  return Buffer.from(bytes.buffer, bytes.byteOffset + at + 1, stop - at - 1).toString()
}
