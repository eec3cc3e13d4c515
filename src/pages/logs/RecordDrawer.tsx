/**
 * One record in full: its body as sent or formatted, attributes, source, and the lines around it.
 */
import { type ReactNode, useState } from 'react'
import { useAsk } from '../../ui/ask/ask.ts'
import { Drawer } from '../../ui/drawer/Drawer.tsx'
import { EntityLink } from '../../ui/entity/EntityLink.tsx'
import { KeyValues } from '../../ui/entity/KeyValues.tsx'
import { LogLine } from '../../ui/entity/LogLine.tsx'
import { duration } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Clock } from '../../ui/parts/Clock.tsx'
import { CopyButton, CopyId } from '../../ui/parts/CopyId.tsx'
import { Instant } from '../../ui/parts/Figures.tsx'
import { Badge, SeverityTag } from '../../ui/parts/Marks.tsx'
import { Segments } from '../../ui/parts/Tabs.tsx'
import type { FilterWay } from '../../ui/search/edit.ts'
import { TextLink } from '../../ui/url/TextLink.tsx'
import { type LogDetail, logRecord, logSurrounding } from './contract.ts'
import { logRows, oneLine, prettyJson } from './prepare.ts'
import styles from './RecordDrawer.module.css'

type OnFilter = (field: string, value: string | number, way: FilterWay) => void
type DrawerProps = {
  id: string
  onClose: () => void
  onOpen: (id: string) => void
  onFilter: OnFilter
}

export function RecordDrawer({ id, onClose, onOpen, onFilter }: DrawerProps) {
  return (
    <Drawer open={id !== ''} title={t('logs.record')} onClose={onClose}>
      {id === '' ? null : <Loaded id={id} onOpen={onOpen} onFilter={onFilter} />}
    </Drawer>
  )
}

type LoadedProps = { id: string; onOpen: (id: string) => void; onFilter: OnFilter }

function Loaded({ id, onOpen, onFilter }: LoadedProps) {
  const asked = useAsk(logRecord, { id })
  return (
    <Panel
      asked={asked}
      bare
      is_empty={(record) => record === null}
      empty={{ title: t('logs.record.none'), do: t('logs.record.none.do') }}
    >
      {(record) =>
        record === null ? null : <Detail record={record} onOpen={onOpen} onFilter={onFilter} />
      }
    </Panel>
  )
}

type DetailProps = { record: LogDetail; onOpen: (id: string) => void; onFilter: OnFilter }

function Detail({ record, onOpen, onFilter }: DetailProps) {
  const time_ms = Number(BigInt(record.time_ns) / 1_000_000n)
  return (
    <div className={styles.detail}>
      <Facts record={record} time_ms={time_ms} />
      <Body body={record.body} />
      {Object.keys(record.attributes).length === 0 ? null : (
        <Section title={t('logs.attributes')}>
          <KeyValues
            entries={Object.entries(record.attributes)}
            onFilter={onFilter}
            time_ms={time_ms}
          />
        </Section>
      )}
      <Section title={t('logs.surrounding')}>
        <Surrounding record={record} onOpen={onOpen} />
      </Section>
      <Section title={t('logs.resource')}>
        <KeyValues
          entries={Object.entries({ ...record.resource, 'otel.scope.name': record.scope })}
          onFilter={onFilter}
        />
      </Section>
    </div>
  )
}

function Facts({ record, time_ms }: { record: LogDetail; time_ms: number }) {
  const late_ms = record.ingested_ms - time_ms
  return (
    <div className={styles.facts}>
      <SeverityTag severity={record.severity} />
      {record.event_name === '' ? null : <Badge tone="accent">{record.event_name}</Badge>}
      <Instant time_ms={time_ms} ms />
      <EntityLink kind="service" name={record.service} />
      {record.pod === '' ? null : (
        <EntityLink
          kind="pod"
          name={record.pod}
          id={[record.cluster, record.namespace, record.pod].join('/')}
        />
      )}
      <span className={styles.muted}>
        {t('logs.arrived')} +{duration(Math.max(0, late_ms) * 1e6)}
      </span>
      {record.trace_id === '' ? null : (
        <span className={styles.pair}>
          <TextLink
            to={`/traces/${record.trace_id}`}
            query={record.span_id === '' ? {} : { span: record.span_id }}
          >
            {t('logs.open_trace')}
          </TextLink>
          <CopyId value={record.trace_id} />
        </span>
      )}
      <TextLink to="/logs" query={{ search: `template_id:${record.template_id}` }}>
        {t('logs.same_pattern')}
      </TextLink>
    </div>
  )
}

function Body({ body }: { body: string }) {
  const pretty = prettyJson(body)
  const [form, setForm] = useState('formatted')
  const isPretty = pretty !== undefined && form === 'formatted'
  return (
    <div className={styles.bodyBox}>
      <div className={styles.bodyTools}>
        {pretty === undefined ? null : (
          <Segments
            label={t('logs.body')}
            value={form}
            choices={(['formatted', 'plain'] as const).map((value) => ({
              value,
              label: t(`logs.${value}`),
            }))}
            onChange={setForm}
          />
        )}
        <CopyButton value={body} label={t('logs.copy_body')} />
      </div>
      <pre className={styles.body}>{isPretty ? pretty : visible(body)}</pre>
    </div>
  )
}

/** Escape sequences are shown, never obeyed; line breaks and tabs stay. */
function visible(body: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
  return body.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '␛')
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className={styles.section}>{title}</h3>
      {children}
    </section>
  )
}

function Surrounding({ record, onOpen }: { record: LogDetail; onOpen: (id: string) => void }) {
  const { id, resource_id } = record
  const asked = useAsk(logSurrounding, { id, resource_id, before: 8, after: 8 })
  return (
    <Panel
      asked={asked}
      bare
      is_empty={(answer) => answer.id.length < 2}
      empty={{ title: t('logs.surrounding.none') }}
    >
      {(answer) => (
        <ol className={styles.lines}>
          {logRows(answer).map((row) => (
            <li key={row.id}>
              <button
                type="button"
                className={`${styles.line} ${row.id === id ? styles.own : ''}`}
                aria-current={row.id === id}
                onClick={() => onOpen(row.id)}
              >
                <Clock time_ms={row.time_ms} />
                <SeverityTag severity={row.severity} />
                <LogLine body={row.body} draw={oneLine} />
              </button>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  )
}
