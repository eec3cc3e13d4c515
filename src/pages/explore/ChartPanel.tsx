/** What is computed of the rows: over time, or the largest values; and how that is chosen. */
import { IconX } from '@tabler/icons-react'
import { useAsk } from '../../ui/ask/ask.ts'
import { HistogramBars } from '../../ui/chart/HistogramBars.tsx'
import { TimeSeriesChart } from '../../ui/chart/TimeSeriesChart.tsx'
import { exact } from '../../ui/format/figures.ts'
import { language, t } from '../../ui/i18n/translate.ts'
import { Panel } from '../../ui/panel/Panel.tsx'
import { IconButton } from '../../ui/parts/Button.tsx'
import { EmptyState } from '../../ui/parts/EmptyState.tsx'
import { severities, severityColor } from '../../ui/parts/Marks.tsx'
import { Combobox, Select } from '../../ui/parts/Select.tsx'
import { Segments } from '../../ui/parts/Tabs.tsx'
import { useRangeAsk } from '../../ui/range/range.ts'
import { chartAsk, chartShape, isCharted, needsField } from './asks.ts'
import {
  type ExploreFields,
  measures,
  type QueryRun,
  queryRun,
  type SearchShape,
  type SeriesRun,
} from './contract.ts'
import styles from './Explore.module.css'
import type { ExploreProps } from './ExplorePage.tsx'
import { unitOf } from './field-units.ts'
import { drawnValues, seriesName } from './rows.ts'
import type { OnFilter } from './SearchView.tsx'
import { TopValues } from './TopValues.tsx'

type ChartProps = ExploreProps & { listed: ExploreFields | undefined; onFilter: OnFilter }

export function ChartPanel(props: ChartProps) {
  const { url, onFilter } = props
  const range = useRangeAsk()
  const lacks = needsField(url)
  const asked = useAsk(queryRun, chartAsk(url, range), { enabled: !lacks })
  const shape = chartShape(url)
  const isTop = url.chart === 'top' && isCharted(url)
  if (lacks) {
    return (
      <Panel className={styles.chart} title={<Controls {...props} />}>
        <EmptyState title={t('explore.pick_field')}>{t('explore.pick_field.do')}</EmptyState>
      </Panel>
    )
  }
  return (
    <Panel
      className={styles.chart}
      title={<Controls {...props} />}
      asked={asked}
      skeleton_height={isCharted(url) ? 190 : 110}
      flush={isTop}
    >
      {(answer) =>
        answer.kind === 'table' ? (
          <TopValues run={answer} shape={shape} onFilter={onFilter} />
        ) : (
          <OverTime answer={answer} shape={shape} is_tall={isCharted(url)} onFilter={onFilter} />
        )
      }
    </Panel>
  )
}

function Controls({ url, setUrl, listed }: ChartProps) {
  const names = listed?.field ?? []
  const numbers = names.filter((_, at) => listed?.kind[at] === 'number')
  const measure = url.measure === '' ? 'count' : url.measure
  const choices = (list: readonly string[]) => list.map((value) => ({ value, label: value }))
  const none = { value: '', label: t('explore.by.none') }
  const group = url.group_by[0] ?? ''
  return (
    <div className={styles.controls}>
      <Select
        label={t('explore.measure')}
        value={measure}
        choices={measures.map((value) => ({ value, label: t(`explore.measure.${value}`) }))}
        onChange={(next) => setUrl({ measure: next as (typeof measures)[number] })}
      />
      {measure === 'count' ? null : (
        <>
          <span className={styles.quiet}>{t('explore.of')}</span>
          <Combobox
            label={t('explore.field')}
            value={url.field}
            choices={choices(measure === 'unique' ? names : numbers)}
            onChange={(field) => setUrl({ field })}
          />
        </>
      )}
      <span className={styles.quiet}>{t('explore.by')}</span>
      <Combobox
        label={t('explore.by')}
        value={isCharted(url) ? group : (chartShape(url).group_by[0] ?? '')}
        choices={[none, ...choices(names)]}
        onChange={(field) => setUrl({ measure, group_by: field === '' ? [] : [field] })}
      />
      {isCharted(url) ? (
        <>
          <Segments
            label={t('explore.view')}
            value={url.chart}
            choices={(['time', 'top'] as const).map((value) => ({
              value,
              label: t(`explore.chart.${value}`),
            }))}
            onChange={(chart) => setUrl({ chart: chart === 'top' ? 'top' : 'time' })}
          />
          <IconButton
            label={t('explore.reset')}
            onClick={() => setUrl({ measure: '', field: '', group_by: [], chart: 'time' })}
          >
            <IconX />
          </IconButton>
        </>
      ) : null}
    </div>
  )
}

type OverTimeProps = {
  answer: QueryRun
  shape: SearchShape
  is_tall: boolean
  onFilter: OnFilter
}

function OverTime({ answer, shape, is_tall, onFilter }: OverTimeProps) {
  if (answer.kind !== 'series') return null
  const series = drawnSeries(answer, shape)
  const [field] = shape.group_by
  const pick = (_: number, name: string | undefined) => {
    const labels = series.find((one) => one.name === name)?.labels
    const value = field === undefined ? undefined : labels?.[field]
    if (field !== undefined && value !== undefined && shape.group_by.length === 1) {
      onFilter(field, value, 'for')
    }
  }
  const { time_ms, step_ms } = answer
  const isPiled = shape.measure === 'count' || shape.measure === 'sum'
  const label = t(`explore.measure.${shape.measure ?? 'count'}`)
  const height = is_tall ? 190 : 110
  const unit = unitOf(shape)
  return (
    <>
      {isPiled ? (
        <HistogramBars {...{ label, time_ms, step_ms, series, height, unit }} onPick={pick} />
      ) : (
        <TimeSeriesChart {...{ label, time_ms, series, height, unit }} onPick={pick} />
      )}
      {answer.capped ? (
        <p className={styles.note}>
          {t('explore.capped_groups', { shown: exact(answer.labels.length, language()) })}
        </p>
      ) : null}
    </>
  )
}

/** Severities lie in their own order and colours: the worst keeps its place on the axis. */
function drawnSeries({ labels, values }: SeriesRun, shape: SearchShape) {
  const isSeverity = shape.group_by.length === 1 && shape.group_by[0] === 'severity'
  const all = labels.map((label, at) => ({
    name: seriesName(label) || (shape.group_by.length > 0 ? t('explore.none') : wholeName(shape)),
    values: drawnValues(values[at] ?? []),
    labels: label,
    ...(isSeverity ? { color: severityColor(label.severity ?? '') } : {}),
  }))
  if (!isSeverity) return all
  const rank = (name: string) => (severities as readonly string[]).indexOf(name)
  return all.toSorted((a, b) => rank(b.name) - rank(a.name))
}

function wholeName({ measure, field }: SearchShape): string {
  const name = t(`explore.measure.${measure ?? 'count'}`)
  return field === undefined ? name : `${name} ${field}`
}
