/** What arrives now, which services fail or are slow, which error lines are new, and who sends. */
import { type Asked, useAsk } from '../../ui/ask/ask.ts'
import { TimeSeriesChart } from '../../ui/chart/TimeSeriesChart.tsx'
import { bytes, duration, figure } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import { Columns } from '../../ui/panel/Columns.tsx'
import { Page } from '../../ui/panel/Page.tsx'
import { Panel } from '../../ui/panel/Panel.tsx'
import { CopyButton } from '../../ui/parts/CopyId.tsx'
import { EmptyState } from '../../ui/parts/EmptyState.tsx'
import { RelativeTime } from '../../ui/parts/Figures.tsx'
import { useRangeAsk } from '../../ui/range/range.ts'
import { type Arrivals, arrivals, type Signal } from './contract.ts'
import styles from './OverviewPage.module.css'
import { ErrorPatternsPanel, SourcesPanel, StorePanel } from './OverviewTables.tsx'
import { perSecond } from './prepare.ts'
import { SecurityPanel } from './SecurityPanel.tsx'
import { SlowestPanel, TroublePanel } from './ServicePanels.tsx'

const signals: Signal[] = ['logs', 'spans', 'metrics']
const colors: Record<Signal, string> = {
  logs: 'var(--series-1)',
  spans: 'var(--series-3)',
  metrics: 'var(--series-7)',
}

export function OverviewPage() {
  const asked = useAsk(arrivals, useRangeAsk())
  const isEmpty =
    asked.answer !== undefined && signals.every((signal) => asked.answer?.totals[signal] === 0)
  return (
    <Page title={t('overview.title')} question={t('overview.question')}>
      {isEmpty ? <NothingYet /> : <Arriving asked={asked} />}
      <Columns of={2}>
        <TroublePanel />
        <SlowestPanel />
      </Columns>
      <ErrorPatternsPanel />
      <SecurityPanel />
      <SourcesPanel />
      <StorePanel />
    </Page>
  )
}

/**
 * What a person needs who has just started it: three variables of the OpenTelemetry specification.
 */
function NothingYet() {
  const endpoint = `${window.location.protocol}//${window.location.hostname}:4318`
  const lines = [
    `export OTEL_EXPORTER_OTLP_ENDPOINT=${endpoint}`,
    'export OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf',
    'export OTEL_SERVICE_NAME=my-service',
  ].join('\n')
  return (
    <Panel>
      <EmptyState title={t('overview.none')}>
        {t('overview.none.do')}
        <pre className={styles.snippet}>{lines}</pre>
        <CopyButton value={lines} />
      </EmptyState>
    </Panel>
  )
}

function Arriving({ asked }: { asked: Asked<Arrivals> }) {
  return (
    <Panel title={t('overview.arriving')} question={delayText(asked.answer)} asked={asked}>
      {(answer) => (
        <div className={styles.arriving}>
          {signals.map((signal) => (
            <Arrival key={signal} signal={signal} answer={answer} />
          ))}
        </div>
      )}
    </Panel>
  )
}

function delayText(answer: Arrivals | undefined): string | undefined {
  if (answer === undefined || answer.delay_ms_p50 === null || answer.delay_ms_p99 === null) {
    return undefined
  }
  const p50 = duration(answer.delay_ms_p50 * 1e6)
  return t('overview.delay', { p50, p99: duration(answer.delay_ms_p99 * 1e6) })
}

function Arrival({ signal, answer }: { signal: Signal; answer: Arrivals }) {
  const { from_ms, to_ms } = useRangeAsk()
  const last_ms = answer.last_ms[signal]
  return (
    <div className={styles.arrival}>
      <p className={styles.name}>{t(`overview.${signal}`)}</p>
      <p className={styles.figure}>
        {figure(answer.totals[signal] / ((to_ms - from_ms) / 1000), '/s')}
        <span className={styles.note}>
          {t('overview.volume', { volume: bytes(answer.bytes[signal]) })}
          {' · '}
          {last_ms === null ? t('overview.never') : <RelativeTime time_ms={last_ms} />}
        </span>
      </p>
      <TimeSeriesChart
        label={`${t('overview.arriving')}: ${t(`overview.${signal}`)}`}
        time_ms={answer.time_ms}
        series={[
          {
            name: t(`overview.${signal}`),
            values: perSecond(answer, answer.records[signal], to_ms),
            color: colors[signal],
          },
        ]}
        kind="area"
        unit="/s"
        height={96}
      />
    </div>
  )
}
