/**
 * Exemplars as rows of metric_exemplars. The labels that name a trace and a span become columns;
 * the others stay attributes. Both versions differ in how labels are written only.
 */
import { Labels } from './labels.ts'
import { noteSeries, seriesHi, seriesLo, shapes } from './series.ts'
import { refuseTime, timeReason } from './times.ts'
import type { Writing } from './writing.ts'

const labels = new Labels()
const ids = new Uint8Array(24)

/** Exemplar{labels=1, value=2 double, timestamp=3 int64}. */
export function storeExemplar(writing: Writing, start: number, end: number): void {
  const { reader, batch, series, source } = writing
  const { view } = reader
  let valueAt = -1
  let time_ms = 0
  source.begin(labels)
  for (let at = start; at < end; ) {
    const tag = reader.varint(at)
    at = reader.after
    const after = source.take(tag, at, end)
    if (after >= 0) at = after
    else if (tag === 17) {
      valueAt = at
      at = reader.within(at + 8, end)
    } else if (tag === 24) {
      const lo = reader.varint(at)
      time_ms = (reader.hi | 0) * 0x1_0000_0000 + lo
      at = reader.within(reader.after, end)
    } else at = reader.skip(tag, at, end)
  }
  const reason = timeReason(writing, time_ms)
  if (reason !== '') {
    refuseTime(writing, reason, time_ms)
    return
  }
  const wrong = source.finish() || labels.checkNameless(reader)
  if (wrong !== '') {
    writing.refuse('label_invalid', 1, `exemplar: ${wrong}`)
    return
  }
  if (batch.isFull()) {
    writing.refuse('record_too_large', 1)
    return
  }
  takeIds(writing)
  // Exemplars come without their samples, and belong to what the series was last.
  const shape = series.lastShape
  const { histogramDescription } = series
  const isNumbers = shape === shapes.numbers || histogramDescription === undefined
  const description = isNumbers ? series.description : histogramDescription
  noteSeries(writing, series, shape, description, time_ms)
  const out = batch.get('metric_exemplars')
  out.copy(series.nameView, 0, series.nameLength)
  out.int64(seriesLo(series, shape), seriesHi(series, shape))
  out.int53(time_ms)
  if (valueAt < 0) out.zeros(8)
  else out.copy(view, valueAt, valueAt + 8)
  out.raw(ids)
  labels.writeMap(reader, out)
  out.rows++
  writing.accept('exemplars')
}

const traceNames = new Set(['trace_id', 'traceID', 'traceId', 'trace.id'])
const spanNames = new Set(['span_id', 'spanID', 'spanId', 'span.id'])
const hex = /^[0-9a-fA-F]+$/

/** Moves ids from the labels to their columns. A text that is no id stays a label. */
function takeIds({ reader }: Writing): void {
  ids.fill(0)
  for (let i = labels.count - 1; i >= 0; i--) {
    const name = labels.nameAt(i, reader)
    const isTrace = traceNames.has(name)
    if (!isTrace && !spanNames.has(name)) continue
    const value = labels.valueAt(i, reader)
    const isId = hex.test(value) && (value.length === 16 || (isTrace && value.length === 32))
    if (!isId) continue
    // Ids of 64 bits, as Zipkin and old Jaeger make them, are the lower half of a trace id.
    const bytes = Buffer.from(value.padStart(isTrace ? 32 : 16, '0'), 'hex')
    ids.set(bytes, isTrace ? 0 : 16)
    labels.remove(i)
  }
}
