/** A searched table: fields at the left, the chart above, rows below, one row in a drawer. */
import { useState } from 'react'
import { useAsk } from '../../ui/ask/ask.ts'
import { exact } from '../../ui/format/figures.ts'
import { language, t } from '../../ui/i18n/translate.ts'
import { Panel } from '../../ui/panel/Panel.tsx'
import { useRangeAsk } from '../../ui/range/range.ts'
import { DidYouMean } from '../../ui/search/DidYouMean.tsx'
import { addFilter, type FilterWay } from '../../ui/search/edit.ts'
import { TextLink } from '../../ui/url/TextLink.tsx'
import type { ExploreUrl } from './address.ts'
import { rows_first, rowsAsk } from './asks.ts'
import { ChartPanel } from './ChartPanel.tsx'
import { exploreFields, type QueryRun, queryRun } from './contract.ts'
import { DocumentDrawer } from './DocumentDrawer.tsx'
import styles from './Explore.module.css'
import type { ExploreProps } from './ExplorePage.tsx'
import { shownColumns } from './export-result.ts'
import { FieldsPanel } from './FieldsPanel.tsx'
import { RowsTable } from './RowsTable.tsx'
import { type ExploreRow, exploreRows } from './rows.ts'

export type OnFilter = (field: string, value: string | number, way: FilterWay) => void

const rows_most = 10_000

export function SearchView({ url, setUrl }: ExploreProps) {
  const range = useRangeAsk()
  const [rows_max, setRowsMax] = useState(rows_first)
  const { table, query } = url
  const listed = useAsk(exploreFields, { ...range, search: query, table })
  const asked = useAsk(queryRun, rowsAsk(url, range, rows_max))
  const rows = rowsOf(asked.answer)
  const onFilter: OnFilter = (field, value, way) =>
    setUrl({ query: addFilter(query, field, value, way) })
  const onColumns = (columns: readonly string[]) => setUrl({ columns })
  const onChart = (field: string) =>
    setUrl({ measure: 'count', field: '', group_by: [field], chart: 'time' })
  const more = () => {
    if (asked.answer?.capped === true && !asked.is_fetching && rows_max < rows_most) {
      setRowsMax(Math.min(rows_most, rows_max * 4))
    }
  }
  return (
    <>
      <div className={styles.split}>
        <FieldsPanel
          url={url}
          asked={listed}
          onFilter={onFilter}
          onChart={onChart}
          onColumns={onColumns}
        />
        <div className={styles.main}>
          <ChartPanel url={url} setUrl={setUrl} listed={listed.answer} onFilter={onFilter} />
          <Panel
            title={t('explore.rows')}
            asked={asked}
            flush
            grow
            is_empty={() => rows.length === 0}
            empty={emptyOf(url, (text) => setUrl({ query: text }))}
          >
            {(answer) => (
              <RowsTable
                table={table}
                rows={rows}
                columns={shownColumns(url)}
                open={url.open}
                onOpen={(open) => setUrl({ open })}
                onFilter={onFilter}
                onColumns={onColumns}
                onChart={onChart}
                onEnd={more}
                footer={
                  answer.capped
                    ? t('explore.capped', { shown: exact(rows.length, language()) })
                    : undefined
                }
              />
            )}
          </Panel>
        </div>
      </div>
      <DocumentDrawer
        id={url.open}
        table={table}
        rows={rows}
        is_loading={asked.answer === undefined && asked.status === 'loading'}
        onClose={() => setUrl({ open: '' })}
        onFilter={onFilter}
      />
    </>
  )
}

/** Without a search there is nothing to widen but time: maybe nobody sends such data. */
function emptyOf({ query, table }: ExploreUrl, onRun: (query: string) => void) {
  if (query === '') {
    return {
      title: t('explore.nothing_sent', { table: t(`explore.table.${table}`) }),
      do: t('explore.nothing_sent.do'),
      actions: <TextLink to="/get-data-in">{t('shell.page.get_data_in')}</TextLink>,
    }
  }
  return {
    title: t('explore.nothing'),
    do: t('explore.nothing.do'),
    actions: <DidYouMean search={query} table={table} onRun={onRun} />,
  }
}

const known = new WeakMap<QueryRun, ExploreRow[]>()

/** Made once an answer, however often it is drawn. */
function rowsOf(run: QueryRun | undefined): readonly ExploreRow[] {
  if (run?.kind !== 'table') return []
  const rows = known.get(run) ?? exploreRows(run)
  known.set(run, rows)
  return rows
}
