/**
 * Groups of records as Fluent Bit forwards what it got over OTLP: an entry whose time is -1 begins
 * one and says its resource and scope, one with -2 ends it. What it says goes to every record.
 */
import type { MsgpackReader } from '../../../wire/msgpack/reader.ts'
import { FlatRecord, type KnownFields } from '../../records/flat-record.ts'
import { ownPath } from '../../records/paths.ts'
import { depthProblem, isKeyHere, reader, readMap } from './read-record.ts'

/** Seconds of an EventTime, which has no sign. */
const marks = { start: 0xffff_ffff, end: 0xffff_fffe } as const
export type GroupMark = keyof typeof marks

export function groupMarkOf(seconds: number): GroupMark | undefined {
  if (seconds === marks.start) return 'start'
  return seconds === marks.end ? 'end' : undefined
}

/** What the entry marks that begins here and is known to be whole. */
export function entryMark(
  bytes: Uint8Array,
  at: number,
  own: MsgpackReader,
): GroupMark | undefined {
  own.open(bytes, at)
  if (own.array() !== 2 || own.array() < 1 || !own.extension()) return undefined
  if (own.type !== 0 || own.end - own.start !== 8) return undefined
  return groupMarkOf(own.view.getUint32(own.start))
}

const scopePath = ownPath('log.logger')

/** Every record of a group gets them all, so a group is not to have more than resources have. */
const attributes_max = 128
const attributes_bytes_max = 16 * 1024
const scratch = new FlatRecord()

/** The group that is open while entries are read. */
export class OpenGroup {
  #attributes: KnownFields | undefined
  #names: ReadonlySet<string> | undefined
  /** Where the scope's name lies in the reader's bytes; equal when there is none. */
  #scopeStart = 0
  #scopeEnd = 0

  close(): void {
    this.#attributes = this.#names = undefined
    this.#scopeStart = this.#scopeEnd = 0
  }

  /** Past the map of an entry that begins a group. */
  open(): void {
    this.close()
    eachMember(() => {
      if (isKeyHere('resource')) {
        eachMember(() => {
          if (isKeyHere('attributes')) this.#readAttributes()
          else skipMember()
        })
      } else if (isKeyHere('scope')) eachMember(() => this.#scopeMember())
      else skipMember()
    })
  }

  #readAttributes(): void {
    const { at } = reader
    reader.skip()
    const end = reader.at
    if (end - at > attributes_bytes_max) return
    reader.at = at
    scratch.clear()
    depthProblem.isTooDeep = false
    readMap(scratch, undefined)
    reader.at = end
    if (depthProblem.isTooDeep || scratch.count > attributes_max) return
    this.#attributes = scratch.knownFrom(0, 0)
    this.#names = new Set(this.#attributes.paths.map(({ name }) => name))
  }

  #scopeMember(): void {
    if (!isKeyHere('name')) skipMember()
    else if (reader.text()) {
      this.#scopeStart = reader.start
      this.#scopeEnd = reader.end
    } else reader.skip()
  }

  /** To be called before the record's own fields are in it: those count. */
  put(record: FlatRecord): void {
    if (this.#scopeEnd > this.#scopeStart) {
      record.text(scopePath, reader.view, this.#scopeStart, this.#scopeEnd)
    }
    if (this.#attributes === undefined) return
    record.addKnown(this.#attributes)
    record.resourceNames = this.#names
  }
}

/** Past a map, a member at a time, or past what is none. */
function eachMember(readOne: () => void): void {
  const members = reader.map()
  if (members < 0) reader.skip()
  for (let i = 0; i < members; i++) readOne()
}

function skipMember(): void {
  reader.skip()
  reader.skip()
}
