/**
 * Prometheus remote write 2.0 from protobuf bytes to rows: series refer to a table of symbols that
 * each request brings. Symbols get numbers that last from request to request; a series that was
 * seen before is found by the numbers of its labels.
 */
import type { Batch } from '../batch.ts'
import { viewOf } from '../copy-bytes.ts'
import { asMalformed } from '../malformed.ts'
import type { DecodeContext } from '../otlp/context.ts'
import { ByteTable } from './byte-table.ts'
import { LabelReferences, Symbols, symbols_max } from './label-source.ts'
import { Labels, textAt } from './labels.ts'
import { type PointTags, refusePoints, storePoints } from './points.ts'
import { ReadyRows } from './ready-rows.ts'
import { describeSeries, learnSeries, type Series } from './series.ts'
import { type RemoteWriteOutcome, writing } from './writing.ts'

const format = 'Prometheus remote write 2.0'
const tags: PointTags = { samples: 18, histograms: 26, exemplars: 34 }

/** A larger request makes both start anew. */
const numbers = new ByteTable({ runs_max: symbols_max, bytes_max: 32 * 1024 * 1024 })
const table = new ByteTable({ runs_max: 200_000, bytes_max: 48 * 1024 * 1024 })
const known: Series[] = []
const ready = new ReadyRows()
const { reader } = writing
const symbols = new Symbols()
/** The lasting number of each symbol of the request; 0 was not asked for yet. */
let numberOf = new Int32Array(1024)
const references = new LabelReferences(reader, symbols)
const collected = new LabelReferences(reader, symbols)
const labels = new Labels()
let key = new Int32Array(256)
let keyView = viewOf(new Uint8Array(key.buffer))
const current = {
  start: 0,
  end: 0,
  isCollected: false,
  type: 0,
  help: 0,
  unit: 0,
  created_ms: 0,
  /** The last sample; -1 when there is none. */
  sampleStart: -1,
  sampleEnd: 0,
}

writing.onForget(forget)

function forget(): void {
  table.clear()
  forgetKnown()
  numbers.clear()
}

function forgetKnown(): void {
  known.length = 0
  ready.clear()
}

/** Request{symbols=4, timeseries=5}. */
export function decodeRemoteWrite2(
  body: Uint8Array,
  context: DecodeContext,
  batch: Batch,
): RemoteWriteOutcome {
  writing.open(format, body, context, batch)
  writing.source = collected
  writing.collectLabels = collectLabels
  try {
    readSymbols(body.length)
    walkSeries(body.length)
    return writing.outcome()
  } catch (error) {
    throw asMalformed(format, error)
  } finally {
    symbols.clear()
    references.clear()
    collected.clear()
    writing.close()
  }
}

/** Symbols may come after the series that refer to them. */
function readSymbols(end: number): void {
  symbols.clear()
  let symbol_bytes = 0
  for (let at = 0; at < end; ) {
    const tag = reader.varint(at)
    at = reader.after
    if (tag === 10 || tag === 26) reader.fail(at, 'this is a request of remote write 1.0')
    if (tag !== 34) {
      at = reader.skip(tag, at, end)
      continue
    }
    const start = reader.enter(at, end)
    at = reader.stop
    if (symbols.count === symbols_max) reader.fail(at, `there are more than ${symbols_max} symbols`)
    symbols.add(start, at)
    symbol_bytes += at - start
  }
  if (numbers.makeRoom(symbols.count, symbol_bytes)) forget()
  if (numberOf.length < symbols.count || numberOf.length > 100_000) {
    numberOf = new Int32Array(Math.max(1024, symbols.count * 2))
  } else numberOf.fill(0, 0, symbols.count)
}

/** Its number and one. */
function lastingNumber(symbol: number): number {
  const start = symbols.at[symbol * 2]!
  const end = symbols.at[symbol * 2 + 1]!
  let number = numbers.find(reader.view, start, end, 0)
  if (number < 0) number = numbers.add(reader.view, start, end, 0)
  numberOf[symbol] = number + 1
  return number + 1
}

function walkSeries(end: number): void {
  for (let at = 0; at < end; ) {
    const tag = reader.varint(at)
    at = reader.after
    if (tag === 42) {
      const start = reader.enter(at, end)
      at = reader.stop
      readSeries(start, at)
    } else at = reader.skip(tag, at, end)
  }
}

/** TimeSeries{labels_refs=1, samples=2, histograms=3, exemplars=4, metadata=5}. */
function readSeries(start: number, end: number): void {
  current.start = start
  current.end = end
  current.isCollected = false
  const points = scanSeries(start, end)
  const key_bytes = makeKey()
  if (key_bytes < 0) {
    labels.clear()
    current.isCollected = true
    refusePoints(writing, start, end, tags, 'label_invalid', references.problem())
    return
  }
  let index = table.find(keyView, 0, key_bytes, writing.cluster)
  if (index < 0) {
    const { reason } = collectLabels()
    if (reason !== '') {
      refusePoints(writing, start, end, tags, reason, '')
      return
    }
    const series = learnSeries(writing, labels, writing.cluster)
    if (table.makeRoom(1, key_bytes)) forgetKnown()
    index = table.add(keyView, 0, key_bytes, writing.cluster)
    known[index] = series
  }
  const by = describedBy()
  if (points === 1 && current.sampleStart >= 0 && current.created_ms === 0) {
    if (ready.store(writing, index, current.sampleStart, current.sampleEnd, by)) return
  }
  const series = known[index]!
  writing.series = series
  ready.forget(index)
  describe(series, by)
  writing.start_ms = current.created_ms
  if (points > 0) storePoints(writing, start, end, tags)
  else writing.refuse('value_missing', 1, 'a series has no sample, no histogram and no exemplar')
  ready.note(index, series)
}

/** Finds references and metadata; answers how many points there are. */
function scanSeries(start: number, end: number): number {
  references.clear()
  current.type = current.help = current.unit = current.created_ms = 0
  current.sampleStart = -1
  let points = 0
  for (let at = start; at < end; ) {
    const tag = reader.varint(at)
    at = reader.after
    if (tag === 10 || tag === 8) at = references.take(tag, at, end)
    else if (tag === 42) {
      const from = reader.enter(at, end)
      at = reader.stop
      scanMetadata(from, at)
    } else if (tag === 48) {
      // Field created_timestamp of the first drafts, for all points of the series.
      const lo = reader.varint(at)
      current.created_ms = (reader.hi | 0) * 0x1_0000_0000 + lo
      at = reader.within(reader.after, end)
    } else if (tag === tags.samples) {
      points++
      current.sampleStart = reader.enter(at, end)
      at = current.sampleEnd = reader.stop
    } else {
      if (tag === tags.histograms || tag === tags.exemplars) points++
      at = reader.skip(tag, at, end)
    }
  }
  return points
}

/** Metadata{type=1, help_ref=3, unit_ref=4}. */
function scanMetadata(start: number, end: number): void {
  for (let at = start; at < end; ) {
    const tag = reader.varint(at)
    at = reader.after
    if (tag === 8 || tag === 24 || tag === 32) {
      const value = reader.varint(at)
      at = reader.within(reader.after, end)
      if (tag === 8) current.type = value
      else if (tag === 24) current.help = value
      else current.unit = value
    } else at = reader.skip(tag, at, end)
  }
}

/** Below zero when not all references can be followed. */
function makeKey(): number {
  const { count, references: list } = references
  if (count % 2 !== 0) return -1
  if (count > key.length) {
    key = new Int32Array(count * 2)
    keyView = viewOf(new Uint8Array(key.buffer))
  }
  for (let i = 0; i < count; i++) {
    const symbol = list[i]!
    if (symbol >= symbols.count) return -1
    key[i] = numberOf[symbol]! || lastingNumber(symbol)
  }
  return count * 4
}

/** What the series says of its metric is below zero; where it says nothing, 1.0 metadata counts. */
function describedBy(): number {
  const { type, help, unit } = current
  const isTold = type !== 0 || help !== 0 || unit !== 0
  if (!isTold) return writing.metadata.version
  return -1 - (mixed(type, numberAt(help), numberAt(unit)) >>> 1)
}

function describe(series: Series, by: number): void {
  if (series.describedBy === by) return
  const { type, help, unit } = current
  const told =
    by < 0
      ? { type, help: symbolText(help), unit: symbolText(unit) }
      : writing.metadata.of(series.name, series.cluster)
  describeSeries(writing, series, told, by)
}

function numberAt(symbol: number): number {
  return symbol < symbols.count ? numberOf[symbol]! || lastingNumber(symbol) : 0
}

function mixed(type: number, help: number, unit: number): number {
  let hash = Math.imul(help ^ (type << 24), 0x9e3779b1)
  hash = Math.imul(hash ^ (hash >>> 15) ^ unit, 0x85ebca6b)
  return hash ^ (hash >>> 13)
}

const symbol_bytes_max = 16 * 1024

function symbolText(symbol: number): string {
  if (symbol >= symbols.count) return ''
  const start = symbols.at[symbol * 2]!
  return textAt(
    reader.bytes,
    start,
    Math.min(symbols.at[symbol * 2 + 1]!, start + symbol_bytes_max),
  )
}

function collectLabels(): Labels {
  if (current.isCollected) return labels
  current.isCollected = true
  const { start, end } = current
  collected.begin(labels)
  for (let at = start; at < end; ) {
    const tag = reader.varint(at)
    at = reader.after
    const after = collected.take(tag, at, end)
    at = after >= 0 ? after : reader.skip(tag, at, end)
  }
  collected.finish()
  labels.check(reader)
  return labels
}
