/**
 * Forward messages, one behind the other, as rows of logs. What is compressed was unpacked before;
 * acknowledging is left to the connection.
 */

import { Fault } from '../../../model/faults.ts'
import type { DecodeOutcome } from '../../../model/outcome.ts'
import type { Batch } from '../../../wire/batch.ts'
import { ValueEnd } from '../../../wire/msgpack/value-end.ts'
import type { RecordContext } from '../../receiver.ts'
import { LogRows } from '../../records/log-rows.ts'
import { putContainer } from './docker-words.ts'
import { Envelope } from './envelope.ts'
import { type GroupMark, groupMarkOf, OpenGroup } from './groups.ts'
import { readMetadata } from './metadata.ts'
import { depthProblem, isMapHere, readEventTime, reader, readMap } from './read-record.ts'
import { putTag, type Tag, tagOf } from './tags.ts'

const rows = new LogRows()
const envelope = new Envelope()
const finder = new ValueEnd()
const group = new OpenGroup()

export function decodeForward(
  body: Uint8Array,
  context: RecordContext,
  batch: Batch,
): DecodeOutcome {
  rows.open(context, batch)
  reader.open(body)
  try {
    let at = 0
    while (at < body.length) {
      finder.begin(at)
      if (!finder.run(body, body.length)) {
        throw new Fault('payload_malformed', {
          format: 'forward',
          detail: `the message at byte ${at} is cut off`,
        })
      }
      // Entries are looked for with the same finder.
      const end = finder.at
      readMessage(body, at, end)
      at = end
    }
    return rows.outcome('log records')
  } finally {
    reader.close()
  }
}

function readMessage(body: Uint8Array, start: number, end: number): void {
  // A connection is kept alive with nil.
  if (body[start] === 0xc0) return
  if (!envelope.read(body, start)) {
    rows.refuse('document_malformed', envelope.problem, body.subarray(start, end))
    return
  }
  if (envelope.signal === 1 || envelope.signal === 2) {
    const signal = envelope.signal === 1 ? 'metrics' : 'traces'
    const detail = `Fluent Bit's ${signal} are taken over OTLP: use its opentelemetry output`
    rows.refuse('operation_unsupported', detail, body.subarray(start, end))
    return
  }
  const tag = tagOf(body, envelope.tagStart, envelope.tagEnd)
  reader.at = envelope.entriesAt
  group.close()
  if (envelope.mode === 'message') readEntry(tag, start)
  else if (envelope.mode === 'forward') readEntries(tag)
  else readPacked(tag)
}

/** Past so many of a message that are none, it is no message of records. */
const bad_entries_max = 1000

function readEntries(tag: Tag): void {
  const entries = reader.array()
  for (let i = 0, bad = 0; i < entries && bad < bad_entries_max; i++) {
    const start = reader.at
    const length = reader.array()
    if (length === 2) readEntry(tag, start)
    else {
      bad++
      reader.at = start
      reader.skip()
      refuseEntry(start, 'an array of a time and a record')
    }
  }
}

/** Entries of which nobody has looked whether they are whole. */
function readPacked(tag: Tag): void {
  reader.text()
  const { start, end, bytes } = reader
  let bad = 0
  for (let at = start; at < end && bad < bad_entries_max; at = finder.at) {
    if (!isWhole(bytes, at, end)) {
      const detail = `expected packed entries, byte ${at - start} of ${end - start} begins none`
      rows.refuse('document_malformed', detail, bytes.subarray(at, end))
      return
    }
    reader.at = at
    if (reader.array() === 2) readEntry(tag, at)
    else {
      bad++
      reader.at = finder.at
      refuseEntry(at, 'an array of a time and a record')
    }
  }
}

function isWhole(bytes: Uint8Array, at: number, end: number): boolean {
  finder.begin(at)
  try {
    return finder.run(bytes, end)
  } catch (error) {
    if (error instanceof Fault) return false
    throw error
  }
}

/** Past a time and a record, which are known to be whole. */
function readEntry(tag: Tag, start: number): void {
  const { record } = rows
  record.clear()
  depthProblem.isTooDeep = false
  const hasTime = readTime()
  const isMap = isMapHere()
  if (!isMap || !hasTime) {
    reader.skip()
    refuseEntry(start, isMap ? 'a number or an EventTime as time' : 'a map as record')
    return
  }
  if (groupMark !== undefined) {
    if (groupMark === 'start') group.open()
    else {
      group.close()
      reader.skip()
    }
    return
  }
  group.put(record)
  readMap(record, undefined)
  if (depthProblem.isTooDeep) {
    rows.refuse('nesting_too_deep', deep, sampleFrom(start))
    return
  }
  putContainer(record)
  putTag(record, tag)
  record.sent(reader.bytes, start, reader.at)
  rows.store()
}

const deep = 'expected a record of at most 32 levels'

function refuseEntry(start: number, expected: string): void {
  rows.refuse('document_malformed', `expected ${expected}`, sampleFrom(start))
}

function sampleFrom(start: number): Uint8Array {
  return reader.bytes.subarray(start, reader.at)
}

/** Fluent Bit marks groups of records with times that are none. */
let groupMark: GroupMark | undefined

/** Past a time, alone or with metadata beside it. False when it is none. */
function readTime(): boolean {
  groupMark = undefined
  const start = reader.at
  const items = reader.array()
  if (items < 0) return readPlainTime()
  if (items === 0) return false
  const isTime = readPlainTime()
  for (let i = 1; i < items; i++) {
    if (i > 1) reader.skip()
    else readMetadata(rows.record)
  }
  if (!isTime) {
    reader.at = start
    reader.skip()
  }
  return isTime
}

/** 0 is what senders without a clock say: then it is the time of arrival. */
function readPlainTime(): boolean {
  const number = reader.number()
  if (number === undefined) {
    const at = reader.at
    if (reader.bytes[at] === 0xc0) {
      reader.skip()
      return true
    }
    const time = readEventTime()
    if (time === undefined) {
      reader.at = at
      reader.skip()
      return false
    }
    groupMark = groupMarkOf(time.seconds)
    if (time.seconds > 0) rows.record.time(time.seconds, time.nanoseconds)
    return true
  }
  let seconds = Number(number)
  if (!(seconds > 0)) return seconds === 0 || Number.isFinite(seconds)
  // Some clients count milliseconds or finer, whatever the protocol says.
  while (seconds >= 1e11) seconds /= 1000
  if (!Number.isFinite(seconds)) return false
  const whole = Math.floor(seconds)
  rows.record.time(whole, Math.min(999_999_999, Math.round((seconds - whole) * 1e9)))
  return true
}
