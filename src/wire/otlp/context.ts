/** What a decoder is told about a request, and the count of what became of its records. */
import type { EventLineKind } from '../../model/event-lines.ts'
import { limits } from '../../model/limits.ts'
import type { DecodeOutcome, RejectReason } from '../../model/outcome.ts'
import type { KnownIdentities } from '../known-identities.ts'
import type { ProtobufReader } from '../protobuf-reader.ts'
import type { Attributes } from './attributes.ts'
import type { Resource } from './resource.ts'

export type DecodeContext = {
  arrived_ms: number
  /** Event times outside of [time_ms_min, time_ms_max] are refused and counted. */
  time_ms_min: number
  time_ms_max: number
  /** The cluster that the ingest token is bound to: overwrites k8s.cluster.name. */
  cluster?: string | undefined
  /** The agent that sends, when it is one of ours. */
  agent_id?: string | undefined
  known: KnownIdentities
  /**
   * Asked for every OTLP log record when there are pipelines: undefined leaves it to the decoder,
   * else it was taken over and this is what became of it; '' is stored.
   */
  takeOverLog?: ((log: LogView) => RejectReason | '' | undefined) | undefined
  /** Where lines go that are events of a kind with a table of its own. */
  takeLine?: TakeLine | undefined
}

/**
 * Takes the line at [start, end) with the columns of its resource, stores and counts it. False: it
 * is a plain line after all.
 */
export type TakeLine = (
  kind: EventLineKind,
  columns: Uint8Array,
  bytes: Uint8Array,
  start: number,
  end: number,
) => boolean

/** A log record where it lies in the request; places are 0 for what was not sent. */
export type LogView = {
  reader: ProtobufReader
  attributes: Attributes
  resource: Resource
  scopeStart: number
  scopeEnd: number
  timeAt: number
  severity: number
  severityStart: number
  severityEnd: number
  bodyStart: number
  bodyEnd: number
  traceAt: number
  spanAt: number
  eventStart: number
  eventEnd: number
}

/** Counts the records of one request. accepted + rejected is the number of records it held. */
export class Tally {
  accepted = 0
  rejected = 0
  attributesDropped = 0
  eventsDropped = 0
  linksDropped = 0
  bodiesCut = 0
  #reasons: Partial<Record<RejectReason, number>> = {}

  reset(): void {
    this.accepted = 0
    this.rejected = 0
    this.attributesDropped = 0
    this.eventsDropped = 0
    this.linksDropped = 0
    this.bodiesCut = 0
    this.#reasons = {}
  }

  reject(reason: RejectReason, count = 1): void {
    if (count === 0) return
    this.rejected += count
    this.#reasons[reason] = (this.#reasons[reason] ?? 0) + count
  }

  outcome(noun: string): DecodeOutcome {
    const { accepted, rejected } = this
    return { accepted, rejected, reasons: this.#reasons, message: this.#message(noun) }
  }

  #message(noun: string): string {
    const said: string[] = []
    if (this.rejected > 0) {
      const why = Object.entries(this.#reasons).map(([reason, count]) => `${count} ${reason}`)
      const sent = this.accepted + this.rejected
      said.push(`${this.rejected} of ${sent} ${noun} were not stored: ${why.join(', ')}.`)
    }
    const cut = (count: number, what: string): void => {
      if (count > 0) said.push(`${count} ${what}.`)
    }
    cut(this.attributesDropped, `attributes past ${limits.attributes_max} a record were dropped`)
    cut(this.eventsDropped, `events past ${limits.span_events_max} a span were dropped`)
    cut(this.linksDropped, `links past ${limits.span_links_max} a span were dropped`)
    cut(this.bodiesCut, `bodies were cut to ${limits.log_body_bytes_max} bytes`)
    return said.join(' ')
  }
}
