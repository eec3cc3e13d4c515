/**
 * One request is several audit events, one a stage: of those that arrive together the last one is
 * kept, for it says everything that the earlier ones do. What was stored before, as when a webhook
 * sends a batch again or a file is read too, is not stored twice.
 */
import { auditStages } from '../../../model/security.ts'
import type { Batch } from '../../../wire/batch.ts'
import { viewOf } from '../../../wire/copy-bytes.ts'
import { Hash64 } from '../../../wire/hash.ts'
import type { RecordContext } from '../../receiver.ts'
import { recordStored } from '../../records/log-rows.ts'
import type { EventRows } from '../security/event-rows.ts'
import type { EventPlace } from '../security/read-event.ts'
import type { Sent } from '../security/sent.ts'
import { auditEvent } from './audit-event.ts'
import { type AuditFacts, factsOf } from './facts.ts'
import { anyDay, type StageIdentity, writeStages } from './known-stages.ts'

type Held = { sent: Sent; facts: AuditFacts; text: Uint8Array; place: EventPlace | undefined }

const encoder = new TextEncoder()
const hash = new Hash64()
const seed = 0x61756469

export class AuditStages {
  readonly #rows: EventRows
  /** The latest of a request's stages before its end. */
  readonly #held = new Map<string, Held>()
  /** Stored of this request. */
  readonly #stored: StageIdentity[] = []
  #context!: RecordContext
  #batch!: Batch

  constructor(rows: EventRows) {
    this.#rows = rows
  }

  open(context: RecordContext, batch: Batch): void {
    this.#context = context
    this.#batch = batch
    this.#held.clear()
    this.#stored.length = 0
  }

  /** False when it is no audit event; it is not counted then. */
  take(sent: Sent, text: Uint8Array, place?: EventPlace): boolean {
    const facts = factsOf(sent)
    if (facts === undefined) return false
    const { audit_id, stage } = facts
    const before = this.#held.get(audit_id)
    const isEarlier = before !== undefined && rankOf(stage) <= rankOf(before.facts.stage)
    if (isEarlier) this.#rows.pass()
    else {
      if (before !== undefined) this.#rows.pass()
      this.#held.delete(audit_id)
      const event = { sent, facts, text, place }
      // Held for what may follow in this request; a last stage may be followed by its own repeat.
      if (rankOf(stage) < last) this.#held.set(audit_id, event)
      else this.#store(event)
    }
    return true
  }

  /** Stores what no later stage came for. */
  close(): void {
    for (const held of this.#held.values()) this.#store(held)
    this.#held.clear()
    if (this.#stored.length > 0) {
      writeStages(this.#batch, this.#stored, this.#context.arrived_ms)
    }
    this.#stored.length = 0
  }

  #store({ sent, facts, text, place }: Held): void {
    const rank = rankOf(facts.stage)
    if (this.#isStored(facts.audit_id, rank)) {
      this.#rows.pass()
      return
    }
    if (this.#rows.store(auditEvent(sent, facts), text, place) !== recordStored) return
    const { lo, hi } = identity(facts.audit_id, rank)
    this.#batch.newIdentities.add(lo, hi, 'resource', anyDay)
    this.#stored.push({ lo, hi })
  }

  /** This stage, or a later one that says more. */
  #isStored(audit_id: string, rank: number): boolean {
    for (let later = rank; later < auditStages.length; later++) {
      const { lo, hi } = identity(audit_id, later)
      if (this.#batch.newIdentities.has(lo, hi, 'resource', anyDay)) return true
      if (this.#context.known.has(lo, hi, 'resource', anyDay)) return true
    }
    return false
  }
}

/** A panic comes in place of a complete response, and says more. */
function rankOf(stage: AuditFacts['stage']): number {
  return auditStages.indexOf(stage)
}
const last = rankOf('ResponseComplete')

function identity(audit_id: string, rank: number): Hash64 {
  const bytes = encoder.encode(audit_id)
  return hash.reset(seed).bytes(viewOf(bytes), 0, bytes.length).number(rank).finish()
}
