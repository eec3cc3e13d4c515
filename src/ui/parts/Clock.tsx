/**
 * An instant in a list: the time of day while the screen's range lies within one day, with month
 * and day before it otherwise. The whole instant is on hover.
 */
import { absolute, relative } from '../format/moment.ts'
import { language } from '../i18n/translate.ts'
import { useRange } from '../range/range.ts'
import styles from './Clock.module.css'

export function Clock({ time_ms }: { time_ms: number }) {
  const { utc } = useRange()
  const isOneDay = useIsOneDay()
  const text = absolute(time_ms, { utc, ms: true })
  const whole = absolute(time_ms, { utc, ms: true, zone: true })
  return (
    <time
      className={styles.clock}
      dateTime={new Date(time_ms).toISOString()}
      title={`${whole} · ${relative(time_ms, Date.now(), language())}`}
    >
      {isOneDay ? null : <span className={styles.day}>{text.slice(5, 10)} </span>}
      {text.slice(11)}
    </time>
  )
}

/** The width of a column of clocks, in pixels. */
export function useClockWidth(): number {
  return useIsOneDay() ? 108 : 150
}

function useIsOneDay(): boolean {
  const { utc, from_ms, to_ms } = useRange()
  const dayOf = (ms: number) => absolute(ms, { utc }).slice(0, 10)
  return dayOf(from_ms) === dayOf(to_ms)
}
