/** One line of `journalctl --output=json` as what a record needs of it. */
import { limits } from '../../../model/limits.ts'

export type JournalEntry = {
  cursor: string
  time_us: number
  severity: number
  message: string
  /** The program that wrote it. */
  identifier: string
  attributes: readonly (readonly [string, string | number])[]
}

/** Syslog's eight levels, emergency first. */
const severities = [21, 19, 18, 17, 13, 10, 9, 5]
const names = [
  ['_SYSTEMD_UNIT', 'systemd.unit'],
  ['SYSLOG_IDENTIFIER', 'syslog.identifier'],
  ['_TRANSPORT', 'systemd.transport'],
  ['CODE_FILE', 'code.file.path'],
  ['CODE_FUNC', 'code.function.name'],
] as const

/** Undefined when the line is none. */
export function readEntry(line: string): JournalEntry | undefined {
  let fields: Record<string, unknown>
  try {
    fields = JSON.parse(line)
  } catch {
    return undefined
  }
  const cursor = fields.__CURSOR
  const time_us = Number(fields.__REALTIME_TIMESTAMP)
  if (typeof cursor !== 'string' || !(time_us > 0)) return undefined
  const attributes: [string, string | number][] = []
  for (const [field, key] of names) {
    const value = textOf(fields[field])
    if (value !== '') attributes.push([key, value])
  }
  const pid = Number(textOf(fields._PID))
  if (pid > 0) attributes.push(['process.pid', pid])
  const priority = textOf(fields.PRIORITY)
  return {
    cursor,
    time_us,
    severity: priority === '' ? 0 : (severities[Number(priority)] ?? 0),
    message: textOf(fields.MESSAGE).slice(0, limits.log_body_bytes_max / 4),
    identifier: textOf(fields.SYSLOG_IDENTIFIER) || textOf(fields._COMM),
    attributes,
  }
}

/** Text that is no UTF-8 comes as a list of bytes, and what was said twice as a list of texts. */
function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (!Array.isArray(value)) return ''
  return typeof value[0] === 'number' ? Buffer.from(value).toString() : textOf(value[0])
}
