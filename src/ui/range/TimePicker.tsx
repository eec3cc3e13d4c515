/**
 * The time range of the screen: quick ranges, exact ones, date math, widening and moving. A typed
 * range is checked as one types; what fails says why.
 */
import {
  IconCalendarTime,
  IconChevronLeft,
  IconChevronRight,
  IconZoomOut,
} from '@tabler/icons-react'
import { Popover } from 'radix-ui'
import { type FormEvent, useState } from 'react'
import { Fault } from '../../model/faults.ts'
import { parseTimeRange } from '../../model/time.ts'
import { absolute, span, zoneName } from '../format/moment.ts'
import { t } from '../i18n/translate.ts'
import { Button, IconButton } from '../parts/Button.tsx'
import { TextInput } from '../parts/TextInput.tsx'
import { Toggle } from '../parts/Toggle.tsx'
import {
  quickOf,
  quickRanges,
  type Recent,
  recentRanges,
  rememberRange,
  shifted,
  zoomedOut,
} from './quick.ts'
import { type Range, timeZone, useRange } from './range.ts'
import styles from './TimePicker.module.css'

export function TimePicker() {
  const range = useRange()
  const [isOpen, setOpen] = useState(false)
  const { from_ms, to_ms, setRange } = range
  const shown = rangeWords(range)
  const choose = (from: string, to: string) => {
    setRange(from, to)
    setOpen(false)
  }
  return (
    <div className={styles.picker}>
      <IconButton
        label={t('ui.time.earlier')}
        className={styles.side}
        onClick={() => setRange(...shifted(from_ms, to_ms, -1))}
      >
        <IconChevronLeft />
      </IconButton>
      <Popover.Root open={isOpen} onOpenChange={setOpen}>
        <Popover.Trigger asChild>
          <Button
            kind="quiet"
            icon={<IconCalendarTime />}
            className={styles.trigger}
            title={t('ui.time.range')}
          >
            <span className={styles.shown}>{shown}</span>
          </Button>
        </Popover.Trigger>
        <Popover.Portal>
          <Popover.Content
            className={styles.pop}
            align="end"
            sideOffset={6}
            collisionPadding={8}
            aria-label={t('ui.time.range')}
          >
            <Exact range={range} choose={choose} />
            <Quicks range={range} choose={choose} />
          </Popover.Content>
        </Popover.Portal>
      </Popover.Root>
      <IconButton
        label={t('ui.time.later')}
        className={styles.side}
        onClick={() => setRange(...shifted(from_ms, to_ms, 1))}
      >
        <IconChevronRight />
      </IconButton>
      <IconButton
        label={t('ui.time.zoom_out')}
        className={styles.side}
        onClick={() => setRange(...zoomedOut(from_ms, to_ms, Date.now()))}
      >
        <IconZoomOut />
      </IconButton>
    </div>
  )
}

/** "Last 15 minutes", or the instants. */
export function rangeWords({ from, to, from_ms, to_ms, utc, is_relative }: Range): string {
  const quick = quickOf(from, to)
  if (quick !== undefined) return t(`ui.time.quick.${quick.id}`)
  return is_relative ? `${from} – ${to}` : span(from_ms, to_ms, utc)
}

type Choosing = { range: Range; choose: (from: string, to: string) => void }

function Exact({ range, choose }: Choosing) {
  const { from, to, from_ms, to_ms, utc } = range
  const asText = (text: string, ms: number) =>
    text.includes('now') ? text : absolute(ms, { utc, ms: ms % 1000 !== 0 })
  const [typedFrom, setFrom] = useState(asText(from, from_ms))
  const [typedTo, setTo] = useState(asText(to, to_ms))
  const read = readTyped(typedFrom, typedTo, utc)
  const apply = (event: FormEvent) => {
    event.preventDefault()
    if (read.fault !== undefined) return
    rememberRange(read.from, read.to)
    choose(read.from, read.to)
  }
  return (
    <form className={styles.exact} onSubmit={apply}>
      <TextInput label={t('ui.time.from')} value={typedFrom} onChange={setFrom} />
      <TextInput label={t('ui.time.to')} value={typedTo} onChange={setTo} />
      <p className={read.fault === undefined ? styles.means : styles.fault} role="status">
        {read.fault ?? read.means}
      </p>
      <Button kind="primary" type="submit" disabled={read.fault !== undefined}>
        {t('ui.time.apply')}
      </Button>
      <p className={styles.help}>{t('ui.time.help')}</p>
      <div className={styles.utc}>
        <Toggle label={t('ui.time.utc')} value={utc} onChange={range.setUtc} />
        <span className={styles.zone}>{zoneName(Date.now(), utc)}</span>
      </div>
      <Recents choose={choose} utc={utc} />
    </form>
  )
}

/** Date math stays text, so that the range moves with now; instants are written as ms. */
function readTyped(from: string, to: string, utc: boolean) {
  const now_ms = Date.now()
  try {
    const read = parseTimeRange(from, to, now_ms, { time_zone: timeZone(utc) })
    return {
      from: from.includes('now') ? from.trim() : String(read.from_ms),
      to: to.includes('now') ? to.trim() : String(read.to_ms),
      means: span(read.from_ms, read.to_ms, utc),
      fault: undefined,
    }
  } catch (error) {
    const fault = error instanceof Fault ? error.message : String(error)
    return { from, to, means: '', fault }
  }
}

function Recents({ choose, utc }: { choose: Choosing['choose']; utc: boolean }) {
  const recent = recentRanges()
  if (recent.length === 0) return null
  const words = ({ from, to }: Recent) =>
    /^\d+$/.test(from) && /^\d+$/.test(to) ? span(Number(from), Number(to), utc) : `${from} – ${to}`
  return (
    <div className={styles.recents}>
      <p className={styles.heading}>{t('ui.time.recent')}</p>
      {recent.map((one) => (
        <button
          key={`${one.from}${one.to}`}
          type="button"
          className={styles.quick}
          onClick={() => choose(one.from, one.to)}
        >
          {words(one)}
        </button>
      ))}
    </div>
  )
}

function Quicks({ range, choose }: Choosing) {
  const now = quickOf(range.from, range.to)
  return (
    <div className={styles.quicks}>
      {quickRanges.map((quick) => (
        <button
          key={quick.id}
          type="button"
          className={styles.quick}
          aria-pressed={quick.id === now?.id}
          onClick={() => choose(quick.from, quick.to)}
        >
          {t(`ui.time.quick.${quick.id}`)}
        </button>
      ))}
    </div>
  )
}
