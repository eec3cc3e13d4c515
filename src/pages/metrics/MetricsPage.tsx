/** Metrics: find one by typing, chart it, group it by a label, follow an exemplar to its trace. */
import { useAsk } from '../../ui/ask/ask.ts'
import { t } from '../../ui/i18n/translate.ts'
import { Page } from '../../ui/panel/Page.tsx'
import { Panel } from '../../ui/panel/Panel.tsx'
import { EmptyState } from '../../ui/parts/EmptyState.tsx'
import { useRangeAsk } from '../../ui/range/range.ts'
import { list, text } from '../../ui/url/codec.ts'
import { useUrl } from '../../ui/url/location.ts'
import { type MetricList, metricList } from './contract.ts'
import { MetricChartPanel } from './MetricChartPanel.tsx'
import { MetricLabelsPanel } from './MetricLabelsPanel.tsx'
import { MetricPicker } from './MetricPicker.tsx'
import styles from './MetricsPage.module.css'
import { likelyMetric } from './prepare.ts'

const shape = {
  metric: text(''),
  find: text(''),
  search: text(''),
  group_by: list([]),
  show: text(''),
}

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
  const [url, setUrl] = useUrl(shape)
  const range = useRangeAsk()
  const asked = useAsk(metricList, { ...range, text: url.find })
  const chosen = useAsk(metricList, { ...range, text: url.metric }, { enabled: url.metric !== '' })
  const metric = url.metric || likelyMetric(asked.answer)
  const info = infoOf(url.metric === '' ? asked.answer : chosen.answer, metric)
  const choose = (metric: string) => setUrl({ metric, group_by: [], show: '' })
  return (
    <Page title={t('metrics.title')} question={t('metrics.question')} fill>
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
                onChange={setUrl}
              />
              <MetricLabelsPanel
                metric={info.metric}
                group_by={[...url.group_by]}
                onGroup={(group_by) => setUrl({ group_by })}
              />
            </>
          )}
        </div>
      </div>
    </Page>
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
