/**
 * Takes apart one line of a container log file: CRI text or Docker's json-file. Finds time, stream,
 * whether more follows, and where the content lies; joining and meaning come later.
 */
import { foundTime, readTime } from './time-text.ts'

export const streams = ['stdout', 'stderr'] as const
export type LineFormat = 'cri' | 'docker' | 'plain'

/** The line taken apart last. Content lies in `bytes` at [start, end). */
export const line = {
  seconds: 0,
  nanoseconds: 0,
  /** Index in streams. */
  stream: 0,
  /** The runtime cut the line here: the next one of this stream goes on. */
  isPartial: false,
  bytes: new Uint8Array() as Uint8Array,
  start: 0,
  end: 0,
}

const space = 0x20

/** `2016-10-06T00:17:09.669794202Z stdout P log content`; [start, end) is without its newline. */
export function readCriLine(bytes: Uint8Array, start: number, end: number): boolean {
  const afterTime = readTime(bytes, start, end)
  // "std" and one of "out", "err": the fourth letter tells, the seventh place is a space.
  if (afterTime < 0 || afterTime + 9 > end || bytes[afterTime] !== space) return false
  const at = afterTime + 1
  if (bytes[at] !== 0x73 || bytes[at + 1] !== 0x74 || bytes[at + 2] !== 0x64) return false
  if (bytes[at + 6] !== space) return false
  if (bytes[at + 3] === 0x6f && bytes[at + 4] === 0x75 && bytes[at + 5] === 0x74) line.stream = 0
  else if (bytes[at + 3] === 0x65 && bytes[at + 4] === 0x72 && bytes[at + 5] === 0x72) {
    line.stream = 1
  } else return false
  const tag = bytes[at + 7]!
  if (tag !== 0x46 && tag !== 0x50) return false
  let content = at + 8
  // More tags may follow, each after a colon.
  if (content < end && bytes[content] === 0x3a) {
    while (content < end && bytes[content] !== space) content++
  }
  if (content < end && bytes[content] !== space) return false
  line.isPartial = tag === 0x50
  line.bytes = bytes
  line.start = Math.min(end, content + 1)
  line.end = end
  line.seconds = foundTime.seconds
  line.nanoseconds = foundTime.nanoseconds
  return true
}

const utf8 = new TextEncoder()

/** `{"log":"text\n","stream":"stdout","time":"2016-10-20T18:39:20.57606443Z"}` */
export function readDockerLine(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] !== 0x7b || bytes[end - 1] !== 0x7d) return false
  let value: { log?: unknown; stream?: unknown; time?: unknown }
  try {
    value = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString())
  } catch {
    return false
  }
  if (typeof value.log !== 'string' || typeof value.time !== 'string') return false
  const time = utf8.encode(value.time)
  if (readTime(time, 0, time.length) !== time.length) return false
  const isWhole = value.log.endsWith('\n')
  line.bytes = utf8.encode(value.log)
  line.start = 0
  line.end = line.bytes.length - (isWhole ? 1 : 0)
  line.isPartial = !isWhole
  line.stream = value.stream === 'stderr' ? 1 : 0
  line.seconds = foundTime.seconds
  line.nanoseconds = foundTime.nanoseconds
  return true
}

/** Which format a file has, told by its first line. */
export function formatOf(bytes: Uint8Array, start: number, end: number): LineFormat {
  if (readCriLine(bytes, start, end)) return 'cri'
  return readDockerLine(bytes, start, end) ? 'docker' : 'plain'
}
