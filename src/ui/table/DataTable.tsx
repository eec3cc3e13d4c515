/**
 * Rows and columns, a hundred thousand at ease: only what is seen is drawn. Sorting, resizing, keys
 * (j, k, arrows, Enter) and a menu under the right button; what opens is the caller's.
 */
// biome-ignore-all lint/a11y/useSemanticElements: rows are placed by hand, which a table forbids.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names the row.
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the grid itself takes the keys.
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, type RefObject, useEffect, useId, useMemo, useRef, useState } from 'react'
import type { MenuItem } from '../parts/Menu.tsx'
import styles from './DataTable.module.css'
import { HeadCell } from './HeadCell.tsx'
import { useRowKeys } from './row-keys.ts'
import { type Sort, sorted } from './sort.ts'
import { TableRow } from './TableRow.tsx'
import { frameStyle } from './widths.ts'

export type Column<Row> = {
  id: string
  title: ReactNode
  /** Pixels, or '2fr' to share what is left. */
  width?: number | `${number}fr` | undefined
  align?: 'start' | 'end' | undefined
  /** What the column sorts by; without it the column does not sort. */
  sort?: ((row: Row) => string | number) | undefined
  cell: (row: Row) => ReactNode
  /** Shown on hover of the title. */
  hint?: string | undefined
}

export type DataTableProps<Row> = {
  label: string
  rows: readonly Row[]
  columns: readonly Column<Row>[]
  row_id: (row: Row) => string
  selected?: string | undefined
  onOpen?: ((row: Row) => void) | undefined
  /** Given: the caller sorts (the server's order). Otherwise the table sorts its rows. */
  sort?: Sort | undefined
  onSort?: ((sort: Sort) => void) | undefined
  initial_sort?: Sort | undefined
  /** Fixed height; otherwise takes what the parent leaves, or all rows up to 12 screens of them. */
  height?: number | undefined
  row_height?: number | undefined
  /** Rows that carry a tone get a mark at their left edge. */
  row_tone?: ((row: Row) => 'bad' | 'warn' | undefined) | undefined
  footer?: ReactNode
  menu?: ((row: Row, column_id: string) => MenuItem[]) | undefined
  /** The last row came into sight: load more. */
  onEnd?: (() => void) | undefined
}

export function DataTable<Row>(props: DataTableProps<Row>) {
  const { label, columns, row_id, selected, onOpen, row_height = 28, onEnd } = props
  const [ownSort, setOwnSort] = useState<Sort | undefined>(props.initial_sort)
  const [widths, setWidths] = useState<Record<string, number>>({})
  const grid = useId()
  const scroll = useRef<HTMLDivElement>(null)
  const sort = props.sort ?? ownSort
  const rows = useMemo(
    () => (props.sort === undefined ? sorted(props.rows, columns, ownSort) : props.rows),
    [props.rows, columns, ownSort, props.sort],
  )
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => row_height,
    overscan: 12,
  })
  const items = virtual.getVirtualItems()
  const last = items.at(-1)?.index ?? -1
  useTop(scroll, sort)
  useEffect(() => {
    if (last >= 0 && last === rows.length - 1) onEnd?.()
  }, [last, rows.length, onEnd])
  // A row reached with j or k is opened with Enter, so the table takes the focus.
  const reach = (index: number) => {
    virtual.scrollToIndex(index)
    scroll.current?.focus({ preventScroll: true })
  }
  const keys = useRowKeys({ rows, row_id, selected, onOpen, reach })
  const resize = (id: string, width: number) => setWidths((all) => ({ ...all, [id]: width }))
  return (
    <div className={styles.frame} style={frameStyle(columns, widths, row_height, props.height)}>
      <div
        ref={scroll}
        className={styles.scroll}
        role="grid"
        aria-label={label}
        aria-rowcount={rows.length + 1}
        tabIndex={0}
        aria-activedescendant={keys.current < 0 ? undefined : `${grid}-${keys.current}`}
        onKeyDown={keys.press}
      >
        <Head columns={columns} sort={sort} onSort={props.onSort ?? setOwnSort} onWidth={resize} />
        <div role="rowgroup" className={styles.body} style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const row = rows[item.index] as Row
            const id = row_id(row)
            return (
              <TableRow
                key={id}
                row={row}
                columns={columns}
                id={`${grid}-${item.index}`}
                index={item.index}
                top={item.start}
                isSelected={id === selected}
                isCurrent={item.index === keys.current}
                tone={props.row_tone?.(row)}
                onOpen={onOpen}
                onPoint={keys.setCurrent}
                menu={props.menu}
              />
            )
          })}
        </div>
      </div>
      {props.footer === undefined ? null : <div className={styles.footer}>{props.footer}</div>}
    </div>
  )
}

/** A new order is read from its top. */
function useTop(scroll: RefObject<HTMLDivElement | null>, sort: Sort | undefined): void {
  const order = `${sort?.id} ${sort?.is_descending}`
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new order scrolls.
  useEffect(() => {
    scroll.current?.scrollTo({ top: 0 })
  }, [order])
}

type HeadProps<Row> = {
  columns: readonly Column<Row>[]
  sort: Sort | undefined
  onSort: (sort: Sort) => void
  onWidth: (id: string, width: number) => void
}

function Head<Row>({ columns, sort, onSort, onWidth }: HeadProps<Row>) {
  return (
    <div role="rowgroup" className={styles.head}>
      <div role="row" className={styles.row} aria-rowindex={1}>
        {columns.map((column) => (
          <HeadCell
            key={column.id}
            column={column}
            sort={sort}
            onSort={onSort}
            onWidth={(width) => onWidth(column.id, width)}
          />
        ))}
      </div>
    </div>
  )
}
