/** A column's title: click sorts, the edge resizes. */
// biome-ignore-all lint/a11y/useSemanticElements: rows are placed by hand, which a table forbids.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names the row.
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the grid itself takes the keys.
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react'
import type { PointerEvent } from 'react'
import styles from './DataTable.module.css'
import type { Column } from './DataTable.tsx'
import { nextSort, type Sort } from './sort.ts'

type HeadCellProps<Row> = {
  column: Column<Row>
  sort: Sort | undefined
  onSort: (sort: Sort) => void
  onWidth: (width: number) => void
}

export function HeadCell<Row>({ column, sort, onSort, onWidth }: HeadCellProps<Row>) {
  const isSorted = sort?.id === column.id
  const order = isSorted ? (sort.is_descending ? 'descending' : 'ascending') : 'none'
  const end = column.align === 'end' ? styles.end : ''
  const Arrow = sort?.is_descending === true ? IconArrowDown : IconArrowUp
  return (
    <div
      role="columnheader"
      className={`${styles.th} ${end}`}
      title={column.hint}
      {...(column.sort === undefined ? {} : { 'aria-sort': order })}
    >
      {column.sort === undefined ? (
        <span className={styles.cut}>{column.title}</span>
      ) : (
        <button
          type="button"
          className={styles.sort}
          onClick={() => onSort(nextSort(sort, column.id))}
        >
          <span className={styles.cut}>{column.title}</span>
          {isSorted ? <Arrow className={styles.arrow} aria-hidden="true" /> : null}
        </button>
      )}
      <span className={styles.grip} onPointerDown={(event) => drag(event, onWidth)} />
    </div>
  )
}

function drag(event: PointerEvent<HTMLElement>, onWidth: (width: number) => void): void {
  const grip = event.currentTarget
  const start_x = event.clientX
  const start_width = grip.parentElement?.getBoundingClientRect().width ?? 0
  event.preventDefault()
  grip.setPointerCapture(event.pointerId)
  const move = (moved: globalThis.PointerEvent) => {
    onWidth(Math.max(48, Math.round(start_width + moved.clientX - start_x)))
  }
  grip.addEventListener('pointermove', move)
  grip.addEventListener('pointerup', () => grip.removeEventListener('pointermove', move), {
    once: true,
  })
}
