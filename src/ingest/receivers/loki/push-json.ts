/**
 * Reads a push request in JSON, `{"streams":[{"stream":{…},"values":[["<ns>","line",{…}]]}]}` and
 * the older form with `labels` and `entries`, in one pass and without an object an entry.
 */
import { Fault } from '../../../model/faults.ts'
import { foundTime, readTime } from '../../../pipeline/time-text.ts'
import { viewOf } from '../../../wire/copy-bytes.ts'
import type { Decode } from '../../receiver.ts'
import { Entries } from './entries.ts'
import { JsonCursor } from './json-cursor.ts'
import { noStream, type Stream, streamOf } from './streams.ts'

const format = 'Loki JSON'
const cursor = new JsonCursor()
const entries = new Entries()
const nothing = new Uint8Array(0)
let view = viewOf(nothing)

const brace = { open: 0x7b, close: 0x7d }
const bracket = { open: 0x5b, close: 0x5d }
const quote = 0x22

export const decodeLokiJson: Decode = (body, context, batch) => {
  cursor.open(body, format)
  view = viewOf(body)
  entries.open(context, batch)
  try {
    cursor.expect(brace.open, 'an object')
    for (let isFirst = true; cursor.more(brace.close, isFirst); isFirst = false) {
      cursor.key()
      if (!cursor.is('streams') || cursor.peek() !== bracket.open) cursor.skip()
      else readStreams()
    }
    cursor.finish()
    return entries.outcome()
  } finally {
    cursor.open(nothing, format)
    view = viewOf(nothing)
  }
}

function readStreams(): void {
  cursor.at++
  for (let isFirst = true; cursor.more(bracket.close, isFirst); isFirst = false) readStream()
}

function readStream(): void {
  cursor.expect(brace.open, 'a stream')
  let stream: Stream | undefined
  /** Entries that came before their labels. */
  const waiting: number[] = []
  for (let isFirst = true; cursor.more(brace.close, isFirst); isFirst = false) {
    cursor.key()
    if (cursor.is('stream')) stream = readLabelObject()
    else if (cursor.is('labels')) stream = readLabelText()
    else if (!cursor.is('values') && !cursor.is('entries')) cursor.skip()
    else if (stream !== undefined) readValues(stream)
    else {
      cursor.peek()
      waiting.push(cursor.at)
      cursor.skip()
    }
  }
  const after = cursor.at
  for (const at of waiting) {
    cursor.at = at
    readValues(stream ?? noStream)
  }
  cursor.at = after
}

function readLabelObject(): Stream {
  if (cursor.peek() !== brace.open) cursor.fail('expected an object of labels')
  const start = cursor.at
  cursor.skip()
  try {
    return streamOf(cursor.bytes, view, start, cursor.at, 'json')
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new Fault('payload_malformed', { format, detail: error.message }, error)
  }
}

function readLabelText(): Stream {
  cursor.string('the text of labels')
  const { start, end, isPlain, bytes } = cursor
  if (isPlain) return streamOf(bytes, view, start, end, 'text')
  let text: string
  try {
    text = JSON.parse(decoder.decode(bytes.subarray(start - 1, end + 1)))
  } catch (error) {
    return cursor.fail(`labels could not be read: ${error instanceof Error ? error.message : ''}`)
  }
  const copy = Buffer.from(text)
  return streamOf(copy, viewOf(copy), 0, copy.length, 'text')
}

const decoder = new TextDecoder()

function readValues(stream: Stream): void {
  if (cursor.peek() === 0x6e) {
    cursor.skip()
    return
  }
  cursor.expect(bracket.open, 'an array of entries')
  for (let isFirst = true; cursor.more(bracket.close, isFirst); isFirst = false) {
    const byte = cursor.peek()
    const start = cursor.at
    let problem: string
    if (byte === bracket.open) problem = readEntry(stream)
    else if (byte === brace.open) problem = readOldEntry(stream)
    else {
      cursor.skip()
      problem = 'expected an entry to be an array of a timestamp and a line'
    }
    if (problem === '') continue
    const reason = problem === stream.problem ? 'label_invalid' : 'value_invalid'
    entries.refuse(reason, problem, cursor.bytes, start, cursor.at)
  }
}

const time = { seconds: 0, nanoseconds: 0 }

/** `["<ns>","line",{…}]`. Answers what is wrong with it, or ''. */
function readEntry(stream: Stream): string {
  let { problem } = stream
  let items = 0
  cursor.at++
  for (let isFirst = true; cursor.more(bracket.close, isFirst); isFirst = false) {
    items++
    if (problem !== '' || items > 3) cursor.skip()
    else if (items === 1) problem = readNanoseconds()
    else if (items === 2) problem = readLine(stream)
    else problem = readMetadata()
  }
  if (problem !== '') return problem
  if (items < 2) return 'expected a timestamp and a line in every entry'
  entries.store(stream, time.seconds, time.nanoseconds)
  return ''
}

/** `{"ts":"2026-11-21T04:23:03Z","line":"…"}`. */
function readOldEntry(stream: Stream): string {
  let { problem } = stream
  let hasTime = false
  let lineAt = -1
  let metadataAt = -1
  cursor.at++
  for (let isFirst = true; cursor.more(brace.close, isFirst); isFirst = false) {
    cursor.key()
    cursor.peek()
    const { at } = cursor
    if (cursor.is('line')) lineAt = at
    else if (cursor.is('structuredMetadata')) metadataAt = at
    if (!cursor.is('ts') && !cursor.is('timestamp')) cursor.skip()
    else {
      hasTime = true
      const wrong = readTimeText()
      if (problem === '') problem = wrong
    }
  }
  const after = cursor.at
  if (problem === '' && !(hasTime && lineAt >= 0)) problem = 'expected ts and line in every entry'
  if (problem === '') {
    cursor.at = lineAt
    problem = readLine(stream)
  }
  if (problem === '' && metadataAt >= 0) {
    cursor.at = metadataAt
    problem = readMetadata()
  }
  cursor.at = after
  if (problem === '') entries.store(stream, time.seconds, time.nanoseconds)
  return problem
}

const wrongTime = 'expected the timestamp to be a string of nanoseconds since 1970'

function readNanoseconds(): string {
  if (cursor.peek() !== quote) {
    cursor.skip()
    return wrongTime
  }
  cursor.string('a timestamp')
  return digitsToTime(cursor.start, cursor.end) ? '' : wrongTime
}

function digitsToTime(start: number, end: number): boolean {
  const { bytes } = cursor
  const split = end - 9
  if (end === start || end - start > 19) return false
  let seconds = 0
  let nanoseconds = 0
  for (let at = start; at < end; at++) {
    const digit = bytes[at]! - 0x30
    if (digit < 0 || digit > 9) return false
    if (at < split) seconds = seconds * 10 + digit
    else nanoseconds = nanoseconds * 10 + digit
  }
  time.seconds = seconds
  time.nanoseconds = nanoseconds
  return true
}

function readTimeText(): string {
  if (cursor.peek() !== quote) {
    cursor.skip()
    return 'expected ts to be a string'
  }
  cursor.string('a timestamp')
  const { bytes, start, end } = cursor
  if (readTime(bytes, start, end) !== end) {
    return digitsToTime(start, end) ? '' : 'expected ts to be a time of RFC 3339'
  }
  time.seconds = foundTime.seconds
  time.nanoseconds = foundTime.nanoseconds
  return ''
}

function readLine(stream: Stream): string {
  if (cursor.peek() !== quote) {
    cursor.skip()
    return 'expected the line to be a string'
  }
  cursor.string('a line')
  const { bytes, start, end, isPlain } = cursor
  const isRead = entries.line(stream, bytes, view, start, end, isPlain)
  return isRead ? '' : 'the line has an escape that is none'
}

const key = { start: 0, end: 0 }

function readMetadata(): string {
  if (cursor.peek() !== brace.open) {
    cursor.skip()
    return 'expected structured metadata to be an object'
  }
  cursor.at++
  let problem = ''
  for (let isFirst = true; cursor.more(brace.close, isFirst); isFirst = false) {
    cursor.key()
    key.start = cursor.start
    key.end = cursor.end
    if (cursor.peek() !== quote) {
      cursor.skip()
      problem = 'expected the values of structured metadata to be strings'
      continue
    }
    cursor.string('a value')
    const { bytes, start, end } = cursor
    if (cursor.isPlain) entries.metadata(bytes, view, key, start, end)
    else if (!entries.escapedMetadata(bytes, view, key, start, end)) {
      problem = 'structured metadata has an escape that is none'
    }
  }
  return problem
}
