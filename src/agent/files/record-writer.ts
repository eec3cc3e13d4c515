/**
 * Makes one finished log line a record of the export request: filters it, reads what it says of
 * severity, time, trace and fields, and keeps bytes that are no UTF-8. Knows no files.
 */
import { isUtf8 } from 'node:buffer'
import type { RE2JS } from 're2js'
import { foundJson, readJsonBody } from '../../pipeline/json-body.ts'
import { draftJson, type JsonRules, type RecordDraft } from '../../pipeline/record-draft.ts'
import type { RecordStep } from '../../pipeline/record-steps.ts'
import { foundWord, severityOfLine } from '../../pipeline/severity-text.ts'
import { foundTrace, readTraceText } from '../../pipeline/trace-text.ts'
import { viewOf } from '../../wire/copy-bytes.ts'
import type { LogsEncoder } from '../../wire/otlp/encode-logs.ts'
import type { LineParser } from '../modules/logs/parsed-line.ts'
import { Finders } from './finders.ts'

export type RecordRules = {
  parse_json: boolean
  /** Empty: all. Asked before exclude_lines, as Filebeat does. */
  include_lines: readonly RE2JS[]
  exclude_lines: readonly RE2JS[]
  /** A module's reading of its program's lines, for each stream. */
  parsers: readonly [LineParser | undefined, LineParser | undefined]
  /** Whether the parser knows the time better than what the line came with. */
  parser_time: boolean
  /** What json.* hints say of JSON bodies. */
  json?: JsonRules | undefined
  /** What processors make of each record. */
  steps?: RecordStep | undefined
  /** How what these rules leave out is read instead: several inputs, each line in one of them. */
  or?: RecordRules | undefined
}

/** A finished record: the bytes [start, end) and what its lines came with. */
export type Finished = {
  bytes: Uint8Array
  start: number
  end: number
  seconds: number
  nanoseconds: number
  stream: 0 | 1
  /** Attributes that the encoder copies: path and stream. */
  attributes: DataView
  /** Of a record that was too long to keep whole. */
  cut: { original_bytes: number; sha256: string } | undefined
  /** A stack trace of several lines: an error even when it does not say so. */
  isTrace: boolean
}

const raw_bytes_max = 45 * 1024
const lossy = new TextDecoder()
const trace_text_bytes_max = 16 * 1024
const severity = { error: 17 }

/** Bytes that records lie in, with what is asked of all of them at once. */
class Ground {
  /** All spellings of a trace id hold it. */
  readonly traces = new Finders(['race'])
  bytes: Uint8Array | undefined
  view: DataView = new DataView(new ArrayBuffer(0))
  isUtf8 = false

  reset(bytes: Uint8Array, start: number, end: number): void {
    if (bytes !== this.bytes) this.view = viewOf(bytes)
    this.bytes = bytes
    this.isUtf8 = isUtf8(bytes.subarray(start, end))
    this.traces.reset(bytes, end)
  }
}

export class RecordWriter {
  readonly #encoder: LogsEncoder
  /** The block that is being read, and what lies elsewhere: joined pieces, unescaped lines. */
  readonly #block = new Ground()
  readonly #elsewhere = new Ground()
  #ground = this.#block

  constructor(encoder: LogsEncoder) {
    this.#encoder = encoder
  }

  /** Records that follow lie in these bytes, in order, or in bytes of their own. */
  block(bytes: Uint8Array, start: number, end: number): void {
    this.#block.reset(bytes, start, end)
  }

  /** False when the rules leave it out. */
  write(record: Finished, rules: RecordRules): boolean {
    this.#ground = this.#block
    if (record.bytes !== this.#block.bytes) {
      this.#ground = this.#elsewhere
      this.#elsewhere.reset(record.bytes, record.start, record.end)
    }
    if (record.cut !== undefined) trimCharacter(record)
    const { bytes, start, end } = record
    const isValid = this.#ground.isUtf8 || isUtf8(bytes.subarray(start, end))
    for (let one: RecordRules | undefined = rules; one !== undefined; one = one.or) {
      const isDrafted = one.json !== undefined || one.steps !== undefined
      const isKept = isDrafted
        ? this.#drafted(record, one, isValid)
        : this.#direct(record, one, isValid)
      if (isKept) return true
    }
    return false
  }

  #direct(record: Finished, rules: RecordRules, isValid: boolean): boolean {
    const { bytes, start, end } = record
    const filters = rules.include_lines.length + rules.exclude_lines.length
    if (filters > 0 && isLeftOut(textOf(record, isValid), rules)) return false
    if (rules.parse_json && looksJson(bytes, start, end) && isValid && this.#json(record)) {
      return true
    }
    const parser = rules.parsers[record.stream]
    if (parser !== undefined && isValid) {
      const isDone = this.#parsed(record, parser, rules.parser_time)
      if (isDone !== undefined) return isDone
    }
    this.#plain(record, isValid)
    return true
  }

  /** As an object, for rules that change what a record says. */
  #drafted(record: Finished, rules: RecordRules, isValid: boolean): boolean {
    const text = textOf(record, isValid)
    const draft = draftOf(record, text)
    const isJson = rules.json !== undefined || (rules.parse_json && text.startsWith('{'))
    const isRead = isJson && draftJson(draft, text, rules.json)
    // Filters look at the message when somebody said which member that is.
    const filtered = isRead && rules.json !== undefined ? draft.body : text
    if (isLeftOut(filtered, rules)) return false
    if (!isRead) {
      const parsed = rules.parsers[record.stream]?.(text)
      if (parsed === 'exclude') return false
      readDraft(draft, record, parsed, rules.parser_time)
      if (draft.trace_id === '' && readTraceText(text.slice(0, trace_text_bytes_max))) {
        draft.trace_id = foundTrace.trace_id
        draft.span_id = foundTrace.span_id
      }
      if (!isValid) draft.attributes.set('log.raw_base64', rawOf(record))
    }
    if (rules.steps?.(draft) === false) return false
    this.#encode(draft, record)
    return true
  }

  #encode(draft: RecordDraft, record: Finished): void {
    const encoder = this.#encoder
    encoder.begin(draft.seconds, draft.nanoseconds)
    encoder.severity(draft.severity)
    if (draft.severity_text !== '') encoder.severityText(draft.severity_text)
    if (draft.trace_id !== '') encoder.traceId(draft.trace_id)
    if (draft.span_id !== '') encoder.spanId(draft.span_id)
    encoder.bodyText(draft.body)
    for (const [key, value] of draft.attributes) encoder.attribute(key, value)
    this.#finish(record)
  }

  #plain(record: Finished, isValid: boolean): void {
    const { bytes, start, end } = record
    const encoder = this.#encoder
    encoder.begin(record.seconds, record.nanoseconds)
    const number = severityOfLine(bytes, start, end)
    if (foundWord.end > foundWord.start) {
      encoder.severityText(latin1(bytes, foundWord.start, foundWord.end))
    }
    encoder.severity(number === 0 && record.isTrace ? severity.error : number)
    if (this.#ground.traces.has(0, start, end)) this.#trace(record)
    if (isValid) encoder.body(this.#ground.view, start, end)
    else {
      encoder.bodyText(lossy.decode(bytes.subarray(start, end)))
      encoder.attribute('log.raw_base64', rawOf(record))
    }
    this.#finish(record)
  }

  #finish(record: Finished): void {
    const encoder = this.#encoder
    encoder.attributes(record.attributes)
    if (record.cut !== undefined) {
      encoder.attribute('log.truncated', true)
      encoder.attribute('log.original_length', record.cut.original_bytes)
      encoder.attribute('log.sha256', record.cut.sha256)
    }
    encoder.end()
  }

  #trace({ bytes, start, end }: Finished): void {
    const stop = Math.min(end, start + trace_text_bytes_max)
    if (!readTraceText(latin1(bytes, start, stop))) return
    this.#encoder.traceId(foundTrace.trace_id)
    if (foundTrace.span_id !== '') this.#encoder.spanId(foundTrace.span_id)
  }

  #json(record: Finished): boolean {
    if (!readJsonBody(textOf(record, true), record.seconds)) return false
    const { message, severity: number, severity_text, trace_id, span_id } = foundJson
    const encoder = this.#encoder
    if (foundJson.is_timed) encoder.begin(foundJson.seconds, foundJson.nanoseconds)
    else encoder.begin(record.seconds, record.nanoseconds)
    encoder.severity(number)
    if (severity_text !== '') encoder.severityText(severity_text)
    if (trace_id !== '') encoder.traceId(trace_id)
    if (span_id !== '') encoder.spanId(span_id)
    if (message === undefined) encoder.body(this.#ground.view, record.start, record.end)
    else encoder.bodyText(message)
    for (let i = 0; i < foundJson.keys.length; i++) {
      encoder.attribute(foundJson.keys[i]!, foundJson.values[i]!)
    }
    if (foundJson.dropped > 0) encoder.attribute('log.members_dropped', foundJson.dropped)
    this.#finish(record)
    return true
  }

  /** Undefined when the line is of another shape than the parser's. */
  #parsed(record: Finished, parse: LineParser, isTimed: boolean): boolean | undefined {
    const parsed = parse(textOf(record, true))
    if (parsed === undefined) return undefined
    if (parsed === 'exclude') return false
    const encoder = this.#encoder
    if (isTimed && parsed.time_ms !== undefined) {
      const seconds = Math.floor(parsed.time_ms / 1000)
      encoder.begin(seconds, Math.round(parsed.time_ms - seconds * 1000) * 1_000_000)
    } else encoder.begin(record.seconds, record.nanoseconds)
    encoder.severity(parsed.severity_number ?? 0)
    if (this.#ground.traces.has(0, record.start, record.end)) this.#trace(record)
    if (parsed.body === undefined) encoder.body(this.#ground.view, record.start, record.end)
    else encoder.bodyText(parsed.body)
    for (const [key, value] of Object.entries(parsed.attributes)) encoder.attribute(key, value)
    this.#finish(record)
    return true
  }
}

function rawOf({ bytes, start, end }: Finished): string {
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start)
  return raw.subarray(0, raw_bytes_max).toString('base64')
}

function draftOf({ seconds, nanoseconds, stream }: Finished, body: string): RecordDraft {
  return {
    ...{ seconds, nanoseconds, stream, body },
    ...{ severity: 0, severity_text: '', trace_id: '', span_id: '', attributes: new Map() },
  }
}

/** A line that is no JSON: what its program's parser makes of it, or its first words. */
function readDraft(
  draft: RecordDraft,
  { bytes, start, end, isTrace }: Finished,
  parsed: Exclude<ReturnType<LineParser>, 'exclude'>,
  isTimed: boolean,
): void {
  if (parsed === undefined) {
    const number = severityOfLine(bytes, start, end)
    draft.severity_text = latin1(bytes, foundWord.start, foundWord.end)
    draft.severity = number === 0 && isTrace ? severity.error : number
    return
  }
  draft.severity = parsed.severity_number ?? 0
  draft.body = parsed.body ?? draft.body
  for (const [key, value] of Object.entries(parsed.attributes)) draft.attributes.set(key, value)
  if (!isTimed || parsed.time_ms === undefined) return
  draft.seconds = Math.floor(parsed.time_ms / 1000)
  draft.nanoseconds = Math.round(parsed.time_ms - draft.seconds * 1000) * 1_000_000
}

function isLeftOut(text: string, rules: RecordRules): boolean {
  const isOneOf = (patterns: readonly RE2JS[]) => patterns.some((one) => one.matcher(text).find())
  if (rules.include_lines.length > 0 && !isOneOf(rules.include_lines)) return true
  return isOneOf(rules.exclude_lines)
}

function looksJson(bytes: Uint8Array, start: number, end: number): boolean {
  let last = end - 1
  while (last > start && bytes[last]! <= 0x20) last--
  return bytes[start] === 0x7b && bytes[last] === 0x7d
}

/** A cut must not leave half a character behind. */
function trimCharacter(record: Finished): void {
  const { bytes, start } = record
  let at = record.end
  const least = Math.max(start, at - 3)
  while (at > least && (bytes[at - 1]! & 0xc0) === 0x80) at--
  if (at === start) return
  const lead = bytes[at - 1]!
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc0 ? 2 : 1
  if (record.end - (at - 1) < length) record.end = at - 1
}

function textOf({ bytes, start, end }: Finished, isValid: boolean): string {
  if (!isValid) return lossy.decode(bytes.subarray(start, end))
  return Buffer.from(bytes.buffer, bytes.byteOffset, end).toString('utf8', start, end)
}

export function latin1(bytes: Uint8Array, start: number, end: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, end).toString('latin1', start, end)
}
