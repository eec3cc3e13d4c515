/** What the lanes' charts draw: the series of use, network, logs and requests, and their frames. */
import { HistogramBars } from '../../../ui/chart/HistogramBars.tsx'
import type { Mark, Series } from '../../../ui/chart/series.ts'
import { TimeSeriesChart } from '../../../ui/chart/TimeSeriesChart.tsx'
import { t } from '../../../ui/i18n/translate.ts'
import { severityColor } from '../../../ui/parts/Marks.tsx'
import type { EntityActivity, EntityResources, EntityStorage } from '../contract-entity.ts'
import type { Amounts } from './prepare-amounts.ts'

const lane_px = 76
/** The last one carries the times. */
const last_lane_px = 96
const times_px = 30

export type Range = { from_ms: number; to_ms: number }
type Values = readonly (number | null)[]

const line = (name: string, values: Values, color: string): Series => ({ name, values, color })
const area = (name: string, values: Values, color: string): Series => {
  return { ...line(name, values, color), kind: 'area' }
}

export function resourceSeries(values: Values, amounts: Amounts): Series[] {
  const level = (value: number | null, color: string, name: string): Series[] =>
    value === null
      ? []
      : [
          {
            ...line(
              name,
              values.map(() => value),
              color,
            ),
            dashed: true,
          },
        ]
  return [
    area(t('entity.used'), values, 'var(--series-1)'),
    ...level(amounts.requested, 'var(--series-3)', t('entity.requested')),
    ...level(amounts.most, 'var(--status-bad)', t(`entity.${amounts.most_is}`)),
  ]
}

export function networkSeries(answer: EntityResources): Series[] {
  return [
    line(t('entity.received'), answer.receive_bytes_per_s, 'var(--series-2)'),
    line(t('entity.sent'), answer.transmit_bytes_per_s, 'var(--series-4)'),
  ]
}

export function storageSeries(answer: EntityStorage): Series[] {
  return [
    area(t('entity.used'), answer.used_bytes, 'var(--series-1)'),
    {
      ...line(t('entity.fact.capacity'), answer.capacity_bytes, 'var(--status-bad)'),
      dashed: true,
    },
  ]
}

/** Calls per second; the newest bucket counts for as long as it has lasted. */
export function requestSeries(answer: EntityActivity, { from_ms, to_ms }: Range): Series[] {
  const { bucket_ms, time_ms } = answer
  const rate = (counts: number[]) =>
    counts.map((count, at) => {
      const start_ms = time_ms[at] ?? from_ms
      const lasted_ms = Math.min(to_ms, start_ms + bucket_ms) - Math.max(from_ms, start_ms)
      // A sliver of a bucket says nothing of a rate.
      return lasted_ms < bucket_ms / 2 ? null : (1000 * count) / lasted_ms
    })
  return [
    area(t('entity.calls'), rate(answer.calls), 'var(--series-2)'),
    area(t('entity.errors'), rate(answer.errors), 'var(--status-bad)'),
  ]
}

export function latencySeries(answer: EntityActivity): Series[] {
  return [
    line('p50', answer.p50_ns, 'var(--series-1)'),
    line('p95', answer.p95_ns, 'var(--series-6)'),
  ]
}

type ChartProps = {
  label: string
  time_ms: readonly number[]
  series: readonly Series[]
  unit: string
  range: Range
  marks?: readonly Mark[]
  is_last?: boolean
}

export function LaneChart({ label, time_ms, series, unit, range, marks, is_last }: ChartProps) {
  return (
    <TimeSeriesChart
      label={label}
      time_ms={time_ms}
      series={series}
      unit={unit}
      height={is_last === true ? last_lane_px : lane_px}
      lane={is_last === true ? 'last' : 'inner'}
      legend="none"
      range={range}
      marks={marks}
    />
  )
}

type LogsProps = { answer: EntityActivity; range: Range; onPick: (severity: string) => void }

export function LogsChart({ answer, range, onPick }: LogsProps) {
  const named = (severity: string) => severity || t('entity.no_severity')
  return (
    <HistogramBars
      label={t('entity.lane.logs')}
      time_ms={answer.time_ms}
      step_ms={answer.bucket_ms}
      series={answer.severity.map((severity, at) => ({
        name: named(severity),
        values: answer.records[at] ?? [],
        color: severityColor(severity),
      }))}
      height={lane_px}
      lane="inner"
      legend="none"
      range={range}
      onPick={(_, name) => {
        const severity = answer.severity.find((one) => named(one) === name)
        if (severity !== undefined && severity !== '') onPick(severity)
      }}
    />
  )
}

/** The times alone, where no chart writes them. */
export function TimesOnly({ range }: { range: Range }) {
  return (
    <TimeSeriesChart
      label={t('entity.timeline')}
      time_ms={[range.from_ms, range.to_ms]}
      series={[]}
      height={times_px}
      lane="last"
      legend="none"
      range={range}
    />
  )
}
