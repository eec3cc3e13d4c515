/** Figures on screen: short form shown, exact form on hover. */

import { bytes, count, duration, exact, figure } from '../format/figures.ts'
import { absolute, relative } from '../format/moment.ts'
import { language, t } from '../i18n/translate.ts'
import { useNow, useRange } from '../range/range.ts'

export function Count({ value }: { value: number }) {
  return <span title={exact(value, language())}>{count(value)}</span>
}

export function Bytes({ value }: { value: number }) {
  return <span title={`${exact(value, language())} B`}>{bytes(value)}</span>
}

export function Duration({ value_ns }: { value_ns: number }) {
  return <span title={`${exact(value_ns, language())} ns`}>{duration(value_ns)}</span>
}

/** Any value by the unit of its metric. */
export function Figure({ value, unit }: { value: number; unit?: string | undefined }) {
  return <span title={`${exact(value, language())} ${unit ?? ''}`}>{figure(value, unit)}</span>
}

/** "3 min ago" with the instant on hover; counts from the last refresh. */
export function RelativeTime({ time_ms }: { time_ms: number }) {
  const { utc } = useRange()
  const now_ms = Math.max(useNow(), time_ms <= Date.now() ? time_ms : 0)
  return (
    <time
      dateTime={new Date(time_ms).toISOString()}
      title={absolute(time_ms, { utc, ms: true, zone: true })}
    >
      {relative(time_ms, now_ms, language())}
    </time>
  )
}

/** The instant itself, in local time or UTC as the screen is set; relative on hover. */
export function Instant({ time_ms, ms }: { time_ms: number; ms?: boolean | undefined }) {
  const { utc } = useRange()
  const whole = absolute(time_ms, { utc, ms: true, zone: true })
  const hover = `${whole} · ${relative(time_ms, Date.now(), language())}`
  return (
    <time dateTime={new Date(time_ms).toISOString()} title={hover}>
      {absolute(time_ms, { utc, ms: ms ?? true })}
    </time>
  )
}

/** Says how much of all is shown, when a limit left something out. */
export function Capped({ shown, all }: { shown: number; all: number }) {
  if (shown >= all) return null
  return <>{t('ui.capped', { shown: exact(shown, language()), all: exact(all, language()) })}</>
}
