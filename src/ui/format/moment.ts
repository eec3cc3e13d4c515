/**
 * Instants as people read them: relative, absolute in local time or UTC, and ranges. Times come in
 * as ms; nanoseconds arrive as text and keep their digits. Pure but for the reader's time zone.
 */

const unit_ms: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 365 * 86400e3],
  ['month', 30 * 86400e3],
  ['day', 86400e3],
  ['hour', 3600e3],
  ['minute', 60e3],
  ['second', 1e3],
]

/** "3 min ago" in the reader's language. */
export function relative(time_ms: number, now_ms: number, locale: string): string {
  const distance_ms = time_ms - now_ms
  // Spanish narrows both minutes and months to "m".
  const style = locale === 'es' ? 'short' : 'narrow'
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style })
  for (const [unit, size_ms] of unit_ms) {
    if (Math.abs(distance_ms) >= size_ms) {
      return format.format(Math.round(distance_ms / size_ms), unit)
    }
  }
  return format.format(0, 'second')
}

/** 2026-03-09 14:05:06.123, with what was asked for left out. */
export function absolute(
  time_ms: number,
  options: { utc: boolean; ms?: boolean | undefined; zone?: boolean | undefined },
): string {
  if (!Number.isFinite(time_ms)) return '–'
  const local = options.utc ? time_ms : time_ms - new Date(time_ms).getTimezoneOffset() * 60e3
  const text = new Date(local).toISOString()
  const shown = `${text.slice(0, 10)} ${text.slice(11, options.ms === true ? 23 : 19)}`
  return options.zone === true ? `${shown} ${zoneName(time_ms, options.utc)}` : shown
}

/** 14:05:06.123 */
export function clock(time_ms: number, utc: boolean, ms = true): string {
  return absolute(time_ms, { utc, ms }).slice(11)
}

export function zoneName(time_ms: number, utc: boolean): string {
  if (utc) return 'UTC'
  const minutes = -new Date(time_ms).getTimezoneOffset()
  if (minutes === 0) return 'UTC'
  const sign = minutes < 0 ? '−' : '+'
  const hours = Math.floor(Math.abs(minutes) / 60)
  const rest = Math.abs(minutes) % 60
  return `UTC${sign}${hours}${rest === 0 ? '' : `:${String(rest).padStart(2, '0')}`}`
}

/** Two absolute times, without what they share. */
export function span(from_ms: number, to_ms: number, utc: boolean): string {
  const from = absolute(from_ms, { utc })
  const to = absolute(to_ms, { utc })
  const sameDay = from.slice(0, 10) === to.slice(0, 10)
  const isToday = from.slice(0, 10) === absolute(Date.now(), { utc }).slice(0, 10)
  const start = sameDay && isToday ? from.slice(11) : from
  return `${start} – ${sameDay ? to.slice(11) : to}`
}
