/**
 * Makes records of the lines of one log: joins what the runtime cut, groups lines that belong
 * together, and knows where in which file each unfinished record begins.
 */
import { type JoinBudget, JoinBuffer } from '../../pipeline/join-buffer.ts'
import { line } from '../../pipeline/log-line.ts'
import {
  type Grouping,
  isComplete,
  type Multiline,
  multiline_head_bytes,
  pattern_text_bytes,
} from '../../pipeline/multiline.ts'
import { Finders } from './finders.ts'
import { type Finished, latin1, type RecordRules, type RecordWriter } from './record-writer.ts'

/** A file as records know it. */
export type Origin = { readonly attributes: readonly [DataView, DataView] }

export type ReadRules = RecordRules & {
  /** How lines of stdout and of stderr are grouped. */
  multilines: readonly [Multiline, Multiline]
  /** Whether stdout and stderr are read at all. */
  streams: readonly [boolean, boolean]
}

/** What all assemblers of a collector share. */
export type AssemblerParts = {
  writer: RecordWriter
  budget: JoinBudget
  /** A record was written, or left out by the rules. */
  wrote: (isKept: boolean, seconds: number) => void
  /** What the file waited for is finished: its position has changed. */
  moved: (origin: Origin) => void
}

/** The runtime cut a line and no more of it came for so long: what is there is the record. */
const partial_idle_ms = 5000

type Piece = {
  bytes: Uint8Array
  start: number
  end: number
  seconds: number
  nanoseconds: number
}

type Beginning = { origin: Origin; offset: number }

class StreamState {
  readonly partial: JoinBuffer
  readonly group: JoinBuffer
  readonly partialFrom: Beginning[] = []
  readonly groupFrom: Beginning[] = []
  partialOrigin: Origin | undefined
  groupOrigin: Origin | undefined
  grouping: Grouping | undefined
  lines = 0
  /** When something was added to what waits. */
  grew_ms = 0
  partial_s = 0
  partial_ns = 0
  group_s = 0
  group_ns = 0

  constructor(budget: JoinBudget) {
    this.partial = new JoinBuffer(budget)
    this.group = new JoinBuffer(budget)
  }
}

const newline = Uint8Array.of(0x0a)

export class Assembler {
  rules: ReadRules
  readonly #parts: AssemblerParts
  readonly #streams: readonly [StreamState, StreamState]
  #starts: readonly [Finders, Finders]
  #now_ms = 0
  readonly #record: Finished

  constructor(rules: ReadRules, parts: AssemblerParts) {
    this.rules = rules
    this.#parts = parts
    this.#streams = [new StreamState(parts.budget), new StreamState(parts.budget)]
    this.#starts = findersOf(rules)
    this.#record = {
      ...{ bytes: new Uint8Array(), start: 0, end: 0, seconds: 0, nanoseconds: 0, stream: 0 },
      ...{ attributes: new DataView(new ArrayBuffer(0)), cut: undefined, isTrace: false },
    }
  }

  /** Other rules from the next line on. */
  change(rules: ReadRules): void {
    this.flush()
    this.rules = rules
    this.#starts = findersOf(rules)
  }

  /** The lines that follow lie in these bytes, which were read now. */
  block(bytes: Uint8Array, start: number, end: number): void {
    this.#parts.writer.block(bytes, start, end)
    const [first, second] = this.#starts
    first.reset(bytes, end)
    if (second !== first) second.reset(bytes, end)
  }

  /** The time of what is read next. */
  at(now_ms: number): void {
    this.#now_ms = now_ms
  }

  get isWaiting(): boolean {
    return this.#streams.some(
      (one) => one.partialOrigin !== undefined || one.grouping !== undefined,
    )
  }

  /** Where in this file the stream's unfinished record begins, or -1. */
  waiting(origin: Origin, stream: 0 | 1): number {
    const state = this.#streams[stream]
    for (const from of [state.groupFrom, state.partialFrom]) {
      for (const one of from) if (one.origin === origin) return one.offset
    }
    return -1
  }

  /**
   * Takes the line that was just taken apart, which begins at this offset of its file. isWhole is
   * false for a piece of a line so long that it comes in several.
   */
  take(origin: Origin, offset: number, isWhole: boolean, isBlock: boolean): void {
    if (!this.rules.streams[line.stream]) return
    const state = this.#streams[line.stream]!
    if (state.partialOrigin === undefined && isWhole && !line.isPartial) {
      this.#put(state, origin, offset, line, isBlock)
      return
    }
    if (state.partialOrigin === undefined) {
      state.partialOrigin = origin
      state.partial_s = line.seconds
      state.partial_ns = line.nanoseconds
    }
    note(state.partialFrom, origin, offset)
    state.grew_ms = this.#now_ms
    state.partial.append(line.bytes, line.start, line.end)
    if (isWhole && !line.isPartial) this.#finishPartial(state)
  }

  /** Writes the line as a record of its own, whatever waits. */
  alone(origin: Origin): void {
    const record = this.#record
    record.bytes = line.bytes
    record.start = line.start
    record.end = line.end
    record.cut = undefined
    record.isTrace = false
    this.#give(this.#streams[0], origin, line)
  }

  /**
   * Ends what waited long enough for its own stream to go on, all lines there are being read: a
   * chatty stdout must not hold back what stderr wrote last.
   */
  idle(now_ms: number): void {
    for (const stream of [0, 1] as const) {
      const state = this.#streams[stream]
      const idle_ms = now_ms - state.grew_ms
      const { wait_ms } = this.rules.multilines[stream]
      if (state.partialOrigin !== undefined) {
        if (idle_ms < partial_idle_ms) continue
        this.#finishPartial(state)
      }
      if (state.grouping !== undefined && idle_ms >= wait_ms) this.#finishGroup(state)
    }
  }

  /** Ends everything: nothing more comes. */
  flush(): void {
    this.idle(Number.POSITIVE_INFINITY)
  }

  free(): void {
    for (const state of this.#streams) {
      state.partial.free()
      state.group.free()
    }
  }

  #finishPartial(state: StreamState): void {
    const { partial, partialFrom } = state
    const origin = state.partialOrigin!
    state.partialOrigin = undefined
    const times = { seconds: state.partial_s, nanoseconds: state.partial_ns }
    if (partial.isTruncated) {
      // So long a line is no part of a group.
      this.#finishGroup(state)
      this.#writeJoined(state, origin, partial, times, false)
    } else {
      const piece = { bytes: partial.bytes, start: 0, end: partial.length, ...times }
      this.#put(state, origin, -1, piece, false)
    }
    partial.clear()
    this.#settle(partialFrom)
  }

  /** A whole line: it goes on a group, starts one or is a record. */
  #put(state: StreamState, origin: Origin, offset: number, piece: Piece, isBlock: boolean): void {
    const stream = this.#streams[1] === state ? 1 : 0
    const multiline = this.rules.multilines[stream]
    if (state.grouping !== undefined) {
      const fits = state.lines < multiline.lines_max
      if (fits && multiline.continues(state.grouping, headOf(piece, multiline))) {
        this.#join(state, origin, offset, piece)
        if (isComplete(state.grouping)) this.#finishGroup(state)
        return
      }
      this.#finishGroup(state)
    }
    if (this.#mayStart(piece, stream, isBlock)) {
      state.grouping = multiline.start(headOf(piece, multiline))
      if (state.grouping !== undefined) {
        state.groupOrigin = origin
        state.group_s = piece.seconds
        state.group_ns = piece.nanoseconds
        state.lines = 0
        this.#join(state, origin, offset, piece)
        return
      }
    }
    const record = this.#record
    record.bytes = piece.bytes
    record.start = piece.start
    record.end = piece.end
    record.cut = undefined
    record.isTrace = false
    this.#give(state, origin, piece)
  }

  #mayStart(piece: Piece, stream: 0 | 1, isBlock: boolean): boolean {
    const { multilines, parse_json } = this.rules
    const multiline = multilines[stream]
    if (multiline.needles === undefined) return true
    if (parse_json && piece.bytes[piece.start] === 0x7b) return false
    if (isBlock) return this.#starts[stream].hasAny(piece.start, piece.end)
    if (multiline.needles.length === 0) return false
    const head = headOf(piece, multiline)
    return multiline.needles.some((needle) => head.includes(needle))
  }

  #join(state: StreamState, origin: Origin, offset: number, piece: Piece): void {
    state.grew_ms = this.#now_ms
    if (state.lines++ > 0) state.group.append(newline, 0, 1)
    state.group.append(piece.bytes, piece.start, piece.end)
    // A line that was joined itself began where its first piece was.
    if (offset >= 0) note(state.groupFrom, origin, offset)
    else for (const one of state.partialFrom) note(state.groupFrom, one.origin, one.offset)
  }

  #finishGroup(state: StreamState): void {
    if (state.grouping === undefined) return
    const isTrace = state.grouping.machine !== undefined && state.lines > 1
    state.grouping = undefined
    const times = { seconds: state.group_s, nanoseconds: state.group_ns }
    this.#writeJoined(state, state.groupOrigin!, state.group, times, isTrace)
    state.group.clear()
    this.#settle(state.groupFrom)
  }

  #writeJoined(
    state: StreamState,
    origin: Origin,
    joined: JoinBuffer,
    times: { seconds: number; nanoseconds: number },
    isTrace: boolean,
  ): void {
    const record = this.#record
    record.bytes = joined.bytes
    record.start = 0
    record.end = joined.length
    record.isTrace = isTrace
    record.cut = joined.isTruncated
      ? { original_bytes: joined.total_bytes, sha256: joined.sha256() }
      : undefined
    this.#give(state, origin, times)
  }

  #give(state: StreamState, origin: Origin, times: { seconds: number; nanoseconds: number }): void {
    const record = this.#record
    record.seconds = times.seconds
    record.nanoseconds = times.nanoseconds
    record.stream = this.#streams[1] === state ? 1 : 0
    record.attributes = origin.attributes[record.stream]
    this.#parts.wrote(this.#parts.writer.write(record, this.rules), record.seconds)
  }

  #settle(from: Beginning[]): void {
    for (const { origin } of from) this.#parts.moved(origin)
    from.length = 0
  }
}

function note(from: Beginning[], origin: Origin, offset: number): void {
  if (from.at(-1)?.origin !== origin) from.push({ origin, offset })
}

/** Machines look for plain words near the beginning; people's patterns for whatever they like. */
function headOf({ bytes, start, end }: Piece, { needles }: Multiline): string {
  if (needles !== undefined) {
    return latin1(bytes, start, Math.min(end, start + multiline_head_bytes))
  }
  const stop = Math.min(end, start + pattern_text_bytes)
  return Buffer.from(bytes.buffer, bytes.byteOffset, stop).toString('utf8', start, stop)
}

function findersOf({ multilines: [first, second] }: ReadRules): readonly [Finders, Finders] {
  const finders = new Finders(first.needles ?? [])
  return [finders, first === second ? finders : new Finders(second.needles ?? [])]
}
