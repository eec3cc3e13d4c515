/**
 * A metric once for each of its labels, those whose values differ most first: to find which part is
 * different without asking. A click on a value narrows the chart to it.
 */
import { useMemo } from 'react'
import { useAsk } from '../../ui/ask/ask.ts'
import { TimeSeriesChart } from '../../ui/chart/TimeSeriesChart.tsx'
import { count, figure } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import { Columns } from '../../ui/panel/Columns.tsx'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Badge } from '../../ui/parts/Marks.tsx'
import { useRangeAsk } from '../../ui/range/range.ts'
import { addFilter } from '../../ui/search/edit.ts'
import { type MetricBreakdown, metricBreakdown } from './contract.ts'
import styles from './MetricsPage.module.css'
import type { MetricInfo } from './MetricsPage.tsx'
import { aggregationOf, unitOf } from './prepare.ts'
import { byOutlier, type Outlier, outlierOf } from './prepare-outliers.ts'

type BreakdownProps = {
  info: MetricInfo
  search: string
  show: string
  onChange: (patch: { search?: string; group_by?: string[] }) => void
}

/** The largest are drawn; all that were answered are compared. */
const drawn_max = 8
/** As far from the rest as one in thousands is by chance. */
const outlier_min = 3.5

export function BreakdownPanel({ info, search, show, onChange }: BreakdownProps) {
  const aggregation = aggregationOf(info, show)
  const ask = { ...useRangeAsk(), metric: info.metric, search, aggregation }
  const asked = useAsk(metricBreakdown, ask)
  return (
    <Panel
      title={t('metrics.breakdown')}
      question={t('metrics.breakdown.question')}
      asked={asked}
      is_empty={(answer) => answer.label.length === 0}
      empty={{ title: t('metrics.breakdown.none'), do: t('metrics.breakdown.none.do') }}
      capped={(answer) =>
        answer.labels_total > answer.label.length
          ? { shown: answer.label.length, all: answer.labels_total }
          : undefined
      }
      skeleton_height={320}
    >
      {(answer) => (
        <Breakdown
          answer={answer}
          unit={unitOf(info, aggregation, info.unit)}
          onFilter={(label, value) => onChange({ search: addFilter(search, label, value) })}
          onGroup={(label) => onChange({ group_by: [label] })}
        />
      )}
    </Panel>
  )
}

type ChartsProps = {
  answer: MetricBreakdown
  unit: string
  onFilter: (label: string, value: string) => void
  onGroup: (label: string) => void
}

function Breakdown({ answer, unit, onFilter, onGroup }: ChartsProps) {
  const outliers = useMemo(() => answer.values.map(outlierOf), [answer])
  return (
    <Columns of={3}>
      {byOutlier(outliers).map((at) => (
        <LabelChart
          key={answer.label[at]}
          answer={answer}
          at={at}
          outlier={outliers[at] ?? { group: -1, score: 0 }}
          unit={unit}
          onFilter={onFilter}
          onGroup={onGroup}
        />
      ))}
    </Columns>
  )
}

function LabelChart(props: ChartsProps & { at: number; outlier: Outlier }) {
  const { answer, at, outlier, unit, onFilter, onGroup } = props
  const label = answer.label[at] ?? ''
  const groups = answer.groups[at] ?? []
  const total = answer.values_total[at] ?? groups.length
  const isOut = outlier.score >= outlier_min
  const shown = groups.map((_, group) => group).slice(0, drawn_max)
  if (isOut && !shown.includes(outlier.group)) shown.splice(-1, 1, outlier.group)
  const named = (group: number) => groups[group] || t('metrics.breakdown.without')
  const series = shown.map((group) => ({
    name: named(group),
    values: answer.values[at]?.[group] ?? [],
  }))
  const pick = (name: string | undefined) => {
    if (name !== undefined && groups.includes(name)) onFilter(label, name)
  }
  return (
    <section className={styles.small} aria-label={label}>
      <h3 className={styles.smallHead}>
        <button
          type="button"
          className={styles.smallTitle}
          title={t('metrics.breakdown.group', { label })}
          onClick={() => onGroup(label)}
        >
          {label}
        </button>
        <span className={styles.facts}>
          {t('metrics.breakdown.values', { count: count(total) })}
        </span>
        {isOut ? (
          <Badge tone="warn">
            {t('metrics.breakdown.out', {
              value: named(outlier.group),
              times: times(outlier.score),
            })}
          </Badge>
        ) : null}
      </h3>
      <TimeSeriesChart
        label={label}
        time_ms={answer.time_ms}
        series={series}
        unit={unit}
        height={120}
        legend="none"
        onPick={(_, name) => pick(name)}
      />
      <ul className={styles.values} aria-label={t('metrics.breakdown.filters', { label })}>
        {shown.map((group) => (
          <li key={named(group)}>
            <button
              type="button"
              className={styles.value}
              disabled={groups[group] === ''}
              onClick={() => pick(groups[group])}
            >
              {named(group)}
            </button>
          </li>
        ))}
        {total > shown.length ? (
          <li className={styles.facts}>
            {t('metrics.breakdown.more', { count: count(total - shown.length) })}
          </li>
        ) : null}
      </ul>
    </section>
  )
}

function times(score: number): string {
  return score >= 1_000 ? '∞' : figure(Math.round(score))
}
