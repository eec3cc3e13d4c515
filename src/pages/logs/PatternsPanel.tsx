/** Records grouped by template: what is said often, what is new, and by whom. */
import { useAsk } from '../../ui/ask/ask.ts'
import { Sparkline } from '../../ui/chart/Sparkline.tsx'
import { EntityLink } from '../../ui/entity/EntityLink.tsx'
import { LogPattern } from '../../ui/entity/LogLine.tsx'
import { count, percent } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import { Panel } from '../../ui/panel/Panel.tsx'
import { RelativeTime } from '../../ui/parts/Figures.tsx'
import { SeverityTag, severityColor } from '../../ui/parts/Marks.tsx'
import { addFilter } from '../../ui/search/edit.ts'
import { type Column, DataTable } from '../../ui/table/DataTable.tsx'
import { type LogPatterns, type LogsAsk, logPatterns } from './contract.ts'

type PatternsProps = { ask: LogsAsk; onSearch: (search: string) => void }

type Row = {
  template_id: string
  example: string
  severity: string
  services: string[]
  count: number
  share: number
  last_ms: number
  series: number[]
}

export function PatternsPanel({ ask, onSearch }: PatternsProps) {
  const asked = useAsk(logPatterns, ask)
  const { answer } = asked
  const question =
    answer === undefined
      ? undefined
      : t('logs.patterns.question', {
          patterns: count(answer.total_patterns),
          records: count(answer.total_records),
        })
  return (
    <Panel
      title={t('logs.patterns')}
      question={question}
      asked={asked}
      flush
      grow
      is_empty={(found) => found.template_id.length === 0}
      empty={{ title: t('logs.none'), do: t('logs.none.do') }}
      capped={(found) => ({ shown: found.template_id.length, all: found.total_patterns })}
    >
      {(found) => (
        <DataTable
          label={t('logs.patterns')}
          rows={rowsOf(found)}
          columns={columns()}
          row_id={(row) => row.template_id}
          onOpen={(row) => onSearch(addFilter(ask.search, 'template_id', row.template_id))}
        />
      )}
    </Panel>
  )
}

function rowsOf(found: LogPatterns): Row[] {
  return found.template_id.map((template_id, at) => ({
    template_id,
    example: found.example[at] ?? '',
    severity: found.severity[at] ?? '',
    services: found.services[at] ?? [],
    count: found.count[at] ?? 0,
    share: (found.count[at] ?? 0) / Math.max(1, found.total_records),
    last_ms: found.last_ms[at] ?? 0,
    series: found.series[at] ?? [],
  }))
}

function columns(): Column<Row>[] {
  return [
    {
      id: 'count',
      title: t('logs.count'),
      width: 76,
      align: 'end',
      sort: (row) => row.count,
      cell: (row) => count(row.count),
    },
    {
      id: 'share',
      title: t('logs.share'),
      width: 70,
      align: 'end',
      sort: (row) => row.share,
      cell: (row) => percent(row.share),
    },
    {
      id: 'series',
      title: '',
      width: 112,
      cell: (row) => (
        <Sparkline
          values={row.series}
          label={t('logs.count')}
          kind="bar"
          color={severityColor(row.severity)}
        />
      ),
    },
    {
      id: 'severity',
      title: t('logs.severity'),
      width: 74,
      cell: (row) => <SeverityTag severity={row.severity} />,
    },
    {
      id: 'pattern',
      title: t('logs.pattern'),
      width: '1fr',
      cell: (row) => <LogPattern example={row.example} />,
    },
    {
      id: 'services',
      title: t('logs.services'),
      width: 190,
      cell: (row) =>
        row.services.length === 1 ? (
          <EntityLink kind="service" name={row.services[0] ?? ''} />
        ) : (
          row.services.join(', ')
        ),
    },
    {
      id: 'last',
      title: t('logs.last'),
      width: 110,
      sort: (row) => row.last_ms,
      cell: (row) => <RelativeTime time_ms={row.last_ms} />,
    },
  ]
}
