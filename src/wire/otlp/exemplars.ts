/**
 * Exemplars of a point, as rows of metric_exemplars: the way from a number to the trace behind it.
 */
import type { Hash64 } from '../hash.ts'
import type { ProtobufReader } from '../protobuf-reader.ts'
import { Attributes } from './attributes.ts'
import { writeMetricName } from './metric-series.ts'
import { msAt } from './time.ts'
import type { Walk } from './walk.ts'

/** A point keeps this many; senders keep one a bucket or fewer. */
const exemplars_max = 1024

const attributes = new Attributes()
const exemplar = { timeAt: 0, value: 0, has: 0, traceAt: 0, spanAt: 0 }

/** Where a point's exemplars lie. They are read only when the point itself is stored. */
export class Exemplars {
  count = 0
  readonly #at = new Int32Array(exemplars_max * 2)

  clear(): void {
    this.count = 0
  }

  add(start: number, end: number): void {
    if (this.count === exemplars_max) return
    this.#at[this.count * 2] = start
    this.#at[this.count++ * 2 + 1] = end
  }

  write(walk: Walk, series: Hash64, point_time_ms: number): void {
    for (let i = 0; i < this.count; i++) {
      scan(walk.reader, this.#at[i * 2]!, this.#at[i * 2 + 1]!)
      if (exemplar.has === 1) writeExemplar(walk, series, point_time_ms)
    }
  }
}

function scan(reader: ProtobufReader, start: number, end: number): void {
  const { view } = reader
  attributes.clear()
  exemplar.timeAt = exemplar.value = exemplar.has = exemplar.traceAt = exemplar.spanAt = 0
  for (let at = start; at < end; ) {
    const tag = reader.varint(at)
    at = reader.after
    if (tag === 34 || tag === 42 || tag === 58) {
      const from = reader.enter(at, end)
      at = reader.stop
      if (tag === 58) attributes.add(reader, from, at)
      else if (tag === 34) exemplar.spanAt = at - from === 8 ? from : 0
      else exemplar.traceAt = at - from === 16 ? from : 0
    } else if (tag === 17 || tag === 25 || tag === 49) {
      at = reader.within(at + 8, end)
      if (tag === 17) exemplar.timeAt = at - 8
      else {
        exemplar.has = 1
        exemplar.value =
          tag === 25
            ? view.getFloat64(at - 8, true)
            : view.getInt32(at - 4, true) * 0x1_0000_0000 + view.getUint32(at - 8, true)
      }
    } else at = reader.skip(tag, at, end)
  }
}

function writeExemplar(walk: Walk, series: Hash64, point_time_ms: number): void {
  const { reader, batch, context } = walk
  const out = batch.get('metric_exemplars')
  if (batch.isFull()) return
  out.mark()
  // A time of its own that could not be stored gives way to the point's.
  let time_ms = exemplar.timeAt === 0 ? 0 : msAt(reader.view, exemplar.timeAt)
  if (time_ms < context.time_ms_min || time_ms > context.time_ms_max) time_ms = point_time_ms
  if (exemplar.timeAt === 0) time_ms = point_time_ms
  writeMetricName(walk, out)
  out.int64(series.lo, series.hi)
  out.int53(time_ms)
  out.float64(exemplar.value)
  if (exemplar.traceAt === 0) out.zeros(16)
  else out.copy(reader.view, exemplar.traceAt, exemplar.traceAt + 16)
  if (exemplar.spanAt === 0) out.zeros(8)
  else out.copy(reader.view, exemplar.spanAt, exemplar.spanAt + 8)
  attributes.writeTextMap(reader, out)
  if (attributes.isTooDeep) out.rollback()
  else out.rows++
}
