/** The order of rows: by a column's value, numbers downwards first, texts upwards first. Pure. */

export type Sort = { id: string; is_descending: boolean }

type Sortable<Row> = { id: string; sort?: ((row: Row) => string | number) | undefined }

export function sorted<Row>(
  rows: readonly Row[],
  columns: readonly Sortable<Row>[],
  sort: Sort | undefined,
): readonly Row[] {
  const by = columns.find((column) => column.id === sort?.id)?.sort
  if (by === undefined || sort === undefined) return rows
  const way = sort.is_descending ? -1 : 1
  const keyed = rows.map((row) => ({ row, key: by(row) }))
  keyed.sort((a, b) => way * compared(a.key, b.key))
  return keyed.map(({ row }) => row)
}

function compared(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') {
    if (Number.isNaN(a)) return Number.isNaN(b) ? 0 : -1
    return Number.isNaN(b) ? 1 : a - b
  }
  return String(a).localeCompare(String(b), undefined, { numeric: true })
}

/** A first click sorts downwards, the second turns it. */
export function nextSort(sort: Sort | undefined, id: string): Sort {
  if (sort?.id !== id) return { id, is_descending: true }
  return { id, is_descending: !sort.is_descending }
}
