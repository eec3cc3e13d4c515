/**
 * What a metric can be broken down by: its labels with how many values each has, the telling first.
 */
import { useAsk } from '../../ui/ask/ask.ts'
import { count } from '../../ui/format/figures.ts'
import { t } from '../../ui/i18n/translate.ts'
import { Panel } from '../../ui/panel/Panel.tsx'
import { useRangeAsk } from '../../ui/range/range.ts'
import { DataTable } from '../../ui/table/DataTable.tsx'
import { metricLabels } from './contract.ts'

type LabelsProps = {
  metric: string
  group_by: string[]
  onGroup: (group_by: string[]) => void
}

export function MetricLabelsPanel({ metric, group_by, onGroup }: LabelsProps) {
  const asked = useAsk(metricLabels, { ...useRangeAsk(), metric })
  return (
    <Panel title={t('metrics.labels')} question={t('metrics.labels.question')} asked={asked} flush>
      {(answer) => (
        <DataTable
          label={t('metrics.labels')}
          rows={answer.label.map((label, at) => ({
            label,
            values: answer.values[at] ?? 0,
            examples: answer.examples[at] ?? [],
          }))}
          row_id={(row) => row.label}
          selected={group_by[0]}
          height={60 + answer.label.length * 28}
          onOpen={(row) => onGroup(row.label === group_by[0] ? [] : [row.label])}
          columns={[
            {
              id: 'label',
              title: t('metrics.label'),
              width: 260,
              sort: (row) => row.label,
              cell: (row) => row.label,
            },
            {
              id: 'values',
              title: t('metrics.values'),
              width: 90,
              align: 'end',
              sort: (row) => row.values,
              cell: (row) => count(row.values),
            },
            {
              id: 'examples',
              title: t('metrics.examples'),
              width: '1fr',
              cell: (row) => row.examples.join(', '),
            },
          ]}
        />
      )}
    </Panel>
  )
}
