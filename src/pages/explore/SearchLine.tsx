/** The search of a table: its bar with completion from real values, and its filters as chips. */
import type { ReactNode } from 'react'
import { askOnce, useAsk } from '../../ui/ask/ask.ts'
import { t } from '../../ui/i18n/translate.ts'
import { useRangeAsk } from '../../ui/range/range.ts'
import { fieldCompletion } from '../../ui/search/complete-fields.ts'
import { FilterChips } from '../../ui/search/FilterChips.tsx'
import { SearchBar } from '../../ui/search/SearchBar.tsx'
import { rows_first, rowsAsk } from './asks.ts'
import { queryRun, queryWords } from './contract.ts'
import styles from './Explore.module.css'
import type { ExploreProps } from './ExplorePage.tsx'

export function SearchLine({ url, setUrl, source }: ExploreProps & { source: ReactNode }) {
  const range = useRangeAsk()
  const { table, query } = url
  // The same ask as the first of the rows: its answer is there already.
  const { fault } = useAsk(queryRun, rowsAsk(url, range, rows_first))
  const run = (text: string) => setUrl({ query: text, open: '' })
  const complete = fieldCompletion(table, async (field, prefix, signal) => {
    const words = {
      ...range,
      ...{ language: 'search' as const, table, prefix },
      ...(field === undefined
        ? { of: 'labels' as const }
        : { of: 'values' as const, label: field }),
    }
    const { word, detail } = await askOnce(queryWords, words, signal)
    return { text: word, rows: detail.map(Number) }
  })
  return (
    <>
      <div className={styles.line}>
        {source}
        <div className={styles.bar}>
          <SearchBar
            key={table}
            value={query}
            onRun={run}
            complete={complete}
            fault={fault}
            placeholder={t('explore.placeholder', { table: t(`explore.table.${table}`) })}
            recent_key={`explore.${table}`}
          />
        </div>
      </div>
      <FilterChips search={query} onChange={run} />
    </>
  )
}
