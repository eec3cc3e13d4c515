/** Reads the time at the head of a host's log line: RFC 3339, or syslog's `Nov  1 04:23:03`. */
import { foundTime, readTime } from './time-text.ts'

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const head_bytes = 40
const old = /^(?:<\d{1,3}>)?([A-Z][a-z]{2}) {1,2}(\d{1,2}) (\d\d):(\d\d):(\d\d) /

/**
 * Leaves the time in foundTime; false when there is none. Syslog's has neither year nor zone: it is
 * in this machine's zone, and of the year that puts it nearest to now.
 */
export function readHeadTime(
  bytes: Uint8Array,
  start: number,
  end: number,
  now_ms: number,
): boolean {
  const first = bytes[start] ?? 0
  if (first >= 0x30 && first <= 0x39) return readTime(bytes, start, end) > 0
  const stop = Math.min(end, start + head_bytes)
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, stop).toString('latin1', start, stop)
  const match = old.exec(text)
  if (match === null) return false
  const month = months.indexOf(match[1]!.toLowerCase())
  if (month < 0) return false
  const [day, hour, minute, second] = match.slice(2).map(Number) as [number, number, number, number]
  const year = new Date(now_ms).getFullYear()
  const nearest = [year - 1, year, year + 1]
    .map((one) => new Date(one, month, day, hour, minute, second).getTime())
    .reduce((a, b) => (Math.abs(a - now_ms) <= Math.abs(b - now_ms) ? a : b))
  foundTime.seconds = Math.floor(nearest / 1000)
  foundTime.nanoseconds = 0
  return true
}
