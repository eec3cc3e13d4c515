/** The newest warnings and errors in a service's logs, each leading to the Logs page. */
import { useAsk } from '../../ui/ask/ask.ts'
import { t } from '../../ui/i18n/translate.ts'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Instant } from '../../ui/parts/Figures.tsx'
import { SeverityTag } from '../../ui/parts/Marks.tsx'
import { useRangeAsk } from '../../ui/range/range.ts'
import { quoted } from '../../ui/search/edit.ts'
import { DataTable } from '../../ui/table/DataTable.tsx'
import { go, href } from '../../ui/url/location.ts'
import { logRecords } from '../logs/contract.ts'
import styles from './ServicePage.module.css'

export function RecentLogs({ service }: { service: string }) {
  const search = `service:${quoted(service)} severity >= warn`
  const ask = { ...useRangeAsk(), search, order: 'newest' as const, rows_max: 50 }
  const asked = useAsk(logRecords, ask)
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
              width: 110,
              cell: ({ at }) => <Instant time_ms={Number(answer.time_ns[at]) / 1e6} ms />,
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
              cell: ({ at }) => <span className={styles.mono}>{answer.body[at]}</span>,
            },
          ]}
          row_id={(row) => row.id}
          height={Math.min(480, 60 + answer.id.length * 28)}
          onOpen={(row) => go(href('/logs', { search, open: row.id }))}
        />
      )}
    </Panel>
  )
}
