/** Metrics that have to do with the chosen one, each a click away. */
import { useAsk } from '../../ui/ask/ask.ts'
import { count } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import { Panel } from '../../ui/panel/Panel.tsx'
import { useRangeAsk } from '../../ui/range/range.ts'
import { DataTable } from '../../ui/table/DataTable.tsx'
import { metricRelated } from './contract.ts'

type RelatedProps = { metric: string; onOpen: (metric: string) => void }

export function RelatedPanel({ metric, onOpen }: RelatedProps) {
  const asked = useAsk(metricRelated, { ...useRangeAsk(), metric })
  return (
    <Panel
      title={t('metrics.related')}
      question={t('metrics.related.question')}
      asked={asked}
      flush
      is_empty={(answer) => answer.metric.length === 0}
      empty={{ title: t('metrics.related.none'), do: t('metrics.related.none.do') }}
      capped={(answer) =>
        answer.total > answer.metric.length
          ? { shown: answer.metric.length, all: answer.total }
          : undefined
      }
    >
      {(answer) => (
        <DataTable
          label={t('metrics.related')}
          rows={answer.metric.map((name, at) => ({
            name,
            relation: answer.relation[at] ?? 'prefix',
            unit: answer.unit[at] ?? '',
            description: answer.description[at] ?? '',
            series: answer.series[at] ?? 0,
          }))}
          row_id={(row) => row.name}
          height={36 + answer.metric.length * 28}
          onOpen={(row) => onOpen(row.name)}
          columns={[
            {
              id: 'name',
              title: t('metrics.promql.metric'),
              width: '1fr',
              sort: (row) => row.name,
              cell: (row) => <span title={row.description}>{row.name}</span>,
            },
            {
              id: 'relation',
              title: t('metrics.related.why'),
              width: 190,
              cell: (row) => t(`metrics.related.${row.relation}`),
            },
            { id: 'unit', title: t('metrics.related.unit'), width: 90, cell: (row) => row.unit },
            {
              id: 'series',
              title: t('metrics.promql.series'),
              width: 90,
              align: 'end',
              sort: (row) => row.series,
              cell: (row) => count(row.series),
            },
          ]}
        />
      )}
    </Panel>
  )
}
