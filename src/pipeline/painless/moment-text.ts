/** Times as text, both ways, as java.time's ISO forms. Formatters with patterns are not here. */
import { PainlessFailure } from './problem.ts'
import { Moment } from './values.ts'

export const nanos_per_ms = 1_000_000n
export const nanos_per_s = 1_000_000_000n
const zone = String.raw`(Z|[+-]\d\d(?::?\d\d)?)(?:\[[\w/+-]+\])?`
const clock = String.raw`(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?`
const form = new RegExp(String.raw`^(\d{4})-(\d\d)-(\d\d)T${clock}${zone}$`, 'i')

export function readMoment(text: string, zoned: boolean): Moment {
  const match = form.exec(text)
  const [, year, month, day, hour, minute, second = '00', fraction = '', offset = 'Z'] = match ?? []
  const iso = `${year}-${month}-${day}T${hour}:${minute}:${second}`
  const ms = match === null ? Number.NaN : Date.parse(`${iso}Z`)
  // Date rolls 30 February over into March: refused, as Java does.
  if (Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 19) !== iso) {
    const says = `Text '${text.slice(0, 64)}' could not be parsed at index 0`
    throw new PainlessFailure('date_time_parse_exception', says)
  }
  const minutes = minutesOf(offset)
  const local = BigInt(ms) * nanos_per_ms + BigInt(fraction.padEnd(9, '0'))
  const nanos = local - BigInt(minutes) * 60n * nanos_per_s
  if (!zoned) return new Moment(nanos)
  return zonedAt(new Moment(nanos), offset)
}

function minutesOf(zone: string): number {
  if (/^(z|utc|gmt)$/i.test(zone)) return 0
  const match = /^([+-])(\d\d):?(\d\d)?$/.exec(zone)
  if (match === null) {
    throw new PainlessFailure('date_time_exception', `the zone [${zone}] is not known here`)
  }
  const size = Number(match[2]) * 60 + Number(match[3] ?? 0)
  return match[1] === '-' ? -size : size
}

function zoneText(minutes: number): string {
  const size = Math.abs(minutes)
  const [hour, minute] = [Math.floor(size / 60), size % 60]
  return `${minutes < 0 ? '-' : '+'}${two(hour)}:${two(minute)}`
}

function two(value: number): string {
  return String(value).padStart(2, '0')
}

/** The local clock of a moment, as a Date whose UTC fields are to be read. */
export function localDate(moment: Moment): Date {
  const ms = floorDivide(moment.nanos, nanos_per_ms)
  const date = new Date(Number(ms) + (moment.zone?.minutes ?? 0) * 60_000)
  if (Number.isNaN(date.getTime())) {
    throw new PainlessFailure('date_time_exception', 'the time is out of the range of years')
  }
  return date
}

export function floorDivide(value: bigint, by: bigint): bigint {
  const result = value / by
  return value % by < 0n ? result - 1n : result
}

/** 2026-01-02T03:04:05Z, with 3, 6 or 9 digits of fraction where there are any. */
export function momentText(moment: Moment): string {
  const date = localDate(moment).toISOString().slice(0, 19)
  const nanos = moment.nanos - floorDivide(moment.nanos, nanos_per_s) * nanos_per_s
  let fraction = nanos === 0n ? '' : `.${String(nanos).padStart(9, '0')}`
  while (fraction.endsWith('000')) fraction = fraction.slice(0, -3)
  // ZonedDateTime leaves out seconds that are zero; Instant does not.
  const zoned = moment.zone !== undefined && fraction === '' && date.endsWith(':00')
  return `${zoned ? date.slice(0, -3) : date}${fraction}${moment.zone?.text ?? 'Z'}`
}

/** The same moment on the clock of a zone: Z, UTC, or an offset such as +02:00. */
export function zonedAt(moment: Moment, zone: string): Moment {
  const minutes = minutesOf(zone)
  return new Moment(moment.nanos, { minutes, text: minutes === 0 ? 'Z' : zoneText(minutes) })
}
