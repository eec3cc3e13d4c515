/** The fields of a native histogram's message as they were sent. Leaves judging them to others. */
import { limits } from '../../model/limits.ts'
import type { ProtobufReader } from '../protobuf-reader.ts'

const values_max = limits.histogram_buckets_max

/** Buckets above or below zero: spans are pairs of gap and length. */
export class Side {
  offset = 0
  readonly spans = new Float64Array(values_max * 2)
  spansLength = 0
  /** Whole histograms: differences; others: counts. */
  readonly counts = new Float64Array(values_max)
  countsLength = 0

  clear(): void {
    this.offset = this.spansLength = this.countsLength = 0
  }
}

export class HistogramFields {
  isFloat = false
  isStale = false
  isTooLarge = false
  count = 0
  /** The place of the sum, or -1. */
  sumAt = -1
  schema = 0
  zeroThreshold = 0
  zeroCount = 0
  readonly negative = new Side()
  readonly positive = new Side()
  hint = 0
  time_ms = 0
  start_ms = 0
  readonly bounds = new Float64Array(values_max)
  boundsLength = 0

  clear(): void {
    this.isFloat = this.isStale = this.isTooLarge = false
    this.count = this.schema = this.zeroThreshold = this.zeroCount = 0
    this.sumAt = -1
    this.negative.clear()
    this.positive.clear()
    this.hint = this.time_ms = this.start_ms = this.boundsLength = 0
  }
}

const fields = new HistogramFields()

/** Answers one object that is used again. */
export function readHistogram(reader: ProtobufReader, start: number, end: number): HistogramFields {
  fields.clear()
  const { view } = reader
  for (let at = start; at < end; ) {
    const tag = reader.varint(at)
    at = reader.after
    const kind = tag & 7
    if (kind === 0 && tag >= 8) {
      const lo = reader.varint(at)
      if (repeatedVarint(tag)) at = readMany(reader, tag, at, reader.after)
      else readVarint(tag, lo, reader.hi)
      at = reader.within(reader.after, end)
    } else if (kind === 1 && tag >= 8) {
      at = reader.within(at + 8, end)
      readDouble(reader, tag, at - 8)
    } else if (kind === 2 && tag >= 8) {
      const from = reader.enter(at, end)
      at = reader.stop
      if (tag === 66) readSpan(reader, from, at, fields.negative)
      else if (tag === 90) readSpan(reader, from, at, fields.positive)
      else readMany(reader, tag, from, at)
    } else at = reader.skip(tag, at, end)
  }
  fields.isStale =
    fields.sumAt >= 0 &&
    view.getInt32(fields.sumAt, true) === 2 &&
    view.getInt32(fields.sumAt + 4, true) === 0x7ff00000
  return fields
}

function signed(lo: number, hi: number): number {
  return (hi | 0) * 0x1_0000_0000 + lo
}

/** The number behind zigzag, of up to 53 bits. */
function unzigzag(lo: number, hi: number): number {
  const half = Math.floor((hi * 0x1_0000_0000 + lo) / 2)
  return lo & 1 ? -half - 1 : half
}

function readVarint(tag: number, lo: number, hi: number): void {
  if (tag === 8) fields.count = hi * 0x1_0000_0000 + lo
  else if (tag === 32) fields.schema = (lo >>> 1) ^ -(lo & 1)
  else if (tag === 48) fields.zeroCount = hi * 0x1_0000_0000 + lo
  else if (tag === 112) fields.hint = lo
  else if (tag === 120) fields.time_ms = signed(lo, hi)
  else if (tag === 136) fields.start_ms = signed(lo, hi)
}

/** Deltas that are not packed. */
function repeatedVarint(tag: number): boolean {
  return tag === 72 || tag === 96
}

function readDouble(reader: ProtobufReader, tag: number, at: number): void {
  const value = reader.view.getFloat64(at, true)
  if (tag === 17) {
    fields.isFloat = true
    fields.count = value
  } else if (tag === 25) fields.sumAt = at
  else if (tag === 41) fields.zeroThreshold = value
  else if (tag === 57) {
    fields.isFloat = true
    fields.zeroCount = value
  } else if (tag === 81) pushCount(fields.negative, value)
  else if (tag === 105) pushCount(fields.positive, value)
  else if (tag === 129) pushBound(value)
}

/** Packed values at [at, end), or one that is not packed. Returns the end. */
function readMany(reader: ProtobufReader, tag: number, at: number, end: number): number {
  const field = tag >> 3
  if (field === 9 || field === 12) {
    const side = field === 9 ? fields.negative : fields.positive
    while (at < end) {
      const lo = reader.varint(at)
      at = reader.within(reader.after, end)
      pushCount(side, unzigzag(lo, reader.hi))
    }
  } else if (field === 10 || field === 13 || field === 16) {
    if ((end - at) % 8 !== 0) reader.fail(at, 'a packed field is cut off')
    for (; at < end; at += 8) {
      const value = reader.view.getFloat64(at, true)
      if (field === 16) pushBound(value)
      else pushCount(field === 10 ? fields.negative : fields.positive, value)
    }
  }
  return end
}

function pushCount(side: Side, value: number): void {
  if (side.countsLength === values_max) fields.isTooLarge = true
  else side.counts[side.countsLength++] = value
}

function pushBound(value: number): void {
  if (fields.boundsLength === values_max) fields.isTooLarge = true
  else fields.bounds[fields.boundsLength++] = value
}

/** BucketSpan{offset=1 sint32, length=2 uint32}. */
function readSpan(reader: ProtobufReader, start: number, end: number, side: Side): void {
  let gap = 0
  let length = 0
  for (let at = start; at < end; ) {
    const tag = reader.varint(at)
    at = reader.after
    if (tag === 8 || tag === 16) {
      const value = reader.varint(at)
      at = reader.within(reader.after, end)
      if (tag === 8) gap = (value >>> 1) ^ -(value & 1)
      else length = value
    } else at = reader.skip(tag, at, end)
  }
  if (side.spansLength === values_max * 2) {
    fields.isTooLarge = true
    return
  }
  side.spans[side.spansLength++] = gap
  side.spans[side.spansLength++] = length
}
