/**
 * One syslog message as fields of a record: RFC 5424, and RFC 3164 with the deviations that are
 * common. Whatever has a priority or not is stored; what cannot be told apart is the message.
 */
import { foundTime, readTime, readTimeValue } from '../../../pipeline/time-text.ts'
import { viewOf } from '../../../wire/copy-bytes.ts'
import type { FlatRecord } from '../../records/flat-record.ts'
import { ownPath, type Path } from '../../records/paths.ts'
import { oldTime, readOldTime } from './old-time.ts'
import { readStructuredData } from './structured-data.ts'

const paths = {
  level: ownPath('log.level'),
  priority: ownPath('log.syslog.priority'),
  severityCode: ownPath('log.syslog.severity.code'),
  severityName: ownPath('log.syslog.severity.name'),
  facilityCode: ownPath('log.syslog.facility.code'),
  facilityName: ownPath('log.syslog.facility.name'),
  host: ownPath('host.name'),
  service: ownPath('service.name'),
  pid: ownPath('process.pid'),
  procid: ownPath('log.syslog.procid'),
  msgid: ownPath('log.syslog.msgid'),
  version: ownPath('log.syslog.version'),
}

const severities = [
  ['emergency', 'emergency'],
  ['alert', 'alert'],
  ['critical', 'critical'],
  ['error', 'error'],
  ['warning', 'warning'],
  ['notice', 'notice'],
  ['informational', 'info'],
  ['debug', 'debug'],
] as const
const facilities = [
  ...'kernel user-level mail system security/authorization syslogd'.split(' '),
  ...'line-printer network-news uucp clock security/authorization ftp ntp log-audit'.split(' '),
  ...'log-alert clock'.split(' '),
  ...Array.from({ length: 8 }, (_, i) => `local${i}`),
]
const priority_default = 13
const priority_max = 191

/** Fills the record from the message at [start, end). */
export function readMessage(
  record: FlatRecord,
  bytes: Uint8Array,
  start: number,
  end: number,
  now_ms: number,
): void {
  let stop = end
  while (stop > start && (bytes[stop - 1]! <= 0x0d || bytes[stop - 1] === 0x20)) stop--
  const head = new Head(record, bytes, start, stop)
  head.priority()
  record.sent(bytes, start, stop)
  const from = head.at
  if (head.version() && head.rest5424()) return
  head.at = from
  head.rest3164(now_ms)
}

const space = 0x20

/** Goes through the words before the message itself. */
class Head {
  at: number
  readonly #record: FlatRecord
  readonly #bytes: Uint8Array
  readonly #view: DataView
  readonly #end: number

  constructor(record: FlatRecord, bytes: Uint8Array, start: number, end: number) {
    this.#record = record
    this.#bytes = bytes
    this.#view = viewOf(bytes)
    this.at = start
    this.#end = end
  }

  /** `<34>`; 13 where none is said. */
  priority(): void {
    const text = this.#text(this.at, Math.min(this.#end, this.at + 6))
    const found = /^<(\d{1,3})>/.exec(text)
    const said = found === null ? priority_default : Number(found[1])
    if (found !== null) this.at += found[0].length
    const priority = said > priority_max ? priority_default : said
    const [name, level] = severities[priority & 7]!
    const facility = priority >>> 3
    const record = this.#record
    record.string(paths.level, level)
    record.number(paths.priority, priority)
    record.number(paths.severityCode, priority & 7)
    record.string(paths.severityName, name)
    record.number(paths.facilityCode, facility)
    record.string(paths.facilityName, facilities[facility]!)
  }

  version(): boolean {
    return this.#bytes[this.at] === 0x31 && this.#bytes[this.at + 1] === space
  }

  /** `1 time host app procid msgid [data] message`; false when it is something else. */
  rest5424(): boolean {
    this.at += 2
    const [time, host, app, procid, msgid] = [1, 2, 3, 4, 5].map(() => this.#word())
    if (time === undefined || msgid === undefined || !this.#time5424(time)) return false
    const data_end = readStructuredData(this.#record, this.#bytes, this.#view, this.at, this.#end)
    if (data_end < 0) return false
    const record = this.#record
    record.number(paths.version, 1)
    this.#put(paths.host, host)
    this.#put(paths.service, app)
    this.#put(paths.msgid, msgid)
    this.#putPid(procid)
    this.at = this.#bytes[data_end] === space ? data_end + 1 : data_end
    const { at } = this
    const bytes = this.#bytes
    if (bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf) this.at += 3
    this.message()
    return true
  }

  #time5424([start, end]: Word): boolean {
    if (isNil(this.#bytes, start, end)) return true
    if (readTime(this.#bytes, start, end) !== end) return false
    this.#record.time(foundTime.seconds, foundTime.nanoseconds)
    return true
  }

  rest3164(now_ms: number): void {
    const from = this.at
    // Some devices write a version and then what they like.
    if (this.version()) this.at += 2
    const hasTime = this.#time3164(now_ms)
    if (!hasTime) this.at = from
    this.#skipSpaces()
    // Without a time nothing says that a word is the host's.
    if (hasTime) this.#host()
    this.#tag()
    this.message()
  }

  #time3164(now_ms: number): boolean {
    const word = this.#peek()
    if (word !== undefined) {
      const [start, end] = word
      const isTime = readTime(this.#bytes, start, end) === end
      if (isTime || readTimeValue(this.#text(start, Math.min(end, start + 49)))) {
        this.#record.time(foundTime.seconds, foundTime.nanoseconds)
        this.at = end
        return true
      }
    }
    const took = readOldTime(this.#text(this.at, Math.min(this.#end, this.at + 48)), now_ms)
    if (took === 0) return false
    this.#record.time(oldTime.seconds, oldTime.nanoseconds)
    this.at += took
    return true
  }

  /** A word that is no tag: what is sent to a socket of the own machine has no host. */
  #host(): void {
    const word = this.#peek()
    if (word === undefined) return
    const [start, end] = word
    const last = this.#bytes[end - 1]
    const text = this.#text(start, Math.min(end, start + 256))
    if (last === 0x3a || text.includes('[') || text.startsWith('%') || end === this.#end) return
    if (!/^[A-Za-z0-9._:-]+$/.test(text)) return
    this.#put(paths.host, word)
    this.at = end
    this.#skipSpaces()
  }

  /** `app[123]:`, `app:`, or as Cisco `%ASA-6-302013:`. */
  #tag(): void {
    const text = this.#text(this.at, Math.min(this.#end, this.at + 160))
    const found =
      /^(%?[A-Za-z0-9._/@()-]{1,100})(?:\[([^\]\s]{1,40})\])?(?: ?: |:$|:(?=[^\s/]))/.exec(text)
    if (found === null) return
    const [whole, name, procid] = found
    if (name!.startsWith('%')) this.#record.string(paths.msgid, name!.slice(1))
    else this.#record.string(paths.service, name!)
    if (procid !== undefined) this.#putPidText(procid)
    this.at += whole.length
  }

  /** What is left; JSON objects are taken apart when the record is stored. */
  message(): void {
    let start = this.at
    const end = this.#end
    const cookie = this.#text(start, Math.min(end, start + 16))
    const cee = /^\s*@cee: ?/.exec(cookie)
    if (cee !== null) start += cee[0].length
    while (start < end && this.#bytes[start] === space) start++
    this.#record.body(this.#view, Math.min(start, end), end)
  }

  /** The next word, and past the space behind it. */
  #word(): Word | undefined {
    const word = this.#peek()
    if (word !== undefined) this.at = word[1] + 1
    return word
  }

  #peek(): Word | undefined {
    if (this.at >= this.#end) return undefined
    let end = this.at
    while (end < this.#end && this.#bytes[end] !== space) end++
    return end === this.at ? undefined : [this.at, end]
  }

  #skipSpaces(): void {
    while (this.at < this.#end && this.#bytes[this.at] === space) this.at++
  }

  #put(path: Path, word: Word | undefined): void {
    if (word === undefined || isNil(this.#bytes, word[0], word[1])) return
    this.#record.text(path, this.#view, word[0], word[1])
  }

  #putPid(word: Word | undefined): void {
    if (word === undefined || isNil(this.#bytes, word[0], word[1])) return
    this.#putPidText(this.#text(word[0], Math.min(word[1], word[0] + 256)))
  }

  #putPidText(text: string): void {
    if (/^\d{1,15}$/.test(text)) this.#record.number(paths.pid, Number(text))
    else this.#record.string(paths.procid, text)
  }

  #text(start: number, end: number): string {
    return Buffer.from(this.#bytes.buffer, this.#bytes.byteOffset + start, end - start).toString(
      'latin1',
    )
  }
}

type Word = readonly [start: number, end: number]

function isNil(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start === 1 && bytes[start] === 0x2d
}
