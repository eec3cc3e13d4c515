/**
 * Gathered lines as rows: each line is one event, and one that cannot be read leaves the others
 * alone. What an event means is in the files of their kinds.
 */
import type { DecodeOutcome, RejectReason } from '../../../model/outcome.ts'
import type { Batch } from '../../../wire/batch.ts'
import { MetricsRequest } from '../../../wire/otlp/encode-metrics.ts'
import { TracesEncoder } from '../../../wire/otlp/encode-traces.ts'
import { decodeOtlpMetrics } from '../../../wire/otlp/metrics.ts'
import { decodeOtlpTraces } from '../../../wire/otlp/traces.ts'
import type { Decode, RecordContext } from '../../receiver.ts'
import { LogRows } from '../../records/log-rows.ts'
import { readError } from './errors.ts'
import { Invalid, isObject, type JsonObject } from './fields.ts'
import type { Line } from './lines.ts'
import { readLog } from './logs.ts'
import { readMetricset } from './metricsets.ts'
import { longError, longTransaction } from './rum-v3.ts'
import { type EventStream, writeSpan } from './span-event.ts'
import { readSpan } from './spans.ts'
import { readTransaction } from './transactions.ts'

export type EventFailure = { message: string; document: string }
/** What became of the lines, in the words of the answer. */
export type EventCount = { accepted: number; failed: number; failures: EventFailure[] }

const failures_max = 20
const document_length_max = 1024
export const tooLongMessage = 'event exceeded the permitted size'

const rows = new LogRows()
const traces = new TracesEncoder(256 * 1024)
const metrics = new MetricsRequest({ name: '', version: '' })

/** Decodes the lines; what became of them is added to the count. */
export function decodeEvents(
  lines: readonly Line[],
  stream: EventStream,
  count: EventCount,
): Decode {
  return (body, context, batch) => {
    rows.open(context, batch)
    traces.discard()
    metrics.discard()
    for (const line of lines) readLine(line, body, stream, count)
    return finish(context, batch, count)
  }
}

function readLine(line: Line, body: Uint8Array, stream: EventStream, count: EventCount): void {
  const { record } = rows
  record.clear()
  record.sent(body, line.start, line.end)
  try {
    count.accepted += storeLine(line, body, stream)
  } catch (error) {
    const document = body.subarray(line.start, line.end)
    if (error instanceof Invalid) rows.refuse(error.reason, error.message, document)
    else if (!(error instanceof Refused)) throw error
    noteFailure(count, error.message, document)
  }
}

export function noteFailure(count: EventCount, message: string, document: Uint8Array): void {
  count.failed++
  if (count.failures.length >= failures_max) return
  const text = Buffer.from(document.subarray(0, document_length_max)).toString()
  count.failures.push({ message, document: text })
}

/** Returns how many events the line was. */
function storeLine(line: Line, body: Uint8Array, stream: EventStream): number {
  const { kind, start, end } = line
  if (kind === 'too_long') throw new Invalid(tooLongMessage, 'record_too_large')
  if (kind === 'log') {
    const [from, to] = insideOf(line, body)
    readLog(rows, body, from, to, stream)
    return storeRecord()
  }
  const root = parseLine(body.subarray(start, end))
  if (kind === 'unknown') throw unknownKind(root)
  const event = root[kind]
  if (!isObject(event)) throw new Invalid(`validation error: '${kind}' expected an object`)
  switch (kind) {
    case 'transaction':
      writeSpan(traces, readTransaction(event, stream), stream)
      return 1
    case 'span':
      writeSpan(traces, readSpan(event, stream), stream)
      return 1
    case 'metricset':
      readMetricset(metrics, event, stream)
      return 1
    case 'x':
      return storeWhole(event, stream)
    default:
      readError(rows.record, kind === 'e' ? longError(event) : event, stream)
      return storeRecord()
  }
}

/** All of it is read before any of it is written. */
function storeWhole(event: JsonObject, stream: EventStream): number {
  const whole = longTransaction(event)
  const transaction = readTransaction(whole.transaction, stream)
  const spans = whole.spans.map((span) => readSpan(span, stream))
  for (const metricset of whole.metricsets) readMetricset(metrics, metricset, stream)
  for (const span of [transaction, ...spans]) writeSpan(traces, span, stream)
  return 1 + spans.length + whole.metricsets.length
}

function storeRecord(): number {
  const verdict = rows.store()
  if (verdict === '' || verdict === 'dropped') return 1
  // It is counted and told already.
  throw new Refused(`not stored: ${verdict}. ${rows.detail}`.trim())
}

/** A record that LogRows refused and counted. */
class Refused {
  readonly message: string

  constructor(message: string) {
    this.message = message
  }
}

function parseLine(line: Uint8Array): JsonObject {
  let root: unknown
  try {
    root = JSON.parse(Buffer.from(line.buffer, line.byteOffset, line.length).toString())
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    throw new Invalid(`decode error: data read error: ${detail}`, 'line_malformed')
  }
  if (isObject(root)) return root
  throw new Invalid('decode error: expected an object', 'line_malformed')
}

function unknownKind(root: JsonObject): Invalid {
  const name = Object.keys(root)[0] ?? ''
  return new Invalid(
    `did not recognize object type: ${JSON.stringify(name.slice(0, 64))}`,
    'operation_unsupported',
  )
}

/** The value of the root's only key; whether anything follows it, its reader finds out. */
function insideOf({ start, end }: Line, body: Uint8Array): [number, number] {
  const colon = body.indexOf(0x3a, start)
  if (colon < 0 || colon >= end || body[end - 1] !== 0x7d) {
    throw new Invalid('decode error: expected an object', 'line_malformed')
  }
  return [colon + 1, end - 1]
}

function finish(context: RecordContext, batch: Batch, count: EventCount): DecodeOutcome {
  const spans = traces.records > 0 ? decodeOtlpTraces(traces.take(), context, batch) : none
  const points = metrics.records > 0 ? decodeOtlpMetrics(metrics.finish(), context, batch) : none
  const logs = rows.outcome('events')
  for (const { rejected, message } of [spans, points]) {
    if (rejected === 0) continue
    count.accepted = Math.max(0, count.accepted - rejected)
    noteFailure(count, message, nothing)
  }
  return sumOf([logs, spans, points])
}

const nothing = new Uint8Array(0)
const none: DecodeOutcome = { accepted: 0, rejected: 0, reasons: {}, message: '' }

function sumOf(outcomes: readonly DecodeOutcome[]): DecodeOutcome {
  const sum: DecodeOutcome = { accepted: 0, rejected: 0, reasons: {}, message: '' }
  for (const { accepted, rejected, reasons, message } of outcomes) {
    sum.accepted += accepted
    sum.rejected += rejected
    for (const [name, count] of Object.entries(reasons)) {
      const reason = name as RejectReason
      sum.reasons[reason] = (sum.reasons[reason] ?? 0) + count
    }
    sum.message = [sum.message, message].filter((one) => one !== '').join(' ')
  }
  return sum
}
