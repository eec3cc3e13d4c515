/**
 * The records of a search, more of them with every page that scrolling asks for. A new search or
 * range starts anew; pages that arrive for an earlier one are dropped.
 */
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { askOnce, useAsk } from '../../ui/ask/ask.ts'
import { type LogRecordsPage, type LogsAsk, logRecords } from './contract.ts'
import { type LogRow, logRows } from './prepare.ts'

const page_records = 500
/** Enough to scroll through; past it, narrowing the search finds more than scrolling does. */
const records_shown_max = 100_000

type More = { key: string; pages: LogRecordsPage[]; is_loading: boolean }

export function useRecords(ask: LogsAsk, order: 'newest' | 'oldest') {
  const key = JSON.stringify({ ...ask, order, rows_max: page_records })
  const first = useMemo(() => JSON.parse(key) as LogsAsk & { order: typeof order }, [key])
  const asked = useAsk(logRecords, first)
  const [more, setMore] = useState<More>({ key, pages: [], is_loading: false })
  const latest = useRef(key)
  useEffect(() => {
    latest.current = key
    setMore({ key, pages: [], is_loading: false })
  }, [key])
  const own = more.key === key ? more : { key, pages: [], is_loading: false }
  const pages = useMemo(
    () => (asked.answer === undefined ? [] : [asked.answer, ...own.pages]),
    [asked.answer, own.pages],
  )
  const rows = useMemo<LogRow[]>(() => pages.flatMap(logRows), [pages])
  const next = asked.is_earlier ? undefined : pages.at(-1)?.next
  const canLoad = next !== undefined && !own.is_loading && rows.length < records_shown_max
  const loadMore = useCallback(async () => {
    if (!canLoad) return
    setMore((now) => ({ ...now, key, is_loading: true }))
    try {
      const page = await askOnce(logRecords, { ...first, after: next })
      if (latest.current !== key) return
      setMore((now) => ({ key, pages: [...now.pages, page], is_loading: false }))
    } catch {
      // The next scroll to the end asks again.
      if (latest.current === key) setMore((now) => ({ ...now, is_loading: false }))
    }
  }, [canLoad, next, key, first])
  return { asked, rows, loadMore, is_loading: own.is_loading, has_more: next !== undefined }
}
