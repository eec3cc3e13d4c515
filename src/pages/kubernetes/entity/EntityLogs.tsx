/** The newest lines of a thing's logs, each leading to the Logs page with the same search. */
import { useAsk } from '../../../ui/ask/ask.ts'
import { LogLine } from '../../../ui/entity/LogLine.tsx'
import { t } from '../../../ui/i18n/translate.ts'
import { Panel } from '../../../ui/panel/Panel.tsx'
import { Clock, useClockWidth } from '../../../ui/parts/Clock.tsx'
import { SeverityTag } from '../../../ui/parts/Marks.tsx'
import { useIsPhone } from '../../../ui/phone.ts'
import { type Column, DataTable } from '../../../ui/table/DataTable.tsx'
import { go, href } from '../../../ui/url/location.ts'
import { TextLink } from '../../../ui/url/TextLink.tsx'
import { type LogRecordsPage, logRecords } from '../../logs/contract.ts'
import type { Entity } from '../contract-entity.ts'
import type { EntityScope } from './entity-scope.ts'
import { telemetrySearch } from './prepare-searches.ts'

const rows_max = 100

type EntityLogsProps = { entity: Entity; asks: EntityScope; container: string }

export function EntityLogs({ entity, asks, container }: EntityLogsProps) {
  const { cluster, namespace } = entity
  const search = telemetrySearch(entity, container)
  const { from_ms, to_ms } = asks
  const order = 'newest' as const
  const asked = useAsk(logRecords, { from_ms, to_ms, cluster, search, order, rows_max })
  const time_px = useClockWidth()
  const isPhone = useIsPhone()
  const there = { cluster, namespace, search }
  return (
    <Panel
      asked={asked}
      title={t('entity.newest_lines')}
      actions={
        <TextLink to="/logs" query={there}>
          {t('entity.all_lines')}
        </TextLink>
      }
      flush
      is_empty={(answer) => answer.id.length === 0}
      empty={{ title: t('entity.no_logs'), do: t('entity.no_logs.do') }}
    >
      {(answer) => (
        <DataTable
          label={t('entity.tab.logs')}
          rows={answer.id.map((id, at) => ({ id, at, line: answer }))}
          columns={columns(time_px).filter(({ id }) => !isPhone || onPhone.has(id))}
          row_id={(row) => row.id}
          height={Math.min(520, 34 + answer.id.length * 28)}
          onOpen={(row) => go(href('/logs', { ...there, open: row.id }))}
        />
      )}
    </Panel>
  )
}

type LineRow = { id: string; at: number; line: LogRecordsPage }

const onPhone = new Set(['time', 'body'])

function columns(time_px: number): Column<LineRow>[] {
  return [
    {
      id: 'time',
      title: t('kubernetes.events.time'),
      width: time_px,
      cell: ({ at, line }) => <Clock time_ms={Number(line.time_ns[at]) / 1e6} />,
    },
    {
      id: 'severity',
      title: t('entity.severity'),
      width: 76,
      cell: ({ at, line }) => <SeverityTag severity={line.severity[at] ?? ''} />,
    },
    {
      id: 'container',
      title: t('entity.container'),
      width: 130,
      cell: ({ at, line }) => line.container[at] || '–',
    },
    {
      id: 'body',
      title: t('kubernetes.events.message'),
      width: '1fr',
      cell: ({ at, line }) => <LogLine body={line.body[at] ?? ''} />,
    },
  ]
}
