/** How wide a table's columns are, and how narrow it may become before it scrolls sideways. */
import type { CSSProperties } from 'react'

type Width = number | `${number}fr` | undefined
type Sized = { id: string; width?: Width }

/** A column that shares what is left is never narrower; its text is cut to what it gets. */
const shared_px_min = 120
const row_padding_px = 12

/** `widths` are those that the reader has dragged. */
export function frameStyle(
  columns: readonly Sized[],
  widths: Readonly<Record<string, number>>,
  row_height: number,
  height: number | undefined,
): CSSProperties {
  const each = columns.map(({ id, width }) => widths[id] ?? width ?? '1fr')
  return {
    '--columns': each.map(track).join(' '),
    '--least': `${each.reduce((sum: number, width) => sum + least(width), row_padding_px)}px`,
    '--row-height': `${row_height}px`,
    ...(height === undefined ? {} : { height, flex: 'none' }),
  } as CSSProperties
}

function track(width: Width): string {
  return typeof width === 'number' ? `${width}px` : `minmax(${shared_px_min}px, ${width})`
}

/** It follows from the columns alone, never from how long a text is. */
function least(width: Width): number {
  return typeof width === 'number' ? width : shared_px_min
}
