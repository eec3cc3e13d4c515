/**
 * An instant in a list: the time of day while the screen's range lies within one day, with month and
 * day before it otherwise. The whole instant is on hover.
 */
import { absolute, relative } from '../format/moment.ts'
import { language } from '../i18n/translate.ts'
import { useRange } from '../range/range.ts'
import styles from './Clock.module.css'

export function Clock({ time_ms }: { time_ms: number }) {
  const { utc, from_ms, to_ms } = useRange()
  const text = absolute(time_ms, { utc, ms: true })
  const dayOf = (ms: number) => absolute(ms, { utc }).slice(0, 10)
  const isOneDay = dayOf(from_ms) === dayOf(to_ms) && dayOf(time_ms) === dayOf(to_ms)
  const hover = `${absolute(time_ms, { utc, ms: true, zone: true })} · ${relative(time_ms, Date.now(), language())}`
  return (
    <time className={styles.clock} dateTime={new Date(time_ms).toISOString()} title={hover}>
      {isOneDay ? null : <span className={styles.day}>{text.slice(5, 10)} </span>}
      {text.slice(11)}
    </time>
  )
}
