/** What the fields of a journal entry mean: systemd.journal-fields(7), in OpenTelemetry's words. */
import type { FlatRecord } from '../../records/flat-record.ts'
import { ownPath, type Path, pathOf } from '../../records/paths.ts'

/** The first that is said counts; syslog's words name the same things. */
const texts: Readonly<Record<string, Path>> = own({
  _HOSTNAME: 'host.name',
  _MACHINE_ID: 'host.id',
  SYSLOG_IDENTIFIER: 'service.name',
  _SYSTEMD_UNIT: 'systemd.unit',
  _SYSTEMD_USER_UNIT: 'systemd.user_unit',
  _SYSTEMD_SLICE: 'systemd.slice',
  _SYSTEMD_CGROUP: 'systemd.cgroup',
  _SYSTEMD_INVOCATION_ID: 'systemd.invocation_id',
  _TRANSPORT: 'systemd.transport',
  _BOOT_ID: 'systemd.boot_id',
  __CURSOR: '__CURSOR',
  MESSAGE_ID: 'systemd.message_id',
  _COMM: 'process.name',
  _EXE: 'process.executable.path',
  _CMDLINE: 'process.command_line',
  CODE_FILE: 'code.file.path',
  CODE_FUNC: 'code.function.name',
  CONTAINER_ID_FULL: 'container.id',
  CONTAINER_NAME: 'container.name',
  IMAGE_NAME: 'container.image.name',
})
const numbers: Readonly<Record<string, Path>> = own({
  _PID: 'process.pid',
  SYSLOG_PID: 'log.syslog.procid',
  _UID: 'user.id',
  _GID: 'user.group.id',
  CODE_LINE: 'code.line.number',
  SYSLOG_FACILITY: 'log.syslog.facility.code',
})
/** Times of the machine since it started, and times that are in the record's own. */
const skipped = new Set(['__MONOTONIC_TIMESTAMP', '__SEQNUM', '__SEQNUM_ID'])
const levels = 'emergency alert critical error warning notice info debug'.split(' ')

const paths = {
  level: ownPath('log.level'),
  severity: ownPath('log.syslog.severity.code'),
  service: ownPath('service.name'),
}

function own(names: Record<string, string>): Readonly<Record<string, Path>> {
  const entries = Object.entries(names).map(([field, name]) => [field, ownPath(name)] as const)
  return Object.assign(Object.create(null), Object.fromEntries(entries)) as Record<string, Path>
}

export function putField(
  record: FlatRecord,
  field: string,
  view: DataView,
  start: number,
  end: number,
): void {
  if (field === 'MESSAGE') record.body(view, start, end)
  else if (field === 'PRIORITY') putPriority(record, view, start, end)
  else if (field === '_SOURCE_REALTIME_TIMESTAMP') putTime(record, view, start, end, true)
  else if (field === '__REALTIME_TIMESTAMP') putTime(record, view, start, end, false)
  else if (skipped.has(field)) return
  else {
    const number = numbers[field]
    if (number !== undefined) {
      putNumber(record, number, view, start, end)
      return
    }
    const path = texts[field] ?? pathOf(`journald.${field.toLowerCase().slice(0, 256)}`)
    if (path !== paths.service && record.indexOf(path) >= 0) return
    record.text(path, view, start, end)
    if (field === '_SYSTEMD_UNIT') putUnit(record, view, start, end)
  }
}

/** Who writes no identifier is known by the unit. */
function putUnit(record: FlatRecord, view: DataView, start: number, end: number): void {
  if (record.indexOf(paths.service) < 0) record.text(paths.service, view, start, end)
}

function putPriority(record: FlatRecord, view: DataView, start: number, end: number): void {
  const level = end - start === 1 ? levels[view.getUint8(start) - 0x30] : undefined
  if (level === undefined) return
  record.string(paths.level, level)
  record.number(paths.severity, view.getUint8(start) - 0x30)
}

function putNumber(
  record: FlatRecord,
  path: Path,
  view: DataView,
  start: number,
  end: number,
): void {
  const value = digitsOf(view, start, end)
  if (value < 0) record.text(path, view, start, end)
  else record.number(path, value)
}

/** Microseconds; when the sender says it happened counts, not when the journal got it. */
function putTime(
  record: FlatRecord,
  view: DataView,
  start: number,
  end: number,
  isSource: boolean,
): void {
  const time_us = digitsOf(view, start, end)
  if (time_us <= 0 || (!isSource && record.seconds >= 0)) return
  const seconds = Math.floor(time_us / 1e6)
  record.time(seconds, (time_us - seconds * 1e6) * 1000)
}

/** The whole number that the digits say, -1 when they are none. */
function digitsOf(view: DataView, start: number, end: number): number {
  if (end === start || end - start > 16) return -1
  let value = 0
  for (let at = start; at < end; at++) {
    const digit = view.getUint8(at) - 0x30
    if (digit < 0 || digit > 9) return -1
    value = value * 10 + digit
  }
  return Number.isSafeInteger(value) ? value : -1
}
