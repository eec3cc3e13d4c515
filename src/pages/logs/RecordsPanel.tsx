/** The matching records, more of them as one scrolls. */
import { t } from '../../ui/i18n/translate.ts'
import { Panel } from '../../ui/panel/Panel.tsx'
import { Segments } from '../../ui/parts/Tabs.tsx'
import { DidYouMean } from '../../ui/search/DidYouMean.tsx'
import type { FilterWay } from '../../ui/search/edit.ts'
import type { LogsAsk } from './contract.ts'
import { LogTable } from './LogTable.tsx'
import { useRecords } from './use-records.ts'

type RecordsProps = {
  ask: LogsAsk
  order: 'newest' | 'oldest'
  open: string
  onOrder: (order: 'newest' | 'oldest') => void
  onSearch: (search: string) => void
  onOpen: (id: string) => void
  onFilter: (field: string, value: string | number, way: FilterWay) => void
}

export function RecordsPanel(props: RecordsProps) {
  const { ask, order, open, onOrder, onSearch, onOpen, onFilter } = props
  const { asked, rows, loadMore, is_loading, has_more } = useRecords(ask, order)
  const choices = (['newest', 'oldest'] as const).map((value) => ({
    value,
    label: t(`logs.${value}`),
  }))
  return (
    <Panel
      title={t('logs.records')}
      asked={asked}
      flush
      grow
      is_empty={(answer) => answer.id.length === 0}
      empty={{
        title: t('logs.none'),
        do: t('logs.none.do'),
        actions: <DidYouMean search={ask.search} table="logs" onRun={onSearch} />,
      }}
      actions={
        <Segments
          label={t('logs.order')}
          value={order}
          choices={choices}
          onChange={(value) => onOrder(value === 'oldest' ? 'oldest' : 'newest')}
        />
      }
    >
      {() => (
        <LogTable
          label={t('logs.records')}
          rows={rows}
          search={ask.search}
          open={open}
          onOpen={onOpen}
          onFilter={onFilter}
          onEnd={loadMore}
          footer={
            is_loading || !has_more ? (
              <p role="status">{t(is_loading ? 'logs.more' : 'logs.end')}</p>
            ) : undefined
          }
        />
      )}
    </Panel>
  )
}
