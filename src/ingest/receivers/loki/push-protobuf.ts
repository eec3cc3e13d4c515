/**
 * Reads a push request in protobuf, `logproto.PushRequest` behind snappy, where it lies. Labels are
 * one text a stream and are found before its entries are read, wherever the sender put them.
 */
import { limits } from '../../../model/limits.ts'
import { viewOf } from '../../../wire/copy-bytes.ts'
import { ProtobufReader } from '../../../wire/protobuf-reader.ts'
import { snappyDecode } from '../../../wire/snappy/decode.ts'
import type { Decode } from '../../receiver.ts'
import { Entries } from './entries.ts'
import { noStream, type Stream, streamOf } from './streams.ts'

const reader = new ProtobufReader()
const entries = new Entries()
const nothing = new Uint8Array(0)
let view = viewOf(nothing)

/** Fields of the messages, as their tags. */
const push = { stream: 0x0a }
const streamTags = { labels: 0x0a, entry: 0x12 }
const entryTags = { timestamp: 0x0a, line: 0x12, metadata: 0x1a }
const timeTags = { seconds: 0x08, nanoseconds: 0x10 }
const pairTags = { name: 0x0a, value: 0x12 }

export const decodeLokiProtobuf: Decode = (sent, context, batch) => {
  // Decompressed only now, when nothing is waited for any more: one body at a time.
  const body = snappyDecode(sent, limits.body_bytes_max)
  reader.open(body, 'Loki push')
  view = viewOf(body)
  entries.open(context, batch)
  try {
    walk(0, body.length, push.stream, readStream)
    return entries.outcome()
  } finally {
    reader.close()
    view = viewOf(nothing)
  }
}

/** Calls read for every field with this tag, which has a length, in [start, end). */
function walk(
  start: number,
  end: number,
  wanted: number,
  read: (start: number, end: number) => void,
): void {
  for (let at = start; at < end; ) {
    const tag = reader.varint(at)
    at = reader.after
    if (tag !== wanted) at = reader.skip(tag, at, end)
    else {
      const from = reader.enter(at, end)
      at = reader.stop
      read(from, at)
    }
  }
}

let stream: Stream = noStream

function readStream(start: number, end: number): void {
  stream = noStream
  walk(start, end, streamTags.labels, readLabels)
  walk(start, end, streamTags.entry, readEntry)
}

function readLabels(start: number, end: number): void {
  stream = streamOf(reader.bytes, view, start, end, 'text')
}

/** Where the parts of the current entry lie. */
const entry = { seconds: 0, nanoseconds: 0, lineStart: 0, lineEnd: 0, hasMetadata: false }
const wrongTime = 'expected the timestamp to be seconds since 1970 and up to 999999999 nanoseconds'

function readEntry(start: number, end: number): void {
  entry.seconds = entry.nanoseconds = entry.lineStart = entry.lineEnd = 0
  entry.hasMetadata = false
  for (let at = start; at < end; ) {
    const tag = reader.varint(at)
    at = reader.after
    if (tag !== entryTags.timestamp && tag !== entryTags.line && tag !== entryTags.metadata) {
      at = reader.skip(tag, at, end)
      continue
    }
    const from = reader.enter(at, end)
    at = reader.stop
    if (tag === entryTags.timestamp) readTimestamp(from, at)
    else if (tag === entryTags.line) {
      entry.lineStart = from
      entry.lineEnd = at
    } else entry.hasMetadata = true
  }
  const { bytes } = reader
  const { seconds, nanoseconds, lineStart, lineEnd } = entry
  if (stream.problem !== '') entries.refuse('label_invalid', stream.problem, bytes, start, end)
  else if (seconds < 0) entries.refuse('value_invalid', wrongTime, bytes, start, end)
  else {
    entries.line(stream, bytes, view, lineStart, lineEnd, true)
    if (entry.hasMetadata) walk(start, end, entryTags.metadata, readPair)
    entries.store(stream, seconds, nanoseconds)
  }
}

/** Leaves -1 seconds behind when it is none. */
function readTimestamp(start: number, end: number): void {
  for (let at = start; at < end; ) {
    const tag = reader.varint(at)
    at = reader.after
    if (tag !== timeTags.seconds && tag !== timeTags.nanoseconds) {
      at = reader.skip(tag, at, end)
      continue
    }
    const value = reader.varint(at)
    at = reader.within(reader.after, end)
    const isWhole = tag === timeTags.seconds ? reader.hi < 0x40 : reader.hi === 0
    if (!isWhole) entry.seconds = -1
    else if (tag === timeTags.seconds) entry.seconds = reader.hi * 0x1_0000_0000 + value
    else entry.nanoseconds = value
  }
  if (entry.nanoseconds > 999_999_999) entry.seconds = -1
}

const name = { start: 0, end: 0 }

function readPair(start: number, end: number): void {
  let valueStart = 0
  let valueEnd = 0
  name.start = name.end = 0
  for (let at = start; at < end; ) {
    const tag = reader.varint(at)
    at = reader.after
    if (tag !== pairTags.name && tag !== pairTags.value) {
      at = reader.skip(tag, at, end)
      continue
    }
    const from = reader.enter(at, end)
    at = reader.stop
    if (tag === pairTags.name) {
      name.start = from
      name.end = at
    } else {
      valueStart = from
      valueEnd = at
    }
  }
  entries.metadata(reader.bytes, view, name, valueStart, valueEnd)
}
