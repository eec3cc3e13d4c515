/** An answer as what it is: lines over time, log lines, traces, or a table. */
import { useMemo } from 'react'
import { seriesColor } from '../../ui/chart/colors.ts'
import { ScatterChart } from '../../ui/chart/ScatterChart.tsx'
import { TimeSeriesChart } from '../../ui/chart/TimeSeriesChart.tsx'
import { figure } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import { type Column, DataTable } from '../../ui/table/DataTable.tsx'
import { go, href } from '../../ui/url/location.ts'
import type { LogsRun, QueryRun, SeriesRun, TracesRun } from './contract.ts'
import styles from './Explore.module.css'
import { FlatView } from './FlatView.tsx'
import { LinesView } from './LinesView.tsx'
import { drawnValues, flatTable, linesOf, seriesName } from './rows.ts'

export function AnswerView({ answer }: { answer: QueryRun }) {
  switch (answer.kind) {
    case 'series':
      return <SeriesView run={answer} />
    case 'logs':
      return <LogsView run={answer} />
    case 'traces':
      return <TracesView run={answer} />
    case 'table': {
      const lines = linesOf(answer)
      return (
        <>
          {lines === undefined ? null : <Chart run={lines} />}
          <FlatView table={flatTable(answer)} />
        </>
      )
    }
  }
}

/** More lines than this cannot be told apart: the table has them all. */
const drawn_max = 50

type SeriesRow = { id: string; name: string; color: string; figures: readonly (number | null)[] }

function SeriesView({ run }: { run: SeriesRun }) {
  const rows = useMemo(() => seriesRows(run), [run])
  const titles = ['last', 'least', 'most', 'mean'] as const
  const columns: Column<SeriesRow>[] = [
    {
      id: 'name',
      title: t('explore.series'),
      width: '1fr',
      sort: (row) => row.name,
      cell: (row) => (
        <span className={styles.series} title={row.name}>
          <span className={styles.dot} style={{ background: row.color }} aria-hidden="true" />
          {row.name}
        </span>
      ),
    },
    ...titles.map((title, at) => ({
      id: title,
      title: t(`explore.${title}`),
      width: 110,
      align: 'end' as const,
      sort: (row: SeriesRow) => row.figures[at] ?? Number.NEGATIVE_INFINITY,
      cell: (row: SeriesRow) => (row.figures[at] == null ? '–' : figure(row.figures[at])),
    })),
  ]
  return (
    <>
      <Chart run={run} />
      <DataTable
        label={t('explore.series')}
        rows={rows}
        columns={columns}
        row_id={(row) => row.id}
      />
    </>
  )
}

function Chart({ run }: { run: SeriesRun }) {
  const series = run.labels.slice(0, drawn_max).map((_, at) => ({
    ...lineOf(run, at),
    values: drawnValues(run.values[at] ?? []),
  }))
  return (
    <div className={styles.chartBox}>
      <TimeSeriesChart
        label={t('explore.result')}
        time_ms={run.time_ms}
        series={series}
        height={240}
        legend="none"
      />
    </div>
  )
}

/** The same colour for the same series, in the chart and beside its name. */
function lineOf({ labels }: SeriesRun, at: number) {
  const nameless = labels.length === 1 ? t('explore.result') : '{}'
  const name = seriesName(labels[at] ?? {}) || nameless
  return { name, color: seriesColor(name, 'explore') }
}

function seriesRows(run: SeriesRun): SeriesRow[] {
  return run.labels.map((_, at) => {
    const numbers = drawnValues(run.values[at] ?? []).filter((value) => value !== null)
    const sum = numbers.reduce((total, value) => total + value, 0)
    // Not spread into Math.min: eleven thousand points are too many arguments for some engines.
    const least = numbers.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)
    const most = numbers.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY)
    const figures =
      numbers.length === 0
        ? [null, null, null, null]
        : [numbers.at(-1) ?? null, least, most, sum / numbers.length]
    return { id: String(at), ...lineOf(run, at), figures }
  })
}

function LogsView({ run }: { run: LogsRun }) {
  return <LinesView run={run} />
}

function TracesView({ run }: { run: TracesRun }) {
  const { trace_id, root_service, root_name, time_ms, duration_ms, errors } = run
  const points = {
    time_ms,
    value: duration_ms.map((value) => value * 1e6),
    tone: errors.map((count) => (count > 0 ? ('bad' as const) : ('' as const))),
  }
  return (
    <>
      <div className={styles.chartBox}>
        <ScatterChart
          label={t('explore.duration')}
          points={points}
          unit="ns"
          height={180}
          says={(at) => `${root_service[at] ?? ''} ${root_name[at] ?? ''}`}
          onPoint={(at) => go(href(`/traces/${trace_id[at] ?? ''}`))}
        />
      </div>
      <FlatView table={flatTable(run)} />
    </>
  )
}
