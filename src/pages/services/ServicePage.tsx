/**
 * One service: rate, failures and duration, its operations, connections, errors, instances, logs.
 */
import { useAsk } from '../../ui/ask/ask.ts'
import { seriesColor } from '../../ui/chart/colors.ts'
import { TimeSeriesChart } from '../../ui/chart/TimeSeriesChart.tsx'
import { t } from '../../ui/i18n/translate.ts'
import { Columns } from '../../ui/panel/Columns.tsx'
import { Page } from '../../ui/panel/Page.tsx'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Button } from '../../ui/parts/Button.tsx'
import { Tabs } from '../../ui/parts/Tabs.tsx'
import { useRangeAsk } from '../../ui/range/range.ts'
import { quoted } from '../../ui/search/edit.ts'
import { oneOf, text } from '../../ui/url/codec.ts'
import { useUrl } from '../../ui/url/location.ts'
import { TextLink } from '../../ui/url/TextLink.tsx'
import { type ServiceSeries, serviceSeries, serviceVersions } from './contract.ts'
import { share } from './prepare.ts'
import { RecentLogs } from './RecentLogs.tsx'
import styles from './ServicePage.module.css'
import { Dependencies, ErrorGroups, Instances, Operations } from './ServiceParts.tsx'

const tabs = ['operations', 'dependencies', 'error_groups', 'instances', 'recent_logs'] as const
const shape = { tab: oneOf(tabs, 'operations'), operation: text('') }

export function ServicePage({ params }: { params: Record<string, string> }) {
  const service = params.service ?? ''
  const [url, setUrl] = useUrl(shape)
  const search = `service:${quoted(service)}`
  const parts = {
    operations: (
      <Operations
        service={service}
        selected={url.operation}
        onSelect={(operation) => setUrl({ operation })}
      />
    ),
    dependencies: <Dependencies service={service} />,
    error_groups: <ErrorGroups service={service} />,
    instances: <Instances service={service} />,
    recent_logs: <RecentLogs service={service} />,
  }
  return (
    <Page
      title={service}
      question={t('services.page.question', { service })}
      actions={
        <span className={styles.links}>
          <TextLink to="/traces" query={{ search }}>
            {t('services.traces')}
          </TextLink>
          <TextLink to="/traces" query={{ search: `${search} status:error` }}>
            {t('services.failing')}
          </TextLink>
          <TextLink to="/logs" query={{ search }}>
            {t('services.logs')}
          </TextLink>
        </span>
      }
    >
      {url.operation === '' ? null : (
        <p className={styles.only}>
          {t('services.only', { operation: url.operation })}
          <Button onClick={() => setUrl({ operation: '' })}>{t('services.all_operations')}</Button>
        </p>
      )}
      <Charts service={service} operation={url.operation} />
      <Tabs
        label={service}
        value={url.tab}
        onChange={(tab) => setUrl({ tab: tab as (typeof tabs)[number] })}
        tabs={tabs.map((value) => ({
          value,
          label: t(`services.${value}`),
          content: value === url.tab ? parts[value] : null,
        }))}
      />
    </Page>
  )
}

function Charts({ service, operation }: { service: string; operation: string }) {
  const range = useRangeAsk()
  const only = operation === '' ? {} : { operation }
  const asked = useAsk(serviceSeries, { ...range, service, ...only })
  const versions = useAsk(serviceVersions, { ...range, service })
  const marks = (versions.answer?.time_ms ?? []).map((time_ms, at) => ({
    time_ms,
    label: t('services.deployed', {
      version: versions.answer?.version[at] ?? '',
      before: versions.answer?.before[at] ?? '',
    }),
  }))
  const panel = (
    title: string,
    unit: string,
    series: (answer: ServiceSeries, service: string) => Lines,
  ) => (
    <Panel
      title={title}
      asked={asked}
      is_empty={(answer) => answer.calls.every((calls) => calls === null)}
      empty={{ title: t('services.gone'), do: t('services.gone.do') }}
      skeleton_height={160}
    >
      {(answer) => (
        <TimeSeriesChart
          label={`${service}: ${title}`}
          time_ms={answer.time_ms}
          series={series(answer, service)}
          unit={unit}
          height={160}
          marks={marks}
          legend="bottom"
        />
      )}
    </Panel>
  )
  return (
    <Columns of={3}>
      {panel(t('services.throughput'), '/s', rateLines)}
      {panel(t('services.failures'), 'ratio', errorLines)}
      {panel(t('services.latency'), 'ns', durationLines)}
    </Columns>
  )
}

type Lines = { name: string; values: (number | null)[]; color?: string; kind?: 'area' | 'line' }[]

function rateLines(answer: ServiceSeries, service: string): Lines {
  const seconds = answer.bucket_ms / 1000
  const values = answer.calls.map((calls) => (calls === null ? null : calls / seconds))
  return [{ name: t('services.rate'), values, color: seriesColor(service), kind: 'area' }]
}

function errorLines(answer: ServiceSeries): Lines {
  const values = answer.calls.map((calls, at) =>
    calls === null ? null : share(answer.errors[at] ?? 0, calls),
  )
  return [{ name: t('services.errors'), values, color: 'var(--status-bad)', kind: 'area' }]
}

function durationLines(answer: ServiceSeries): Lines {
  return [
    { name: 'p50', values: answer.p50_ns, color: 'var(--series-1)' },
    { name: 'p95', values: answer.p95_ns, color: 'var(--series-2)' },
    { name: 'p99', values: answer.p99_ns, color: 'var(--series-6)' },
  ]
}
