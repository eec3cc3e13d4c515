/** Moving through rows by keyboard: j and k or the arrows move, Enter opens, Home and End jump. */
import { type KeyboardEvent, useEffect, useState } from 'react'
import { t } from '../i18n/translate.ts'
import { useKeys } from '../keys/keys.ts'

type RowKeys<Row> = {
  rows: readonly Row[]
  row_id: (row: Row) => string
  selected: string | undefined
  onOpen: ((row: Row) => void) | undefined
  reach: (index: number) => void
}

export function useRowKeys<Row>({ rows, row_id, selected, onOpen, reach }: RowKeys<Row>) {
  const [current, setCurrent] = useState(-1)
  useEffect(() => {
    if (selected === undefined || selected === '') return
    const at = rows.findIndex((row) => row_id(row) === selected)
    if (at >= 0) setCurrent(at)
  }, [rows, selected, row_id])
  const to = (wanted: number) => {
    if (rows.length === 0) return
    const next = Math.max(0, Math.min(rows.length - 1, wanted))
    setCurrent(next)
    reach(next)
    const row = rows[next]
    // With something open, moving on opens the next: reading a list is one key a line.
    if (selected !== undefined && selected !== '' && row !== undefined) onOpen?.(row)
  }
  const open = () => {
    const row = rows[current]
    if (row !== undefined) onOpen?.(row)
  }
  useKeys(
    onOpen === undefined
      ? []
      : [
          { keys: 'j', says: t('ui.keys.next_row'), act: () => to(current + 1) },
          { keys: 'k', says: t('ui.keys.previous_row'), act: () => to(current - 1) },
        ],
  )
  const actOf = (key: string): (() => void) | undefined => {
    if (key === 'ArrowDown') return () => to(current + 1)
    if (key === 'ArrowUp') return () => to(current - 1)
    if (key === 'Home') return () => to(0)
    if (key === 'End') return () => to(rows.length - 1)
    return key === 'Enter' ? open : undefined
  }
  const press = (event: KeyboardEvent<HTMLElement>) => {
    const act = actOf(event.key)
    if (act === undefined || event.target !== event.currentTarget) return
    event.preventDefault()
    act()
  }
  return { current, setCurrent, press }
}
