/** Journal entries, in the export format or as lines of JSON, as rows of logs. */
import { isUtf8 } from 'node:buffer'
import { Fault } from '../../../model/faults.ts'
import type { DecodeOutcome } from '../../../model/outcome.ts'
import type { Batch } from '../../../wire/batch.ts'
import { viewOf } from '../../../wire/copy-bytes.ts'
import type { RecordContext } from '../../receiver.ts'
import { LogRows } from '../../records/log-rows.ts'
import { readEntry } from './export-format.ts'
import { putField } from './fields.ts'

const rows = new LogRows()

export function decodeExport(
  body: Uint8Array,
  context: RecordContext,
  batch: Batch,
): DecodeOutcome {
  rows.open(context, batch)
  const { record } = rows
  const view = viewOf(body)
  let fields = 0
  const onField = (name: number, name_end: number, value: number, value_end: number) => {
    fields++
    const key = Buffer.from(body.buffer, body.byteOffset + name, name_end - name).toString('latin1')
    const bytes = body.subarray(value, value_end)
    if (isUtf8(bytes)) putField(record, key, view, value, value_end)
    else {
      const text = key === 'MESSAGE' ? bytes : Buffer.from(Buffer.from(bytes).toString('base64'))
      putField(record, key, viewOf(text), 0, text.length)
    }
  }
  for (let at = 0; at < body.length; ) {
    const start = at
    record.clear()
    fields = 0
    try {
      at = readEntry(body, view, at, onField)
    } catch (error) {
      // Nothing tells where the next entry begins: those before are stored.
      if (!(error instanceof Fault) || rows.tally.accepted === 0) throw error
      rows.refuse('line_malformed', error.message, body.subarray(start))
      break
    }
    // Empty lines between entries.
    if (fields === 0) continue
    record.sent(body, start, at)
    rows.store()
  }
  return rows.outcome('journal entries')
}

/** `journalctl -o json`: a line an entry, texts, arrays of bytes and arrays of several values. */
export function decodeJsonLines(
  body: Uint8Array,
  context: RecordContext,
  batch: Batch,
): DecodeOutcome {
  rows.open(context, batch)
  const { record } = rows
  for (let start = 0; start < body.length; ) {
    const line_end = body.indexOf(0x0a, start)
    const end = line_end < 0 ? body.length : line_end
    const line = body.subarray(start, end)
    start = end + 1
    const text = Buffer.from(line).toString().trim()
    if (text === '') continue
    const members = entryOf(text)
    if (members === undefined) {
      rows.refuse('line_malformed', 'expected an object of journal fields', line)
      continue
    }
    record.clear()
    for (const [key, value] of members) {
      const bytes = bytesOf(value)
      if (bytes !== undefined) putField(record, key, viewOf(bytes), 0, bytes.length)
    }
    record.sent(line, 0, line.length)
    rows.store()
  }
  return rows.outcome('journal entries')
}

function entryOf(text: string): [string, unknown][] | undefined {
  try {
    const value: unknown = JSON.parse(text)
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? Object.entries(value) : undefined
  } catch {
    return undefined
  }
}

function bytesOf(value: unknown): Uint8Array | undefined {
  if (typeof value === 'string') return Buffer.from(value)
  if (typeof value === 'number' || typeof value === 'boolean') return Buffer.from(String(value))
  if (!Array.isArray(value) || value.length === 0) return undefined
  if (value.every((one) => Number.isInteger(one) && one >= 0 && one < 256)) {
    return Buffer.from(value as number[])
  }
  return Buffer.from(typeof value[0] === 'string' ? value[0] : JSON.stringify(value))
}

/** By what it is called, else by how it begins. */
export function decodeJournal(
  body: Uint8Array,
  context: RecordContext,
  batch: Batch,
): DecodeOutcome {
  let at = 0
  while (at < body.length && body[at]! <= 0x20) at++
  if (at === body.length)
    throw new Fault('payload_malformed', { format: 'journal', detail: 'it is empty' })
  const decode = body[at] === 0x7b ? decodeJsonLines : decodeExport
  return decode(body, context, batch)
}
