/** The newest warnings and errors in a service's logs, each leading to the Logs page. */
import { useAsk } from '../../ui/ask/ask.ts'
import { LogLine } from '../../ui/entity/LogLine.tsx'
import { t } from '../../ui/i18n/translate.ts'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Clock, useClockWidth } from '../../ui/parts/Clock.tsx'
import { SeverityTag } from '../../ui/parts/Marks.tsx'
import { useRangeAsk } from '../../ui/range/range.ts'
import { quoted } from '../../ui/search/edit.ts'
import { DataTable } from '../../ui/table/DataTable.tsx'
import { go, href } from '../../ui/url/location.ts'
import { logRecords } from '../logs/contract.ts'

export function RecentLogs({ service }: { service: string }) {
  const search = `service:${quoted(service)} severity >= warn`
  const ask = { ...useRangeAsk(), search, order: 'newest' as const, rows_max: 50 }
  const asked = useAsk(logRecords, ask)
  const time_px = useClockWidth()
  return (
    <Panel
      asked={asked}
      flush
      is_empty={(answer) => answer.id.length === 0}
      empty={{ title: t('services.no_logs'), do: t('services.no_logs.do') }}
    >
      {(answer) => (
        <DataTable
          label={t('services.recent_logs')}
          rows={answer.id.map((id, at) => ({ id, at }))}
          columns={[
            {
              id: 'time',
              title: '',
              width: time_px,
              cell: ({ at }) => <Clock time_ms={Number(answer.time_ns[at]) / 1e6} />,
            },
            {
              id: 'severity',
              title: '',
              width: 70,
              cell: ({ at }) => <SeverityTag severity={answer.severity[at] ?? ''} />,
            },
            {
              id: 'body',
              title: '',
              width: '1fr',
              cell: ({ at }) => <LogLine body={answer.body[at] ?? ''} />,
            },
          ]}
          row_id={(row) => row.id}
          height={Math.min(480, 34 + answer.id.length * 28)}
          onOpen={(row) => go(href('/logs', { search, open: row.id }))}
        />
      )}
    </Panel>
  )
}
