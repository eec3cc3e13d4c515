/** One span in full: exceptions first, then attributes, events, links, its process and its logs. */
import type { ReactNode } from 'react'
import { useAsk } from '../../ui/ask/ask.ts'
import { Drawer } from '../../ui/drawer/Drawer.tsx'
import { EntityLink } from '../../ui/entity/EntityLink.tsx'
import { KeyValues } from '../../ui/entity/KeyValues.tsx'
import { duration } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import { Panel } from '../../ui/panel/Panel.tsx'
import { CopyId } from '../../ui/parts/CopyId.tsx'
import { Instant } from '../../ui/parts/Figures.tsx'
import { Badge } from '../../ui/parts/Marks.tsx'
import { addFilter, quoted } from '../../ui/search/edit.ts'
import { go, href } from '../../ui/url/location.ts'
import { TextLink } from '../../ui/url/TextLink.tsx'
import { type SpanDetail, spanById } from './contract.ts'
import styles from './SpanDrawer.module.css'
import { SpanLogs } from './SpanLogs.tsx'

type DrawerProps = { trace_id: string; span_id: string; onClose: () => void }

export function SpanDrawer({ trace_id, span_id, onClose }: DrawerProps) {
  return (
    <Drawer open={span_id !== ''} title={t('traces.span')} onClose={onClose}>
      {span_id === '' ? null : <Loaded key={span_id} trace_id={trace_id} span_id={span_id} />}
    </Drawer>
  )
}

function Loaded({ trace_id, span_id }: { trace_id: string; span_id: string }) {
  const asked = useAsk(spanById, { trace_id, span_id })
  return (
    <Panel
      asked={asked}
      bare
      is_empty={(span) => span === null}
      empty={{ title: t('traces.span.none'), do: t('traces.span.none.do') }}
    >
      {(span) => (span === null ? null : <Detail span={span} />)}
    </Panel>
  )
}

/** Where it ran, when that was a pod. */
function Pod({ resource }: { resource: SpanDetail['resource'] }) {
  const { 'k8s.pod.name': pod = '', 'k8s.namespace.name': namespace = '' } = resource
  const cluster = resource['k8s.cluster.name'] ?? ''
  if (pod === '') return null
  return <EntityLink kind="pod" name={pod} id={[cluster, namespace, pod].join('/')} />
}

function Detail({ span }: { span: SpanDetail }) {
  const onFilter = (field: string, value: string | number, way: 'for' | 'out') =>
    go(href('/traces', { search: addFilter('', field, value, way) }))
  const same = `service:${quoted(span.service)} name:${quoted(span.name)}`
  const time_ms = Number(BigInt(span.time_ns) / 1_000_000n)
  return (
    <div className={styles.detail}>
      <div className={styles.head}>
        <h3 className={styles.name}>{span.name}</h3>
        <p className={styles.facts}>
          <EntityLink kind="service" name={span.service} />
          <Pod resource={span.resource} />
          <Badge tone={span.status === 'error' ? 'bad' : 'neutral'}>{span.status}</Badge>
          <span>{span.kind}</span>
          <strong>{duration(span.duration_ns)}</strong>
          <Instant time_ms={time_ms} ms />
          <CopyId value={span.span_id} />
        </p>
        {span.status_message === '' ? null : <p className={styles.failed}>{span.status_message}</p>}
        <p>
          <TextLink to="/traces" query={{ search: same }}>
            {t('traces.same_operation')}
          </TextLink>
        </p>
      </div>
      <Exceptions span={span} />
      <Section title={t('traces.attributes')}>
        <KeyValues
          entries={Object.entries(span.attributes)}
          onFilter={onFilter}
          time_ms={time_ms}
        />
      </Section>
      <Events span={span} />
      <Links span={span} />
      <Section title={t('traces.logs')}>
        <SpanLogs trace_id={span.trace_id} span_id={span.span_id} />
      </Section>
      <Section title={t('traces.resource')}>
        <KeyValues
          entries={Object.entries({ 'otel.scope.name': span.scope, ...span.resource })}
          onFilter={onFilter}
        />
      </Section>
    </div>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h4 className={styles.section}>{title}</h4>
      {children}
    </section>
  )
}

function isException(event: { attributes: Record<string, string> }): boolean {
  return 'exception.type' in event.attributes || 'exception.message' in event.attributes
}

function Exceptions({ span }: { span: SpanDetail }) {
  const thrown = span.events.filter(isException)
  if (thrown.length === 0) return null
  return (
    <Section title={t('traces.exception')}>
      {thrown.map((event) => (
        <div key={event.time_ns} className={styles.exception}>
          <p className={styles.failed}>
            <strong>{event.attributes['exception.type']}</strong>{' '}
            {event.attributes['exception.message']}
          </p>
          {event.attributes['exception.stacktrace'] === undefined ? null : (
            <pre className={styles.stack}>{event.attributes['exception.stacktrace']}</pre>
          )}
        </div>
      ))}
    </Section>
  )
}

function Events({ span }: { span: SpanDetail }) {
  const events = span.events.filter((event) => !isException(event))
  if (events.length === 0) return null
  const start = BigInt(span.time_ns)
  return (
    <Section title={t('traces.events')}>
      {events.map((event) => (
        <div key={`${event.time_ns} ${event.name}`} className={styles.event}>
          <p>
            <strong>{event.name}</strong>{' '}
            <span className={styles.muted}>
              {t('traces.after_start', { time: duration(Number(BigInt(event.time_ns) - start)) })}
            </span>
          </p>
          <KeyValues entries={Object.entries(event.attributes)} />
        </div>
      ))}
    </Section>
  )
}

function Links({ span }: { span: SpanDetail }) {
  if (span.links.length === 0) return null
  return (
    <Section title={t('traces.links')}>
      {span.links.map((link) => (
        <div key={`${link.trace_id} ${link.span_id}`} className={styles.event}>
          <TextLink to={`/traces/${link.trace_id}`} query={{ span: link.span_id }}>
            {link.trace_id}
          </TextLink>
          <KeyValues entries={Object.entries(link.attributes)} />
        </div>
      ))}
    </Section>
  )
}
