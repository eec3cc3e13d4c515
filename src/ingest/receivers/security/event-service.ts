/**
 * A path to which events are POSTed, on the OTLP port and on the screens' port, with the answers
 * that webhooks understand. What an event means is each receiver's business.
 */
import { Fault } from '../../../model/faults.ts'
import type { DecodeOutcome } from '../../../model/outcome.ts'
import type { Batch } from '../../../wire/batch.ts'
import { retryAfterOf } from '../../../wire/grpc/status.ts'
import type { Decode, HttpCall, HttpReply, HttpService, RecordContext } from '../../receiver.ts'
import { EventRows } from './event-rows.ts'
import { itemsOf, refuseWhole } from './json-items.ts'
import { NoEvent } from './no-event.ts'
import type { ReadEvent } from './read-event.ts'
import type { Sent } from './sent.ts'

/** Real events are larger than a 64 MiB body divided by this. */
export const events_max = 200_000

export type EventFormat = {
  path: string
  /** Asked by senders whether somebody is there, without a token. */
  alive?: readonly string[]
  decode: Decode
}

export function eventService({ path, alive = [], decode }: EventFormat): HttpService {
  const living = alive.map((word) => `${path}/${word}`)
  const isAsked = (method: string, at: string) =>
    living.includes(at) && (method === 'GET' || method === 'HEAD')
  return {
    mounts: [
      { listener: 'otlp_http', under: '' },
      { listener: 'ui', under: '' },
    ],
    serves: (method, at) => at === path || at === `${path}/` || isAsked(method, at),
    isOpen: ({ method, path: at }) => isAsked(method, at),
    async answer(call: HttpCall) {
      if (isAsked(call.method, call.path)) return reply(200, { status: 'ok' })
      if (call.method !== 'POST') {
        throw new Fault('method_unsupported', { expected: 'POST', got: call.method })
      }
      const { rejected, reasons, message } = await call.take('logs', decode, await call.body())
      return reply(200, rejected === 0 ? {} : { rejected, reasons, message })
    },
    refused(fault) {
      const answer = reply(fault.status, fault.answer())
      const retry_after_s = retryAfterOf(fault)
      if (retry_after_s !== undefined) answer.headers['retry-after'] = String(retry_after_s)
      if (fault.status === 405) answer.headers.allow = 'POST'
      return answer
    },
  }
}

function reply(status: number, said: object): HttpReply {
  const headers = { 'content-type': 'application/json' }
  return { status, headers, body: Buffer.from(JSON.stringify(said)) }
}

export type JsonEvents = {
  /** As in "12 audit events". */
  noun: string
  /** The member of an envelope that holds many. */
  list?: string
  read(sent: Sent): ReadEvent | NoEvent
}

/** How bodies of JSON events are decoded: every event is read, stored and counted by itself. */
export function decodeJson({ noun, list, read }: JsonEvents): Decode {
  const rows = new EventRows()
  return (body: Uint8Array, context: RecordContext, batch: Batch): DecodeOutcome => {
    rows.open(context, batch)
    let unread = 0
    let problem = ''
    for (const { event, reason, detail, text } of itemsOf(body, list)) {
      const { accepted, rejected } = rows.counts
      if (accepted + rejected >= events_max) throw tooMany(noun)
      if (event === undefined) {
        unread++
        problem = detail
        rows.refuse(reason, detail, text)
        continue
      }
      const found = read(event)
      if (found instanceof NoEvent) rows.refuse('value_missing', found.detail, text)
      else rows.store(found, text)
    }
    const { accepted, rejected } = rows.counts
    refuseWhole(accepted + rejected - unread, unread, noun, problem)
    return rows.outcome(noun)
  }
}

export function tooMany(noun: string): Fault {
  const detail = `a request may hold ${events_max}`
  return new Fault('payload_malformed', { format: noun, detail })
}
