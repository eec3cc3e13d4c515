/**
 * Cuts a large message into several with the same tag, so that no single one keeps everybody else
 * waiting while its records are read.
 */
import { Fault } from '../../../model/faults.ts'
import { MsgpackReader } from '../../../wire/msgpack/reader.ts'
import { ValueEnd } from '../../../wire/msgpack/value-end.ts'
import { MsgpackWriter } from '../../../wire/msgpack/writer.ts'
import { Envelope } from './envelope.ts'
import { entryMark } from './groups.ts'

/** Messages of more bytes are cut. */
export const part_bytes_max = 512 * 1024
/** What begins a group is repeated in every part of it, unless it is larger than any is. */
const group_bytes_max = 16 * 1024

/** The message itself when it is small, or when it holds one record. */
export function splitMessage(message: Uint8Array): Uint8Array[] {
  if (message.length <= part_bytes_max) return [message]
  const envelope = new Envelope()
  if (!envelope.read(message, 0) || envelope.mode === 'message') return [message]
  const tag = message.subarray(envelope.tagStart, envelope.tagEnd)
  const reader = new MsgpackReader()
  reader.open(message, envelope.entriesAt)
  const isPacked = envelope.mode === 'packed'
  if (isPacked) reader.text()
  const left = isPacked ? Number.POSITIVE_INFINITY : reader.array()
  const start = isPacked ? reader.start : reader.at
  const end = isPacked ? reader.end : message.length
  const parts: Uint8Array[] = []
  for (const { from, to, entries, group } of runs(message, start, end, left)) {
    const writer = new MsgpackWriter().array(3).text(tag)
    const run = message.subarray(from, to)
    if (isPacked) writer.binary(group.length === 0 ? run : Buffer.concat([group, run]))
    else if (group.length === 0) writer.array(entries).raw(run)
    else
      writer
        .array(entries + 1)
        .raw(group)
        .raw(run)
    parts.push(writer.map(1).text('fluent_signal').number(envelope.signal).take())
  }
  return parts
}

type Run = {
  from: number
  to: number
  entries: number
  /** The entry that began the group which is open at the start. */
  group: Uint8Array
}

const nothing: Uint8Array = new Uint8Array(0)

/** Entries one behind the other; what cannot be read ends the last run, whose decoder tells it. */
function runs(bytes: Uint8Array, start: number, end: number, entries_max: number): Run[] {
  const finder = new ValueEnd()
  const found: Run[] = []
  const own = new MsgpackReader()
  let group = nothing
  let run: Run = { from: start, to: start, entries: 0, group }
  for (let entry = 0; entry < entries_max && run.to < end; entry++) {
    const at = run.to
    finder.begin(at)
    const isRead = isWhole(finder, bytes, end)
    run.to = isRead ? finder.at : end
    const mark = isRead ? entryMark(bytes, at, own) : undefined
    if (mark !== undefined) {
      const isKept = mark === 'start' && run.to - at <= group_bytes_max
      group = isKept ? bytes.subarray(at, run.to) : nothing
    }
    run.entries++
    if (run.to - run.from < part_bytes_max) continue
    found.push(run)
    run = { from: run.to, to: run.to, entries: 0, group }
  }
  if (run.entries > 0) found.push(run)
  return found
}

function isWhole(finder: ValueEnd, bytes: Uint8Array, end: number): boolean {
  try {
    return finder.run(bytes, end)
  } catch (error) {
    if (error instanceof Fault) return false
    throw error
  }
}
