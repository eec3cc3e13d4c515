/** What a metric's chart is marked with, and the same in words: the usual band and changes. */
import { useAsk } from '../../ui/ask/ask.ts'
import type { Mark } from '../../ui/chart/series.ts'
import { figure } from '../../ui/format/figures.ts'
import { clock } from '../../ui/format/moment.ts'
import { t } from '../../ui/i18n/translate.ts'
import { useRange, useRangeAsk } from '../../ui/range/range.ts'
import { searchFor } from '../../ui/search/edit.ts'
import { TextLink } from '../../ui/url/TextLink.tsx'
import { changeList } from '../kubernetes/contract-history.ts'
import styles from './MetricsPage.module.css'
import { type Change, changesOf, type Unusual } from './prepare-marks.ts'

const search = 'kind:Deployment or kind:StatefulSet or kind:DaemonSet'
const rows_max = 100
/** The newest: more flags than these hide the line. */
const changes_max = 12

export function useChanges(enabled: boolean): Change[] {
  const ask = { ...useRangeAsk(), search, what: 'meant' as const, rows_max }
  const asked = useAsk(changeList, ask, { enabled })
  return enabled ? changesOf(asked.answer).slice(0, changes_max) : []
}

export function changeMarks(changes: readonly Change[]): Mark[] {
  return changes.map(({ time_ms, kind, name, paths }) => ({
    time_ms,
    label: t('metrics.marks.change', { kind, name, paths: paths.slice(0, 3).join(', ') || '–' }),
  }))
}

type NotesProps = { unusual: Unusual | undefined; changes: readonly Change[]; unit: string }

export function MarkNotes({ unusual, changes, unit }: NotesProps) {
  const { utc } = useRange()
  return (
    <>
      {unusual === undefined ? null : (
        <p className={styles.note}>
          {t(unusual.isVaried ? 'metrics.marks.varied' : 'metrics.marks.band', {
            low: figure(unusual.band.low, unit),
            high: figure(unusual.band.high, unit),
            count: String(unusual.outside),
            all: String(unusual.points),
          })}
        </p>
      )}
      {changes.length === 0 ? null : (
        <p className={styles.note}>
          {t('metrics.marks.changes')}{' '}
          {changes.map(({ id, name, kind, time_ms }, at) => (
            <span key={id}>
              {at === 0 ? null : ' · '}
              <TextLink to="/kubernetes/changes" query={{ search: changeSearch(kind, name) }}>
                {name}
              </TextLink>{' '}
              {clock(time_ms, utc, false)}
            </span>
          ))}
        </p>
      )}
    </>
  )
}

function changeSearch(kind: string, name: string): string {
  return `${searchFor('kind', kind)} ${searchFor('name', name)}`
}
