/**
 * Metrics: find one by typing, chart it, break it down, follow an exemplar to its trace; or ask in
 * PromQL.
 */
import { useAsk } from '../../ui/ask/ask.ts'
import { t } from '../../ui/i18n/translate.ts'
import { Page } from '../../ui/panel/Page.tsx'
import { Panel } from '../../ui/panel/Panel.tsx'
import { EmptyState } from '../../ui/parts/EmptyState.tsx'
import { Segments, Tabs } from '../../ui/parts/Tabs.tsx'
import { useRangeAsk } from '../../ui/range/range.ts'
import { useUrl } from '../../ui/url/location.ts'
import { type MetricsUrl, metricsShape, metricViews, type SetMetricsUrl } from './address.ts'
import { BreakdownPanel } from './BreakdownPanel.tsx'
import { type MetricList, metricList } from './contract.ts'
import { MetricChartPanel } from './MetricChartPanel.tsx'
import { MetricLabelsPanel } from './MetricLabelsPanel.tsx'
import { MetricPicker } from './MetricPicker.tsx'
import styles from './MetricsPage.module.css'
import { likelyMetric } from './prepare.ts'
import { PromqlView } from './promql/PromqlView.tsx'
import { RelatedPanel } from './RelatedPanel.tsx'

export type MetricInfo = {
  metric: string
  kind: MetricList['kind'][number]
  monotonic: boolean
  temporality: MetricList['temporality'][number]
  unit: string
  description: string
  series: number
}

export function MetricsPage() {
  const [url, setUrl] = useUrl(metricsShape)
  return (
    <Page
      title={t('metrics.title')}
      question={t('metrics.question')}
      fill
      actions={
        <Segments
          label={t('metrics.mode')}
          value={url.mode}
          choices={(['metric', 'promql'] as const).map((value) => ({
            value,
            label: t(`metrics.mode.${value}`),
          }))}
          onChange={(mode) => setUrl({ mode: mode === 'promql' ? 'promql' : 'metric' })}
        />
      }
    >
      {url.mode === 'promql' ? (
        <PromqlView url={url} setUrl={setUrl} />
      ) : (
        <ByMetric url={url} setUrl={setUrl} />
      )}
    </Page>
  )
}

function ByMetric({ url, setUrl }: { url: MetricsUrl; setUrl: SetMetricsUrl }) {
  const range = useRangeAsk()
  const asked = useAsk(metricList, { ...range, text: url.find })
  const chosen = useAsk(metricList, { ...range, text: url.metric }, { enabled: url.metric !== '' })
  const metric = url.metric || likelyMetric(asked.answer)
  const info = infoOf(url.metric === '' ? asked.answer : chosen.answer, metric)
  const choose = (metric: string) => setUrl({ metric, group_by: [], show: '' })
  return (
    <div className={styles.split}>
      <Panel asked={asked} flush className={styles.picker}>
        {(answer) => (
          <MetricPicker
            answer={answer}
            find={url.find}
            selected={metric}
            onFind={(find) => setUrl({ find }, { replace: true })}
            onChoose={choose}
          />
        )}
      </Panel>
      <div className={styles.main}>
        {metric === '' ? (
          <Panel>
            <EmptyState title={t('metrics.choose')}>{t('metrics.choose.do')}</EmptyState>
          </Panel>
        ) : info === undefined ? (
          <Panel
            asked={chosen}
            is_empty={() => true}
            empty={{ title: t('metrics.none_found'), do: t('metrics.none_found.do') }}
          >
            {() => null}
          </Panel>
        ) : (
          <>
            <MetricChartPanel
              info={info}
              search={url.search}
              group_by={[...url.group_by]}
              show={url.show}
              hasMarks={url.marks}
              onChange={setUrl}
            />
            <Closer url={url} info={info} setUrl={setUrl} onMetric={choose} />
          </>
        )}
      </div>
    </div>
  )
}

type CloserProps = {
  url: MetricsUrl
  info: MetricInfo
  setUrl: SetMetricsUrl
  onMetric: (metric: string) => void
}

function Closer({ url, info, setUrl, onMetric }: CloserProps) {
  const { search, show, view } = url
  const { metric } = info
  const change = (patch: { search?: string; group_by?: string[] }) => setUrl(patch)
  return (
    <Tabs
      label={t('metrics.view')}
      value={view}
      onChange={(next) => setUrl({ view: metricViews.find((one) => one === next) })}
      tabs={metricViews.map((value) => ({
        value,
        label: t(`metrics.view.${value}`),
        content:
          value === 'labels' ? (
            <MetricLabelsPanel
              metric={metric}
              group_by={[...url.group_by]}
              onGroup={(group_by) => setUrl({ group_by })}
            />
          ) : value === 'breakdown' ? (
            <BreakdownPanel info={info} search={search} show={show} onChange={change} />
          ) : (
            <RelatedPanel metric={metric} onOpen={onMetric} />
          ),
      }))}
    />
  )
}

export function infoOf(answer: MetricList | undefined, metric: string): MetricInfo | undefined {
  const at = answer?.metric.indexOf(metric) ?? -1
  if (answer === undefined || at < 0) return undefined
  return {
    metric,
    kind: answer.kind[at] ?? 'gauge',
    monotonic: answer.monotonic[at] ?? false,
    temporality: answer.temporality[at] ?? 'unspecified',
    unit: answer.unit[at] ?? '',
    description: answer.description[at] ?? '',
    series: answer.series[at] ?? 0,
  }
}
