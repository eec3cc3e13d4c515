/** One metric over time: what is computed, what it is grouped by, and its exemplars as dots. */
import { useMemo } from 'react'
import { askOnce, useAsk } from '../../ui/ask/ask.ts'
import { TimeSeriesChart } from '../../ui/chart/TimeSeriesChart.tsx'
import { count, figure } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Button } from '../../ui/parts/Button.tsx'
import { Select } from '../../ui/parts/Select.tsx'
import { useRangeAsk } from '../../ui/range/range.ts'
import { fieldCompletion } from '../../ui/search/complete-fields.ts'
import { SearchBar } from '../../ui/search/SearchBar.tsx'
import { go, href } from '../../ui/url/location.ts'
import {
  type Aggregation,
  type MetricChart,
  metricChart,
  metricExemplars,
  metricLabels,
} from './contract.ts'
import { changeMarks, MarkNotes, useChanges } from './MetricMarks.tsx'
import styles from './MetricsPage.module.css'
import type { MetricInfo } from './MetricsPage.tsx'
import { aggregationOf, aggregationsFor, type Dot, linesOf, telling, unitOf } from './prepare.ts'
import { stretchMarks, unusualOf } from './prepare-marks.ts'

const dots_max = 40

type ChartProps = {
  info: MetricInfo
  search: string
  group_by: string[]
  show: string
  hasMarks: boolean
  onChange: (patch: Patch) => void
}
type Patch = { search?: string; group_by?: string[]; show?: string; marks?: boolean }

export function MetricChartPanel(props: ChartProps) {
  const { info, search, group_by, show, hasMarks, onChange } = props
  const range = useRangeAsk()
  const offered = aggregationsFor(info)
  const aggregation = aggregationOf(info, show)
  const ask = { ...range, metric: info.metric, search, group_by, aggregation }
  const asked = useAsk(metricChart, { ...ask, groups_max: 20 })
  const exemplars = useExemplars(info, search, aggregation)
  const unit = unitOf(info, aggregation, info.unit)
  return (
    <Panel
      title={info.metric}
      asked={asked}
      is_empty={(answer) => answer.groups.length === 0}
      empty={{ title: t('metrics.no_points'), do: t('metrics.no_points.do') }}
      capped={(answer) => ({ shown: answer.groups.length, all: answer.groups_total })}
      actions={
        <Controls
          info={info}
          offered={offered}
          aggregation={aggregation}
          group_by={group_by}
          onChange={onChange}
        />
      }
      skeleton_height={320}
    >
      {(answer) => (
        <>
          {info.description === '' ? null : (
            <p className={styles.description}>{info.description}</p>
          )}
          <MetricSearch
            metric={info.metric}
            search={search}
            onRun={(text) => onChange({ search: text })}
            hasMarks={hasMarks}
            onMarks={(marks) => onChange({ marks })}
          />
          <MarkedChart
            info={info}
            answer={answer}
            unit={unit}
            exemplars={exemplars}
            hasMarks={hasMarks}
          />
          {exemplars.length === 0 ? null : (
            <p className={styles.note}>
              {t('metrics.exemplars', { count: count(exemplars.length) })}
            </p>
          )}
        </>
      )}
    </Panel>
  )
}

type MarkedProps = {
  info: MetricInfo
  answer: MetricChart
  unit: string
  exemplars: Dot[]
  hasMarks: boolean
}

function MarkedChart({ info, answer, unit, exemplars, hasMarks }: MarkedProps) {
  const lines = useMemo(() => linesOf(answer, t('metrics.all')), [answer])
  const unusual = useMemo(
    () => (hasMarks ? unusualOf(lines, answer.time_ms) : undefined),
    [lines, answer, hasMarks],
  )
  const changes = useChanges(hasMarks)
  const stretches =
    unusual === undefined
      ? []
      : stretchMarks(unusual, answer.bucket_ms, (worst) =>
          t('metrics.marks.unusual', { value: figure(worst, unit) }),
        )
  return (
    <>
      <TimeSeriesChart
        label={info.metric}
        time_ms={answer.time_ms}
        series={lines}
        unit={unit}
        height={300}
        legend={answer.groups.length > 1 ? 'table' : 'bottom'}
        marks={[...changeMarks(changes), ...stretches]}
        exemplars={exemplars.map((one) => ({ ...one, label: figure(one.value, info.unit) }))}
        onExemplar={(one) => go(href(`/traces/${one.trace_id}`))}
      />
      <MarkNotes unusual={unusual} changes={changes} unit={unit} />
    </>
  )
}

/** Exemplars carry a measured value: they belong on a chart of values, not of rates. */
function useExemplars(info: MetricInfo, search: string, aggregation: Aggregation) {
  const range = useRangeAsk()
  const isOfValues = aggregation !== 'rate' && !(info.kind === 'sum' && info.monotonic)
  const asked = useAsk(
    metricExemplars,
    { ...range, metric: info.metric, search },
    { enabled: isOfValues },
  )
  const { answer } = asked
  if (answer === undefined || !isOfValues) return []
  const dots = answer.time_ms.map((time_ms, at) => ({
    time_ms,
    value: answer.value[at] ?? 0,
    trace_id: answer.trace_id[at] ?? '',
  }))
  return telling(dots, dots_max)
}

type ControlsProps = {
  info: MetricInfo
  offered: Aggregation[]
  aggregation: Aggregation
  group_by: string[]
  onChange: (patch: Patch) => void
}

function Controls({ info, offered, aggregation, group_by, onChange }: ControlsProps) {
  const labels = useAsk(metricLabels, { ...useRangeAsk(), metric: info.metric })
  const groups = (labels.answer?.label ?? []).map((label, at) => ({
    value: label,
    label,
    hint: count(labels.answer?.values[at] ?? 0),
  }))
  return (
    <>
      <Select
        label={t('metrics.aggregation')}
        show_label
        value={aggregation}
        choices={offered.map((value) => ({ value, label: t(`metrics.${value}`) }))}
        onChange={(show) => onChange({ show })}
      />
      <Select
        label={t('metrics.group_by')}
        show_label
        value={group_by[0] ?? '-'}
        choices={[{ value: '-', label: t('metrics.no_group') }, ...groups]}
        onChange={(label) => onChange({ group_by: label === '-' ? [] : [label] })}
      />
    </>
  )
}

type SearchProps = {
  metric: string
  search: string
  onRun: (text: string) => void
  hasMarks: boolean
  onMarks: (hasMarks: boolean) => void
}

/** Completes from the metric's own labels and their most frequent values. */
function MetricSearch({ metric, search, onRun, hasMarks, onMarks }: SearchProps) {
  const range = useRangeAsk()
  const complete = fieldCompletion('metric_series', async (field, prefix, signal) => {
    const labels = await askOnce(metricLabels, { ...range, metric }, signal)
    const wanted = prefix.toLowerCase()
    const at = field === undefined ? -1 : labels.label.indexOf(field)
    const text = field === undefined ? labels.label : (labels.examples[at] ?? [])
    const found = text.filter((word) => word.toLowerCase().includes(wanted))
    return { text: found, rows: [] }
  })
  return (
    <div className={styles.controls}>
      <div className={styles.searchBox}>
        <SearchBar
          value={search}
          onRun={onRun}
          complete={complete}
          placeholder={t('metrics.placeholder')}
          recent_key="metrics"
        />
      </div>
      <Button
        kind="quiet"
        className={styles.toggle}
        aria-pressed={hasMarks}
        onClick={() => onMarks(!hasMarks)}
      >
        {t('metrics.marks')}
      </Button>
    </div>
  )
}
