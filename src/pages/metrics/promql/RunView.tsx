/** An answer of PromQL: lines over time with their figures, or values at one time, as a table. */
import { useMemo } from 'react'
import { TimeSeriesChart } from '../../../ui/chart/TimeSeriesChart.tsx'
import { exact, figure } from '../../../ui/format/figures.ts'
import { language, t } from '../../../ui/i18n/translate.ts'
import { Clock, useClockWidth } from '../../../ui/parts/Clock.tsx'
import { EmptyState } from '../../../ui/parts/EmptyState.tsx'
import { type Column, DataTable } from '../../../ui/table/DataTable.tsx'
import type { QueryRun, SeriesRun, TableRun } from '../../explore/contract.ts'
import styles from './Promql.module.css'
import {
  drawn,
  type LabelSet,
  type SampleRow,
  type SeriesRow,
  sampleRows,
  seriesRows,
  shortNames,
  tellingLabels,
} from './runs.ts'

/** More lines than this cannot be told apart: the table has them all. */
const drawn_max = 50
const columns_max = 6
const colours = 10
const rows_shown_max = 14

export function RunView({ answer, shown }: { answer: QueryRun; shown: number }) {
  return (
    <>
      {answer.warnings.map((note) => (
        <p key={note} className={styles.warning} role="note">
          {note}
        </p>
      ))}
      {answer.infos.map((note) => (
        <p key={note} className={styles.info} role="note">
          {note}
        </p>
      ))}
      {answer.capped ? (
        <p className={styles.note}>
          {t('metrics.promql.capped', { count: exact(shown, language()) })}
        </p>
      ) : null}
      {shown === 0 ? (
        <EmptyState title={t('metrics.promql.nothing')}>
          {t('metrics.promql.nothing.do')}
        </EmptyState>
      ) : answer.kind === 'series' ? (
        <OverTime run={answer} />
      ) : answer.kind === 'table' ? (
        <AtOneTime run={answer} />
      ) : null}
    </>
  )
}

function OverTime({ run }: { run: SeriesRun }) {
  const rows = useMemo(() => seriesRows(run), [run])
  const names = useMemo(() => shortNames(run.labels), [run])
  const series = names.slice(0, drawn_max).map((name, at) => ({
    name: name || t('metrics.promql.result'),
    // By place: names would give lines of one answer the same colour.
    color: `var(--series-${(at % colours) + 1})`,
    values: drawn(run.values[at] ?? []),
  }))
  const figures = ['last', 'min', 'max', 'mean'] as const
  return (
    <>
      <div className={styles.chart}>
        <TimeSeriesChart
          label={t('metrics.promql.result')}
          time_ms={run.time_ms}
          series={series}
          height={280}
          legend={series.length > 1 ? 'bottom' : 'none'}
        />
        {rows.length > drawn_max ? (
          <p className={styles.note}>{t('metrics.promql.drawn', { count: String(drawn_max) })}</p>
        ) : null}
      </div>
      <LabelTable
        rows={rows}
        others={figures.map(
          (name): Column<SeriesRow> => ({
            id: `figure ${name}`,
            title: t(`metrics.promql.${name}`),
            width: 104,
            align: 'end',
            sort: (row) => sortable(row[name]),
            cell: (row) => shownValue(row[name]),
          }),
        )}
      />
    </>
  )
}

function AtOneTime({ run }: { run: TableRun }) {
  const rows = useMemo(() => sampleRows(run), [run])
  const time_px = useClockWidth()
  const value: Column<SampleRow> = {
    id: 'figure value',
    title: t('metrics.promql.value'),
    width: 110,
    align: 'end',
    sort: (row) => sortable(row.value),
    cell: (row) => shownValue(row.value),
  }
  const time: Column<SampleRow> = {
    id: 'figure time',
    title: t('metrics.promql.time'),
    width: time_px + 12,
    sort: (row) => row.time_ms ?? 0,
    cell: (row) => (row.time_ms === undefined ? '–' : <Clock time_ms={row.time_ms} />),
  }
  const hasTimes = rows.some(({ time_ms }) => time_ms !== undefined)
  return <LabelTable rows={rows} others={hasTimes ? [time, value] : [value]} />
}

type Row = (SeriesRow | SampleRow) & { labels: LabelSet; name: string }
type TableProps<R extends Row> = { rows: R[]; others: Column<R>[] }

/** The labels that tell the series apart, each a column; what all share is said once. */
function LabelTable<R extends Row>({ rows, others }: TableProps<R>) {
  const told = useMemo(() => {
    return tellingLabels(
      rows.map(({ labels }) => labels),
      columns_max,
    )
  }, [rows])
  const labels = told.columns.map(
    (name): Column<R> => ({
      id: `label ${name}`,
      title: name === '__name__' ? t('metrics.promql.metric') : name,
      width: '1fr',
      sort: (row) => row.labels[name] ?? '',
      cell: (row) => <span title={row.name}>{row.labels[name] ?? '–'}</span>,
    }),
  )
  const whole: Column<R> = {
    id: 'series',
    title: t('metrics.promql.series'),
    width: '1fr',
    cell: (row) => <span title={row.name}>{row.name || t('metrics.promql.result')}</span>,
  }
  return (
    <>
      {told.shared.length === 0 ? null : (
        <p className={styles.note}>
          {t('metrics.promql.shared', {
            labels: told.shared.map(([name, value]) => `${name}="${value}"`).join(' · '),
          })}
        </p>
      )}
      <DataTable
        label={t('metrics.promql.series')}
        rows={rows}
        row_id={(row) => row.id}
        columns={[...(labels.length === 0 ? [whole] : labels), ...others]}
        height={36 + Math.min(rows.length, rows_shown_max) * 28}
      />
    </>
  )
}

function sortable(value: unknown): string | number {
  return typeof value === 'number' ? value : Number.NEGATIVE_INFINITY
}

function shownValue(value: unknown) {
  if (typeof value === 'number')
    return <span title={exact(value, language())}>{figure(value)}</span>
  return value === null || value === undefined ? '–' : String(value)
}
