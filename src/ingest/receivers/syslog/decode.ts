/** Syslog messages, each with four bytes of length before it, as rows of logs. */
import { Fault } from '../../../model/faults.ts'
import type { DecodeOutcome } from '../../../model/outcome.ts'
import type { Batch } from '../../../wire/batch.ts'
import { viewOf } from '../../../wire/copy-bytes.ts'
import type { RecordContext } from '../../receiver.ts'
import { LogRows } from '../../records/log-rows.ts'
import { readMessage } from './read-message.ts'

const rows = new LogRows()

export function decodeSyslog(
  body: Uint8Array,
  context: RecordContext,
  batch: Batch,
): DecodeOutcome {
  rows.open(context, batch)
  const view = viewOf(body)
  for (let at = 0; at < body.length; ) {
    const start = at + 4
    const end = start <= body.length ? start + view.getUint32(at) : Number.POSITIVE_INFINITY
    if (end > body.length) {
      throw new Fault('payload_malformed', { format: 'syslog', detail: 'a message is cut off' })
    }
    rows.record.clear()
    readMessage(rows.record, body, start, end, context.arrived_ms)
    rows.store()
    at = end
  }
  return rows.outcome('log records')
}

/** The messages as the decoder reads them. */
export function joinMessages(messages: readonly Uint8Array[]): Uint8Array {
  const parts: Uint8Array[] = []
  for (const message of messages) {
    const length = Buffer.alloc(4)
    length.writeUInt32BE(message.length)
    parts.push(length, message)
  }
  return Buffer.concat(parts)
}
