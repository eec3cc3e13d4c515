/** The systemd journal over HTTP, as systemd-journal-upload and journalctl send it. */
import { Fault } from '../../../model/faults.ts'
import type { DecodeOutcome } from '../../../model/outcome.ts'
import { viewOf } from '../../../wire/copy-bytes.ts'
import { retryAfterOf } from '../../../wire/grpc/status.ts'
import type { HttpCall, HttpReply, HttpService, Receiver } from '../../receiver.ts'
import { decodeJournal } from './decode.ts'
import { lastEntryEnd } from './export-format.ts'

const own = '/ingest/journald'
/** Where systemd-journal-upload sends to, whatever is before it in its URL. */
const upload = '/upload'
const part_bytes = 512 * 1024

const service: HttpService = {
  mounts: [
    { listener: 'otlp_http', under: '' },
    { listener: 'ui', under: '' },
  ],
  serves: (_method, path) => path === own || path === own + upload || path === upload,
  async answer(call) {
    if (call.method !== 'POST') {
      throw new Fault('method_unsupported', { expected: 'POST', got: call.method })
    }
    if (call.media_type === 'application/vnd.fdo.journal') return takeAll(call)
    const outcome = await call.take('logs', decodeJournal, await call.body())
    return said(200, outcome)
  },
  refused(fault: Fault): HttpReply {
    const reply = said(fault.status, fault.answer())
    const retry_after_s = retryAfterOf(fault)
    if (retry_after_s !== undefined) reply.headers['retry-after'] = String(retry_after_s)
    return reply
  },
}

/**
 * systemd-journal-upload sends all it has in one request, with no end in sight when it follows the
 * journal: entries are stored as they arrive.
 */
async function takeAll(call: HttpCall): Promise<HttpReply> {
  const all: DecodeOutcome = { accepted: 0, rejected: 0, reasons: {}, message: '' }
  const store = async (body: Uint8Array) => {
    const { accepted, rejected, message } = await call.take('logs', decodeJournal, body)
    all.accepted += accepted
    all.rejected += rejected
    if (message !== '') all.message = message
  }
  let rest: Buffer = Buffer.alloc(0)
  let gathered: Uint8Array[] = []
  let gathered_bytes = 0
  for await (const piece of call.pieces()) {
    gathered.push(piece)
    gathered_bytes += piece.length
    if (gathered_bytes < Math.max(part_bytes, rest.length)) continue
    const bytes = Buffer.concat([rest, ...gathered])
    gathered = []
    gathered_bytes = 0
    const end = lastEntryEnd(bytes, viewOf(bytes), 0)
    if (end > 0) await store(bytes.subarray(0, end))
    rest = end > 0 ? bytes.subarray(end) : bytes
  }
  const bytes = Buffer.concat([rest, ...gathered])
  if (bytes.length > 0 || all.accepted + all.rejected === 0) await store(bytes)
  return said(200, all)
}

/** systemd-journal-upload takes any 2xx for done. */
function said(status: number, what: object): HttpReply {
  const headers = { 'content-type': 'application/json' }
  return { status, headers, body: Buffer.from(JSON.stringify(what)) }
}

export const journald: Receiver = { name: 'journald', services: [service] }
