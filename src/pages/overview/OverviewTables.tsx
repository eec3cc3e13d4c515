/** The Overview's tables: error patterns, sources and the store. */
import { useAsk } from '../../ui/ask/ask.ts'
import { EntityLink } from '../../ui/entity/EntityLink.tsx'
import { LogPattern } from '../../ui/entity/LogLine.tsx'
import { bytes, count } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import { Panel } from '../../ui/panel/Panel.tsx'
import { RelativeTime } from '../../ui/parts/Figures.tsx'
import { Badge, SeverityTag } from '../../ui/parts/Marks.tsx'
import { useRangeAsk } from '../../ui/range/range.ts'
import { type Column, DataTable } from '../../ui/table/DataTable.tsx'
import { go, href } from '../../ui/url/location.ts'
import { TextLink } from '../../ui/url/TextLink.tsx'
import { errorPatterns, sources, storeUse } from './contract.ts'

const row_px = 28
const heightOf = (rows: number) => Math.min(420, 34 + rows * row_px)

type PatternRow = {
  template_id: string
  example: string
  service: string
  severity: string
  count: number
  last_ms: number
  is_new: boolean
}

export function ErrorPatternsPanel() {
  const asked = useAsk(errorPatterns, useRangeAsk())
  return (
    <Panel
      title={t('overview.patterns')}
      question={t('overview.patterns.question')}
      asked={asked}
      flush
      is_empty={(answer) => answer.template_id.length === 0}
      empty={{ title: t('overview.patterns.none'), do: t('overview.patterns.none.do') }}
      actions={
        <TextLink to="/logs" query={{ search: 'severity >= error' }}>
          {t('overview.all_errors')}
        </TextLink>
      }
    >
      {(answer) => (
        <DataTable
          label={t('overview.patterns')}
          rows={answer.template_id.map(
            (template_id, at): PatternRow => ({
              template_id,
              example: answer.example[at] ?? '',
              service: answer.service[at] ?? '',
              severity: answer.severity[at] ?? '',
              count: answer.count[at] ?? 0,
              last_ms: answer.last_ms[at] ?? 0,
              is_new: answer.is_new[at] ?? false,
            }),
          )}
          columns={patternColumns()}
          row_id={(row) => row.template_id}
          height={heightOf(answer.template_id.length)}
          onOpen={(row) => go(href('/logs', { search: `template_id:${row.template_id}` }))}
        />
      )}
    </Panel>
  )
}

function patternColumns(): Column<PatternRow>[] {
  return [
    {
      id: 'severity',
      title: '',
      width: 72,
      cell: (row) => <SeverityTag severity={row.severity} />,
    },
    {
      id: 'pattern',
      title: t('logs.pattern'),
      width: '1fr',
      cell: (row) => <LogPattern example={row.example} />,
    },
    {
      id: 'new',
      title: '',
      width: 56,
      cell: (row) => (row.is_new ? <Badge tone="accent">{t('overview.new')}</Badge> : null),
    },
    {
      id: 'service',
      title: t('overview.service'),
      width: 170,
      sort: (row) => row.service,
      cell: (row) => <EntityLink kind="service" name={row.service} />,
    },
    {
      id: 'count',
      title: t('services.count'),
      width: 80,
      align: 'end',
      sort: (row) => row.count,
      cell: (row) => count(row.count),
    },
    {
      id: 'last',
      title: t('services.last_seen'),
      width: 110,
      sort: (row) => row.last_ms,
      cell: (row) => <RelativeTime time_ms={row.last_ms} />,
    },
  ]
}

type SourceRow = {
  service: string
  namespace: string
  cluster: string
  logs: number
  spans: number
  series: number
  pods: number
  bytes: number
  last_ms: number
}

export function SourcesPanel() {
  const asked = useAsk(sources, useRangeAsk())
  return (
    <Panel
      title={t('overview.sources')}
      question={t('overview.sources.question')}
      asked={asked}
      flush
      is_empty={(answer) => answer.service.length === 0}
      empty={{ title: t('overview.none'), do: t('services.none.do') }}
      capped={(answer) => ({ shown: answer.service.length, all: answer.total })}
    >
      {(answer) => (
        <DataTable
          label={t('overview.sources')}
          rows={answer.service.map(
            (service, at): SourceRow => ({
              service,
              namespace: answer.namespace[at] ?? '',
              cluster: answer.cluster[at] ?? '',
              logs: answer.logs[at] ?? 0,
              spans: answer.spans[at] ?? 0,
              series: answer.series[at] ?? 0,
              pods: answer.pods[at] ?? 0,
              bytes: answer.bytes[at] ?? 0,
              last_ms: answer.last_ms[at] ?? 0,
            }),
          )}
          columns={sourceColumns()}
          row_id={(row) => row.service}
          height={heightOf(answer.service.length)}
          onOpen={(row) => go(href(`/services/${encodeURIComponent(row.service)}`))}
        />
      )}
    </Panel>
  )
}

function sourceColumns(): Column<SourceRow>[] {
  const number = (id: 'logs' | 'spans' | 'series' | 'pods'): Column<SourceRow> => ({
    id,
    title: t(`overview.${id}`),
    width: 90,
    align: 'end',
    sort: (row) => row[id],
    cell: (row) => count(row[id]),
  })
  return [
    {
      id: 'service',
      title: t('overview.service'),
      width: '1fr',
      sort: (row) => row.service,
      cell: (row) => <EntityLink kind="service" name={row.service} />,
    },
    {
      id: 'namespace',
      title: t('overview.namespace'),
      width: 140,
      sort: (row) => row.namespace,
      cell: (row) => <EntityLink kind="namespace" name={row.namespace} />,
    },
    {
      id: 'cluster',
      title: t('overview.cluster'),
      width: 120,
      sort: (row) => row.cluster,
      cell: (row) => row.cluster,
    },
    number('logs'),
    number('spans'),
    number('series'),
    number('pods'),
    {
      id: 'bytes',
      title: t('overview.bytes'),
      width: 96,
      align: 'end',
      sort: (row) => row.bytes,
      cell: (row) => `≈ ${bytes(row.bytes)}`,
    },
    {
      id: 'last',
      title: t('overview.heard'),
      width: 110,
      sort: (row) => row.last_ms,
      cell: (row) => <RelativeTime time_ms={row.last_ms} />,
    },
  ]
}

type UseRow = { table: string; rows: number; bytes: number; oldest_ms: number }

export function StorePanel() {
  const asked = useAsk(storeUse, useRangeAsk())
  return (
    <Panel title={t('overview.store')} asked={asked} flush>
      {(answer) => (
        <DataTable
          label={t('overview.store')}
          rows={answer.table.map(
            (table, at): UseRow => ({
              table,
              rows: answer.rows[at] ?? 0,
              bytes: answer.bytes[at] ?? 0,
              oldest_ms: answer.oldest_ms[at] ?? 0,
            }),
          )}
          columns={storeColumns()}
          row_id={(row) => row.table}
          height={heightOf(answer.table.length)}
        />
      )}
    </Panel>
  )
}

function storeColumns(): Column<UseRow>[] {
  return [
    { id: 'table', title: t('overview.table'), width: '1fr', cell: (row) => row.table },
    {
      id: 'rows',
      title: t('overview.rows'),
      width: 110,
      align: 'end',
      sort: (row) => row.rows,
      cell: (row) => count(row.rows),
    },
    {
      id: 'bytes',
      title: t('overview.bytes'),
      width: 110,
      align: 'end',
      sort: (row) => row.bytes,
      cell: (row) => bytes(row.bytes),
    },
    {
      id: 'per_row',
      title: t('overview.per_row'),
      width: 110,
      align: 'end',
      sort: (row) => row.bytes / Math.max(1, row.rows),
      cell: (row) => (row.bytes / Math.max(1, row.rows)).toFixed(1),
    },
    {
      id: 'oldest',
      title: t('overview.oldest'),
      width: 130,
      align: 'end',
      sort: (row) => row.oldest_ms,
      cell: (row) =>
        row.oldest_ms === 0 ? '–' : new Date(row.oldest_ms).toISOString().slice(0, 10),
    },
  ]
}
