/**
 * Lines of JSON to rows: a line that cannot be stored is refused and counted, and costs no other
 * line; a body without any line of JSON is malformed. What a line holds is said by each signal's
 * own file.
 */
import { Fault } from '../../model/faults.ts'
import type { DecodeOutcome } from '../../model/outcome.ts'
import type { WrittenTable } from '../../model/tables.ts'
import type { Batch } from '../batch.ts'
import { type DecodeContext, Tally } from '../otlp/context.ts'
import type { RowBuffer } from '../row-buffer.ts'
import { Fields, Refusal } from './fields.ts'

/** etcd takes objects of 1.5 MiB; their diff and labels come on top. */
export const line_bytes_max = 4 * 1024 * 1024

export type Lines<Row extends { time_ms: number }> = {
  table: WrittenTable
  noun: string
  /** Throws Refusal. */
  read(fields: Fields): Row
  /** Writes the columns in the table's order. */
  write(out: RowBuffer, row: Row, context: DecodeContext, cluster: string): void
}

const line_feed = 10

export function decodeLines<Row extends { time_ms: number }>(
  body: Uint8Array,
  context: DecodeContext,
  batch: Batch,
  lines: Lines<Row>,
): DecodeOutcome {
  const tally = new Tally()
  const out = batch.get(lines.table)
  let malformed = 0
  const decoder = new TextDecoder()
  for (let from = 0; from < body.length; ) {
    const found = body.indexOf(line_feed, from)
    const to = found < 0 ? body.length : found
    const line = body.subarray(from, to)
    from = to + 1
    if (isBlank(line)) continue
    try {
      if (batch.isFull() || line.length > line_bytes_max) throw new Refusal('record_too_large')
      const fields = new Fields(parsed(decoder.decode(line)))
      const row = lines.read(fields)
      if (row.time_ms < context.time_ms_min) throw new Refusal('time_too_old')
      if (row.time_ms > context.time_ms_max) throw new Refusal('time_in_future')
      // A token's cluster is the only one it may write.
      lines.write(out, row, context, context.cluster ?? fields.word('cluster'))
      out.rows++
      tally.accepted++
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      tally.reject(error.reason)
      if (error.reason === 'line_malformed') malformed++
    }
  }
  if (malformed > 0 && malformed === tally.rejected && tally.accepted === 0) {
    throw new Fault('payload_malformed', { format: 'NDJSON', detail: 'no line is a JSON object' })
  }
  return tally.outcome(lines.noun)
}

function isBlank(line: Uint8Array): boolean {
  return line.every((byte) => byte === 32 || byte === 9 || byte === 13)
}

function parsed(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      return value as Record<string, unknown>
    }
  } catch (error) {
    // The parser may run out of stack on a line of brackets.
    if (error instanceof RangeError) throw new Refusal('nesting_too_deep')
  }
  throw new Refusal('line_malformed')
}

/** JSON again, for a column that holds it whole. */
export function jsonOf(value: unknown): string {
  try {
    return JSON.stringify(value) ?? ''
  } catch {
    throw new Refusal('nesting_too_deep')
  }
}

export function putTexts(out: RowBuffer, entries: readonly (readonly [string, string])[]): void {
  out.varint(entries.length)
  for (const [key, value] of entries) {
    out.text(key)
    out.text(value)
  }
}

export function putNumbers(out: RowBuffer, entries: readonly (readonly [string, number])[]): void {
  out.varint(entries.length)
  for (const [key, value] of entries) {
    out.text(key)
    out.float64(value)
  }
}
