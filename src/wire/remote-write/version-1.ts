/**
 * Prometheus remote write 1.0 from protobuf bytes to rows: every series carries its labels as text.
 * A series that was seen before is found by the bytes of its labels and needs no reading.
 */
import type { Batch } from '../batch.ts'
import { asMalformed } from '../malformed.ts'
import type { DecodeContext } from '../otlp/context.ts'
import { RowBuffer } from '../row-buffer.ts'
import { ByteTable } from './byte-table.ts'
import { LabelPairs } from './label-source.ts'
import { Labels } from './labels.ts'
import { type PointTags, refusePoints, storePoints } from './points.ts'
import { ReadyRows } from './ready-rows.ts'
import { describeSeries, learnSeries, type Series } from './series.ts'
import { type RemoteWriteOutcome, writing } from './writing.ts'

const format = 'Prometheus remote write 1.0'
const tags: PointTags = { samples: 18, exemplars: 26, histograms: 34 }

/** About 60 MB when full. */
const table = new ByteTable({ runs_max: 200_000, bytes_max: 48 * 1024 * 1024 })
const known: Series[] = []
const ready = new ReadyRows()
const { reader } = writing
const source = new LabelPairs(reader)
const labels = new Labels()
/** Labels between which something else was sent. */
const scattered = new RowBuffer(1024)
const current = { start: 0, end: 0, isCollected: false }

writing.onForget(() => {
  table.clear()
  forgetKnown()
})

function forgetKnown(): void {
  known.length = 0
  ready.clear()
}

/** WriteRequest{timeseries=1, metadata=3}. */
export function decodeRemoteWrite1(
  body: Uint8Array,
  context: DecodeContext,
  batch: Batch,
): RemoteWriteOutcome {
  writing.open(format, body, context, batch)
  writing.source = source
  writing.start_ms = 0
  writing.collectLabels = collectLabels
  try {
    walk(body.length, false)
    walk(body.length, true)
    return writing.outcome()
  } catch (error) {
    throw asMalformed(format, error)
  } finally {
    writing.close()
  }
}

/** Metadata is read before the series, wherever in the request it comes. */
function walk(end: number, isForSeries: boolean): void {
  for (let at = 0; at < end; ) {
    const tag = reader.varint(at)
    at = reader.after
    if (tag === 34 || tag === 42) reader.fail(at, 'this is a request of remote write 2.0')
    if (tag !== (isForSeries ? 10 : 26)) {
      at = reader.skip(tag, at, end)
      continue
    }
    const start = reader.enter(at, end)
    at = reader.stop
    if (!isForSeries) writing.metadata.read(reader, start, at, writing.cluster)
    else if (!storeForetold(start, at)) readSeries(start, at)
  }
}

/**
 * Nearly always the series is the one that followed last time, and behind its labels is nothing but
 * one sample: then the labels are compared and not read.
 */
function storeForetold(start: number, end: number): boolean {
  const index = table.foretold(reader.view, start, end, writing.cluster)
  if (index < 0) return false
  const { bytes } = reader
  const at = start + table.lengthOf(index)
  const from = at + 2
  if (from >= end || bytes[at] !== tags.samples || bytes[at + 1] !== end - from) return false
  const isStored = ready.store(writing, index, from, end, writing.metadata.version)
  if (isStored) table.took(index)
  return isStored
}

/** TimeSeries{labels=1, samples=2, exemplars=3, histograms=4}. */
function readSeries(start: number, end: number): void {
  current.start = start
  current.end = end
  current.isCollected = false
  let { view } = reader
  let from = start
  let to = start
  let isScattered = false
  for (let at = start; at < end; ) {
    const tag = reader.varint(at)
    const after = reader.skip(tag, reader.after, end)
    if (tag === 10) {
      if (to === start) from = at
      else if (to !== at) isScattered = true
      to = after
    }
    at = after
  }
  if (isScattered) {
    gather(start, end)
    view = scattered.view
    from = 0
    to = scattered.length
  }
  let index = table.find(view, from, to, writing.cluster)
  if (index < 0) {
    const reason = collectLabels().reason
    if (reason !== '') {
      refusePoints(writing, start, end, tags, reason, '')
      return
    }
    const series = learnSeries(writing, labels, writing.cluster)
    if (table.makeRoom(1, to - from)) forgetKnown()
    index = table.add(view, from, to, writing.cluster)
    known[index] = series
  }
  const series = known[index]!
  writing.series = series
  ready.forget(index)
  const { metadata } = writing
  if (series.describedBy !== metadata.version) {
    describeSeries(writing, series, metadata.of(series.name, series.cluster), metadata.version)
  }
  // Points come after the labels, but nothing says that they must.
  storePoints(writing, isScattered || from !== start ? start : to, end, tags)
  ready.note(index, series)
}

function gather(start: number, end: number): void {
  scattered.clear()
  for (let at = start; at < end; ) {
    const tag = reader.varint(at)
    const after = reader.skip(tag, reader.after, end)
    if (tag === 10) scattered.copy(reader.view, at, after)
    at = after
  }
}

function collectLabels(): Labels {
  if (current.isCollected) return labels
  current.isCollected = true
  const { start, end } = current
  source.begin(labels)
  for (let at = start; at < end; ) {
    const tag = reader.varint(at)
    at = reader.after
    const after = source.take(tag, at, end)
    at = after >= 0 ? after : reader.skip(tag, at, end)
  }
  labels.check(reader)
  return labels
}
