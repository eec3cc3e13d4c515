/**
 * Reads JSON records however senders put them into a body: one a line, one after the other, one
 * over several lines, or in an array. What cannot be read is refused by itself.
 */
import { viewOf } from '../../../wire/copy-bytes.ts'
import type { Decode } from '../../receiver.ts'
import { jsonProblem, readJsonObject } from '../../records/json-reader.ts'
import { LogRows, recordStored } from '../../records/log-rows.ts'
import { type Defaults, fillDefaults } from './defaults.ts'

/** What the sender is told of a record that was not stored. */
export type LineError = { line: number; record: number; reason: string; detail?: string }

/** More are counted, not told. */
export const errors_max = 100
/** Past this many unreadable ones the body is no JSON: its other lines are counted, not read. */
const unreadable_max = 10_000
/** A record that is not whole after this much is looked for in its line alone from then on. */
const lookahead_bytes_max = 64 * 1024

const rows = new LogRows()
const newline = 0x0a
const comma = 0x2c
const openBrace = 0x7b
const openBracket = 0x5b
const closeBracket = 0x5d

/** Reads into `errors` what is to be told of records that were refused. */
export function jsonLines(defaults: Defaults, errors: LineError[]): Decode {
  return (body, context, batch) => {
    errors.length = 0
    rows.open(context, batch)
    new Reading(body, defaults, errors).all()
    return rows.outcome('records')
  }
}

class Reading {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #defaults: Defaults
  readonly #errors: LineError[]
  #at = 0
  #record = 0
  /** Lines are counted up to here, when one is to be told. */
  #counted = 0
  #line = 1
  #isInArray = false
  #wantsItem = false
  #isOverLines = true
  #unreadable = 0

  constructor(bytes: Uint8Array, defaults: Defaults, errors: LineError[]) {
    this.#bytes = bytes
    this.#view = viewOf(bytes)
    this.#defaults = defaults
    this.#errors = errors
    // A byte order mark.
    if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) this.#at = 3
  }

  all(): void {
    const { length } = this.#bytes
    for (;;) {
      this.#space()
      if (this.#at >= length) break
      if (this.#unreadable >= unreadable_max) {
        this.#refuseRest()
        break
      }
      const byte = this.#bytes[this.#at]!
      if (this.#isInArray) this.#inArray(byte)
      else if (byte === openBracket) {
        this.#at++
        this.#isInArray = this.#wantsItem = true
      } else if (byte === openBrace) this.#object()
      // Some senders end each record with a comma, as if they wrote an array.
      else if (byte === comma && this.#record > 0) this.#at++
      else this.#refuseLine(this.#at, 'expected an object')
    }
    const isCut = this.#isInArray && this.#unreadable < unreadable_max
    if (isCut) this.#refuse(length, length, 'an array has no end')
  }

  #inArray(byte: number): void {
    if (byte === closeBracket) {
      this.#at++
      this.#isInArray = false
    } else if (byte === comma) {
      if (this.#wantsItem) this.#refuse(this.#at, this.#at + 1, 'expected a record')
      this.#at++
      this.#wantsItem = true
    } else {
      const start = this.#at
      if (!this.#wantsItem) this.#refuseItem(start, 'expected a comma')
      else if (byte === openBrace) this.#object()
      else this.#refuseItem(start, 'expected an object')
      this.#wantsItem = false
    }
  }

  /** Reads the object at the place, as far as it goes. */
  #object(): void {
    const bytes = this.#bytes
    const start = this.#at
    const limit = this.#isOverLines ? bytes.length : this.#lineEnd(start)
    const { record } = rows
    record.clear()
    if (readJsonObject(record, bytes, this.#view, start, limit)) {
      this.#at = limit
      this.#store(start, limit)
      return
    }
    const end = start + jsonProblem.at
    if (jsonProblem.detail === 'expected the end after the object') {
      this.#at = end
      this.#store(start, end)
      return
    }
    if (end > this.#lineEnd(start) + lookahead_bytes_max) this.#isOverLines = false
    const detail = `${jsonProblem.detail} at its byte ${jsonProblem.at}`
    const reason = jsonProblem.isTooDeep ? 'nesting_too_deep' : 'line_malformed'
    if (this.#isInArray) this.#refuseItem(start, detail, reason)
    else this.#refuseLine(start, detail, reason)
  }

  #store(start: number, end: number): void {
    let stop = end
    while (stop > start && this.#bytes[stop - 1]! <= 0x20) stop--
    const { record } = rows
    record.sent(this.#bytes, start, stop)
    fillDefaults(record, this.#defaults)
    this.#record++
    const verdict = rows.store()
    if (verdict === recordStored || verdict === 'dropped') return
    this.#tell(start, verdict, rows.detail)
    // Nothing more fits into the batch.
    if (verdict === 'record_too_large') this.#unreadable = unreadable_max
  }

  #refuseLine(
    start: number,
    detail: string,
    reason: 'line_malformed' | 'nesting_too_deep' = 'line_malformed',
  ): void {
    this.#at = this.#lineEnd(start)
    this.#refuse(start, this.#at, detail, reason)
  }

  /** Goes past an item that cannot be read: to the comma or bracket that ends it. */
  #refuseItem(
    start: number,
    detail: string,
    reason: 'line_malformed' | 'nesting_too_deep' = 'line_malformed',
  ): void {
    const bytes = this.#bytes
    let depth = 0
    let isText = false
    let at = start
    for (; at < bytes.length; at++) {
      const byte = bytes[at]!
      if (isText) {
        if (byte === 0x5c) at++
        else if (byte === 0x22) isText = false
        continue
      }
      if (byte === 0x22) isText = true
      else if (byte === openBrace || byte === openBracket) depth++
      else if (depth === 0 && (byte === comma || byte === closeBracket)) break
      else if (byte === 0x7d || byte === closeBracket) depth--
    }
    this.#at = Math.min(at, bytes.length)
    this.#refuse(start, this.#at, detail, reason)
  }

  #refuse(
    start: number,
    end: number,
    detail: string,
    reason: 'line_malformed' | 'nesting_too_deep' = 'line_malformed',
  ): void {
    this.#record++
    this.#unreadable++
    rows.refuse(reason, detail, this.#bytes.subarray(start, Math.min(end, start + 4096)))
    this.#tell(start, reason, detail)
  }

  #refuseRest(): void {
    const start = this.#at
    let lines = 0
    for (; this.#at < this.#bytes.length; this.#at = this.#lineEnd(this.#at) + 1) lines++
    this.#refuse(start, this.#bytes.length, 'too many records could not be taken before it')
    rows.tally.reject('line_malformed', lines - 1)
  }

  #tell(start: number, reason: string, detail: string): void {
    if (this.#errors.length >= errors_max) return
    for (; this.#counted < start; this.#counted++) {
      if (this.#bytes[this.#counted] === newline) this.#line++
    }
    const error: LineError = { line: this.#line, record: this.#record, reason }
    if (detail !== '') error.detail = detail
    this.#errors.push(error)
  }

  #lineEnd(start: number): number {
    const end = this.#bytes.indexOf(newline, start)
    return end < 0 ? this.#bytes.length : end
  }

  #space(): void {
    const bytes = this.#bytes
    // A record separator (0x1e) begins the records of application/json-seq.
    while (this.#at < bytes.length && bytes[this.#at]! <= 0x20) {
      this.#at++
    }
  }
}
