/**
 * One record as flat fields: a path and a value each, in one run of bytes that is used again for
 * every record. Receivers fill it; what the fields mean is decided when it is stored.
 */
import { limits } from '../../model/limits.ts'
import { overshoot_bytes, viewOf } from '../../wire/copy-bytes.ts'
import { RowBuffer } from '../../wire/row-buffer.ts'
import { meanings } from './meanings.ts'
import type { Path } from './paths.ts'

export const valueKinds = { text: 1, number: 2 } as const
/** More than attributes_max: meanings and resource attributes come from the same list. */
const fields_max = limits.attributes_max + 128

const encoder = new TextEncoder()
let records = 0

/** Fields by themselves, to be added to other records; their texts lie in one run of bytes. */
export type KnownFields = Readonly<
  Pick<FlatRecord, 'paths' | 'kind' | 'isBoolean' | 'start' | 'end' | 'value'>
> & {
  readonly view: DataView
  readonly length: number
  readonly serial: number
  /** Whether any is one of a resource. */
  readonly names: boolean
}

/** The serial tells runs of other fields, or of other values, apart. */
export type FieldRun = { readonly from: number; readonly to: number; readonly serial: number }
type Writable<Of> = { -readonly [Key in keyof Of]: Of[Key] }
let known = 0

export class FlatRecord {
  count = 0
  /** Fields past the limit, left out. */
  dropped = 0
  /** Texts of fields lie here. */
  readonly arena = new RowBuffer(4096)
  readonly paths: Path[] = new Array<Path>(fields_max)
  readonly kind = new Uint8Array(fields_max)
  /** The text is one of true and false, said as such and not as a word. */
  readonly isBoolean = new Uint8Array(fields_max)
  readonly start = new Int32Array(fields_max)
  readonly end = new Int32Array(fields_max)
  readonly value = new Float64Array(fields_max)
  /** Fields from this index on were found inside of the body; they never name the resource. */
  innerFrom = fields_max
  /** What the protocol itself says; -1 is not said. */
  seconds = -1
  nanoseconds = 0
  bodyStart = -1
  bodyEnd = -1
  /** The record as it was sent: the body of one that has none, and the sample of a refusal. */
  source: Uint8Array = nothing
  sourceStart = 0
  sourceEnd = 0
  /** Names that were the sender's resource attributes, where the protocol has such a thing. */
  resourceNames: ReadonlySet<string> | undefined
  /** How often a field came that the record had already. */
  again = 0
  /** Runs of fields that were added at once and are as they were added. */
  readonly runs: FieldRun[] = []
  runCount = 0
  #serial = 0

  clear(): void {
    this.#serial = ++records
    this.count = this.dropped = this.runCount = 0
    this.arena.length = 0
    this.innerFrom = fields_max
    this.seconds = this.bodyStart = this.bodyEnd = -1
    this.nanoseconds = 0
    this.source = nothing
    this.sourceStart = this.sourceEnd = 0
    this.resourceNames = undefined
  }

  /** Whether a field belongs to the resource and not to the record. */
  isResource(index: number): boolean {
    if (index >= this.innerFrom) return false
    const path = this.paths[index]!
    if (path.means.meaning === meanings.resource) return true
    return this.resourceNames?.has(path.name) ?? false
  }

  /** Gives memory back that an unusual record took. */
  shrink(): void {
    if (this.arena.bytes.length > kept_bytes_max) this.arena.clear()
  }

  /** Where a field goes: the place it has, a new one, or -1. Inside of a body the first counts. */
  #place(path: Path): number {
    if (path.record === this.#serial) {
      this.again++
      if (this.innerFrom === fields_max) this.runCount = 0
      return this.innerFrom < fields_max ? -1 : path.index
    }
    if (this.count === fields_max) {
      this.dropped++
      return -1
    }
    this.isBoolean[this.count] = 0
    path.record = this.#serial
    path.index = this.count
    this.paths[this.count] = path
    return this.count++
  }

  /** Marks what follows as found inside of the body. */
  beginInner(): void {
    this.innerFrom = this.count
  }

  text(path: Path, view: DataView, start: number, end: number): void {
    const index = this.#place(path)
    if (index < 0) return
    this.kind[index] = valueKinds.text
    this.start[index] = this.arena.length
    this.arena.copy(view, start, end)
    this.end[index] = this.arena.length
  }

  string(path: Path, value: string): void {
    const bytes = encoder.encode(value)
    this.text(path, viewOf(bytes), 0, bytes.length)
  }

  /** A text that was just put together at the end of the arena, from here on. */
  arenaText(path: Path, start: number): void {
    const index = this.#place(path)
    if (index < 0) return
    this.kind[index] = valueKinds.text
    this.start[index] = start
    this.end[index] = this.arena.length
  }

  number(path: Path, value: number): void {
    const index = this.#place(path)
    if (index < 0) return
    this.kind[index] = valueKinds.number
    this.value[index] = value
  }

  boolean(path: Path, value: boolean): void {
    this.string(path, value ? 'true' : 'false')
    const index = this.indexOf(path)
    if (index >= 0) this.isBoolean[index] = 1
  }

  /** The fields from a place on, whose texts are all that lies in the arena behind another. */
  knownFrom(from: number, arenaFrom: number): KnownFields {
    const { count, arena } = this
    const paths = this.paths.slice(from, count)
    const fields = paths.length
    // One run of memory: a thousand of these are kept, and six small ones each took more.
    const text = 18 * fields
    const all = new ArrayBuffer(text + arena.length - arenaFrom + overshoot_bytes)
    const value = new Float64Array(all, 0, fields)
    const start = new Int32Array(all, 8 * fields, fields)
    const end = new Int32Array(all, 12 * fields, fields)
    const kind = new Uint8Array(all, 16 * fields, fields)
    const isBoolean = new Uint8Array(all, 17 * fields, fields)
    value.set(this.value.subarray(from, count))
    for (let i = 0; i < fields; i++) {
      start[i] = this.start[from + i]! - arenaFrom
      end[i] = this.end[from + i]! - arenaFrom
    }
    kind.set(this.kind.subarray(from, count))
    isBoolean.set(this.isBoolean.subarray(from, count))
    new Uint8Array(all, text).set(arena.bytes.subarray(arenaFrom, arena.length))
    return {
      ...{ paths, kind, isBoolean, start, end, value },
      view: new DataView(all, text),
      length: arena.length - arenaFrom,
      serial: ++known,
      names: paths.some(({ means }) => means.meaning === meanings.resource),
    }
  }

  /** The same fields once more, as if they had been read. */
  addKnown(fields: KnownFields): void {
    const { paths, kind, isBoolean, start, end, value, view, length, serial } = fields
    const from = this.arena.length
    const first = this.count
    this.arena.copy(view, 0, length)
    for (let i = 0; i < paths.length; i++) {
      const index = this.#place(paths[i]!)
      if (index < 0) continue
      this.kind[index] = kind[i]!
      this.isBoolean[index] = isBoolean[i]!
      if (kind[i] === valueKinds.number) this.value[index] = value[i]!
      else {
        this.start[index] = from + start[i]!
        this.end[index] = from + end[i]!
      }
    }
    if (fields.names && this.count - first === paths.length) this.#addRun(first, serial)
  }

  #addRun(from: number, serial: number): void {
    const run = (this.runs[this.runCount] ?? { from: 0, to: 0, serial: 0 }) as Writable<FieldRun>
    this.runs[this.runCount++] = run
    run.from = from
    run.to = this.count
    run.serial = serial
  }

  /** The field's index, or -1. */
  indexOf(path: Path): number {
    return path.record === this.#serial ? path.index : -1
  }

  textAt(index: number): string {
    if (this.kind[index] === valueKinds.number) return String(this.value[index])
    return decoder.decode(this.arena.bytes.subarray(this.start[index], this.end[index]))
  }

  /** The text of a field, or undefined. */
  get(path: Path): string | undefined {
    const index = this.indexOf(path)
    return index < 0 ? undefined : this.textAt(index)
  }

  time(seconds: number, nanoseconds: number): void {
    this.seconds = seconds
    this.nanoseconds = nanoseconds
  }

  /** The line that the protocol carries as such. */
  body(view: DataView, start: number, end: number): void {
    this.bodyStart = this.arena.length
    this.arena.copy(view, start, end)
    this.bodyEnd = this.arena.length
  }

  bodyText(text: string): void {
    const bytes = encoder.encode(text)
    this.body(viewOf(bytes), 0, bytes.length)
  }

  sent(bytes: Uint8Array, start: number, end: number): void {
    this.source = bytes
    this.sourceStart = start
    this.sourceEnd = end
  }
}

const decoder = new TextDecoder()
const nothing = new Uint8Array(0)
const kept_bytes_max = 1024 * 1024
