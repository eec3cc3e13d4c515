/** One row of a table, drawn where the scroll position puts it. */
// biome-ignore-all lint/a11y/useSemanticElements: rows are placed by hand, which a table forbids.
// biome-ignore-all lint/a11y/useFocusableInteractive: the grid holds the focus and names the row.
// biome-ignore-all lint/a11y/useKeyWithClickEvents: the grid itself takes the keys.
import { type MouseEvent, memo, type ReactElement, type ReactNode } from 'react'
import { ContextMenu, type MenuItem } from '../parts/Menu.tsx'
import styles from './DataTable.module.css'
import type { Column } from './DataTable.tsx'

type TableRowProps<Row> = {
  row: Row
  columns: readonly Column<Row>[]
  id: string
  index: number
  top: number
  isSelected: boolean
  isCurrent: boolean
  tone: 'bad' | 'warn' | undefined
  onOpen: ((row: Row) => void) | undefined
  onPoint: (index: number) => void
  menu: ((row: Row, column_id: string) => MenuItem[]) | undefined
}

function Drawn<Row>(props: TableRowProps<Row>) {
  const { row, columns, index, top, isSelected, isCurrent, tone, onOpen, menu } = props
  const click = (event: MouseEvent<HTMLElement>) => {
    const isOnControl = (event.target as HTMLElement).closest('a, button, input, label') !== null
    const isSelecting = window.getSelection()?.type === 'Range'
    if (isOnControl || isSelecting || event.defaultPrevented) return
    props.onPoint(index)
    onOpen?.(row)
  }
  const classes = [styles.row, styles.line]
  if (isSelected) classes.push(styles.selected)
  if (isCurrent) classes.push(styles.current)
  if (onOpen !== undefined) classes.push(styles.opens)
  if (tone !== undefined) classes.push(styles[tone])
  return (
    <div
      role="row"
      id={props.id}
      tabIndex={-1}
      className={classes.join(' ')}
      style={{ transform: `translateY(${top}px)` }}
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      onClick={click}
    >
      {columns.map((column) => {
        const cell = (
          <div
            key={column.id}
            role="gridcell"
            className={`${styles.td} ${column.align === 'end' ? styles.end : ''}`}
          >
            {cut(column.cell(row))}
          </div>
        )
        if (menu === undefined) return cell
        return (
          <ContextMenu key={column.id} items={menu(row, column.id)}>
            {cell}
          </ContextMenu>
        )
      })}
    </div>
  )
}

/** A bare text ends in an ellipsis where it does not fit; elements see to that themselves. */
function cut(shown: ReactNode): ReactNode {
  return typeof shown === 'string' ? <span className={styles.cut}>{shown}</span> : shown
}

export const TableRow = memo(Drawn) as <Row>(props: TableRowProps<Row>) => ReactElement
