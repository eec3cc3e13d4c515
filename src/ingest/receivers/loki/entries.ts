/**
 * Entries of streams as records: time, line and structured metadata, put beside what the stream's
 * labels say. Both forms of a push request end here.
 */
import type { DecodeOutcome, RejectReason } from '../../../model/outcome.ts'
import type { Batch } from '../../../wire/batch.ts'
import { viewOf } from '../../../wire/copy-bytes.ts'
import type { RecordContext } from '../../receiver.ts'
import { FlatRecord, valueKinds } from '../../records/flat-record.ts'
import { readJsonObject, readJsonText } from '../../records/json-reader.ts'
import { LogRows, recordStored } from '../../records/log-rows.ts'
import { childPath, ownPath } from '../../records/paths.ts'
import { wordOf } from './label-words.ts'
import type { Stream } from './streams.ts'

const logPath = ownPath('log')
const openBrace = 0x7b

/** One request's entries, one after the other: line(), then metadata, then store(). */
export class Entries {
  readonly #rows = new LogRows()
  /** The line that shippers wrapped into an object of their own, taken apart. */
  readonly #wrapped = new FlatRecord()
  #context!: RecordContext
  /** What the sender is told of the first entry that was refused. */
  #told = ''
  /** Where a text with escapes was put. */
  #textStart = 0

  open(context: RecordContext, batch: Batch): void {
    this.#rows.open(context, batch)
    this.#context = context
    this.#told = ''
  }

  outcome(): DecodeOutcome {
    const outcome = this.#rows.outcome('entries')
    this.#wrapped.clear()
    this.#wrapped.shrink()
    if (outcome.rejected === 0) return outcome
    const { accepted, rejected, reasons } = outcome
    const why = Object.entries(reasons).map(([reason, count]) => `${count} ${reason}`)
    const total = `total ignored: ${rejected} out of ${accepted + rejected} (${why.join(', ')})`
    return { ...outcome, message: `${this.#told}, ${total}` }
  }

  /** Begins an entry with the bytes [start, end) of its line; escaped as in JSON if not plain. */
  line(
    stream: Stream,
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    isPlain: boolean,
  ): boolean {
    const { record } = this.#rows
    if (bytes[start] === openBrace) return this.#object(stream, bytes, view, start, end, isPlain)
    record.clear()
    record.sent(bytes, start, end)
    stream.fill(record)
    this.#rows.keepsBody = true
    if (isPlain) record.body(view, start, end)
    else if (!this.#escapedBody(record, bytes, start, end)) return false
    return true
  }

  #escapedBody(record: FlatRecord, bytes: Uint8Array, start: number, end: number): boolean {
    const from = record.arena.length
    if (!readJsonText(record, bytes, start, end)) return false
    record.bodyStart = from
    record.bodyEnd = record.arena.length
    return true
  }

  /** A line that is an object may be a shipper's own record around the line. */
  #object(
    stream: Stream,
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    isPlain: boolean,
  ): boolean {
    const { record } = this.#rows
    const wrapped = this.#wrapped
    wrapped.clear()
    if (isPlain) wrapped.arena.copy(view, start, end)
    else if (!readJsonText(wrapped, bytes, start, end)) return false
    const text = wrapped.arena
    const { length } = text
    const isWrapped = looksWrapped(text.bytes, length) && this.#unwrap(length)
    record.clear()
    record.sent(bytes, start, end)
    if (isWrapped) copyFields(wrapped, record)
    stream.fill(record)
    this.#rows.keepsBody = !isWrapped
    if (!isWrapped) record.body(text.view, 0, length)
    return true
  }

  /** Takes the object apart that lies in the arena's first bytes. */
  #unwrap(length: number): boolean {
    const wrapped = this.#wrapped
    const copy = wrapped.arena.bytes.slice(0, length)
    if (!readJsonObject(wrapped, copy, viewOf(copy), 0, length)) return false
    const index = wrapped.indexOf(logPath)
    return index >= 0 && wrapped.kind[index] === valueKinds.text
  }

  /** A pair of structured metadata. Text with escapes is first put down with text(). */
  metadata(
    bytes: Uint8Array,
    view: DataView,
    key: { start: number; end: number },
    start: number,
    end: number,
  ): void {
    const { record } = this.#rows
    const path = childPath(undefined, bytes, view, key.start, key.end)
    const word = wordOf(path.name)
    const isNew = word !== undefined && record.indexOf(word) < 0
    if (end > start) record.text(isNew ? word : path, view, start, end)
  }

  /** The same, of JSON: the key is at key, the value the string whose inside is [start, end). */
  escapedMetadata(
    bytes: Uint8Array,
    view: DataView,
    key: { start: number; end: number },
    start: number,
    end: number,
  ): boolean {
    const { record } = this.#rows
    this.#textStart = record.arena.length
    if (!readJsonText(record, bytes, start, end)) return false
    const path = childPath(undefined, bytes, view, key.start, key.end)
    const word = wordOf(path.name)
    const isNew = word !== undefined && record.indexOf(word) < 0
    record.arenaText(isNew ? word : path, this.#textStart)
    return true
  }

  /** Stores the entry that line() began. */
  store(stream: Stream, seconds: number, nanoseconds: number): void {
    const { record } = this.#rows
    record.time(seconds, nanoseconds)
    stream.nameService(record)
    const verdict = this.#rows.store()
    if (verdict === recordStored || verdict === 'dropped' || this.#told !== '') return
    this.#told = this.#tell(verdict, stream, seconds, nanoseconds)
  }

  #tell(reason: RejectReason, stream: Stream, seconds: number, nanoseconds: number): string {
    const of = `entry for stream '${stream.text}'`
    const time = timeText(seconds, nanoseconds)
    const { time_ms_min } = this.#context
    if (reason === 'time_too_old') {
      const oldest = new Date(time_ms_min).toISOString()
      return `${of} has timestamp too old: ${time}, oldest acceptable timestamp is: ${oldest}`
    }
    if (reason === 'time_in_future') return `${of} has timestamp too new: ${time}`
    return `${of} was refused: ${reason} ${this.#rows.detail}`.trim()
  }

  /** Counts an entry that could not be read. The detail is told once: give the same text again. */
  refuse(
    reason: RejectReason,
    detail: string,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    if (this.#told === '') this.#told = detail
    this.#rows.refuse(reason, detail, bytes.subarray(start, end))
  }
}

function timeText(seconds: number, nanoseconds: number): string {
  const time = new Date(seconds * 1000)
  if (Number.isNaN(time.getTime())) return `${seconds}.${nanoseconds}`
  return time.toISOString().replace('.000Z', `.${String(nanoseconds).padStart(9, '0')}Z`)
}

const log = Buffer.from('"log"')
const others = [Buffer.from('"stream"'), Buffer.from('"kubernetes"')]

/** Docker's log files and Fluent Bit wrap lines: `{"log":"…","stream":"stdout","time":"…"}`. */
function looksWrapped(bytes: Uint8Array, length: number): boolean {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, length)
  return text.indexOf(log) >= 0 && others.some((word) => text.indexOf(word) >= 0)
}

function copyFields(from: FlatRecord, to: FlatRecord): void {
  for (let i = 0; i < from.count; i++) {
    const path = from.paths[i]!
    if (from.kind[i] === valueKinds.number) to.number(path, from.value[i]!)
    else to.text(path, from.arena.view, from.start[i]!, from.end[i]!)
  }
}
