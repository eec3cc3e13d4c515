/**
 * Records that came as flat fields, written as rows of table logs: the one place where a field
 * becomes a column, a resource attribute or an attribute. Reading protocols is left to receivers.
 */
import { Fault } from '../../model/faults.ts'
import { limits } from '../../model/limits.ts'
import type { DecodeOutcome, RejectReason } from '../../model/outcome.ts'
import { severityOfLine, severityOfNumber, severityOfWord } from '../../pipeline/severity-text.ts'
import type { Batch } from '../../wire/batch.ts'
import { viewOf } from '../../wire/copy-bytes.ts'
import { cutAt, cutWord } from '../../wire/otlp/any-value.ts'
import { Tally } from '../../wire/otlp/context.ts'
import type { Resource, RowPrefix } from '../../wire/otlp/resource.ts'
import type { RowBuffer } from '../../wire/row-buffer.ts'
import { hashTemplate, template } from '../../wire/template.ts'
import type { RecordContext } from '../receiver.ts'
import type { EventMark } from './event-marks.ts'
import { FlatRecord, valueKinds } from './flat-record.ts'
import { readJsonObject } from './json-reader.ts'
import { meanings } from './meanings.ts'
import { passPipelines } from './record-document.ts'
import { type Ids, readIds } from './record-ids.ts'
import { prefixOf, resourceOf, scopedPrefix } from './record-resources.ts'
import { chooseTime, chosenTime, nanoseconds } from './record-time.ts'

/** A record that was not stored, or several of one kind. */
export type RowRefusal = {
  reason: RejectReason
  detail?: string | undefined
  /** What was sent, for people to see; cut when it is stored. */
  sample?: Uint8Array | undefined
  dataset?: string | undefined
}

export const recordStored = ''
export const recordDropped = 'dropped'
export type RecordVerdict = RejectReason | typeof recordStored | typeof recordDropped

/** Log records of one request: shippers batch a tenth of it, and it takes about a second. */
export const records_max = 200_000

let requests = 0
const ids: Ids = { trace: new Uint8Array(16), span: new Uint8Array(8) }

export class LogRows {
  readonly record = new FlatRecord()
  readonly tally = new Tally()
  /** Pipelines that the request asks for by name, before those of the data set. */
  asked: readonly string[] = []
  /** `_index` of the record, for pipelines that look at it. */
  index = ''
  /** The line is stored to the byte as it was sent: what it says as an object is beside it. */
  keepsBody = false
  /** Why the last record was refused, in words. */
  detail = ''
  #context!: RecordContext
  #batch!: Batch
  #request = 0
  /** For each meaning the index of the field that has it, or -1. */
  readonly #chosen = new Int32Array(9)
  /** The field whose text was taken apart: what it said is in the others. */
  #spent = -1
  /** The JSON text that was taken apart lies here in the arena. */
  #jsonStart = -1
  #jsonEnd = -1
  #mark: EventMark | undefined
  /** The record was an event, stored and counted by who took it. */
  #isTaken = false
  #seen = 0

  /** Begins a request. */
  open(context: RecordContext, batch: Batch): void {
    this.#context = context
    this.#batch = batch
    this.#request = ++requests
    this.#seen = 0
    this.tally.reset()
    this.asked = []
    this.index = ''
    this.record.clear()
  }

  outcome(noun: string): DecodeOutcome {
    this.record.clear()
    this.record.shrink()
    return this.tally.outcome(noun)
  }

  /** Counts a record that could not even be read. */
  refuse(reason: RejectReason, detail: string, sample?: Uint8Array): void {
    this.#count()
    this.detail = detail
    this.tally.reject(reason)
    this.#context.refused({ reason, detail, sample })
  }

  /** Tiny records by the million would hold everybody else up for seconds. */
  #count(): void {
    if (++this.#seen > records_max) throw new Fault('records_too_many', { records_max })
  }

  /** Stores the record as a row and counts it. Clearing it is left to the receiver. */
  store(): RecordVerdict {
    const { record, tally } = this
    this.detail = ''
    if (this.#seen === records_max) this.#count()
    const { pipelines } = this.#context.parts
    if (this.asked.length > 0 || !pipelines.isEmpty()) {
      const verdict = passPipelines(this, pipelines)
      if (verdict === recordDropped) {
        this.#count()
        tally.accepted++
        this.#context.dropped?.({ detail: this.detail, sample: this.#sent() })
        return verdict
      }
      if (verdict !== recordStored) return this.#refuse(verdict)
    }
    const reason = this.#write()
    if (this.#isTaken) return reason
    if (reason !== recordStored) return this.#refuse(reason)
    this.#count()
    tally.accepted++
    tally.attributesDropped += record.dropped
    return recordStored
  }

  #refuse(reason: RejectReason): RejectReason {
    this.refuse(reason, this.detail, this.#sent())
    return reason
  }

  #sent(): Uint8Array | undefined {
    const { source, sourceStart, sourceEnd } = this.record
    return sourceEnd > sourceStart ? source.subarray(sourceStart, sourceEnd) : undefined
  }

  #write(): RejectReason | typeof recordStored {
    const context = this.#context
    const batch = this.#batch
    const { record } = this
    this.#isTaken = false
    if (batch.isFull()) return 'record_too_large'
    this.#choose(0, record.count)
    this.#readBody()
    chooseTime(record, this.#chosen[meanings.time]!, context.arrived_ms)
    const time_ms = chosenTime.seconds * 1000 + Math.floor(chosenTime.nanoseconds / 1e6)
    if (time_ms < context.time_ms_min) return 'time_too_old'
    if (time_ms > context.time_ms_max) return 'time_in_future'
    const resource = resourceOf(record, context.cluster ?? '')
    if (resource.prefix.resource?.isTooDeep) return 'nesting_too_deep'
    const { lines } = resource.prefix.resource
    if (lines !== '' && (lines !== 'any' || this.#mark !== undefined)) {
      const verdict = this.#take(resource.prefix.resource)
      this.#isTaken = verdict !== undefined
      if (verdict !== undefined) return verdict
    }
    const scope = this.#scope()
    const prefix =
      scope === undefined
        ? prefixOf(resource, this.#request, context.arrived_ms)
        : scopedPrefix(resource, scope, context.arrived_ms)
    this.#writeRow(batch.get('logs'), prefix)
    if (time_ms < prefix.dayFrom_ms || time_ms >= prefix.dayTo_ms) {
      prefix.note(time_ms, context, batch)
    }
    return recordStored
  }

  /** An event that holds the name of another is no event of that. */
  #note(mark: EventMark): void {
    const before = this.#mark
    if (before === undefined || mark.prefix.length < before.prefix.length) this.#mark = mark
  }

  /** Gives a record to who stores events, if there is anybody. */
  #take(resource: Resource): RejectReason | typeof recordStored | undefined {
    const { takeRecord } = this.#context
    if (takeRecord === undefined) return undefined
    const { record } = this
    const isJson = this.#jsonStart >= 0
    const start = isJson ? this.#jsonStart : record.bodyStart
    const end = isJson ? this.#jsonEnd : record.bodyEnd
    const line = start < 0 ? nothing : record.arena.bytes.subarray(start, end)
    const mark = this.#mark
    return takeRecord({ record, mark, resource, line, seconds: chosenTime.seconds })
  }

  /** Which fields have a meaning. Those found inside of the body only fill what is missing. */
  #choose(from: number, to: number): void {
    const { record } = this
    const chosen = this.#chosen
    if (from === 0) {
      chosen.fill(-1)
      this.#mark = undefined
    }
    const outer = from === 0 ? undefined : chosen.slice()
    for (let i = from; i < to; i++) {
      const { meaning, rank, mark } = record.paths[i]!.means
      if (meaning <= meanings.resource) {
        if (mark !== undefined) this.#note(mark)
        continue
      }
      if (outer !== undefined && outer[meaning]! >= 0 && meaning !== meanings.body) continue
      const other = chosen[meaning]!
      const isBetter = other < from || rank < record.paths[other]!.means.rank
      if (other >= 0 && !isBetter) continue
      if (meaning === meanings.body && record.kind[i] !== valueKinds.text) continue
      chosen[meaning] = i
    }
  }

  /** A body that is a JSON object is taken apart: its members say what the line means. */
  #readBody(): void {
    const { record } = this
    const chosen = this.#chosen
    this.#spent = this.#jsonStart = -1
    if (record.bodyStart < 0) {
      const index = chosen[meanings.body]!
      if (index < 0) return
      record.bodyStart = record.start[index]!
      record.bodyEnd = record.end[index]!
    } else chosen[meanings.body] = -1
    const { arena } = record
    let end = record.bodyEnd
    while (end > record.bodyStart && arena.bytes[end - 1]! <= 0x20) end--
    if (!this.keepsBody) record.bodyEnd = end
    let start = record.bodyStart
    while (start < end && arena.bytes[start] === 0x20) start++
    if (arena.bytes[start] !== 0x7b || arena.bytes[end - 1] !== 0x7d) return
    this.#jsonStart = start
    this.#jsonEnd = end
    const body = arena.bytes.slice(start, end)
    const count = record.count
    const length = arena.length
    record.beginInner()
    if (!readJsonObject(record, body, viewOf(body), 0, body.length)) {
      record.count = count
      arena.length = length
      return
    }
    const outerBody = chosen[meanings.body]!
    this.#choose(count, record.count)
    const index = chosen[meanings.body]!
    if (index < count || index === outerBody) return
    if (this.keepsBody) {
      chosen[meanings.body] = -1
      return
    }
    record.bodyStart = record.start[index]!
    record.bodyEnd = record.end[index]!
    this.#spent = outerBody
  }

  #scope(): Uint8Array | undefined {
    const { record } = this
    const index = this.#chosen[meanings.scope]!
    if (index < 0 || record.kind[index] !== valueKinds.text) return undefined
    return record.arena.bytes.slice(record.start[index], record.end[index])
  }

  #writeRow(out: RowBuffer, prefix: RowPrefix): void {
    const { record } = this
    const chosen = this.#chosen
    const { arena } = record
    out.copy(prefix.view, 0, prefix.length)
    nanoseconds(out, chosenTime.seconds, chosenTime.nanoseconds)
    const { arrived_ms } = this.#context
    const arrived_s = Math.floor(arrived_ms / 1000)
    nanoseconds(out, arrived_s, Math.floor((arrived_ms - arrived_s * 1000) * 1e6))
    this.#writeSeverity(out)
    const event = chosen[meanings.event]!
    if (event < 0) out.u8(0)
    else writeWord(record, event, out)
    const original_bytes = this.#writeBody(out)
    readIds(record, chosen[meanings.trace]!, chosen[meanings.span]!, ids)
    if (!ids.hasTrace) chosen[meanings.trace] = -1
    if (!ids.hasSpan) chosen[meanings.span] = -1
    out.raw(ids.trace)
    out.raw(ids.span)
    out.u8(0)
    this.#writeMaps(out, original_bytes)
    out.rows++
    if (original_bytes > 0) this.tally.bodiesCut++
    if (arena.length > 64 * 1024 * 1024) arena.clear()
  }

  /** A word that says how severe it is, else what the line itself says. */
  #writeSeverity(out: RowBuffer): void {
    const { record } = this
    const index = this.#chosen[meanings.severity]!
    if (index >= 0) {
      const isText = record.kind[index] === valueKinds.text
      const text = isText ? record.textAt(index) : ''
      const number = isText ? severityOfWord(text) : severityOfNumber(record.value[index]!)
      if (number > 0) {
        out.u8(number)
        if (isText) writeWord(record, index, out)
        else out.u8(0)
        return
      }
      this.#chosen[meanings.severity] = -1
    }
    const { bodyStart, bodyEnd, arena } = record
    out.u8(bodyStart < 0 ? 0 : severityOfLine(arena.bytes, bodyStart, bodyEnd))
    out.u8(0)
  }

  /** Returns the body's own size when it had to be cut, else 0. */
  #writeBody(out: RowBuffer): number {
    const { record } = this
    let { bytes, view } = record.arena
    let { bodyStart: start, bodyEnd: end } = record
    if (start < 0) {
      bytes = record.source
      view = viewOf(bytes)
      start = record.sourceStart
      end = record.sourceEnd
    }
    const stop = cutAt(bytes, start, end, limits.log_body_bytes_max)
    out.string(view, start, stop)
    hashTemplate(view, bytes, start, stop)
    out.int64(template.lo, template.hi)
    return stop === end ? 0 : end - start
  }

  #isAttribute(index: number): boolean {
    if (index === this.#spent) return false
    const { means } = this.record.paths[index]!
    if (this.record.isResource(index)) return false
    if (means.meaning <= meanings.resource) return true
    if (means.meaning === meanings.time) return chosenTime.spent !== index
    return this.#chosen[means.meaning] !== index
  }

  #writeMaps(out: RowBuffer, original_bytes: number): void {
    const { record } = this
    const { kind, count } = record
    const cut = original_bytes > 0 ? 1 : 0
    let texts = 0
    let numbers = cut
    for (let i = 0; i < count; i++) {
      if (!this.#isAttribute(i)) continue
      if (kind[i] === valueKinds.text) textsAt[texts++] = i
      else numbers++
    }
    out.varint(texts + cut)
    if (cut) for (const word of ['log.truncated', 'true']) out.text(word)
    this.#writeTexts(out, texts)
    out.varint(numbers)
    if (cut) {
      out.text('log.original_length')
      out.float64(original_bytes)
    }
    if (numbers === cut) return
    for (let i = 0; i < count; i++) {
      if (kind[i] !== valueKinds.number || !this.#isAttribute(i)) continue
      const path = record.paths[i]!
      out.string(path.view, 0, path.bytes.length)
      out.float64(record.value[i]!)
    }
  }

  #writeTexts(out: RowBuffer, texts: number): void {
    const { record } = this
    const { bytes, view } = record.arena
    for (let at = 0; at < texts; at++) {
      const i = textsAt[at]!
      const path = record.paths[i]!
      out.string(path.view, 0, path.bytes.length)
      const start = record.start[i]!
      out.string(view, start, cutAt(bytes, start, record.end[i]!, limits.attribute_value_bytes_max))
    }
  }
}

const nothing = new Uint8Array(0)

/** The fields of the row being written that are attributes and texts. */
const textsAt = new Int32Array(limits.attributes_max + 128)

function writeWord(record: FlatRecord, index: number, out: RowBuffer): void {
  if (record.kind[index] === valueKinds.number) {
    out.text(String(record.value[index]))
    return
  }
  const { bytes, view } = record.arena
  const start = record.start[index]!
  out.string(view, start, cutWord(bytes, start, record.end[index]!))
}
