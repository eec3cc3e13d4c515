/**
 * One trace: its waterfall, where its time goes by service, and its logs. A span opens in a drawer.
 */
import { useMemo } from 'react'
import { useAsk } from '../../ui/ask/ask.ts'
import { seriesColor } from '../../ui/chart/colors.ts'
import { EntityLink } from '../../ui/entity/EntityLink.tsx'
import { count, duration, percent } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import { Page } from '../../ui/panel/Page.tsx'
import { Panel } from '../../ui/panel/Panel.tsx'
import { CopyId } from '../../ui/parts/CopyId.tsx'
import { Tabs } from '../../ui/parts/Tabs.tsx'
import { oneOf, text } from '../../ui/url/codec.ts'
import { useUrl } from '../../ui/url/location.ts'
import { type Trace, traceById } from './contract.ts'
import { criticalPath, type ServiceShare, serviceShares, treeOf } from './prepare.ts'
import { SpanDrawer } from './SpanDrawer.tsx'
import { SpanLogs } from './SpanLogs.tsx'
import styles from './TracePage.module.css'
import { Waterfall } from './Waterfall.tsx'

const tabs = ['waterfall', 'logs'] as const
const shape = { span: text(''), tab: oneOf(tabs, 'waterfall') }

export function TracePage({ params }: { params: Record<string, string> }) {
  const trace_id = params.trace_id ?? ''
  const [url, setUrl] = useUrl(shape)
  const asked = useAsk(traceById, { trace_id })
  const { answer } = asked
  return (
    <Page
      title={
        <span className={styles.title}>
          {titleOf(answer)} <CopyId value={trace_id} />
        </span>
      }
      question={questionOf(answer)}
      fill
    >
      <Panel
        asked={asked}
        flush
        grow
        is_empty={(trace) => trace === null}
        empty={{ title: t('traces.trace.none'), do: t('traces.trace.none.do') }}
        capped={(trace) =>
          trace === null ? undefined : { shown: trace.span_id.length, all: trace.total }
        }
      >
        {(trace) =>
          trace === null ? null : (
            <TraceViews
              trace={trace}
              span={url.span}
              tab={url.tab}
              onSpan={(span) => setUrl({ span })}
              onTab={(tab) => setUrl({ tab })}
            />
          )
        }
      </Panel>
      <SpanDrawer trace_id={trace_id} span_id={url.span} onClose={() => setUrl({ span: '' })} />
    </Page>
  )
}

function titleOf(trace: Trace | null | undefined): string {
  if (trace === null || trace === undefined) return t('traces.trace')
  return `${trace.service[0]} ${trace.name[0]}`
}

function questionOf(trace: Trace | null | undefined): string | undefined {
  if (trace === null || trace === undefined) return undefined
  return t('traces.trace.question', {
    spans: count(trace.total),
    services: new Set(trace.service).size,
    duration: duration(trace.duration_ns),
  })
}

type Tab = (typeof tabs)[number]
type ViewsProps = {
  trace: Trace
  span: string
  tab: Tab
  onSpan: (span: string) => void
  onTab: (tab: Tab) => void
}

function TraceViews({ trace, span, tab, onSpan, onTab }: ViewsProps) {
  const tree = useMemo(() => treeOf(trace), [trace])
  const path = useMemo(() => criticalPath(trace, tree), [trace, tree])
  const shares = useMemo(() => serviceShares(trace, path), [trace, path])
  return (
    <div className={styles.views}>
      <Shares shares={shares} whole_ns={trace.duration_ns} />
      <Tabs
        label={t('traces.trace')}
        value={tab}
        onChange={(value) => onTab(value === 'logs' ? 'logs' : 'waterfall')}
        tabs={[
          {
            value: 'waterfall',
            label: t('traces.waterfall'),
            content: (
              <Waterfall trace={trace} tree={tree} path={path} selected={span} onSelect={onSpan} />
            ),
          },
          {
            value: 'logs',
            label: t('traces.logs'),
            count: count(trace.logs),
            content:
              tab === 'logs' ? (
                <div className={styles.logs}>
                  <SpanLogs trace_id={trace.trace_id} />
                </div>
              ) : null,
          },
        ]}
      />
    </div>
  )
}

/** The critical path as one bar, coloured by service: what to make faster, at a glance. */
function Shares({ shares, whole_ns }: { shares: ServiceShare[]; whole_ns: number }) {
  return (
    <section className={styles.shares} aria-label={t('traces.by_service')}>
      <div className={styles.shareBar} title={t('traces.critical.says')}>
        {shares.map((share) => (
          <span
            key={share.service}
            className={styles.shareSlice}
            style={{
              width: `${(share.critical_ns / Math.max(1, whole_ns)) * 100}%`,
              background: seriesColor(share.service),
            }}
          />
        ))}
      </div>
      <ul className={styles.shareList}>
        {shares.map((share) => (
          <li key={share.service}>
            <EntityLink kind="service" name={share.service} />
            <span className={styles.figures}>
              {share.critical_ns === 0 ? '–' : partOf(share.critical_ns, whole_ns)}
              {share.errors === 0 ? null : (
                <span className={styles.failed}>
                  {' · '}
                  {t('traces.errors')} {count(share.errors)}
                </span>
              )}
            </span>
          </li>
        ))}
      </ul>
    </section>
  )
}

function partOf(part_ns: number, whole_ns: number): string {
  return `${duration(part_ns)} · ${percent(part_ns / Math.max(1, whole_ns))}`
}
