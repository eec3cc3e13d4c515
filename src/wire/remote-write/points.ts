/**
 * The points of one series: samples here, as rows of metric_samples; histograms and exemplars by
 * their own files. Both versions of the protocol come here once they know the series.
 */
import { limits } from '../../model/limits.ts'
import type { RejectReason } from '../../model/outcome.ts'
import { batch_bytes_max } from '../batch.ts'
import { copyBytes } from '../copy-bytes.ts'
import { day_ms } from '../otlp/time.ts'
import type { RowBuffer } from '../row-buffer.ts'
import { storeExemplar } from './exemplars.ts'
import { storeHistogram } from './histograms.ts'
import { noteSeries, type Series, shapes } from './series.ts'
import { refuseTime, timeReason, usableStart } from './times.ts'
import type { Writing } from './writing.ts'

/** Tags of the fields of a TimeSeries; the messages in them are nearly the same in both. */
export type PointTags = { samples: number; histograms: number; exemplars: number }

/** Reads the points of writing.series, whose message lies at [start, end). */
export function storePoints(writing: Writing, start: number, end: number, tags: PointTags): void {
  const { reader } = writing
  const isFull = writing.isFull()
  for (let at = start; at < end; ) {
    const tag = reader.varint(at)
    at = reader.after
    if (tag !== tags.samples && tag !== tags.histograms && tag !== tags.exemplars) {
      at = reader.skip(tag, at, end)
      continue
    }
    const from = reader.enter(at, end)
    at = reader.stop
    if (isFull) writing.refuse('record_too_large', 1, tooMuch)
    else if (tag === tags.samples) storeSample(writing, from, at)
    else if (tag === tags.histograms) storeHistogram(writing, from, at)
    else storeExemplar(writing, from, at)
  }
}

const tooMuch = `the request makes more than ${batch_bytes_max} bytes of rows`

/** Counts the points of a series that cannot be stored at all. */
export function refusePoints(
  writing: Writing,
  start: number,
  end: number,
  tags: PointTags,
  reason: RejectReason,
  detail: string,
): void {
  const { reader } = writing
  let count = 0
  for (let at = start; at < end; ) {
    const tag = reader.varint(at)
    at = reader.skip(tag, reader.after, end)
    if (tag === tags.samples || tag === tags.histograms || tag === tags.exemplars) count++
  }
  writing.refuse(reason, Math.max(1, count), detail)
}

/** Sample{value=1 double, timestamp=2 int64, start_timestamp=3 int64}; what is 0 is not sent. */
function storeSample(writing: Writing, start: number, end: number): void {
  const { reader, series, samplesOut: out } = writing
  const { bytes, view } = reader
  let valueAt = -1
  let lo = 0
  let hi = 0
  let { start_ms } = writing
  for (let at = start; at < end; ) {
    const tag = bytes[at++]!
    if (tag === 9) {
      valueAt = at
      at = reader.within(at + 8, end)
    } else if (tag === 16 || tag === 24) {
      const low = reader.varint(at)
      at = reader.within(reader.after, end)
      if (tag === 16) {
        lo = low
        hi = reader.hi | 0
      } else start_ms = (reader.hi | 0) * 0x1_0000_0000 + low
    } else at = reader.skip(reader.varint(at - 1), reader.after, end)
  }
  const time_ms = hi * 0x1_0000_0000 + lo
  const reason = timeReason(writing, time_ms)
  if (reason !== '') {
    refuseTime(writing, reason, time_ms)
    return
  }
  if (out.length > batch_bytes_max) {
    writing.refuse('record_too_large', 1, tooMuch)
    return
  }
  const isNoted = time_ms >= series.knownDay * day_ms && time_ms < (series.knownDay + 1) * day_ms
  if (!isNoted) noteSeries(writing, series, shapes.numbers, series.description, time_ms)
  series.lastShape = shapes.numbers
  const at = beginRow(out, series)
  const target = out.view
  target.setInt32(at, series.idLo, true)
  target.setInt32(at + 4, series.idHi, true)
  target.setInt32(at + 8, lo, true)
  target.setInt32(at + 12, hi, true)
  const from_ms = start_ms === 0 ? 0 : usableStart(start_ms, time_ms)
  target.setInt32(at + 16, from_ms === 0 ? 0 : from_ms % 0x1_0000_0000, true)
  target.setInt32(at + 20, from_ms === 0 ? 0 : Math.floor(from_ms / 0x1_0000_0000), true)
  // As bytes: the stale marker is a NaN, whose bits a JavaScript number does not keep.
  target.setBigInt64(at + 24, valueAt < 0 ? 0n : view.getBigInt64(valueAt, true), true)
  out.length = at + 32
  out.rows++
  writing.tally.accepted++
  writing.samples++
}

const sample_bytes_max = limits.attribute_key_bytes_max + 64

/** Column metric; returns the place after it, with room for a sample. */
function beginRow(out: RowBuffer, { nameView, nameLength }: Series): number {
  out.ensure(sample_bytes_max)
  return copyBytes(nameView, 0, nameLength, out.view, out.length)
}
